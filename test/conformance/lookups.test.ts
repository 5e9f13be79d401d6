/** Rows that point at rows: binding, `$ref`, polymorphic lookups, rows created together, many-to-many (webapi.md 5.1 and 5.4, sync.md 2.2). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeOwner, makeOwnerTeam } from '../support/make-owners.ts'
import { whoAmI } from '../support/make-people.ts'
import { column, type MadeTable, makeCustomerLookup, makeKey, makeLookup, makeManyToMany, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const NOBODY = '6f0c2b1e-0000-4000-8000-0000000000aa'
const ANNOTATIONS = { Prefer: 'odata.include-annotations="*"' }

let server: TestServer
let api: Api
let sites: MadeTable
let parts: MadeTable
/** `sites(…)/<many>`: the parts of a site. */
let many: string
let north: string
let south: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  sites = await makeTable(api, 'new_Site', [column.text('new_Code', { MaxLength: 20 })])
  parts = await makeTable(api, 'new_Part')
  many = (await makeLookup(api, { from: parts.name, to: sites.name, SchemaName: 'new_SiteId' })).many
  await makeManyToMany(api, parts.name, sites.name, 'new_part_site')
  await makeCustomerLookup(api, parts.name, 'new_BuyerId')
  await makeKey(api, sites.name, 'new_CodeKey', ['new_code'])
  north = createdId(await api.post(sites.set, { new_code: 'N', new_name: 'North' }))
  south = createdId(await api.post(sites.set, { new_code: 'S', new_name: 'South' }))
})
after(() => server[Symbol.asyncDispose]())

const makePart = async (body: object = {}): Promise<string> => createdId(await api.post(parts.set, { new_name: 'Bolt', ...body }))
const at = (id: string) => `${parts.set}(${id})`
const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body
const siteOf = async (part: string): Promise<string | null> => (await rowOf(at(part)))._new_siteid_value
const idsIn = async (path: string, id: string): Promise<readonly string[]> => (await rowOf(path)).value.map((row: Record<string, string>) => row[id]).sort()

test('a lookup is bound by id or key, relative or absolute, with or without a slash', async () => {
  const urls = [
    `/${sites.set}(${north})`,
    `${sites.set}(${north})`,
    `${server.api}/${sites.set}(${north})`,
    `${server.url}/api/data/v9.0/${sites.set}(${north})`,
    `/${sites.set}(${sites.id}=${north})`,
    `/${sites.set}(${north.toUpperCase()})`,
    `/${sites.set}(new_code='N')`,
    `${server.api}/${sites.set}(new_code='n')`,
  ]
  for (const url of urls) {
    const created = await makePart({ 'new_SiteId@odata.bind': url })
    assert.equal(await siteOf(created), north, url)
    const updated = await makePart({ 'new_SiteId@odata.bind': `/${sites.set}(${south})` })
    expectStatus(await api.patch(at(updated), { 'new_SiteId@odata.bind': url }), 204)
    assert.equal(await siteOf(updated), north, url)
  }
})

test('null clears a lookup, with @odata.bind and without', async () => {
  for (const body of [{ 'new_SiteId@odata.bind': null }, { new_SiteId: null }]) {
    const part = await makePart({ 'new_SiteId@odata.bind': `/${sites.set}(${north})` })
    expectStatus(await api.patch(at(part), body), 204)
    assert.equal(await siteOf(part), null, JSON.stringify(body))
  }
})

test('a row that is not there cannot be bound, and nothing else of the request is done', async () => {
  const part = await makePart()
  const missing = { 'new_SiteId@odata.bind': `/${sites.set}(${NOBODY})`, new_name: 'changed' }
  expectRefusal(await api.patch(at(part), missing), 404, '0x80040217', new RegExp(`'?${sites.name}'? With Id = ${NOBODY} Does Not Exist$`))
  expectRefusal(await api.patch(at(part), { ...missing, 'new_SiteId@odata.bind': `/${sites.set}(new_code='X')` }), 404, '0x80060891')
  expectRefusal(await api.post(parts.set, missing), 404, '0x80040217')
  assert.equal((await rowOf(at(part))).new_name, 'Bolt')
})

test('a bind names one row of the right table', async () => {
  const contact = createdId(await api.post('contacts', { lastname: 'x' }))
  const values = [
    `/contacts(${contact})`,
    '/nosuch(1)',
    `/${sites.set}`,
    `/${sites.set}()`,
    'North',
    7,
    {},
    [`/${sites.set}(${north})`],
    `/${sites.set}(${north})/new_name`,
  ]
  for (const value of values) {
    const answer = await api.post(parts.set, { 'new_SiteId@odata.bind': value })
    assert.equal(answer.status, 400, `${JSON.stringify(value)}: ${answer.status} ${answer.text}`)
  }
  for (const body of [{ new_SiteId: north }, { 'new_siteid@odata.bind': `/${sites.set}(${north})` }, { new_siteid: north }, { _new_siteid_value: north }]) {
    assert.equal((await api.post(parts.set, body)).status, 400, JSON.stringify(body))
  }
})

