/** The rows behind rights that the server keeps: privileges, standard roles and their copies. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { OTHER_PRIVILEGES } from '../../src/schema/privileges.ts'
import { SYSTEM_ADMINISTRATOR } from '../../src/schema/standard-roles.ts'
import { keepSecurityRows } from '../../src/store/security-rows.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { startWork } from '../../src/store/write-work.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerSecurityRowsContract(engine: TestEngine): void {
  describe('security rows', () => {
    let store: TestStore
    before(async () => {
      store = await openTestStore(engine)
    })

    const depthsOf = async (role: string) => {
      const rows = await store.tx.all(sql`
    select p.name, g.privilegedepthmask as mask from roleprivileges g join role r on r.roleid = g.roleid join privilege p on p.privilegeid = g.privilegeid
    where r.name = ${role}`)
      return new Map(rows.map((row) => [String(row.name), Number(row.mask)]))
    }
    const count = async (table: 'privilege' | 'role' | 'roleprivileges') =>
      Number(
        (
          await store.tx.get(
            table === 'privilege'
              ? sql`select count(*) as n from privilege`
              : table === 'role'
                ? sql`select count(*) as n from role`
                : sql`select count(*) as n from roleprivileges`,
          )
        )?.n,
      )

    test('System Administrator holds every privilege, as far as each goes', async () => {
      const held = await depthsOf('System Administrator')
      assert.equal(held.size, await count('privilege'))
      assert.deepEqual([held.get('prvReadAccount'), held.get('prvAssignacme_part'), held.get('prvReadOrganization')], [8, 8, 8])
      for (const name of OTHER_PRIVILEGES) assert.equal(held.get(name), 8, name)
    })

    test('Basic User works with their own rows, and sees what is common to all', async () => {
      const held = await depthsOf('Basic User')
      assert.deepEqual([held.get('prvCreateAccount'), held.get('prvShareContact'), held.get('prvWriteActivity')], [1, 1, 1])
      assert.deepEqual([held.get('prvReadUser'), held.get('prvReadTransactionCurrency'), held.get('prvReadQuery')], [8, 8, 8])
      for (const name of ['prvWriteUser', 'prvReadacme_part', 'prvReadPrincipalObjectAccess', 'prvAssignRole', 'prvCreateEntity']) {
        assert.equal(held.get(name), undefined, name)
      }
    })

    test('System Customizer works with custom tables, and with definitions', async () => {
      const held = await depthsOf('System Customizer')
      assert.deepEqual(
        [held.get('prvReadacme_part'), held.get('prvCreateEntity'), held.get('prvPublishCustomization'), held.get('prvReadAccount')],
        [8, 8, 8, 1],
      )
      assert.equal(held.get('prvAssignRole'), undefined)
    })

    test('a privilege says at which depths it can be held', async () => {
      const row = (name: string) => store.tx.get(sql`select accessright, canbebasic, canbelocal, canbedeep, canbeglobal from privilege where name = ${name}`)
      assert.deepEqual(Object.values((await row('prvReadAccount')) ?? {}).map(Number), [1, 1, 1, 1, 1])
      assert.deepEqual(Object.values((await row('prvWriteTerritory')) ?? {}).map(Number), [2, 0, 0, 0, 1])
      assert.deepEqual(Object.values((await row('prvAssignRole')) ?? {}).map(Number), [0, 0, 0, 0, 1])
    })

    test('the first user is the System Administrator', async () => {
      const held = await store.tx.all(sql`select h.systemuserid, r.roletemplateid from systemuserroles h join role r on r.roleid = h.roleid`)
      assert.deepEqual(
        held.map((row) => [row.systemuserid, row.roletemplateid]),
        [[store.caller.userId, SYSTEM_ADMINISTRATOR]],
      )
    })

    test('what is there is not made again, and what was taken away stays away', async () => {
      const before = [await count('privilege'), await count('role'), await count('roleprivileges')]
      await store.tx.run(sql`delete from roleprivileges where roleid = (select roleid from role where name = 'Basic User')
    and privilegeid = (select privilegeid from privilege where name = 'prvReadAccount')`)
      await keepSecurityRows(startWork(store.tx, store.moment))
      assert.deepEqual([await count('privilege'), await count('role'), (await count('roleprivileges')) + 1], before)
    })
  })
}
