/** What a query may not hold is refused by name, and never passed over (webapi.md 3.2 and 6). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Api, apiOf, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
})
after(() => server[Symbol.asyncDispose]())

async function expectRefusedByName(query: string, name: string, code?: string): Promise<void> {
  const answer = await api.get(`accounts?${query}`)
  assert.ok(answer.status === 400 || answer.status === 501, `${query}: ${answer.status} ${answer.text.slice(0, 200)}`)
  if (code) expectRefusal(answer, 400, code)
  assert.ok(answer.body.error.message.includes(name), `${query}: ${answer.body.error.message}`)
}

test('$skip is refused in the words of the original', async () => {
  expectRefusal(await api.get('accounts?$skip=1'), 400, '0x80060888', 'Skip Clause is not supported in CRM')
})

test('options that are not there are refused by their names', async () => {
  for (const option of ['$search=x', '$format=json', '$compute=a as b', '$levels=2']) {
    await expectRefusedByName(option, option.split('=')[0] ?? '', '0x80060888')
  }
  await expectRefusedByName('nosuch=1', 'nosuch')
  await expectRefusedByName('$nosuch=1', '$nosuch')
})

test('names of options are case-sensitive, and stand once', async () => {
  await expectRefusedByName('$Select=name', '$Select')
  await expectRefusedByName('select=name', 'select')
  await expectRefusedByName('$top=1&$top=2', '$top')
  await expectRefusedByName('$top=1&%24top=2', '$top')
})

test('functions and operators of $filter that Dataverse lacks are refused by their names', async () => {
  const filters = {
    "Microsoft.Dynamics.CRM.Nosuch(PropertyName='createdon')": 'Nosuch',
    "primarycontactid/contact_customer_contacts/any(c:c/fullname eq 'x')": 'primarycontactid/contact_customer_contacts',
    'Account_Tasks/$count gt 1': '$count',
    "tolower(name) eq 'x'": 'tolower',
    'length(name) eq 1': 'length',
    'year(createdon) eq 2024': 'year',
    'numberofemployees add 1 eq 2': 'add',
    'numberofemployees mod 2 eq 0': 'mod',
    "nosuchfunction(name,'x')": 'nosuchfunction',
  }
  for (const [filter, name] of Object.entries(filters)) await expectRefusedByName(`$filter=${encodeURIComponent(filter)}`, name)
})

test('what is no filter is refused where it breaks', async () => {
  const filters = [
    'name eq',
    'eq',
    "name eq 'x",
    "name eq 'x' and",
    '(name eq null',
    'name eq null)',
    'name equals 1',
    "name eq 'a' 'b'",
    'name',
    '1',
    'name in ()',
    'name in (1',
    '',
    '()',
    'not',
    'contains(name)',
  ]
  for (const filter of filters) {
    const answer = await api.get(`accounts?$filter=${encodeURIComponent(filter)}`)
    assert.equal(answer.status, 400, `${filter}: ${answer.status}`)
  }
})

test('values have to fit their columns', async () => {
  const filters = [
    'numberofemployees eq 1.5',
    "numberofemployees eq 'x'",
    "createdon gt 'yesterday'",
    'createdon gt 5',
    'creditonhold eq 1',
    'name eq 5',
    'accountid eq 5',
    "_ownerid_value eq 'x'",
    'statecode eq true',
  ]
  for (const filter of [...filters, 'contains(numberofemployees,5)', "contains(numberofemployees,'5')", 'name eq numberofemployees', 'createdon eq name']) {
    const answer = await api.get(`accounts?$filter=${encodeURIComponent(filter)}`)
    assert.equal(answer.status, 400, `${filter}: ${answer.status}`)
  }
})

test('values of $top, $count, $orderby and $select are checked', async () => {
  for (const option of ['$top=-1', '$top=x', '$top=1.5', '$count=yes', '$orderby=name sideways', '$orderby=name,,fax', '$select=name,,fax']) {
    const answer = await api.get(`accounts?${option}`)
    assert.equal(answer.status, 400, `${option}: ${answer.status}`)
    assert.match(answer.body.error.code, /^0x/, option)
  }
})

test('options that a single row, a value or a count has no use for are refused', async () => {
  const { AccountId } = { AccountId: expectStatus(await api.post('accounts', {}, { Prefer: 'return=representation' }), 201).body.accountid }
  for (const path of [
    `accounts(${AccountId})?$filter=name eq 'x'`,
    `accounts(${AccountId})?$top=1`,
    `accounts(${AccountId})?$orderby=name`,
    `accounts(${AccountId})?$count=true`,
  ]) {
    assert.equal((await api.get(path)).status, 400, path)
  }
  assert.equal((await api.get(`accounts(${AccountId})/name?$select=name`)).status, 400)
})

test('navigation that leads nowhere is 404', async () => {
  const id = expectStatus(await api.post('accounts', {}, { Prefer: 'return=representation' }), 201).body.accountid
  for (const path of [
    `accounts(${id})/nosuch`,
    `accounts(${id})/Account_Tasks/nosuch`,
    `accounts(${id})/name/nosuch`,
    'accounts/nosuch',
    `accounts(${id})/account_tasks`,
  ]) {
    expectRefusal(await api.get(path), 404, '0x8006088a')
  }
})

test('limits on the size of a query are kept', async () => {
  const many = (count: number, make: (index: number) => string, separator: string) => Array.from({ length: count }, (_, index) => make(index)).join(separator)
  assert.equal((await api.get(`accounts?$filter=${many(501, (index) => `numberofemployees eq ${index}`, ' or ')}`)).status, 400)
  assert.equal((await api.get(`accounts?$filter=${many(500, (index) => `numberofemployees eq ${index}`, ' or ')}`)).status, 200)
  assert.equal((await api.get(`accounts?$filter=${'('.repeat(3000)}name eq null${')'.repeat(3000)}`)).status, 400)
  const long = `accounts?$filter=name eq '${'x'.repeat(32_000)}'`
  assert.equal((await api.get(long)).status, 200)
  const longer = await api.get(`accounts?$filter=name eq '${'x'.repeat(33_000)}'`)
  assert.equal(longer.status, 414)
  assert.match(longer.body.error.code, /^0x8/)
})