test('PUT and DELETE of $ref point a lookup at a row, and at none', async () => {
  const part = await makePart()
  for (const reference of [`${server.api}/${sites.set}(${north})`, `${sites.set}(${south})`, `/${sites.set}(new_code='N')`]) {
    expectStatus(await api.put(`${at(part)}/new_SiteId/$ref`, { '@odata.id': reference }), 204)
    assert.equal(await siteOf(part), reference.includes(south) ? south : north)
  }
  const reference = await rowOf(`${at(part)}/new_SiteId/$ref`)
  assert.deepEqual(reference, { '@odata.context': `${server.api}/$metadata#$ref`, '@odata.id': `${server.api}/${sites.set}(${north})` })
  const target = await rowOf(`${at(part)}/new_SiteId?$select=new_name`)
  assert.equal(target['@odata.context'], `${server.api}/$metadata#${sites.set}(new_name)/$entity`)
  assert.equal(target.new_name, 'North')
  expectStatus(await api.delete(`${at(part)}/new_SiteId/$ref`), 204)
  assert.equal(await siteOf(part), null)
  expectStatus(await api.get(`${at(part)}/new_SiteId/$ref`), 204)
  expectStatus(await api.get(`${at(part)}/new_SiteId`), 204)
})

test('$ref says which row is missing, and what it cannot be sent to', async () => {
  const part = await makePart()
  expectRefusal(await api.put(`${at(part)}/new_SiteId/$ref`, { '@odata.id': `${sites.set}(${NOBODY})` }), 404, '0x80040217')
  expectRefusal(await api.put(`${at(NOBODY)}/new_SiteId/$ref`, { '@odata.id': `${sites.set}(${north})` }), 404, '0x80040217')
  expectRefusal(await api.post(`${sites.set}(${north})/${many}/$ref`, { '@odata.id': `${parts.set}(${NOBODY})` }), 404, '0x80040217')
  expectStatus(await api.put(`${at(part)}/new_SiteId/$ref`, { '@odata.id': `contacts(${NOBODY})` }), 400)
  expectStatus(await api.put(`${at(part)}/new_SiteId/$ref`, {}), 400)
  expectStatus(await api.post(`${at(part)}/new_SiteId/$ref`, { '@odata.id': `${sites.set}(${north})` }), 405)
  expectStatus(await api.put(`${sites.set}(${north})/${many}/$ref`, { '@odata.id': `${parts.set}(${part})` }), 405)
  expectStatus(await api.put(`${at(part)}/nosuch/$ref`, { '@odata.id': `${sites.set}(${north})` }), 404)
})

test('a row is added to the collection it hangs in, and taken out in three spellings', async () => {
  const collection = `${sites.set}(${south})/${many}`
  for (const spelling of [
    (id: string) => `${collection}/$ref?$id=${server.api}/${at(id)}`,
    (id: string) => `${collection}/$ref?$id=${encodeURIComponent(`${server.api}/${at(id)}`)}`,
    (id: string) => `${collection}/$ref?$id=${at(id)}`,
    (id: string) => `${collection}(${id})/$ref`,
  ]) {
    const part = await makePart()
    expectStatus(await api.post(`${collection}/$ref`, { '@odata.id': `${server.api}/${at(part)}` }), 204)
    assert.equal(await siteOf(part), south)
    assert.deepEqual(await idsIn(`${collection}?$select=${parts.id}`, parts.id), [part])
    const references = await rowOf(`${collection}/$ref`)
    assert.deepEqual(references, { '@odata.context': `${server.api}/$metadata#Collection($ref)`, value: [{ '@odata.id': `${server.api}/${at(part)}` }] })
    expectStatus(await api.delete(spelling(part)), 204)
    assert.equal(await siteOf(part), null)
    assert.deepEqual(await idsIn(collection, parts.id), [])
  }
})

test('only a row that hangs there can be taken out', async () => {
  const part = await makePart({ 'new_SiteId@odata.bind': `/${sites.set}(${north})` })
  expectStatus(await api.delete(`${sites.set}(${south})/${many}(${part})/$ref`), 404)
  expectStatus(await api.delete(`${sites.set}(${south})/${many}/$ref`), 400)
  assert.equal(await siteOf(part), north)
})

test('a row is created in the collection of another', async () => {
  const account = createdId(await api.post('accounts', { name: 'Litware' }))
  const answer = expectStatus(await api.post(`accounts(${account})/Account_Tasks`, { subject: 'Call' }), 204)
  const task = createdId(answer)
  assert.equal(answer.headers['odata-entityid'], `${server.api}/tasks(${task})`)
  assert.equal((await rowOf(`tasks(${task})`))._regardingobjectid_value, account)
  assert.deepEqual(await idsIn(`accounts(${account})/Account_Tasks?$select=activityid`, 'activityid'), [task])
})

