/** What happens to the rows that point at a row when that is deleted, or gets another owner (webapi.md 3.2, sync.md 5.3). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeOwner, makeOwnerTeam } from '../support/make-owners.ts'
import { whoAmI } from '../support/make-people.ts'
import { type MadeTable, makeLookup, makeManyToMany, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let parents: MadeTable
/** Three tables below `parents`, one for each behaviour on delete; `grandchildren` hang on `owned` and restrict. */
let owned: MadeTable
let loose: MadeTable
let holding: MadeTable
let grandchildren: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  parents = await makeTable(api, 'new_Parent')
  owned = await makeTable(api, 'new_Owned')
  loose = await makeTable(api, 'new_Loose')
  holding = await makeTable(api, 'new_Holding')
  grandchildren = await makeTable(api, 'new_Grandchild')
  await makeLookup(api, { from: owned.name, to: parents.name, SchemaName: 'new_UpId', cascade: { Delete: 'Cascade', Assign: 'Cascade' } })
  await makeLookup(api, { from: loose.name, to: parents.name, SchemaName: 'new_UpId' })
  await makeLookup(api, { from: holding.name, to: parents.name, SchemaName: 'new_UpId', cascade: { Delete: 'Restrict' } })
  await makeLookup(api, { from: grandchildren.name, to: owned.name, SchemaName: 'new_UpId', cascade: { Delete: 'Restrict' } })
  await makeManyToMany(api, parents.name, loose.name, 'new_parent_loose')
})
after(() => server[Symbol.asyncDispose]())

const makeRow = async (table: MadeTable, up?: string, body: object = {}): Promise<string> =>
  createdId(await api.post(table.set, { ...(up !== undefined && { 'new_UpId@odata.bind': up }), ...body }))
const makeParent = async (): Promise<string> => makeRow(parents)
const at = (table: MadeTable, id: string) => `${table.set}(${id})`
const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body

test('RemoveLink, the default, leaves the other rows, without their lookup and with a new version', async () => {
  const parent = await makeParent()
  const child = await makeRow(loose, at(parents, parent))
  const before = await rowOf(at(loose, child))
  expectStatus(await api.delete(at(parents, parent)), 204)
  const after = await rowOf(at(loose, child))
  assert.deepEqual([before._new_upid_value, after._new_upid_value], [parent, null])
  assert.notEqual(after['@odata.etag'], before['@odata.etag'])
})

test('Cascade deletes them', async () => {
  const parent = await makeParent()
  const children = [await makeRow(owned, at(parents, parent)), await makeRow(owned, at(parents, parent))]
  const other = await makeRow(owned, at(parents, await makeParent()))
  expectStatus(await api.delete(at(parents, parent)), 204)
  for (const child of children) expectRefusal(await api.get(at(owned, child)), 404, '0x80040217')
  expectStatus(await api.get(at(owned, other)), 200)
})

test('Restrict answers 405 as long as there are any, and nothing is deleted', async () => {
  const parent = await makeParent()
  const [child, beside] = [await makeRow(holding, at(parents, parent)), await makeRow(owned, at(parents, parent))]
  // 0x80040227 is what the published list of codes gives for CannotDeleteDueToAssociation.
  expectRefusal(await api.delete(at(parents, parent)), 405, '0x80040227')
  for (const path of [at(parents, parent), at(holding, child), at(owned, beside)]) expectStatus(await api.get(path), 200)
  expectStatus(await api.delete(at(holding, child)), 204)
  expectStatus(await api.delete(at(parents, parent)), 204)
  expectStatus(await api.get(at(owned, beside)), 404)
})

test('a restriction further down stops the whole deletion', async () => {
  const parent = await makeParent()
  const child = await makeRow(owned, at(parents, parent))
  const grandchild = await makeRow(grandchildren, at(owned, child))
  const free = await makeRow(owned, at(parents, parent))
  const versions = async () =>
    Promise.all([at(parents, parent), at(owned, child), at(owned, free), at(grandchildren, grandchild)].map(async (path) => (await rowOf(path))['@odata.etag']))
  const before = await versions()
  expectStatus(await api.delete(at(parents, parent)), 405)
  assert.deepEqual(await versions(), before)
})

