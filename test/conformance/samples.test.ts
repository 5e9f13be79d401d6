/** The scenarios of the official samples, in Web API form, with values of the same shape (sync.md 9). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { changesSince, type Entry, isDeleted, readAll, TRACK, tokenOf } from '../support/follow-changes.ts'
import { column, type MadeTable, makeTable, postKey, untilKeyIs } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const REPRESENTATION = { Prefer: 'return=representation' }

let server: TestServer
let api: Api
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
})
after(() => server[Symbol.asyncDispose]())

const rowsOf = async (path: string): Promise<Answer['body'][]> => expectStatus(await api.get(path), 200).body.value

/** code → name, category, make */
const NEW_PRODUCTS: Readonly<Record<string, readonly [string, string, string]>> = {
  Oak01: ['Product 1', 'Group 1', 'Maker1'],
  Elm01: ['Product 2', 'Group 2', 'Maker2'],
  Ash01: ['Product 3', 'Group 3', 'Maker2'],
  Fir01: ['Product 4', 'Group 4', 'Maker1'],
  Yew01: ['Product 5', 'Group 5', 'Maker3'],
  Pine06: ['Product 6', 'Group 6', 'Maker4'],
  Lime01: ['Product 7', 'Group 7', 'Maker5'],
  Palm01: ['Product 8', 'Group 8', 'Maker6'],
  B301: ['Product 9', 'Group 9', 'Maker7'],
  N401: ['Product 10', 'Group 10', 'Maker8'],
  Birch01: ['Product 11', 'Group 11', 'Maker4'],
  Plum01: ['Product 12', 'Group 12', 'Maker9'],
  Pear01: ['Product 13', 'Group 13', 'Maker4'],
}
const UPDATED_PRODUCTS: typeof NEW_PRODUCTS = {
  Oak01: ['Product 1 updated', 'Group 1', 'Maker1'],
  Elm01: ['Product 2 updated', 'Group 2', 'Maker2'],
  Ash01: ['Product 3 updated', 'Group 3', 'Maker2'],
  Fir01: ['Product 4 updated', 'Group 4', 'Maker1'],
  Yew01: ['Product 5 updated', 'Group 5', 'Maker3'],
  Pine06: ['Product 6', 'Group 6', 'Maker4'],
}

test('upsert sample: thirteen products are created by their codes, then six of them updated', async () => {
  // U1: the key is there, and active.
  const columns = [column.text('sample_Category'), column.text('sample_Make'), column.text('sample_ProductCode', { MaxLength: 100 })]
  const products = await makeTable(api, 'sample_Product', columns)
  expectStatus(await postKey(api, products.name, 'sample_ProductCodeKey', ['sample_productcode']), 204)
  await untilKeyIs('Active', api, products.name, 'sample_ProductCodeKey')
  const { Keys } = expectStatus(await api.get(`EntityDefinitions(LogicalName='${products.name}')?$select=LogicalName&$expand=Keys`), 200).body
  assert.deepEqual(
    Keys.map((key: Entry) => key.EntityKeyIndexStatus),
    ['Active'],
  )

  const load = async (data: typeof NEW_PRODUCTS) => {
    const counts: Record<number, number> = {}
    for (const [code, [sample_name, sample_category, sample_make]] of Object.entries(data)) {
      const answer = await api.patch(`${products.set}(sample_productcode='${code}')`, { sample_name, sample_category, sample_make }, REPRESENTATION)
      counts[answer.status] = (counts[answer.status] ?? 0) + 1
    }
    return counts
  }
  const stored = async () => {
    const rows = await rowsOf(`${products.set}?$select=sample_productcode,sample_name,sample_category,sample_make`)
    return Object.fromEntries(rows.map((row) => [row.sample_productcode, [row.sample_name, row.sample_category, row.sample_make]]))
  }
  // U2
  assert.deepEqual(await load(NEW_PRODUCTS), { 201: 13 })
  assert.deepEqual(await stored(), NEW_PRODUCTS)
  const before = await rowsOf(products.set)
  // U3, U4
  assert.deepEqual(await load(UPDATED_PRODUCTS), { 200: 6 })
  assert.deepEqual(await stored(), { ...NEW_PRODUCTS, ...UPDATED_PRODUCTS })
  // U5: untouched rows are unchanged; the one written with identical values counts as updated.
  const after = new Map((await rowsOf(products.set)).map((row) => [row.sample_productcode, row]))
  for (const row of before) {
    if (row.sample_productcode in UPDATED_PRODUCTS) assert.notEqual(after.get(row.sample_productcode)['@odata.etag'], row['@odata.etag'])
    else assert.deepEqual(after.get(row.sample_productcode), row)
  }
  // U6
  expectStatus(await api.delete(`EntityDefinitions(LogicalName='${products.name}')`), 204)
  expectStatus(await api.get(products.set), 404)
})