test('a customer is an account or a contact, each through a navigation property of its own', async () => {
  const account = createdId(await api.post('accounts', { name: 'Litware' }))
  const contact = createdId(await api.post('contacts', { lastname: 'Byron' }))
  const part = await makePart({ 'new_BuyerId_account@odata.bind': `/accounts(${account})` })
  const read = async () => expectStatus(await api.get(`${at(part)}?$select=_new_buyerid_value`, ANNOTATIONS), 200).body
  const first = await read()
  assert.equal(first._new_buyerid_value, account)
  assert.equal(first['_new_buyerid_value@Microsoft.Dynamics.CRM.lookuplogicalname'], 'account')
  assert.equal(first['_new_buyerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty'], 'new_BuyerId_account')
  assert.equal(first['_new_buyerid_value@OData.Community.Display.V1.FormattedValue'], 'Litware')
  expectStatus(await api.patch(at(part), { 'new_BuyerId_contact@odata.bind': `/contacts(${contact})` }), 204)
  const second = await read()
  assert.equal(second._new_buyerid_value, contact)
  assert.equal(second['_new_buyerid_value@Microsoft.Dynamics.CRM.lookuplogicalname'], 'contact')
  assert.equal(second['_new_buyerid_value@OData.Community.Display.V1.FormattedValue'], 'Byron')
  expectStatus(await api.get(`${at(part)}/new_BuyerId_account`), 204)
  assert.equal((await rowOf(`${at(part)}/new_BuyerId_contact?$select=lastname`)).lastname, 'Byron')
  expectStatus(await api.patch(at(part), { 'new_BuyerId_account@odata.bind': `/contacts(${contact})` }), 400)
  const both = { 'new_BuyerId_account@odata.bind': `/accounts(${account})`, 'new_BuyerId_contact@odata.bind': `/contacts(${contact})` }
  expectStatus(await api.patch(at(part), both), 400)
  expectStatus(await api.patch(at(part), { 'new_BuyerId_account@odata.bind': `/accounts(${account})`, 'new_BuyerId_contact@odata.bind': null }), 204)
  assert.equal((await read())._new_buyerid_value, account)
})

test('the standard polymorphic lookups take every table they may point at', async () => {
  const account = createdId(await api.post('accounts', { name: 'Litware' }))
  const contact = createdId(await api.post('contacts', { lastname: 'x', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }))
  assert.equal((await rowOf(`contacts(${contact})`))._parentcustomerid_value, account)
  assert.deepEqual(await idsIn(`accounts(${account})/contact_customer_accounts`, 'contactid'), [contact])
  const task = createdId(await api.post('tasks', { subject: 'x', 'regardingobjectid_contact_task@odata.bind': `/contacts(${contact})` }))
  assert.equal((await rowOf(`tasks(${task})`))._regardingobjectid_value, contact)
  expectStatus(await api.put(`tasks(${task})/regardingobjectid_account_task/$ref`, { '@odata.id': `accounts(${account})` }), 204)
  assert.equal((await rowOf(`tasks(${task})`))._regardingobjectid_value, account)
  assert.deepEqual((await rowOf(`contacts(${contact})/Contact_Tasks`)).value, [])
})

test('an owner is a user or a team, and a row is never without', async () => {
  const { UserId, BusinessUnitId } = await whoAmI(api)
  const [user, team] = [await makeOwner(api, 'Olga'), await makeOwnerTeam(api, 'Owners')]
  const part = await makePart({ 'ownerid@odata.bind': `/systemusers(${user})` })
  const ownersOf = async () => {
    const row = await rowOf(at(part))
    return [row._ownerid_value, row._owninguser_value, row._owningteam_value, row._owningbusinessunit_value]
  }
  assert.deepEqual(await ownersOf(), [user, user, null, BusinessUnitId])
  expectStatus(await api.patch(at(part), { 'ownerid@odata.bind': `/teams(${team})` }), 204)
  assert.deepEqual(await ownersOf(), [team, null, team, BusinessUnitId])
  expectStatus(await api.put(`${at(part)}/ownerid/$ref`, { '@odata.id': `systemusers(${UserId})` }), 204)
  assert.deepEqual(await ownersOf(), [UserId, UserId, null, BusinessUnitId])
  expectRefusal(await api.patch(at(part), { 'ownerid@odata.bind': null }), 400, '0x80040215')
  expectRefusal(await api.delete(`${at(part)}/ownerid/$ref`), 400, '0x80040215')
  expectStatus(await api.patch(at(part), { 'ownerid@odata.bind': `/contacts(${NOBODY})` }), 400)
  expectRefusal(await api.patch(at(part), { 'ownerid@odata.bind': `/teams(${NOBODY})` }), 404, '0x80040217')
})

