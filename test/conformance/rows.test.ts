/** One row at a time: create, retrieve, update, delete, single properties, and the headers that go with them (webapi.md 2, 3 and 5). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { whoAmI } from '../support/make-people.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const REPRESENTATION = { Prefer: 'return=representation' }
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const NOBODY = '6f0c2b1e-0000-4000-8000-0000000000aa'

let server: TestServer
let api: Api
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
})
after(() => server[Symbol.asyncDispose]())

const makeAccount = async (body: object = {}): Promise<string> => createdId(await api.post('accounts', { name: 'Litware', ...body }))
const read = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body

test('a create answers 204 with the URL of the row, and nothing else', async () => {
  const answer = expectStatus(await api.post('accounts', { name: 'Litware' }), 204)
  const url = answer.headers['odata-entityid'] ?? ''
  assert.ok(url.startsWith(`${server.api}/accounts(`), url)
  assert.match(url.slice(-37, -1), GUID)
  assert.equal(answer.headers.location, url)
  assert.equal(answer.headers['odata-version'], '4.0')
  assert.equal(answer.headers['content-type'], undefined)
  assert.equal(answer.text, '')
})

test('every answer names its request and recommends a degree of parallelism', async () => {
  for (const answer of [await api.post('accounts', {}), await api.get('accounts?$top=1'), await api.get(`accounts(${NOBODY})`)]) {
    assert.match(answer.headers['x-ms-service-request-id'] ?? '', GUID)
    assert.equal(answer.headers.req_id, answer.headers['x-ms-service-request-id'])
    assert.match(answer.headers['x-ms-dop-hint'] ?? '', /^[1-9]\d*$/)
  }
})

test('a create that asks for the representation answers 201 with the whole row and without OData-EntityId', async () => {
  const answer = expectStatus(await api.post('accounts', { name: 'Litware', accountnumber: 'L-1' }, REPRESENTATION), 201)
  const { body, headers } = answer
  assert.equal(headers['content-type'], 'application/json; odata.metadata=minimal')
  assert.equal(headers['preference-applied'], 'return=representation')
  assert.equal(headers['odata-entityid'], undefined)
  assert.equal(headers.etag, `W/"${body.versionnumber}"`)
  assert.equal(body['@odata.etag'], headers.etag)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts/$entity`)
  assert.equal(Object.keys(body)[0], '@odata.context')
  assert.equal(body.accountnumber, 'L-1')
  assert.deepEqual(await read(`accounts(${body.accountid})`), body)
})

test('the representation honours $select, and on POST $expand', async () => {
  const contact = createdId(await api.post('contacts', { firstname: 'Ada', lastname: 'Byron' }))
  const bind = { 'primarycontactid@odata.bind': `/contacts(${contact})` }
  const path = '?$select=name&$expand=primarycontactid($select=fullname)'
  const { body } = expectStatus(await api.post(`accounts${path}`, { name: 'Fabrikam', ...bind }, REPRESENTATION), 201)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts(name,primarycontactid(fullname))/$entity`)
  assert.equal(body.name, 'Fabrikam')
  assert.equal(body.primarycontactid.fullname, 'Ada Byron')
  assert.equal(body.primarycontactid.contactid, contact)
  const patched = expectStatus(await api.patch(`accounts(${body.accountid})${path}`, { name: 'Fabrikam Ltd' }, REPRESENTATION), 200)
  assert.equal(patched.body['@odata.context'], `${server.api}/$metadata#accounts(name)/$entity`)
  assert.deepEqual(Object.keys(patched.body).sort(), ['@odata.context', '@odata.etag', 'accountid', 'name'])
})

test('a row is read whole, with its nulls, its ETag the same as its versionnumber', async () => {
  const id = await makeAccount()
  const { headers, body } = expectStatus(await api.get(`accounts(${id})`), 200)
  assert.equal(headers['content-type'], 'application/json; odata.metadata=minimal')
  assert.equal(headers['odata-version'], '4.0')
  assert.match(headers.etag ?? '', /^W\/"\d+"$/)
  assert.equal(headers.etag, `W/"${body.versionnumber}"`)
  assert.equal(body['@odata.etag'], headers.etag)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts/$entity`)
  assert.equal(body.accountid, id)
  assert.equal(body.telephone1, null)
  assert.equal(body._primarycontactid_value, null)
  assert.equal('primarycontactid' in body, false)
})

test('$select gives the named columns, the id and the ETag, and repeats the names in the context', async () => {
  const id = await makeAccount({ telephone1: '555-0100' })
  const body = await read(`accounts(${id})?$select=telephone1,name`)
  assert.deepEqual(Object.keys(body).sort(), ['@odata.context', '@odata.etag', 'accountid', 'name', 'telephone1'])
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts(telephone1,name)/$entity`)
})

test('an amount brings the currency of its row along', async () => {
  const id = await makeAccount({ revenue: 5_000_000 })
  const answer = expectStatus(await api.get(`accounts(${id})?$select=revenue`), 200)
  assert.match(answer.text, /"revenue":5000000\.0000[,}]/)
  assert.deepEqual(Object.keys(answer.body).sort(), ['@odata.context', '@odata.etag', '_transactioncurrencyid_value', 'accountid', 'revenue'])
  assert.match(answer.body._transactioncurrencyid_value, GUID)
})

test('a part of an address brings the whole of it along', async () => {
  const id = createdId(await api.post('contacts', { lastname: 'x', address1_line1: '1 Main St', address1_city: 'Bath' }))
  const body = await read(`contacts(${id})?$select=address1_city`)
  assert.deepEqual(Object.keys(body).sort(), ['@odata.context', '@odata.etag', 'address1_city', 'address1_composite', 'contactid'])
  assert.equal(body.address1_composite, '1 Main St\r\nBath')
})

test('a user and a team carry their id twice, since it is the key they inherit', async () => {
  const { UserId } = await whoAmI(api)
  for (const query of ['', '?$select=fullname', '?$select=ownerid']) {
    const body = await read(`systemusers(${UserId})${query}`)
    assert.deepEqual([body.systemuserid, body.ownerid], [UserId, UserId], query)
  }
  for (const team of (await read('teams?$select=name')).value) assert.equal(team.ownerid, team.teamid)
})

test('an id may be written in capitals, in braces, in quotes, or by the name of its column', async () => {
  const id = await makeAccount()
  for (const key of [id, id.toUpperCase(), `{${id}}`, `%7B${id}%7D`, `'${id}'`, `accountid=${id}`]) {
    const answer = expectStatus(await api.get(`accounts(${key})?$select=accountid`), 200)
    assert.equal(answer.body.accountid, id, key)
  }
})

test('9.0, 9.1 and 9.2 are the same service, and each is repeated in the URLs it hands out', async () => {
  const id = await makeAccount()
  for (const version of ['v9.0', 'v9.1', 'v9.2']) {
    const root = `${server.url}/api/data/${version}`
    const { body } = expectStatus(await api.get(`${root}/accounts(${id})?$select=name`), 200)
    assert.equal(body['@odata.context'], `${root}/$metadata#accounts(name)/$entity`)
    const created = expectStatus(await api.post(`${root}/accounts`, {}), 204)
    assert.ok(created.headers['odata-entityid']?.startsWith(`${root}/accounts(`))
  }
})

test('an update answers 204, changes what it names and nothing else, and gives the row a greater version', async () => {
  const id = await makeAccount({ telephone1: '1', fax: '2' })
  const before = await read(`accounts(${id})`)
  const answer = expectStatus(await api.patch(`accounts(${id})`, { telephone1: '3', fax: null }), 204)
  assert.equal(answer.headers['odata-entityid'], `${server.api}/accounts(${id})`)
  assert.equal(answer.text, '')
  const after = await read(`accounts(${id})`)
  assert.deepEqual([after.telephone1, after.fax, after.name], ['3', null, 'Litware'])
  assert.ok(after.versionnumber > before.versionnumber)
})

test('an update with equal values is an update: the version grows', async () => {
  const id = await makeAccount()
  const before = await read(`accounts(${id})?$select=versionnumber`)
  expectStatus(await api.patch(`accounts(${id})`, { name: 'Litware' }), 204)
  assert.ok((await read(`accounts(${id})?$select=versionnumber`)).versionnumber > before.versionnumber)
})

test('an update that asks for the representation answers 200 with the row as it is now', async () => {
  const id = await makeAccount()
  const { headers, body } = expectStatus(await api.patch(`accounts(${id})?$select=name`, { name: 'New' }, REPRESENTATION), 200)
  assert.equal(headers['preference-applied'], 'return=representation')
  assert.equal(headers.etag, body['@odata.etag'])
  assert.deepEqual([body.accountid, body.name], [id, 'New'])
  assert.equal((await api.get(`accounts(${id})?$select=name`)).headers.etag, headers.etag)
})

test('a deleted row is gone: deleting, reading and updating it answer 404', async () => {
  const id = await makeAccount()
  const answer = expectStatus(await api.delete(`accounts(${id})`), 204)
  assert.equal(answer.text, '')
  const message = `account With Id = ${id} Does Not Exist`
  expectRefusal(await api.get(`accounts(${id})`), 404, '0x80040217', message)
  expectRefusal(await api.delete(`accounts(${id})`), 404, '0x80040217', message)
  expectRefusal(await api.patch(`accounts(${id})`, { name: 'x' }, { 'If-Match': '*' }), 404, '0x80040217', message)
})

test('the id of a new row can be chosen once', async () => {
  const id = '11111111-2222-4333-8444-555555555555'
  assert.equal(createdId(await api.post('accounts', { accountid: id, name: 'First' })), id)
  expectRefusal(await api.post('accounts', { accountid: id, name: 'Second' }), 412, '0x80040237')
  assert.equal((await read(`accounts(${id})`)).name, 'First')
})

test('a body may repeat the id of the URL, not name another', async () => {
  const id = await makeAccount()
  expectStatus(await api.patch(`accounts(${id})`, { accountid: id, name: 'Same' }), 204)
  expectStatus(await api.patch(`accounts(${id})`, { accountid: NOBODY, name: 'Other' }), 400)
  assert.equal((await read(`accounts(${id})`)).name, 'Same')
})

test('one property is read with its context, and 204 where it is null', async () => {
  const id = await makeAccount()
  assert.deepEqual(await read(`accounts(${id})/name`), { '@odata.context': `${server.api}/$metadata#accounts(${id})/name`, value: 'Litware' })
  const owner = await read(`accounts(${id})/_ownerid_value`)
  assert.equal(owner['@odata.context'], `${server.api}/$metadata#accounts(${id})/_ownerid_value`)
  assert.equal(expectStatus(await api.get(`accounts(${id})/telephone1`), 204).text, '')
  expectRefusal(await api.get(`accounts(${id})/nosuchcolumn`), 404, '0x8006088a', "Resource not found for the segment 'nosuchcolumn'.")
  expectRefusal(await api.get(`accounts(${NOBODY})/name`), 404, '0x80040217')
})

test('$value is the bare text of a property', async () => {
  const id = await makeAccount({ name: 'Ærø "Färg" & Co', numberofemployees: 12, creditonhold: true })
  const name = expectStatus(await api.get(`accounts(${id})/name/$value`), 200)
  assert.equal(name.headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(name.text, 'Ærø "Färg" & Co')
  assert.equal((await api.get(`accounts(${id})/numberofemployees/$value`)).text, '12')
  assert.equal((await api.get(`accounts(${id})/creditonhold/$value`)).text, 'true')
  expectStatus(await api.get(`accounts(${id})/telephone1/$value`), 204)
})

test('one property is set with PUT and cleared with DELETE', async () => {
  const id = await makeAccount({ telephone1: '1' })
  const before = await read(`accounts(${id})`)
  expectStatus(await api.put(`accounts(${id})/telephone1`, { value: '2' }), 204)
  const after = await read(`accounts(${id})`)
  assert.deepEqual([after.telephone1, after.name], ['2', 'Litware'])
  assert.ok(after.versionnumber > before.versionnumber)
  expectStatus(await api.delete(`accounts(${id})/telephone1`), 204)
  assert.equal((await read(`accounts(${id})`)).telephone1, null)
  expectStatus(await api.put(`accounts(${id})/telephone1`, { text: '2' }), 400)
  expectStatus(await api.put(`accounts(${id})/telephone1`, { value: { a: 1 } }), 400)
  expectRefusal(await api.put(`accounts(${NOBODY})/telephone1`, { value: '2' }), 404, '0x80040217')
})

test('navigation properties are not set as properties', async () => {
  const id = await makeAccount()
  for (const name of ['primarycontactid', '_primarycontactid_value', 'Account_Tasks']) {
    const answer = await api.put(`accounts(${id})/${name}`, { value: null })
    assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`)
  }
})

test('a new row has its defaults, its owner, its state and its moments', async () => {
  const me = await whoAmI(api)
  const row = await read(`accounts(${await makeAccount()})`)
  assert.deepEqual([row.statecode, row.statuscode], [0, 1])
  assert.deepEqual([row.creditonhold, row.followemail, row.preferredcontactmethodcode], [false, true, 1])
  assert.deepEqual([row._ownerid_value, row._owninguser_value, row._owningteam_value], [me.UserId, me.UserId, null])
  assert.equal(row._owningbusinessunit_value, me.BusinessUnitId)
  assert.deepEqual([row._createdby_value, row._modifiedby_value], [me.UserId, me.UserId])
  assert.match(row.createdon, MOMENT)
  assert.equal(row.modifiedon, row.createdon)
  assert.deepEqual([row.importsequencenumber, row.overriddencreatedon], [null, null])
  assert.ok(Math.abs(Date.parse(row.createdon) - Date.now()) < 60_000)
})

test('an organization-owned row belongs to the organization instead', async () => {
  const { OrganizationId } = await whoAmI(api)
  const { body } = expectStatus(await api.post('territories', { name: 'North' }, REPRESENTATION), 201)
  assert.equal(body._organizationid_value, OrganizationId)
  assert.equal('_ownerid_value' in body, false)
})

test('what the server keeps is not for the body to say', async () => {
  const sent = { createdon: '2001-01-01T00:00:00Z', modifiedon: '2001-01-01T00:00:00Z', versionnumber: 7 }
  const { body } = expectStatus(await api.post('accounts', sent, REPRESENTATION), 201)
  assert.ok(body.createdon > '2020' && body.modifiedon > '2020' && body.versionnumber !== 7)
  expectStatus(await api.post('accounts', { _primarycontactid_value: NOBODY }), 400)
  expectStatus(await api.patch(`accounts(${body.accountid})`, { _ownerid_value: NOBODY }), 400)
})

test('a load can say when a row was really created, and with which import; no update can', async () => {
  const sent = { name: 'Old', overriddencreatedon: '2009-03-04T05:06:07Z', importsequencenumber: 42 }
  const id = createdId(await api.post('accounts', sent))
  const row = await read(`accounts(${id})`)
  assert.ok(row.createdon.startsWith('2009-03-04'), row.createdon)
  assert.equal(row.importsequencenumber, 42)
  // What was given has become createdon; the column itself now holds when the load took place.
  assert.ok(row.overriddencreatedon > '2020', row.overriddencreatedon)
  await api.patch(`accounts(${id})`, { overriddencreatedon: '2010-01-01T00:00:00Z', importsequencenumber: 43 })
  const after = await read(`accounts(${id})`)
  assert.deepEqual([after.createdon, after.overriddencreatedon, after.importsequencenumber], [row.createdon, row.overriddencreatedon, 42])
})

test('full names and addresses are put together by the server and stay in step', async () => {
  const sent = { firstname: 'Ada', lastname: 'Byron', address1_line1: '1 Main St', address1_city: 'Bath', address1_country: 'UK' }
  const { body } = expectStatus(await api.post('contacts', sent, REPRESENTATION), 201)
  assert.equal(body.fullname, 'Ada Byron')
  assert.equal(body.address1_composite, '1 Main St\r\nBath\r\nUK')
  const after = expectStatus(await api.patch(`contacts(${body.contactid})`, { lastname: 'Lovelace', fullname: 'Nobody' }, REPRESENTATION), 200)
  assert.equal(after.body.fullname, 'Ada Lovelace')
})