test('pairs of many-to-many relationships go with either of their rows, and the other row stays as it is', async () => {
  const parent = await makeParent()
  const linked = await makeRow(loose)
  expectStatus(await api.post(`${at(parents, parent)}/new_parent_loose/$ref`, { '@odata.id': at(loose, linked) }), 204)
  const before = await rowOf(at(loose, linked))
  expectStatus(await api.delete(at(parents, parent)), 204)
  assert.deepEqual(await rowOf(at(loose, linked)), before)
  assert.deepEqual((await rowOf(`${at(loose, linked)}/new_parent_loose`)).value, [])
})

test('rows that point at each other in a ring, or at themselves, can be deleted', async () => {
  const table = await makeTable(api, 'new_Ring')
  await makeLookup(api, { from: table.name, to: table.name, SchemaName: 'new_NextId', cascade: { Delete: 'Cascade' } })
  const [a, b, c, self] = [await makeRow(table), await makeRow(table), await makeRow(table), await makeRow(table)]
  for (const [from, to] of [
    [a, b],
    [b, c],
    [c, a],
    [self, self],
  ] as const) {
    expectStatus(await api.patch(at(table, from), { 'new_NextId@odata.bind': at(table, to) }), 204)
  }
  expectStatus(await api.delete(at(table, self)), 204)
  expectStatus(await api.delete(at(table, b)), 204)
  assert.deepEqual((await rowOf(table.set)).value, [])
})

test('an account takes its tasks and contacts along, and a contact lets its account go', async () => {
  const account = createdId(await api.post('accounts', { name: 'A', Account_Tasks: [{ subject: 'Call' }] }))
  const contact = createdId(
    await api.post('contacts', { lastname: 'C', 'parentcustomerid_account@odata.bind': `/accounts(${account})`, Contact_Tasks: [{ subject: 'Write' }] }),
  )
  const other = createdId(
    await api.post('accounts', { name: 'B', 'primarycontactid@odata.bind': `/contacts(${contact})`, 'parentaccountid@odata.bind': `/accounts(${account})` }),
  )
  expectStatus(await api.delete(`accounts(${account})`), 204)
  assert.deepEqual((await rowOf('tasks?$select=subject')).value, [])
  expectStatus(await api.get(`contacts(${contact})`), 404)
  const row = await rowOf(`accounts(${other})`)
  assert.deepEqual([row._primarycontactid_value, row._parentaccountid_value], [null, null])
})

