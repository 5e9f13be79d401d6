/** `$apply`: every sample of «Aggregate data using OData», and what that page says is not supported (webapi.md 6.6). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const FORMATTED = { Prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' }
const LABEL = '@OData.Community.Display.V1.FormattedValue'

let server: TestServer
let api: Api
let jim: string
let maria: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  jim = createdId(await api.post('contacts', { firstname: 'Jim', lastname: 'Glynn (sample)' }))
  maria = createdId(await api.post('contacts', { firstname: 'Maria', lastname: 'Campbell (sample)' }))
  const account = (name: string, revenue: number | undefined, more: object) =>
    api.post('accounts', { name, ...(revenue !== undefined && { revenue }), ...more })
  createdId(await account('Litware', 10000, { 'primarycontactid@odata.bind': `/contacts(${jim})`, address1_stateorprovince: 'WA' }))
  createdId(await account('Contoso', 50000, { 'primarycontactid@odata.bind': `/contacts(${maria})`, address1_stateorprovince: 'WA', accountcategorycode: 1 }))
  createdId(
    await account('Fabrikam', 30000.5, { 'primarycontactid@odata.bind': `/contacts(${maria})`, address1_stateorprovince: 'TX', accountcategorycode: 2 }),
  )
  createdId(await account("O'Brien/(Sons)", undefined, {}))
  const closed = createdId(await account('Alpine', 10000, { address1_stateorprovince: 'WA' }))
  expectStatus(await api.patch(`accounts(${closed})`, { statecode: 1, statuscode: 2 }), 204)
})
after(() => server[Symbol.asyncDispose]())

const apply = async (transformations: string, rest = '', headers = {}): Promise<Answer['body']> =>
  expectStatus(await api.get(`accounts?$apply=${encodeURIComponent(transformations)}${rest}`, headers), 200).body

test('the statuses there are', async () => {
  const body = await apply('groupby((statuscode))', '', FORMATTED)
  assert.equal(body['@odata.context'], `${api.root}/$metadata#accounts`)
  assert.deepEqual(body.value, [
    { [`statuscode${LABEL}`]: 'Active', statuscode: 1 },
    { [`statuscode${LABEL}`]: 'Inactive', statuscode: 2 },
  ])
})

test('how many rows each status has', async () => {
  const { value } = await apply('groupby((statuscode),aggregate($count as count))', '', FORMATTED)
  assert.deepEqual(value, [
    { [`statuscode${LABEL}`]: 'Active', statuscode: 1, [`count${LABEL}`]: '4', count: 4 },
    { [`statuscode${LABEL}`]: 'Inactive', statuscode: 2, [`count${LABEL}`]: '1', count: 1 },
  ])
})

test('the sum of all revenue', async () => {
  const { value } = await apply('aggregate(revenue with sum as total)', '', FORMATTED)
  assert.deepEqual(value, [{ [`total${LABEL}`]: '$100,000.50', total: 100000.5 }])
})

test('average and sum of revenue by status', async () => {
  assert.deepEqual((await apply('groupby((statuscode),aggregate(revenue with average as averagevalue))')).value, [
    { statuscode: 1, averagevalue: 30000.166666667 },
    { statuscode: 2, averagevalue: 10000 },
  ])
  assert.deepEqual((await apply('groupby((statuscode),aggregate(revenue with sum as total))')).value, [
    { statuscode: 1, total: 90000.5 },
    { statuscode: 2, total: 10000 },
  ])
})

test('revenue by the name of the primary contact, under the name of its table', async () => {
  const { value } = await apply('groupby((primarycontactid/fullname),aggregate(revenue with sum as total))')
  assert.deepEqual(
    new Map(value.map((row: { contact_fullname?: string; total?: number }) => [row.contact_fullname, row.total])),
    new Map([
      [undefined, 10000],
      ['Jim Glynn (sample)', 10000],
      ['Maria Campbell (sample)', 80000.5],
    ]),
  )
})

test("primary contacts' names of accounts in WA, null left out", async () => {
  const { value } = await apply("filter(address1_stateorprovince eq 'WA')/groupby((primarycontactid/fullname))")
  assert.deepEqual(value, [{}, { contact_fullname: 'Jim Glynn (sample)' }, { contact_fullname: 'Maria Campbell (sample)' }])
})

test('the first and the last moment of a creation', async () => {
  const created = (await api.get('accounts?$select=createdon&$orderby=createdon')).body.value.map((row: { createdon: string }) => row.createdon)
  const { value } = await apply('aggregate(createdon with max as lastCreate,createdon with min as firstCreate)')
  assert.deepEqual(value, [{ lastCreate: created.at(-1), firstCreate: created[0] }])
})

test('distinct values of several columns', async () => {
  const { value } = await apply('groupby((statecode,statuscode,accountcategorycode))')
  assert.deepEqual(value, [
    { statecode: 0, statuscode: 1 },
    { statecode: 0, statuscode: 1, accountcategorycode: 1 },
    { statecode: 0, statuscode: 1, accountcategorycode: 2 },
    { statecode: 1, statuscode: 2 },
  ])
})

test('lookups are grouped by as they are selected', async () => {
  const { value } = await apply(`filter(_primarycontactid_value eq ${jim})/groupby((_primarycontactid_value),aggregate($count as n))`)
  assert.deepEqual(value, [{ _primarycontactid_value: jim, n: 1 }])
})

test('different values are counted, nulls not', async () => {
  const { value } = await apply('aggregate(revenue with countdistinct as revenues,accountcategorycode with countdistinct as categories,$count as n)')
  assert.deepEqual(value, [{ revenues: 3, categories: 2, n: 5 }])
})

test('nothing to aggregate leaves a count of nothing', async () => {
  const { value } = await apply("filter(name eq 'nobody')/aggregate($count as n,revenue with sum as total)")
  assert.deepEqual(value, [{ n: 0, total: 0 }])
  assert.deepEqual((await apply("filter(name eq 'nobody')/groupby((statuscode),aggregate($count as n))")).value, [])
})

test('filters stand in a chain, beside it, and hold strings of any kind', async () => {
  assert.deepEqual((await apply("filter(name eq 'O''Brien/(Sons)')/aggregate($count as n)")).value, [{ n: 1 }])
  assert.deepEqual((await apply("filter(statecode eq 0)/filter(contains(name,'o'))/aggregate($count as n)")).value, [{ n: 2 }])
  assert.deepEqual((await apply('groupby((statuscode),aggregate($count as n))', '&$filter=statecode eq 1')).value, [{ statuscode: 2, n: 1 }])
  assert.deepEqual((await apply('filter(name eq @name)/aggregate($count as n)', "&@name='Litware'")).value, [{ n: 1 }])
})

test('groups are ordered by what they are grouped by, cut by $top, read in pages', async () => {
  const groups = 'groupby((accountcategorycode),aggregate($count as n))'
  assert.deepEqual((await apply(groups, '&$orderby=accountcategorycode desc&$top=1')).value, [{ accountcategorycode: 2, n: 1 }])
  const first = await apply(groups, '', { Prefer: 'odata.maxpagesize=2' })
  assert.deepEqual(first.value, [{ n: 3 }, { accountcategorycode: 1, n: 1 }])
  const second = expectStatus(await api.get(first['@odata.nextLink']), 200).body
  assert.deepEqual(second.value, [{ accountcategorycode: 2, n: 1 }])
  assert.equal(second['@odata.nextLink'], undefined)
})

test('a collection below a row is aggregated too', async () => {
  const answer = await api.get(`contacts(${maria})/account_primary_contact?$apply=${encodeURIComponent('aggregate(revenue with sum as total)')}`)
  assert.deepEqual(expectStatus(answer, 200).body.value, [{ total: 80000.5 }])
})

test('what the original refuses is refused in its words', async () => {
  const groups = '$apply=groupby((statuscode),aggregate($count as n))'
  expectRefusal(await api.get(`accounts?${groups}&$orderby=n`), 400, '0x80060888', 'The query node SingleValueOpenPropertyAccess is not supported')
  expectRefusal(await api.get('accounts?$apply=groupby((createdon))'), 400, '0x80060888', /createdon/)
  for (const [transformations, name] of [
    ['compute(revenue mul 2 as x)', 'compute'],
    ['topcount(1,revenue)', 'topcount'],
    ['concat(aggregate($count as n),groupby((name)))', 'concat'],
    ['groupby((rollup(name,statuscode)))', 'rollup'],
    ['groupby((year(createdon)))', 'year'],
    ['groupby((statuscode))/aggregate($count as n)', 'aggregate'],
    ['aggregate(revenue with median as x)', 'median'],
  ] as const) {
    expectRefusal(await api.get(`accounts?$apply=${encodeURIComponent(transformations)}`), 400, '0x80060888', new RegExp(name))
  }
  expectRefusal(await api.get('accounts?$apply=aggregate(name with sum as x)'), 400, '0x8004112f', /sum/)
  expectRefusal(await api.get('accounts?$apply=aggregate(nothing with sum as x)'), 400, '0x0', /'nothing'/)
})

test('where it has no use it is refused by name', async () => {
  for (const path of [`accounts/$count?`, `contacts(${jim})?`, 'accounts/$ref?', 'accounts?$select=name&', 'accounts?$expand=primarycontactid&']) {
    const answer = await api.get(`${path}$apply=aggregate($count as n)`)
    assert.equal(answer.status, 400, `${path}: ${answer.text}`)
  }
})
