/** Requests for rows that are refused, each with the status, code and text a client depends on (webapi.md 3.2). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let id: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  id = createdId(await api.post('accounts', { name: 'Litware' }))
})
after(() => server[Symbol.asyncDispose]())

async function expectUntouched(): Promise<void> {
  const { body } = expectStatus(await api.get('accounts?$select=name'), 200)
  assert.deepEqual(
    body.value.map((row: { name: string }) => row.name),
    ['Litware'],
  )
}

test('a property that the table does not have is refused in a body', async () => {
  const message =
    /^Error identified in Payload provided by the user for Entity :'accounts', .*Invalid property 'nosuch' was found in entity 'Microsoft\.Dynamics\.CRM\.account'\. Does not support untyped value in non-open type\.$/
  expectRefusal(await api.post('accounts', { name: 'x', nosuch: 1 }), 400, '0x80048d19', message)
  expectRefusal(await api.patch(`accounts(${id})`, { name: 'x', nosuch: null }), 400, '0x80048d19', message)
  expectRefusal(await api.post('accounts', { Name: 'x' }), 400, '0x80048d19', /'Name'/)
  await expectUntouched()
})

test('a navigation property that the table does not have is refused before @odata.bind', async () => {
  const message =
    /An undeclared property 'PrimaryContactId' which only has property annotations in the payload but no property value was found in the payload\./
  const answer = await api.post('accounts', { 'PrimaryContactId@odata.bind': `/contacts(${id})` })
  expectStatus(answer, 400)
  assert.ok(['0x0', '0x80048d19'].includes(answer.body.error.code), answer.text)
  assert.match(answer.body.error.message, message)
  await expectUntouched()
})

test('a column that the table does not have is refused in $select, $filter, $orderby and $expand', async () => {
  const message = "Could not find a property named 'nosuch' on type 'Microsoft.Dynamics.CRM.account'."
  for (const query of ['$select=nosuch', '$select=name,nosuch', "$filter=nosuch eq 'x'", '$orderby=nosuch', '$expand=nosuch']) {
    expectRefusal(await api.get(`accounts?${query}`), 400, '0x0', message)
  }
  expectRefusal(await api.get(`accounts(${id})?$select=nosuch`), 400, '0x0', message)
})

test('names of tables are case-sensitive, and an unknown one is 404', async () => {
  for (const set of ['Accounts', 'account', 'nosuchthings']) {
    expectRefusal(await api.get(set), 404, '0x8006088a', `Resource not found for the segment '${set}'.`)
    expectRefusal(await api.post(set, {}), 404, '0x8006088a', `Resource not found for the segment '${set}'.`)
  }
})

test('a collection is neither updated nor deleted, and a row is not posted to', async () => {
  for (const method of ['PATCH', 'DELETE', 'PUT']) {
    const answer = await api.send(method, 'accounts', { body: {} })
    expectStatus(answer, 405)
    assert.match(answer.headers.allow ?? '', /GET, POST/)
  }
  const answer = expectStatus(await api.post(`accounts(${id})`, {}), 405)
  assert.match(answer.headers.allow ?? '', /GET, PATCH, DELETE/)
})

test('broken JSON is refused and changes nothing', async () => {
  for (const raw of ['{"name":"x"', '{"name":"x" "fax":"1"}', '[{"name":"x"}]', '"x"', '7', 'null', '{name:"x"}', '{"name":"x"}}', '\u0000']) {
    const answer = expectStatus(await api.send('POST', 'accounts', { raw }), 400)
    assert.match(answer.body.error.code, /^0x8/, raw)
    expectStatus(await api.send('PATCH', `accounts(${id})`, { raw }), 400)
  }
  expectStatus(await api.send('POST', 'accounts', { raw: Uint8Array.from([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]) }), 400)
  await expectUntouched()
})

test('a body that is no JSON by its own content type is refused', async () => {
  expectStatus(await api.send('POST', 'accounts', { raw: '<name>x</name>', headers: { 'Content-Type': 'application/xml' } }), 415)
  await expectUntouched()
})

test('content types of JSON are taken with any parameters', async () => {
  const types = ['application/json; charset=utf-8', 'application/json; type=entry', 'application/json;type=entry', 'Application/JSON;IEEE754Compatible=false']
  for (const type of types) {
    const answer = expectStatus(await api.send('PATCH', `accounts(${id})`, { raw: '{"name":"Litware"}', headers: { 'Content-Type': type } }), 204)
    assert.equal(answer.headers['odata-entityid'], `${server.api}/accounts(${id})`)
  }
})

test('a row of another type is not taken for one of this table', async () => {
  expectStatus(await api.post('accounts', { '@odata.type': '#Microsoft.Dynamics.CRM.contact' }), 400)
  expectStatus(await api.patch(`accounts(${id})`, { '@odata.type': 'Microsoft.Dynamics.CRM.contact' }), 400)
  await expectUntouched()
})

test('annotations that come with a row that was read are passed over', async () => {
  const sent = {
    '@odata.context': `${server.api}/$metadata#accounts/$entity`,
    '@odata.etag': 'W/"1"',
    '@odata.type': '#Microsoft.Dynamics.CRM.account',
    'statuscode@OData.Community.Display.V1.FormattedValue': 'Active',
    name: 'Litware',
  }
  expectStatus(await api.patch(`accounts(${id})`, sent), 204)
  expectStatus(await api.patch(`accounts(${id})`, { '@odata.type': 'Microsoft.Dynamics.CRM.account', name: 'Litware' }), 204)
})

test('what a table cannot be without is asked for, and cannot be taken away', async () => {
  assert.match(expectStatus(await api.post('territories', { description: 'no name' }), 400).body.error.message, /name/)
  expectRefusal(await api.post('territories', { name: null }), 400, '0x80040203', /name/)
  const territory = createdId(await api.post('territories', { name: 'South' }))
  expectRefusal(await api.patch(`territories(${territory})`, { name: null }), 400, '0x80040203', /cannot be set to NULL/)
  expectRefusal(await api.delete(`territories(${territory})/name`), 400, '0x80040203', /cannot be set to NULL/)
})

test('query options that a write has no use for are refused by name', async () => {
  for (const option of ['$filter', '$orderby', '$top', '$count', '$apply']) {
    const value = { $filter: "name eq 'x'", $orderby: 'name', $top: '1', $count: 'true', $apply: 'aggregate($count as n)' }[option]
    for (const answer of [await api.post(`accounts?${option}=${value}`, {}), await api.patch(`accounts(${id})?${option}=${value}`, {})]) {
      expectStatus(answer, 400)
      assert.ok(answer.body.error.message.includes(option), answer.text)
    }
  }
  await expectUntouched()
})

test('malformed keys and URLs are refused, not searched for', async () => {
  const paths = ['accounts(not-a-guid)', 'accounts()', "accounts('x", 'accounts(name=)', 'accounts(name', `accounts(${id}`, 'accounts(%ZZ)', 'accounts(%FF)']
  for (const path of paths) {
    const answer = await api.get(path)
    assert.equal(answer.status, 400, `${path}: ${answer.status}`)
    assert.match(answer.body.error.code, /^0x8006088a|0x80060890$/i, path)
  }
})

test('the users and teams have no id of a name, since both inherit it', async () => {
  const { body } = expectStatus(await api.get('WhoAmI'), 200)
  expectStatus(await api.get(`systemusers(${body.UserId})`), 200)
  expectStatus(await api.get(`systemusers(ownerid=${body.UserId})`), 200)
  expectRefusal(
    await api.get(`systemusers(systemuserid=${body.UserId})`),
    400,
    '0x80060890',
    /is not valid for resource 'Microsoft\.Dynamics\.CRM\.systemuser'/,
  )
})

test('preferences that are not known are passed over, and those that are can be joined', async () => {
  const plain = expectStatus(await api.post('contacts', { lastname: 'x' }, { Prefer: 'respond-async, odata.allow-entityreferences,return=minimal' }), 204)
  assert.ok(plain.headers['odata-entityid'])
  const prefer = 'return=representation,odata.include-annotations="OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.*"'
  const { headers, body } = expectStatus(await api.post('contacts?$select=statecode,_ownerid_value', { lastname: 'x' }, { Prefer: prefer }), 201)
  assert.equal(headers['preference-applied'], prefer)
  assert.equal(body['statecode@OData.Community.Display.V1.FormattedValue'], 'Active')
  assert.equal(body['_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname'], 'systemuser')
})

test('a column that is not there is refused in $select also where a write gives nothing back', async () => {
  const before = (await api.get('accounts/$count')).text
  expectRefusal(await api.post('accounts?$select=nosuch', { name: 'x' }), 400, '0x0')
  assert.equal((await api.get('accounts/$count')).text, before)
})

test('activities of all kinds have their ids from one pool', async () => {
  const visits = await makeTable(api, 'new_Visit', [column.text('Subject', { IsPrimaryName: true, MaxLength: 200 })], { IsActivity: true })
  const task = createdId(await api.post('tasks', { subject: 'Call' }))
  expectRefusal(await api.post(visits.set, { activityid: task, subject: 'Twin' }), 412, '0x80040237')
  expectRefusal(await api.patch(`${visits.set}(${task})`, { subject: 'Twin' }), 412, '0x80040237')
  expectStatus(await api.get(`${visits.set}(${task})`), 404)
  assert.equal((await api.get(`activitypointers(${task})?$select=subject`)).body.subject, 'Call')
})
