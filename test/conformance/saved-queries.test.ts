/** Saved and personal queries: the tables `savedquery` and `userquery`, `?savedQuery=` and `?userQuery=` (webapi.md 6.10). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

/** That of the original, in its documentation. */
const ACTIVE_ACCOUNTS = '00000000-0000-0000-00aa-000010001002'
const NOBODY = '00000000-0000-0000-0000-00000000dead'

let server: TestServer
let api: Api
let contact: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  contact = createdId(await api.post('contacts', { firstname: 'Yvonne', lastname: 'McKay (sample)' }))
  for (const [name, more] of Object.entries({
    Litware: { 'primarycontactid@odata.bind': `/contacts(${contact})`, telephone1: '555-0150' },
    Adventure: { 'primarycontactid@odata.bind': `/contacts(${contact})` },
    Fabrikam: {},
    Contoso: {},
  })) {
    createdId(await api.post('accounts', { name, ...more }))
  }
  const closed = createdId(await api.post('accounts', { name: 'Alpine', 'primarycontactid@odata.bind': `/contacts(${contact})` }))
  expectStatus(await api.patch(`accounts(${closed})`, { statecode: 1, statuscode: 2 }), 204)
})
after(() => server[Symbol.asyncDispose]())

const get = async (path: string, headers = {}): Promise<Answer['body']> => expectStatus(await api.get(path, headers), 200).body
const namesOf = (body: Answer['body']): string[] => body.value.map((row: { name: string }) => row.name)
const FETCH = `<fetch><entity name="account"><attribute name="name"/><attribute name="telephone1"/><order attribute="name" descending="true"/></entity></fetch>`
const userQuery = (fetchxml: string, more = {}) => api.post('userqueries', { name: 'Mine', querytype: 0, returnedtypecode: 'account', fetchxml, ...more })

test('a view is found by its name and asked by its id', async () => {
  const { value } = await get("savedqueries?$select=name,savedqueryid&$filter=name eq 'Active Accounts'")
  assert.deepEqual(
    value.map(({ name, savedqueryid }: { name: string; savedqueryid: string }) => [name, savedqueryid]),
    [['Active Accounts', ACTIVE_ACCOUNTS]],
  )
  const body = await get(`accounts?savedQuery=${ACTIVE_ACCOUNTS}`)
  assert.deepEqual(namesOf(body), ['Adventure', 'Contoso', 'Fabrikam', 'Litware'])
})

test('null columns are absent, lookups have their values, rows their etag and id', async () => {
  const { value } = await get(`accounts?savedQuery=${ACTIVE_ACCOUNTS}`)
  const [adventure, contoso, , litware] = value
  assert.deepEqual(Object.keys(contoso), ['@odata.etag', 'name', 'accountid'])
  assert.equal(adventure._primarycontactid_value, contact)
  assert.equal(litware.telephone1, '555-0150')
})

test('every view that is there from the first runs on its table', async () => {
  const { value } = await get('savedqueries?$select=name,returnedtypecode')
  assert.equal(value.length, 18)
  const sets: Readonly<Record<string, string>> = { account: 'accounts', contact: 'contacts', task: 'tasks' }
  for (const { savedqueryid, returnedtypecode } of value) await get(`${sets[returnedtypecode]}?savedQuery=${savedqueryid}`)
})

test('a personal query is made, asked, changed and deleted', async () => {
  const id = createdId(await userQuery(FETCH))
  const made = await get(`userqueries(${id})`)
  assert.deepEqual([made.name, made.returnedtypecode, made.statecode, made.querytype], ['Mine', 'account', 0, 0])
  assert.ok(made._ownerid_value)
  assert.deepEqual(namesOf(await get(`accounts?userQuery=${id}`)), ['Litware', 'Fabrikam', 'Contoso', 'Alpine', 'Adventure'])
  expectStatus(await api.patch(`userqueries(${id})`, { fetchxml: FETCH.replace('true', 'false') }), 204)
  assert.deepEqual(namesOf(await get(`accounts?userQuery=${id}`)), ['Adventure', 'Alpine', 'Contoso', 'Fabrikam', 'Litware'])
  expectStatus(await api.delete(`userqueries(${id})`), 204)
  expectRefusal(await api.get(`accounts?userQuery=${id}`), 404, '0x80040217', `userquery With Id = ${id} Does Not Exist`)
})

test('a query is asked of the rows below another row', async () => {
  const path = `contacts(${contact})/account_primary_contact`
  for (const slash of ['/', '']) assert.deepEqual(namesOf(await get(`${path}${slash}?savedQuery=${ACTIVE_ACCOUNTS}`)), ['Adventure', 'Litware'])
})

