/** Nobody gives what they do not have. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { FULL_RIGHTS, type Rights } from '../../src/plan/rights.ts'
import { insertBare } from '../../src/store/bare-rows.ts'
import { loadRights } from '../../src/store/load-rights.ts'
import { insertRolePrivilege } from '../../src/store/privilege-rows.ts'
import { refuseEscalation } from '../../src/store/role-rules.ts'
import { privilegeId } from '../../src/schema/privileges.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { startWork } from '../../src/store/write-work.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerEscalationContract(engine: TestEngine): void {
  describe('giving privileges', () => {
    let store: TestStore
    beforeEach(async () => {
      store = await openTestStore(engine)
    })

    /** A user who holds this privilege at this depth, and nothing else. */
    async function userWith(privilege: string, mask: number, unitId = store.caller.businessUnitId): Promise<Rights> {
      const work = startWork(store.tx, store.moment)
      const [user, role] = [Guid.next(), Guid.next()]
      const unit = { table: 'businessunit', id: unitId }
      await insertBare('systemuser', { systemuserid: user, businessunitid: unit }, work)
      await insertBare('role', { roleid: role, name: privilege, businessunitid: unit, parentrootroleid: { table: 'role', id: role } }, work)
      await insertRolePrivilege(role, privilegeId(privilege), mask, work)
      await insertBare('systemuserroles', { systemuserroleid: Guid.next(), systemuserid: user, roleid: role }, work)
      return loadRights(user, store.moment.schema, store.tx.all)
    }

    const give = (rights: Rights, privilege: string, mask: number, unit = store.caller.businessUnitId) =>
      refuseEscalation(new Map([[privilege, mask]]), unit, startWork(store.tx, { ...store.moment, caller: { ...store.caller, rights } }))

    test('nobody gives a privilege that they lack, or deeper than they have it', async () => {
      const rights = await userWith('prvReadAccount', 2)
      await give(rights, 'prvReadAccount', 1)
      await give(rights, 'prvReadAccount', 2)
      await assert.rejects(give(rights, 'prvReadAccount', 4), { name: 'MissingPrivilege', message: /prvReadAccount/ })
      await assert.rejects(give(rights, 'prvReadContact', 1), { name: 'MissingPrivilege', message: /prvReadContact/ })
    })

    test('nobody gives what they have in one part of the organization for another', async () => {
      const [above, below] = [store.caller.businessUnitId, Guid.next()]
      await insertBare(
        'businessunit',
        { businessunitid: below, name: 'Below', parentbusinessunitid: { table: 'businessunit', id: above } },
        startWork(store.tx, store.moment),
      )
      const [local, deep] = [await userWith('prvReadContact', 2), await userWith('prvReadContact', 4, below)]
      await give(local, 'prvReadContact', 2, below)
      await give(deep, 'prvReadContact', 4, below)
      await give(deep, 'prvReadContact', 1)
      await assert.rejects(give(deep, 'prvReadContact', 4), { name: 'MissingPrivilege', message: /prvReadContact/ })
      await assert.rejects(give(deep, 'prvReadContact', 2), { name: 'MissingPrivilege' })
    })

    test('the administrator gives everything', () => give(FULL_RIGHTS, 'prvReadContact', 8))

    test('who acts for another gives what both have; for an administrator, what they have themselves', async () => {
      const [wide, narrow] = [await userWith('prvWriteAccount', 8), await userWith('prvWriteAccount', 1)]
      const acting = { ...wide, cutBy: narrow }
      await give(acting, 'prvWriteAccount', 1)
      await assert.rejects(give(acting, 'prvWriteAccount', 8), { name: 'MissingPrivilege', message: new RegExp(String(narrow.principals[0])) })
      // The caller is the administrator, and the rights are those of who acts for them.
      await assert.rejects(give(narrow, 'prvWriteAccount', 2), { name: 'MissingPrivilege' })
    })
  })
}