test('a currency that is used is not deleted', async () => {
  const euro = { currencyname: 'Euro', isocurrencycode: 'EUR', currencysymbol: '€', currencyprecision: 2, exchangerate: 0.9 }
  const currency = createdId(await api.post('transactioncurrencies', euro))
  const account = createdId(await api.post('accounts', { revenue: 1, 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency})` }))
  expectStatus(await api.delete(`transactioncurrencies(${currency})`), 405)
  expectStatus(await api.delete(`accounts(${account})`), 204)
  expectStatus(await api.delete(`transactioncurrencies(${currency})`), 204)
})

test('who owns rows, and who runs the place, stays', async () => {
  const { UserId, BusinessUnitId } = await whoAmI(api)
  const user = await makeOwner(api, 'Rita')
  const row = await makeRow(parents, undefined, { 'ownerid@odata.bind': `/systemusers(${user})` })
  for (const path of [`systemusers(${user})`, `systemusers(${UserId})`, `businessunits(${BusinessUnitId})`]) {
    const answer = await api.delete(path)
    assert.ok(answer.status === 400 || answer.status === 405, `${path}: ${answer.status}`)
    expectStatus(await api.get(path), 200)
  }
  expectStatus(await api.delete(at(parents, row)), 204)
})

const ownerOf = async (path: string): Promise<string> => (await rowOf(path))._ownerid_value

test('a new owner is passed on where the relationship cascades, at any depth, and nowhere else', async () => {
  const user = await makeOwner(api, 'Anna')
  const { UserId } = await whoAmI(api)
  const parent = await makeParent()
  const [passed, kept] = [await makeRow(owned, at(parents, parent)), await makeRow(loose, at(parents, parent))]
  const before = await rowOf(at(owned, passed))
  expectStatus(await api.patch(at(parents, parent), { 'ownerid@odata.bind': `/systemusers(${user})` }), 204)
  const after = await rowOf(at(owned, passed))
  assert.deepEqual([after._ownerid_value, after._owninguser_value], [user, user])
  assert.notEqual(after['@odata.etag'], before['@odata.etag'])
  assert.equal(await ownerOf(at(loose, kept)), UserId)
  const account = createdId(await api.post('accounts', { name: 'A' }))
  const contact = createdId(await api.post('contacts', { lastname: 'C', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }))
  const task = createdId(await api.post('tasks', { subject: 'T', 'regardingobjectid_contact_task@odata.bind': `/contacts(${contact})` }))
  const team = await makeOwnerTeam(api, 'Passing')
  expectStatus(await api.patch(`accounts(${account})`, { 'ownerid@odata.bind': `/teams(${team})` }), 204)
  assert.deepEqual([await ownerOf(`contacts(${contact})`), await ownerOf(`tasks(${task})`)], [team, team])
})

test('Active passes the owner on to active rows, UserOwned to those of the old owner', async () => {
  const { UserId } = await whoAmI(api)
  const [user, stranger] = [await makeOwner(api, 'Berta'), await makeOwner(api, 'Carla')]
  const active = await makeTable(api, 'new_ActiveOnly')
  const userOwned = await makeTable(api, 'new_UserOwned')
  await makeLookup(api, { from: active.name, to: parents.name, SchemaName: 'new_UpId', cascade: { Assign: 'Active' } })
  await makeLookup(api, { from: userOwned.name, to: parents.name, SchemaName: 'new_UpId', cascade: { Assign: 'UserOwned' } })
  const parent = await makeParent()
  const [alive, asleep] = [await makeRow(active, at(parents, parent)), await makeRow(active, at(parents, parent))]
  expectStatus(await api.patch(at(active, asleep), { statecode: 1 }), 204)
  const mine = await makeRow(userOwned, at(parents, parent))
  const theirs = await makeRow(userOwned, at(parents, parent), { 'ownerid@odata.bind': `/systemusers(${stranger})` })
  expectStatus(await api.patch(at(parents, parent), { 'ownerid@odata.bind': `/systemusers(${user})` }), 204)
  assert.deepEqual([await ownerOf(at(active, alive)), await ownerOf(at(active, asleep))], [user, UserId])
  assert.deepEqual([await ownerOf(at(userOwned, mine)), await ownerOf(at(userOwned, theirs))], [user, stranger])
})

test('many children are deleted and reassigned in one request', async () => {
  const parent = await makeParent()
  const Targets = Array.from({ length: 450 }, () => ({ '@odata.type': `Microsoft.Dynamics.CRM.${owned.name}`, 'new_UpId@odata.bind': at(parents, parent) }))
  expectStatus(await api.post(`${owned.set}/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets }), 200)
  const team = await makeOwnerTeam(api, 'Many')
  expectStatus(await api.patch(at(parents, parent), { 'ownerid@odata.bind': `/teams(${team})` }), 204)
  assert.equal((await api.get(`${owned.set}/$count?$filter=_ownerid_value eq ${team}`)).text, '\ufeff450')
  expectStatus(await api.delete(at(parents, parent)), 204)
  assert.equal((await api.get(`${owned.set}/$count?$filter=_ownerid_value eq ${team}`)).text, '\ufeff0')
})