test('change-tracking sample: ten books are read, then twelve changes follow', async () => {
  const columns = [column.text('sample_BookCode', { MaxLength: 100 }), column.text('sample_Author')]
  const books = await makeTable(api, 'sample_Book', columns, { ChangeTrackingEnabled: true })
  expectStatus(await postKey(api, books.name, 'sample_BookCodeKey', ['sample_bookcode']), 204)
  await untilKeyIs('Active', api, books.name, 'sample_BookCodeKey')
  const make = (index: number) => api.post(books.set, { sample_name: `Sample Book ${index}`, sample_bookcode: `Code${index}`, sample_author: `Writer${index}` })
  for (let index = 0; index < 10; index++) createdId(await make(index))
  // A second run of the sample takes this for «already there».
  expectRefusal(await make(0), 412, '0x80060892')

  // C1
  const first = await readAll(api, await api.get(`${books.set}?$select=sample_name,sample_bookcode,sample_author`, TRACK))
  assert.equal(first.pages.length, 1)
  assert.equal(first.pages.flat().length, 10)
  assert.ok(!first.pages.flat().some(isDeleted))
  // C3, C4, C5
  for (let index = 10; index < 20; index++) createdId(await make(index))
  const updated = `Sample Book 0 updated ${new Date().toISOString()}`
  expectStatus(await api.patch(`${books.set}(sample_bookcode='Code0')`, { sample_name: updated }, { 'If-Match': '*' }), 204)
  const { body: one } = await api.get(`${books.set}(sample_bookcode='Code1')`)
  expectStatus(await api.delete(`${books.set}(sample_bookcode='Code1')`), 204)
  // C6
  const token = encodeURIComponent(tokenOf(first.deltaLink))
  assert.equal((await api.get(`${books.set}/$count?$deltatoken=${token}`)).text, '\ufeff12')
  const { entries, deltaLink } = await changesSince(api, first.deltaLink)
  assert.deepEqual(
    entries.slice(0, 11).map((entry) => entry.sample_bookcode),
    [...Array.from({ length: 10 }, (_, index) => `Code${10 + index}`), 'Code0'],
  )
  assert.equal(entries[10].sample_name, updated)
  assert.deepEqual(entries.slice(11), [{ '@odata.context': `${server.api}/$metadata#${books.set}/$deletedEntity`, id: one[books.id], reason: 'deleted' }])
  // C7
  assert.deepEqual((await changesSince(api, deltaLink)).entries, [])
})