test('an answer comes in pages, each by the link of the one before', async () => {
  const first = await get(`accounts?savedQuery=${ACTIVE_ACCOUNTS}`, { Prefer: 'odata.maxpagesize=3' })
  assert.deepEqual(namesOf(first), ['Adventure', 'Contoso', 'Fabrikam'])
  const second = await get(first['@odata.nextLink'])
  assert.deepEqual(namesOf(second), ['Litware'])
  assert.equal(second['@odata.nextLink'], undefined)
})

test('$filter narrows a view, $orderby orders it, $top cuts it, $count counts it', async () => {
  const view = `accounts?savedQuery=${ACTIVE_ACCOUNTS}`
  assert.deepEqual(namesOf(await get(`${view}&$filter=contains(name,'o')`)), ['Contoso'])
  assert.deepEqual(namesOf(await get(`${view}&$orderby=name desc&$top=2`)), ['Litware', 'Fabrikam'])
  assert.equal((await get(`${view}&$count=true`))['@odata.count'], 4)
  expectRefusal(await api.get(`${view}&$select=name`), 400, '0x8006088a', /'\$select'/)
})

test('a query of aggregates answers its groups', async () => {
  const aggregate = `<fetch aggregate="true"><entity name="account"><attribute name="statecode" groupby="true" alias="state"/>
    <attribute name="accountid" aggregate="count" alias="n"/></entity></fetch>`
  const id = createdId(await userQuery(aggregate))
  assert.deepEqual((await get(`accounts?userQuery=${id}`)).value, [
    { state: 0, n: 4 },
    { state: 1, n: 1 },
  ])
})

test('a query that is not there, of another table, or no query, is refused', async () => {
  expectRefusal(await api.get(`accounts?savedQuery=${NOBODY}`), 404, '0x80040217', `savedquery With Id = ${NOBODY} Does Not Exist`)
  expectRefusal(await api.get(`contacts?savedQuery=${ACTIVE_ACCOUNTS}`), 400, '0x80041128', /'account' is not 'contact'/)
  expectRefusal(await api.get('accounts?savedQuery=Active'), 400, '0x8006088a', /is not the id of a query/)
  const answer = await api.get(`accounts/$count?savedQuery=${ACTIVE_ACCOUNTS}`)
  expectRefusal(answer, 400, '0x80060888', 'Count Segment is not supported when SavedQuery or UserQuery or FetchXml option is provided')
})

test('a view without a query can be kept, but not asked', async () => {
  const id = createdId(await api.post('savedqueries', { name: 'Empty', querytype: 0, returnedtypecode: 'account' }))
  expectRefusal(await api.get(`accounts?savedQuery=${id}`), 400, '0x80041123')
  expectStatus(await api.delete(`savedqueries(${id})`), 204)
})

test('a broken query is refused when it is written', async () => {
  for (const [fetchxml, code] of [
    ['<fetch>', undefined],
    ['<fetch><entity name="nothing"/></fetch>', '0x80041102'],
    ['<fetch><entity name="account"><attribute name="nothing"/></entity></fetch>', '0x80041103'],
    ['<fetch><entity name="account"><filter><condition attribute="name" operator="is-like" value="x"/></filter></entity></fetch>', undefined],
  ] as const) {
    const answer = await userQuery(fetchxml)
    assert.equal(answer.status, 400, answer.text)
    if (code) assert.equal(answer.body.error.code, code, fetchxml)
  }
  expectStatus(await api.patch(`savedqueries(${ACTIVE_ACCOUNTS})`, { fetchxml: '<fetch>' }), 400)
  expectRefusal(await api.post('userqueries', { name: 'x', querytype: 0, returnedtypecode: 'account' }), 400, '0x80040200', /fetchxml/)
  expectRefusal(await api.post('userqueries', { name: 'x', querytype: 0, fetchxml: FETCH }), 400, '0x80040200', /returnedtypecode/)
})

test('a view of more columns than an answer has, or of more values than a statement takes, is refused in words', async () => {
  const many = (count: number, write: (n: number) => string) => Array.from({ length: count }, (_, n) => write(n)).join('')
  const fetchOf = (content: string) => `<fetch><entity name="account">${content}</entity></fetch>`
  const columns = fetchOf(many(4100, (n) => `<attribute name="name" alias="a${n}"/>`))
  expectRefusal(await userQuery(columns), 400, '0x80040203', 'The query names 4101 columns: the limit is 4096.')
  const condition = `<condition attribute="numberofemployees" operator="in">${many(2000, (n) => `<value>${n}</value>`)}</condition>`
  const query = createdId(await userQuery(fetchOf(`<attribute name="name"/><filter>${condition.repeat(17)}</filter>`)))
  const answer = await api.get(`accounts?userQuery=${query}`)
  expectRefusal(answer, 400, '0x8006088a', /^The query is too large: its values and aliases are 340\d\d, and 32766 is the limit\.$/)
})
