/** Assigning rows, and owners that follow. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Guid } from '../../src/base/guid.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { peopleOf } from '../../src/store/test-people.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerAssignContract(engine: TestEngine): void {
  describe('assign', () => {
    let store: TestStore
    let write: Writes
    let people: ReturnType<typeof peopleOf>
    beforeEach(async () => {
      store = await openTestStore(engine)
      write = writesOn(store)
      people = peopleOf(store, write)
    })

    const give = (part: Guid, owner: string, more = {}) => write.patch(`acme_parts(${part})`, { 'ownerid@odata.bind': owner, ...more })
    const ownerOf = async (part: Guid) => (await store.stored('acme_part', part))?.ownerid
    const team = (body = {}) => write.create('teams', { name: 'Sales', 'businessunitid@odata.bind': `businessunits(${store.caller.businessUnitId})`, ...body })

    test('a row goes to nobody who is disabled, has no role or cannot read the table, and then nothing of the update is done', async () => {
      const part = await write.create('acme_parts', { acme_name: 'before' })
      const [disabled, bare, blind] = [await people.user('dora'), await people.user('bea', { role: null }), await people.user('blix', { role: 'Delegate' })]
      await write.patch(`systemusers(${disabled})`, { isdisabled: true })
      for (const [owner, name, code] of [
        [disabled, 'OwnerDisabled', '0x8004022b'],
        [bare, 'OwnerUserWithoutRoles', '0x80042f09'],
        [blind, 'OwnerCannotRead', '0x80040299'],
      ] as const)
        await assert.rejects(give(part, `systemusers(${owner})`, { acme_name: 'after', statecode: 1 }), { name, code })
      const row = await store.stored('acme_part', part)
      assert.deepEqual([row?.ownerid, row?.acme_name, row?.statecode], [store.caller.userId, 'before', 0])
      await assert.rejects(write.create('acme_parts', { 'ownerid@odata.bind': `systemusers(${disabled})` }), { name: 'OwnerDisabled' })
    })

    test('a team owns rows where it has a role that reads them, and an access team never', async () => {
      const part = await write.create('acme_parts', {})
      const [access, bare] = [await team({ name: 'Access', teamtype: 1 }), await team()]
      await assert.rejects(give(part, `teams(${access})`), { name: 'OwnerIsAccessTeam', code: '0x80048340' })
      await assert.rejects(give(part, `teams(${bare})`), { name: 'OwnerTeamWithoutRoles', code: '0x80042f0a' })
      await write.link(`teams(${bare})`, 'teamroles_association', `roles(${await people.roleOf(store.caller.businessUnitId, 'Delegate')})`)
      await assert.rejects(give(part, `teams(${bare})`), { name: 'OwnerCannotRead' })
      await write.link(`teams(${bare})`, 'teamroles_association', `roles(${await people.roleOf(store.caller.businessUnitId, 'System Customizer')})`)
      await give(part, `teams(${bare})`)
      assert.equal(await ownerOf(part), bare)
      // Repeating the owner assigns nothing, whatever has become of it.
      await write.patch(`acme_parts(${part})`, { 'ownerid@odata.bind': `teams(${bare})`, acme_name: 'x' })
    })

    test('a member of a team reads by its roles', async () => {
      const part = await write.create('acme_parts', {})
      const [user, sales] = [await people.user('mia', { role: null }), await team()]
      await write.link(`teams(${sales})`, 'teamroles_association', `roles(${await people.roleOf(store.caller.businessUnitId, 'System Customizer')})`)
      await assert.rejects(give(part, `systemusers(${user})`), { name: 'OwnerUserWithoutRoles' })
      await write.link(`teams(${sales})`, 'teammembership_association', `systemusers(${user})`)
      await give(part, `systemusers(${user})`)
      assert.equal(await ownerOf(part), user)
    })

    const sharesOn = (part: Guid) =>
      store.tx.all(sql`select principalid, accessrightsmask as mask from principalobjectaccess where objectid = ${part} order by principalid`)

    test('who loses a row keeps it as a share where the organization says so', async () => {
      const [ann, bob] = [await people.user('ann'), await people.user('bob')]
      const part = await write.create('acme_parts', { 'ownerid@odata.bind': `systemusers(${ann})` })
      await give(part, `systemusers(${bob})`)
      assert.deepEqual(await sharesOn(part), [])
      await write.patch(`organizations(${store.caller.organizationId})`, { sharetopreviousowneronassign: true })
      await give(part, `systemusers(${ann})`)
      const all = 1 | 2 | 4 | 16 | 65_536 | 262_144 | 524_288
      assert.deepEqual(
        (await sharesOn(part)).map(({ principalid, mask }) => [principalid, Number(mask)]),
        [[bob, all]],
      )
    })

    test('an assignment keeps the unit of a row where rows are owned across units and do not follow', async () => {
      const north = await people.unit('North')
      const ann = await people.user('ann', { unit: north })
      const unitOf = async (part: Guid) => (await store.stored('acme_part', part))?.owningbusinessunit
      const setting = (xml: string) => write.patch(`organizations(${store.caller.organizationId})`, { orgdborgsettings: `<OrgSettings>${xml}</OrgSettings>` })
      const across = '<EnableOwnershipAcrossBusinessUnits>true</EnableOwnershipAcrossBusinessUnits>'
      await setting(`${across}<AlwaysMoveRecordToOwnerBusinessUnit>false</AlwaysMoveRecordToOwnerBusinessUnit>`)
      const kept = await write.create('acme_parts', {})
      await give(kept, `systemusers(${ann})`)
      assert.equal(await unitOf(kept), store.caller.businessUnitId)
      await setting(across)
      const moved = await write.create('acme_parts', {})
      await give(moved, `systemusers(${ann})`)
      assert.equal(await unitOf(moved), north)
    })
  })
}