test('UpsertMultiple sample: of a hundred targets fifty are updated and fifty created, half by id and half by key', async () => {
  const examples: MadeTable = await makeTable(api, 'sample_Example', [column.text('sample_KeyAttribute', { MaxLength: 100 })])
  expectStatus(await postKey(api, examples.name, 'sample_ExampleKey', ['sample_keyattribute']), 204)
  await untilKeyIs('Active', api, examples.name, 'sample_ExampleKey')
  const type = { '@odata.type': `Microsoft.Dynamics.CRM.${examples.name}` }
  const act = (action: string, Targets: readonly object[]) => api.post(`${examples.set}/Microsoft.Dynamics.CRM.${action}`, { Targets })
  const created = await act(
    'CreateMultiple',
    Array.from({ length: 50 }, (_, index) => ({ ...type, sample_name: `row ${index}`, sample_keyattribute: `Key ${index}` })),
  )
  const ids: readonly string[] = expectStatus(created, 200).body.Ids
  const byKey = (index: number) => ({ '@odata.id': `${examples.set}(sample_keyattribute='Key ${index}')` })
  const quarter = <T>(make: (index: number) => T) => Array.from({ length: 25 }, (_, index) => make(index))
  const answer = await act('UpsertMultiple', [
    ...quarter((index) => ({ ...type, [examples.id]: ids[index], sample_name: `row ${index} UpdatedByPK` })),
    ...quarter((index) => ({ ...type, ...byKey(25 + index), sample_name: `row ${25 + index} UpdatedByAK` })),
    ...quarter((index) => ({ ...type, [examples.id]: crypto.randomUUID(), sample_name: `row ${50 + index}` })),
    ...quarter((index) => ({ ...type, ...byKey(75 + index), sample_name: `row ${75 + index}` })),
  ])
  assert.equal(expectStatus(answer, 204).text, '')
  const rows = await rowsOf(`${examples.set}?$select=sample_name,sample_keyattribute`)
  assert.equal(rows.length, 100)
  const keyOf = new Map(rows.map((row) => [row.sample_name, row.sample_keyattribute]))
  for (let index = 0; index < 25; index++) {
    assert.equal(keyOf.get(`row ${index} UpdatedByPK`), `Key ${index}`)
    assert.equal(keyOf.get(`row ${25 + index} UpdatedByAK`), `Key ${25 + index}`)
    assert.equal(keyOf.get(`row ${50 + index}`), null)
    assert.equal(keyOf.get(`row ${75 + index}`), `Key ${75 + index}`)
  }
})

test('conditional operations sample: read once, then guard what was read', async () => {
  const { body, headers } = expectStatus(await api.post('accounts', { name: 'Fabrikam', revenue: 5_000_000, telephone1: '555-0101' }, REPRESENTATION), 201)
  const account = `accounts(${body.accountid})`
  const [path, initial] = [`${account}?$select=name,revenue,telephone1,description`, headers.etag ?? '']
  expectStatus(await api.get(path, { 'If-None-Match': initial }), 304)
  expectStatus(await api.put(`${account}/telephone1`, { value: '555-0102' }), 204)
  const current = expectStatus(await api.get(path, { 'If-None-Match': initial }), 200).headers.etag ?? ''
  expectRefusal(await api.delete(account, { 'If-Match': initial }), 412, '0x80060882')
  const update = { telephone1: '555-0103', revenue: 6_000_000 }
  expectRefusal(await api.patch(account, update, { 'If-Match': initial }), 412, '0x80060882')
  expectStatus(await api.patch(account, update, { 'If-Match': current }), 204)
  const last = expectStatus(await api.get(path), 200)
  assert.deepEqual([last.body.telephone1, last.body.revenue], ['555-0103', 6_000_000])
  expectStatus(await api.delete(account, { 'If-Match': last.headers.etag ?? '' }), 204)
})

test('optimistic concurrency sample: a new version deletes what the old one does not', async () => {
  const { body, headers } = expectStatus(await api.post('accounts', { name: 'Fourth Coffee', creditlimit: 50_000 }, REPRESENTATION), 201)
  const account = `accounts(${body.accountid})`
  const first = headers.etag ?? ''
  const second = expectStatus(await api.patch(account, { creditlimit: 1_000_000 }, { 'If-Match': first, ...REPRESENTATION }), 200).headers.etag ?? ''
  assert.notEqual(second, first)
  expectRefusal(await api.delete(account, { 'If-Match': first }), 412, '0x80060882')
  expectStatus(await api.delete(account, { 'If-Match': second }), 204)
})
