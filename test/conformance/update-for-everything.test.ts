/** One Update sets what once took seven messages: state, owner, business unit, manager, parent unit (sync.md 5). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { changesSince, track } from '../support/follow-changes.ts'
import { makeOwner, makeOwnerTeam } from '../support/make-owners.ts'
import { makeTeam, makeUnit, makeUser, whoAmI } from '../support/make-people.ts'
import { column, type MadeTable, makeKey, makeLookup, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const NOBODY = '6f0c2b1e-0000-4000-8000-0000000000aa'

let server: TestServer
let api: Api
let regions: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  regions = await makeTable(api, 'new_Region', [column.text('new_Code', { MaxLength: 10 })], { OwnershipType: 'OrganizationOwned' })
  await makeLookup(api, { from: 'account', to: regions.name, SchemaName: 'new_RegionId' })
  await makeKey(api, regions.name, 'new_CodeKey', ['new_code'])
  await makeKey(api, 'account', 'new_NumberKey', ['accountnumber'])
  await makeKey(api, 'contact', 'new_EmailKey', ['emailaddress1'])
  await makeKey(api, 'systemuser', 'new_UserEmailKey', ['internalemailaddress'])
})
after(() => server[Symbol.asyncDispose]())

const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body
const makeAccount = async (body: object = {}): Promise<string> => createdId(await api.post('accounts', { name: 'Litware', ...body }))
const stateOf = async (path: string) => {
  const { statecode, statuscode } = await rowOf(path)
  return [statecode, statuscode]
}
const owningUnitOf = async (path: string): Promise<string> => (await rowOf(path))._owningbusinessunit_value

test('a state brings its default status, and a status its state', async () => {
  const account = `accounts(${await makeAccount()})`
  for (const [body, state] of [
    [{ statecode: 1 }, [1, 2]],
    [{ statecode: 0 }, [0, 1]],
    [{ statuscode: 2 }, [1, 2]],
    [{ statuscode: 1 }, [0, 1]],
    [{ statecode: 1, statuscode: 2 }, [1, 2]],
  ] as const) {
    expectStatus(await api.patch(account, body), 204)
    assert.deepEqual(await stateOf(account), state, JSON.stringify(body))
  }
  const task = `tasks(${createdId(await api.post('tasks', { subject: 'Call' }))})`
  assert.deepEqual(await stateOf(task), [0, 2])
  expectStatus(await api.patch(task, { statuscode: 3 }), 204)
  assert.deepEqual(await stateOf(task), [0, 3])
  expectStatus(await api.patch(task, { statecode: 1 }), 204)
  assert.deepEqual(await stateOf(task), [1, 5])
  expectStatus(await api.patch(task, { statecode: 2 }), 204)
  assert.deepEqual(await stateOf(task), [2, 6])
})

test('a status of another state is refused, and so are values that are none', async () => {
  const account = `accounts(${await makeAccount()})`
  expectRefusal(await api.patch(account, { statecode: 0, statuscode: 2, name: 'changed' }), 400, '0x80048408')
  expectRefusal(await api.patch(account, { statecode: 1, statuscode: 1 }), 400, '0x80048408')
  for (const body of [{ statecode: 7 }, { statuscode: 7 }, { statecode: 'Inactive' }, { statuscode: null }]) expectStatus(await api.patch(account, body), 400)
  assert.deepEqual(await stateOf(account), [0, 1])
  assert.equal((await rowOf(account)).name, 'Litware')
  expectRefusal(await api.post('accounts', { statuscode: 2 }), 400, '0x80048408')
})

test('a table without a state says so', async () => {
  const territory = createdId(await api.post('territories', { name: 'North' }))
  expectRefusal(await api.patch(`territories(${territory})`, { statecode: 1 }), 400, '0x80047015')
  expectRefusal(await api.patch(`territories(${territory})`, { statuscode: 1 }), 400, '0x80047015')
})

test('an inactive row takes no ordinary values until it is active again, which may be in the same update', async () => {
  const account = `accounts(${await makeAccount()})`
  expectStatus(await api.patch(account, { statecode: 1, name: 'Deactivated' }), 204)
  assert.equal((await rowOf(account)).name, 'Deactivated')
  expectRefusal(await api.patch(account, { name: 'x' }), 400, '0x80040230')
  expectRefusal(await api.put(`${account}/name`, { value: 'x' }), 400, '0x80040230')
  expectRefusal(await api.delete(`${account}/name`), 400, '0x80040230')
  assert.equal((await rowOf(account)).name, 'Deactivated')
  expectStatus(await api.patch(account, { statecode: 0, name: 'Back' }), 204)
  assert.deepEqual([(await rowOf(account)).name, ...(await stateOf(account))], ['Back', 0, 1])
  expectStatus(await api.patch(account, { statecode: 1 }), 204)
  expectStatus(await api.delete(account), 204)
})

test('an owner brings the columns that follow from it, its business unit among them', async () => {
  const unit = await makeUnit(api, 'Sales')
  const [user, team] = [await makeOwner(api, 'Sam', unit), await makeOwnerTeam(api, 'Sellers', unit)]
  const account = `accounts(${await makeAccount()})`
  const owners = async () => {
    const row = await rowOf(account)
    return [row._ownerid_value, row._owninguser_value, row._owningteam_value, row._owningbusinessunit_value]
  }
  expectStatus(await api.patch(account, { 'ownerid@odata.bind': `/systemusers(${user})`, name: 'Owned' }), 204)
  assert.deepEqual(await owners(), [user, user, null, unit])
  expectStatus(await api.patch(account, { 'ownerid@odata.bind': `/teams(${team})` }), 204)
  assert.deepEqual(await owners(), [team, null, team, unit])
  expectStatus(await api.patch(account, { 'owninguser@odata.bind': `/systemusers(${user})` }), 400)
  assert.equal((await rowOf(account)).name, 'Owned')
})

test('a user who moves to another business unit takes the rows along', async () => {
  const [from, to] = [await makeUnit(api, 'From'), await makeUnit(api, 'To')]
  const user = await makeUser(api, 'Mona', { 'businessunitid@odata.bind': `/businessunits(${from})` })
  const account = `accounts(${await makeAccount({ 'ownerid@odata.bind': `/systemusers(${user})` })})`
  assert.equal(await owningUnitOf(account), from)
  const deltaLink = await track(api, 'accounts?$select=_owningbusinessunit_value')
  expectStatus(await api.patch(`systemusers(${user})`, { 'businessunitid@odata.bind': `/businessunits(${to})`, jobtitle: 'Mover' }), 204)
  const moved = await rowOf(`systemusers(${user})`)
  assert.deepEqual([moved._businessunitid_value, moved.jobtitle], [to, 'Mover'])
  assert.equal(await owningUnitOf(account), to)
  assert.equal((await changesSince(api, deltaLink)).entries.length, 1)
})

test('a team moves as well, but not the default team of a unit', async () => {
  const [from, to] = [await makeUnit(api, 'Team from'), await makeUnit(api, 'Team to')]
  const team = await makeTeam(api, 'Movers', from)
  const account = `accounts(${await makeAccount({ 'ownerid@odata.bind': `/teams(${team})` })})`
  expectStatus(await api.patch(`teams(${team})`, { 'businessunitid@odata.bind': `/businessunits(${to})`, name: 'Moved' }), 204)
  assert.equal(await owningUnitOf(account), to)
  const { value } = await rowOf(`teams?$filter=isdefault eq true and _businessunitid_value ne ${from}&$select=_businessunitid_value`)
  assert.notEqual(value.length, 0)
  for (const { teamid } of value) {
    expectRefusal(await api.patch(`teams(${teamid})`, { 'businessunitid@odata.bind': `/businessunits(${from})` }), 400, '0x80048308')
    expectRefusal(await api.delete(`teams(${teamid})`), 400, '0x80048307')
  }
})

test('equipment moves', async () => {
  const { BusinessUnitId } = await whoAmI(api)
  const unit = await makeUnit(api, 'Workshop')
  const body = { name: 'Lift', timezonecode: 85, 'businessunitid_businessunit@odata.bind': `/businessunits(${BusinessUnitId})` }
  const equipment = `equipments(${createdId(await api.post('equipments', body))})`
  expectStatus(await api.patch(equipment, { 'businessunitid_businessunit@odata.bind': `/businessunits(${unit})`, description: 'moved' }), 204)
  const row = await rowOf(equipment)
  assert.deepEqual([row._businessunitid_value, row.description], [unit, 'moved'])
})

test('a unit that is missing or disabled takes nobody in', async () => {
  const disabled = await makeUnit(api, 'Closed')
  expectStatus(await api.patch(`businessunits(${disabled})`, { isdisabled: true }), 204)
  const user = await makeUser(api, 'Nora')
  for (const unit of [NOBODY, disabled]) {
    expectRefusal(
      await api.patch(`systemusers(${user})`, { 'businessunitid@odata.bind': `/businessunits(${unit})`, jobtitle: 'x' }),
      400,
      unit === NOBODY ? '0x8004021a' : '0x8004032d',
    )
  }
  assert.equal((await rowOf(`systemusers(${user})`)).jobtitle, null)
})

test('a manager is set and taken away, and nobody comes to manage themselves', async () => {
  const [top, middle, bottom] = [await makeUser(api, 'Tim'), await makeUser(api, 'Mia'), await makeUser(api, 'Bob')]
  const manage = (user: string, manager: string | null) =>
    api.patch(`systemusers(${user})`, { 'parentsystemuserid@odata.bind': manager && `/systemusers(${manager})` })
  const managerOf = async (user: string) => (await rowOf(`systemusers(${user})`))._parentsystemuserid_value
  expectStatus(await manage(middle, top), 204)
  expectStatus(await manage(bottom, middle), 204)
  for (const [user, manager] of [
    [top, top],
    [top, middle],
    [top, bottom],
    [middle, bottom],
  ] as const)
    expectStatus(await manage(user, manager), 400)
  expectRefusal(await manage(bottom, NOBODY), 400, '0x80041d27')
  assert.deepEqual([await managerOf(top), await managerOf(middle), await managerOf(bottom)], [null, top, middle])
  expectStatus(await manage(middle, null), 204)
  expectStatus(await manage(top, bottom), 204)
})

test('a unit moves with its subtree, the root never, and none into itself', async () => {
  const { BusinessUnitId } = await whoAmI(api)
  const a = await makeUnit(api, 'A')
  const b = await makeUnit(api, 'B', a)
  const c = await makeUnit(api, 'C', b)
  const d = await makeUnit(api, 'D')
  const move = (unit: string, parent: string | null) =>
    api.patch(`businessunits(${unit})`, { 'parentbusinessunitid@odata.bind': parent && `/businessunits(${parent})` })
  const parentOf = async (unit: string) => (await rowOf(`businessunits(${unit})`))._parentbusinessunitid_value
  for (const [unit, parent] of [
    [a, a],
    [a, b],
    [a, c],
    [b, c],
  ] as const)
    expectStatus(await move(unit, parent), 400)
  expectStatus(await move(BusinessUnitId, d), 400)
  expectStatus(await move(a, null), 400)
  expectRefusal(await move(a, NOBODY), 400, '0x80041d23')
  assert.deepEqual([await parentOf(a), await parentOf(b), await parentOf(c)], [BusinessUnitId, a, b])
  expectStatus(await api.patch(`businessunits(${b})`, { 'parentbusinessunitid@odata.bind': `/businessunits(${d})`, divisionname: 'moved' }), 204)
  assert.deepEqual([await parentOf(b), await parentOf(c), (await rowOf(`businessunits(${b})`)).divisionname], [d, b, 'moved'])
})

const everything = (code: string) => ({
  name: 'Contoso',
  'primarycontactid@odata.bind': "/contacts(emailaddress1='contact@company.example')",
  'new_RegionId@odata.bind': `/${regions.set}(new_code='${code}')`,
  'ownerid@odata.bind': "/systemusers(internalemailaddress='uma@tidemark.example')",
  statecode: 0,
  statuscode: 1,
})

test('name, contact, region, owner and state are set by their external identifiers in one call', async () => {
  const unit = await makeUnit(api, 'One call')
  const user = await makeOwner(api, 'Uma', unit)
  const contact = createdId(await api.post('contacts', { lastname: 'Larsson', emailaddress1: 'contact@company.example' }))
  const region = createdId(await api.post(regions.set, { new_code: 'NW' }))
  const id = await makeAccount({ accountnumber: 'ABC123' })
  expectStatus(await api.patch(`accounts(${id})`, { statecode: 1 }), 204)
  const deltaLink = await track(api, 'accounts')
  const answer = expectStatus(await api.patch("accounts(accountnumber='ABC123')", everything('NW'), { 'If-Match': '*' }), 204)
  assert.equal(answer.headers['odata-entityid'], `${server.api}/accounts(accountnumber='ABC123')`)
  const row = await rowOf(`accounts(${id})`)
  assert.deepEqual(
    [row.name, row._primarycontactid_value, row._new_regionid_value, row._ownerid_value, row._owningbusinessunit_value, row.statecode, row.statuscode],
    ['Contoso', contact, region, user, unit, 0, 1],
  )
  const { entries } = await changesSince(api, deltaLink)
  assert.deepEqual([entries.length, entries[0].accountid, entries[0].name], [1, id, 'Contoso'])
})

test('an update of several parts compares the version once, and is one change', async () => {
  const account = `accounts(${await makeAccount()})`
  const version = (await rowOf(account))['@odata.etag']
  const deltaLink = await track(api, 'accounts?$select=name,statecode')
  const headers = { 'If-Match': version, Prefer: 'return=representation' }
  const { body } = expectStatus(await api.patch(account, { name: 'Twice', statecode: 1 }, headers), 200)
  assert.deepEqual([body.name, body.statecode, body['@odata.etag']], ['Twice', 1, (await rowOf(account))['@odata.etag']])
  const { entries } = await changesSince(api, deltaLink)
  assert.deepEqual([entries.length, entries[0].name, entries[0].statecode], [1, 'Twice', 1])
  expectRefusal(await api.patch(account, { name: 'Late', statecode: 0 }, { 'If-Match': version }), 412, '0x80060882')
  assert.deepEqual([(await rowOf(account)).name, ...(await stateOf(account))], ['Twice', 1, 2])
})

test('where one part of it fails, nothing is done', async () => {
  const id = await makeAccount({ accountnumber: 'ATOMIC', Account_Tasks: [{ subject: 'hangs here' }] })
  const before = await rowOf(`accounts(${id})`)
  const good = everything('NW')
  const failures: readonly (readonly [object, number, string])[] = [
    [{ 'new_RegionId@odata.bind': `/${regions.set}(new_code='none')` }, 404, '0x80060891'],
    [{ 'ownerid@odata.bind': "/systemusers(internalemailaddress='nobody@tidemark.example')" }, 404, '0x80060891'],
    [{ 'primarycontactid@odata.bind': `/contacts(${NOBODY})` }, 404, '0x80040217'],
    [{ statecode: 0, statuscode: 2 }, 400, '0x80048408'],
    [{ telephone1: 'x'.repeat(500) }, 400, '0x80044331'],
    [{ 'parentaccountid@odata.bind': `/accounts(${id})` }, 400, ''],
  ]
  for (const [bad, status, code] of failures) {
    const answer = await api.patch("accounts(accountnumber='ATOMIC')", { ...good, ...bad })
    if (code) expectRefusal(answer, status, code)
    else expectStatus(answer, status)
    assert.deepEqual(await rowOf(`accounts(${id})`), before, JSON.stringify(bad))
  }
  const { value } = await rowOf(`accounts(${id})/Account_Tasks?$select=_ownerid_value`)
  assert.equal(value[0]._ownerid_value, before._ownerid_value)
})