test('rows are created together: what a row points at, and what hangs on it', async () => {
  const body = {
    name: 'Deep',
    primarycontactid: { firstname: 'Ada', lastname: 'Byron', Contact_Tasks: [{ subject: 'Nested' }] },
    Account_Tasks: [{ subject: 'One' }, { subject: 'Two' }],
  }
  const account = createdId(await api.post('accounts', body))
  const row = await rowOf(`accounts(${account})?$expand=primarycontactid($select=fullname),Account_Tasks($select=subject;$orderby=subject)`)
  assert.equal(row.primarycontactid.fullname, 'Ada Byron')
  assert.deepEqual(
    row.Account_Tasks.map((task: { subject: string }) => task.subject),
    ['One', 'Two'],
  )
  const nested = await rowOf(`contacts(${row.primarycontactid.contactid})/Contact_Tasks?$select=subject`)
  assert.equal(nested.value[0].subject, 'Nested')
})

test('rows are created together or not at all', async () => {
  const before = (await api.get('contacts/$count')).text
  const bad = { name: 'Half', primarycontactid: { lastname: 'Gone' }, Account_Tasks: [{ subject: 'Fine' }, { subject: 'x'.repeat(201) }] }
  expectRefusal(await api.post('accounts', bad), 400, '0x80044331')
  expectStatus(await api.post('accounts', { name: 'Half', primarycontactid: { nosuch: 1 } }), 400)
  const late = { name: 'Half', primarycontactid: { lastname: 'Gone' }, Account_Tasks: [{ subject: 'x', 'ownerid@odata.bind': `/teams(${NOBODY})` }] }
  expectRefusal(await api.post('accounts', late), 404, '0x80040217')
  assert.equal((await api.get('contacts/$count')).text, before)
  assert.deepEqual((await rowOf("accounts?$filter=name eq 'Half'")).value, [])
})

test('a new row can be bound to rows that are there, one or many', async () => {
  const [first, second] = [await makePart(), await makePart()]
  const site = createdId(await api.post(sites.set, { [`${many}@odata.bind`]: [`/${at(first)}`, at(second)], new_part_site: [{ new_name: 'Linked' }] }))
  assert.deepEqual(await idsIn(`${sites.set}(${site})/${many}`, parts.id), [first, second].sort())
  assert.equal((await rowOf(`${sites.set}(${site})/new_part_site?$select=new_name`)).value[0].new_name, 'Linked')
  expectStatus(await api.patch(`${sites.set}(${site})`, { [`${many}@odata.bind`]: [`/${at(first)}`] }), 400)
  const paired = await makePart({ 'new_part_site@odata.bind': [`/${sites.set}(new_code='N')`, `/${sites.set}(${south})`] })
  assert.deepEqual(await idsIn(`${at(paired)}/new_part_site`, sites.id), [north, south].sort())
})

test('a pair of a many-to-many relationship is made from either side, once, and undone from either side', async () => {
  const part = await makePart()
  expectStatus(await api.post(`${at(part)}/new_part_site/$ref`, { '@odata.id': `${sites.set}(${north})` }), 204)
  expectStatus(await api.post(`${sites.set}(${south})/new_part_site/$ref`, { '@odata.id': `${server.api}/${at(part)}` }), 204)
  assert.deepEqual(await idsIn(`${at(part)}/new_part_site?$select=new_code`, sites.id), [north, south].sort())
  expectRefusal(await api.post(`${sites.set}(${north})/new_part_site/$ref`, { '@odata.id': at(part) }), 412, '0x80040237')
  expectStatus(await api.delete(`${sites.set}(${north})/new_part_site(${part})/$ref`), 204)
  expectStatus(await api.delete(`${at(part)}/new_part_site/$ref?$id=${sites.set}(${south})`), 204)
  assert.deepEqual(await idsIn(`${at(part)}/new_part_site`, sites.id), [])
  expectStatus(await api.delete(`${at(part)}/new_part_site(${south})/$ref`), 404)
})

test('linking rows changes neither of them; moving a child changes the child alone', async () => {
  const part = await makePart()
  const etags = async () => [(await rowOf(at(part)))['@odata.etag'], (await rowOf(`${sites.set}(${north})`))['@odata.etag']]
  const before = await etags()
  expectStatus(await api.post(`${at(part)}/new_part_site/$ref`, { '@odata.id': `${sites.set}(${north})` }), 204)
  assert.deepEqual(await etags(), before)
  expectStatus(await api.post(`${sites.set}(${north})/${many}/$ref`, { '@odata.id': at(part) }), 204)
  const after = await etags()
  assert.notEqual(after[0], before[0])
  assert.equal(after[1], before[1])
})
