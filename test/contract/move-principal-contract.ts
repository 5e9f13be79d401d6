/** What moves with a user or team that goes to another unit, and with a unit. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Guid } from '../../src/base/guid.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { peopleOf } from '../../src/store/test-people.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerMovePrincipalContract(engine: TestEngine): void {
  describe('users, teams and units that move', () => {
    let store: TestStore
    let write: Writes
    let people: ReturnType<typeof peopleOf>
    let north: Guid
    let south: Guid
    beforeEach(async () => {
      store = await openTestStore(engine)
      write = writesOn(store)
      people = peopleOf(store, write)
      north = await people.unit('North')
      south = await people.unit('South')
    })

    const move = (user: Guid, unit: Guid, more = {}) => write.patch(`systemusers(${user})`, { 'businessunitid@odata.bind': `businessunits(${unit})`, ...more })
    const setting = (xml: string) => write.patch(`organizations(${store.caller.organizationId})`, { orgdborgsettings: `<OrgSettings>${xml}</OrgSettings>` })
    const teamsOf = async (user: Guid) =>
      (
        await store.tx.all(sql`select t.name from teammembership as m join team as t on t.teamid = m.teamid where m.systemuserid = ${user} order by t.name`)
      ).map((row) => row.name)

    test('who moves loses the roles, which belong to the unit, and what is repeated moves nobody', async () => {
      const ann = await people.user('ann', { unit: north })
      await move(ann, north, { jobtitle: 'stays' })
      assert.deepEqual(await people.rolesOf('systemuserroles', ann), [['System Customizer', north]])
      await move(ann, south)
      assert.deepEqual(await people.rolesOf('systemuserroles', ann), [])
      assert.equal((await store.stored('usersettings', ann))?.businessunitid, south)
    })

    test('roles are kept as the new unit has them, where the organization wants that', async () => {
      await setting('<DoNotRemoveRolesOnChangeBusinessUnit>true</DoNotRemoveRolesOnChangeBusinessUnit>')
      const ann = await people.user('ann', { unit: north })
      const own = await write.create('roles', { name: 'Northern', 'businessunitid@odata.bind': `businessunits(${north})` })
      await write.link(`systemusers(${ann})`, 'systemuserroles_association', `roles(${own})`)
      await move(ann, south)
      assert.deepEqual(await people.rolesOf('systemuserroles', ann), [['System Customizer', south]])
    })

    test('owned across units, roles and rows stay where they are', async () => {
      await setting('<EnableOwnershipAcrossBusinessUnits>true</EnableOwnershipAcrossBusinessUnits>')
      const ann = await people.user('ann', { unit: north })
      const part = await write.create('acme_parts', { 'ownerid@odata.bind': `systemusers(${ann})` })
      await move(ann, south)
      assert.deepEqual(await people.rolesOf('systemuserroles', ann), [['System Customizer', north]])
      assert.equal((await store.stored('acme_part', part))?.owningbusinessunit, north)
    })

    test('a team that moves loses its roles and takes its rows along', async () => {
      const team = await write.create('teams', { name: 'Sales', 'businessunitid@odata.bind': `businessunits(${north})` })
      await write.link(`teams(${team})`, 'teamroles_association', `roles(${await people.roleOf(north, 'System Customizer')})`)
      const part = await write.create('acme_parts', { 'ownerid@odata.bind': `teams(${team})` })
      await write.patch(`teams(${team})`, { name: 'Sold', 'businessunitid@odata.bind': `businessunits(${south})` })
      assert.deepEqual(await people.rolesOf('teamroles', team), [])
      assert.equal((await store.stored('acme_part', part))?.owningbusinessunit, south)
    })

    test('a user is in the default team of the unit, in no other, and by nobody else’s doing', async () => {
      const ann = await people.user('ann', { unit: north })
      assert.deepEqual(await teamsOf(ann), ['North'])
      await move(ann, south)
      assert.deepEqual(await teamsOf(ann), ['South'])
      assert.deepEqual((await teamsOf(store.caller.userId)).length, 1)
      const [northTeam, southTeam] = [await defaultTeamOf(north), await defaultTeamOf(south)]
      await assert.rejects(write.link(`teams(${northTeam})`, 'teammembership_association', `systemusers(${ann})`), {
        name: 'DefaultTeamAddition',
        code: '0x8004830b',
      })
      await assert.rejects(write.unlink(`teams(${southTeam})`, 'teammembership_association', `systemusers(${ann})`), {
        name: 'DefaultTeamRemoval',
        code: '0x8004830c',
      })
    })

    const defaultTeamOf = async (unit: Guid) => (await store.tx.get(sql`select teamid from team where businessunitid = ${unit} and isdefault = 1`))?.teamid

    test('direct reports outside the new unit and those below it have no manager any more', async () => {
      const below = await people.unit('Below', south)
      const chief = await people.user('chief', { unit: north })
      const [left, taken, deeper] = [
        await people.user('left', { unit: north, manager: chief }),
        await people.user('taken', { unit: south, manager: chief }),
        await people.user('deeper', { unit: below, manager: chief }),
      ]
      await move(chief, south)
      const managers = await Promise.all([left, taken, deeper].map(async (user) => (await store.stored('systemuser', user))?.parentsystemuserid))
      assert.deepEqual(managers, [null, chief, chief])
    })

    test('the last administrator keeps the role: moving, disabling and taking it away are refused', async () => {
      const me = store.caller.userId
      await assert.rejects(move(me, north, { jobtitle: 'x' }), { name: 'LastAdministratorRole', code: '0x80041d30' })
      await assert.rejects(write.patch(`systemusers(${me})`, { isdisabled: true }), { name: 'OnlyAdministrator', code: '0x80041d2f' })
      const role = await people.roleOf(store.caller.businessUnitId, 'System Administrator')
      await assert.rejects(write.unlink(`systemusers(${me})`, 'systemuserroles_association', `roles(${role})`), { name: 'LastAdministratorRole' })
      await people.user('second', { role: 'System Administrator' })
      await move(me, north)
      assert.deepEqual(await people.rolesOf('systemuserroles', me), [])
    })

    test('loops of managers and units have codes of their own, and a failure of the move undoes the ordinary part', async () => {
      const ann = await people.user('ann', { unit: north })
      const bob = await people.user('bob', { unit: north, manager: ann })
      const body = { jobtitle: 'x', 'parentsystemuserid@odata.bind': `systemusers(${bob})` }
      await assert.rejects(write.patch(`systemusers(${ann})`, body), { name: 'UserLoop', code: '0x80041d25' })
      assert.equal((await store.stored('systemuser', ann))?.jobtitle, null)
      const below = await people.unit('Below', north)
      const loop = { divisionname: 'x', 'parentbusinessunitid@odata.bind': `businessunits(${below})` }
      await assert.rejects(write.patch(`businessunits(${north})`, loop), { name: 'UnitLoop', code: '0x80041d21' })
      assert.equal((await store.stored('businessunit', north))?.divisionname, null)
      await write.patch(`businessunits(${south})`, { isdisabled: true })
      await assert.rejects(move(ann, south, { jobtitle: 'x' }), { name: 'UnitDisabled', code: '0x8004032d' })
      assert.equal((await store.stored('systemuser', ann))?.jobtitle, null)
    })
  })
}
