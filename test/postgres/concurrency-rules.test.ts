/**
 * Rules over several rows, of writes that meet at two servers: each alone keeps the rule, and both together would break it. Rights that are
 * changed at one server hold at the other for the next request.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Api, createdId, expectStatus } from '../support/api.ts'
import { bounded } from '../support/how-long.ts'
import { makeTeam, makeUnit, makeUser, whoAmI } from '../support/make-people.ts'
import { giveRole, grant, makeRole, makeUserWith, standardRole } from '../support/make-roles.ts'
import { connect } from '../support/postgres/test-database.ts'
import { expectAll, race, startTwo, statuses, type TwoServers } from '../support/postgres/two-servers.ts'

const ROUNDS = bounded(4, 60)

let both: TwoServers
let one: Api
let root: string
let administrator: string
let users = 0
before(async () => {
  both = await startTwo()
  one = both.one
  root = (await whoAmI(one)).BusinessUnitId
  administrator = await standardRole(one, root, 'System Administrator')
})
after(() => both[Symbol.asyncDispose]())

const targetOf = (id: string) => ({ table: 'account', idColumn: 'accountid', id })
const userOf = (id: string) => ({ table: 'systemuser', id }) as const
const newUser = (more = {}) => makeUser(one, `User${++users}`, more)
const valuesOf = async (path: string) => expectStatus(await one.get(path), 200).body.value

test('of two last administrators who take the role from each other, one keeps it', async () => {
  const me = (await whoAmI(one)).UserId
  await using client = await connect(both.database)
  await client.query(`create temp table mine as select * from systemuserroles where systemuserid = '${me}' and roleid = '${administrator}'`)
  const holders = async () => Number((await client.query(`select count(*) from systemuserroles where roleid = '${administrator}'`)).rows[0].count)
  assert.equal(await holders(), 1)
  for (let round = 0; round < ROUNDS; round++) {
    const other = await newUser()
    await giveRole(one, `systemusers(${other})`, administrator)
    const path = (user: string) => `systemusers(${user})/systemuserroles_association(${administrator})/$ref`
    const answers = await race(both, [(api) => api.delete(path(me)), (api) => actingAs(api, other).delete(path(other))])
    assert.equal(await holders(), 1, JSON.stringify(statuses(answers)))
    if (answers[0]?.status !== 204) continue
    // As it was: nobody who is left may speak for the administrator that these requests come from.
    await client.query('insert into systemuserroles select * from mine; update tidemark_state set security = security + 1')
    expectStatus(await one.delete(path(other)), 204)
  }
})

test('no loop closes: of units, of accounts, over several rows', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b] = [await makeUnit(one, `A${round}`), await makeUnit(one, `B${round}`)]
    const under = (unit: string, parent: string) => (api: Api) =>
      api.patch(`businessunits(${unit})`, { 'parentbusinessunitid@odata.bind': `/businessunits(${parent})` })
    assert.deepEqual(statuses(await race(both, [under(a, b), under(b, a)])), { 204: 1, 400: 1 })

    const ids: string[] = []
    for (const name of ['1', '2', '3', '4']) ids.push(createdId(await one.post('accounts', { name })))
    const [first, second, third, fourth] = ids as [string, string, string, string]
    const below = (child: string, parent: string) => (api: Api) => api.patch(`accounts(${child})`, { 'parentaccountid@odata.bind': `/accounts(${parent})` })
    expectStatus(await below(second, first)(one), 204)
    expectStatus(await below(fourth, third)(one), 204)
    assert.deepEqual(statuses(await race(both, [below(first, fourth), below(third, second)])), { 204: 1, 400: 1 })
  }
})

test('rights that are given to one user on one row at the same time all stay', async () => {
  const bob = await newUser()
  const rights = ['ReadAccess', 'WriteAccess', 'DeleteAccess', 'AppendAccess', 'AppendToAccess', 'AssignAccess', 'ShareAccess']
  for (let round = 0; round < ROUNDS; round++) {
    const account = createdId(await one.post('accounts', { name: 'shared' }))
    expectAll(
      await race(
        both,
        rights.map((right) => (api) => grant(api, targetOf(account), userOf(bob), right)),
      ),
      204,
    )
    const shared = await both.two.get(`RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={"@odata.id":"accounts(${account})"}`)
    const masks = expectStatus(shared, 200).body.PrincipalAccesses.map((one: { AccessMask: string }) => one.AccessMask.split(',').map((mask) => mask.trim()))
    assert.deepEqual(new Set(masks.flat()), new Set(rights))
  }
})

test('a row that comes to hang on one that is being shared inherits it', async () => {
  const bob = await newUser()
  for (let round = 0; round < ROUNDS * 2; round++) {
    const account = createdId(await one.post('accounts', { name: 'shared' }))
    const contact = createdId(await one.post('contacts', { lastname: 'hanging' }))
    const answers = await race(both, [
      (api) => grant(api, targetOf(account), userOf(bob), 'ReadAccess'),
      (api) => api.patch(`contacts(${contact})`, { 'parentcustomerid_account@odata.bind': `/accounts(${account})` }),
      (api) => api.post('contacts', { lastname: 'new', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }),
    ])
    expectAll(answers, 204)
    const born = createdId(answers[2] as NonNullable<(typeof answers)[2]>)
    for (const id of [contact, born]) {
      const shares = await valuesOf(`principalobjectaccessset?$filter=objectid eq ${id} and principalid eq ${bob}&$select=inheritedaccessrightsmask`)
      assert.equal(shares.length, 1, 'the row has inherited the share')
    }
  }
})

test('rows that are created while their owner moves belong to the unit that the owner is in', async () => {
  const unit = await makeUnit(one, 'Elsewhere')
  const role = await makeRole(one, root, 'Writer', { prvCreateAccount: 'global', prvReadAccount: 'global', prvWriteAccount: 'global' })
  for (let round = 0; round < ROUNDS; round++) {
    const user = await newUser()
    await giveRole(one, `systemusers(${user})`, role)
    const create = (api: Api) => actingAs(api, user).post('accounts', { name: 'mine' })
    const move = (api: Api) => api.patch(`systemusers(${user})`, { 'businessunitid@odata.bind': `/businessunits(${unit})` })
    const answers = await race(both, [create, create, create, move, create, create, create, create])
    expectAll(answers, 204, 403)
    for (const account of await valuesOf(`accounts?$select=_owningbusinessunit_value&$filter=_ownerid_value eq ${user}`)) {
      assert.equal(account._owningbusinessunit_value, unit)
    }
  }
})

test('each new unit has a copy of each new role', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await race(both, [
      (api) => api.post('businessunits', { name: `Copy${round}`, 'parentbusinessunitid@odata.bind': `/businessunits(${root})` }),
      (api) => api.post('roles', { name: `Role${round}`, 'businessunitid@odata.bind': `/businessunits(${root})` }),
    ])
    expectAll(answers, 204)
    const [unit] = answers.map(createdId)
    assert.equal((await valuesOf(`roles?$filter=name eq 'Role${round}' and _businessunitid_value eq ${unit}`)).length, 1)
  }
})

test('a member who joins and a team that goes: whoever is in a team is in one that is there', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const [team, user] = [await makeTeam(one, `Team${round}`), await newUser()]
    const answers = await race(both, [
      (api) => api.post(`teams(${team})/teammembership_association/$ref`, { '@odata.id': `${api.root}/systemusers(${user})` }),
      (api) => api.delete(`teams(${team})`),
    ])
    expectAll(answers, 204, 404)
    assert.deepEqual(await valuesOf(`teammemberships?$filter=teamid eq ${team}`), [])
  }
})

test('a right that is given or taken at one server holds for the next request at the other', async () => {
  const user = await makeUserWith(one, root, 'Reader', { prvReadContact: 'global' })
  const role = await makeRole(one, root, 'Accounts', { prvReadAccount: 'global' })
  const reader = actingAs(both.two, user)
  for (let round = 0; round < ROUNDS * 3; round++) {
    expectStatus(await reader.get('accounts'), 403)
    await giveRole(one, `systemusers(${user})`, role)
    expectStatus(await reader.get('accounts'), 200)
    expectStatus(await one.delete(`systemusers(${user})/systemuserroles_association(${role})/$ref`), 204)
  }
})
