/** PATCH creates or updates, addressed by an alternate key or by id (sync.md 3, webapi.md 5.3). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, type MadeTable, makeKey, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const REPRESENTATION = { Prefer: 'return=representation' }

let server: TestServer
let api: Api
let stocks: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  stocks = await makeTable(api, 'new_Stock', [
    column.text('new_Site', { MaxLength: 20 }),
    column.text('new_PartNo', { MaxLength: 40 }),
    column.text('new_Barcode', { MaxLength: 40 }),
    column.whole('new_Quantity'),
  ])
  await makeKey(api, stocks.name, 'new_Place', ['new_site', 'new_partno'])
  await makeKey(api, stocks.name, 'new_BarcodeKey', ['new_barcode'])
})
after(() => server[Symbol.asyncDispose]())

let count = 0
/** A key that no row has, and a row that has one. */
const freeCode = () => `free-${++count}`
const byCode = (code: string) => `${stocks.set}(new_barcode='${code}')`
const byId = (id: string) => `${stocks.set}(${id})`
const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body

async function existing(body: object = {}): Promise<{ readonly code: string; readonly id: string; readonly etag: string }> {
  const code = `made-${++count}`
  const { headers, body: row } = expectStatus(await api.post(stocks.set, { new_barcode: code, new_quantity: 1, ...body }, REPRESENTATION), 201)
  return { code, id: row[stocks.id], etag: headers.etag ?? '' }
}

test('a PATCH of a missing row creates it, with the values of the key from the URL', async () => {
  const path = `${stocks.set}(new_site='NW',new_partno='P-7')`
  const { status, headers, body } = await api.patch(path, { new_quantity: 12 }, REPRESENTATION)
  assert.equal(status, 201)
  assert.deepEqual([body.new_site, body.new_partno, body.new_quantity], ['NW', 'P-7', 12])
  assert.equal(headers['preference-applied'], 'return=representation')
  assert.equal(headers.etag, body['@odata.etag'])
  assert.equal(headers['content-type'], 'application/json; odata.metadata=minimal')
  assert.equal(body['@odata.context'], `${server.api}/$metadata#${stocks.set}/$entity`)
})

test('the next PATCH updates it, and merges', async () => {
  const path = `${stocks.set}(new_partno='P-8',new_site='NW')`
  const first = expectStatus(await api.patch(path, { new_quantity: 1, new_name: 'Bolt' }, REPRESENTATION), 201)
  const { headers, body } = expectStatus(await api.patch(path, { new_quantity: 2 }, REPRESENTATION), 200)
  assert.equal(body[stocks.id], first.body[stocks.id])
  assert.deepEqual([body.new_quantity, body.new_name], [2, 'Bolt'])
  assert.equal(headers['preference-applied'], 'return=representation')
  assert.equal(headers.etag, body['@odata.etag'])
  assert.notEqual(headers.etag, first.headers.etag)
})

test('without a representation created and updated are answered alike, with the key as it was sent', async () => {
  const path = `${stocks.set}(new_site='N%20W',new_partno='%C3%86')`
  for (const [name, value] of [
    ['created', 1],
    ['updated', 2],
  ] as const) {
    const answer = expectStatus(await api.patch(path, { new_quantity: value }), 204)
    assert.equal(answer.headers['odata-entityid'], `${server.api}/${path}`, name)
    assert.equal(answer.headers['odata-version'], '4.0')
    assert.equal(answer.headers.etag, undefined)
    assert.equal(answer.text, '')
  }
  assert.equal((await rowOf(path)).new_site, 'N W')
})

test('$select limits the representation, and $expand has no effect on PATCH', async () => {
  const path = `${byCode(freeCode())}?$select=${stocks.id}&$expand=createdby($select=fullname)`
  const { body } = expectStatus(await api.patch(path, { new_quantity: 1 }, REPRESENTATION), 201)
  assert.deepEqual(Object.keys(body), ['@odata.context', '@odata.etag', stocks.id])
  assert.equal(body['@odata.context'], `${server.api}/$metadata#${stocks.set}(${stocks.id})/$entity`)
})

test('addressed by id, a missing row gets that very id', async () => {
  const id = '0e8c0f39-2f5b-4f5e-9d3f-4f3a5b0a9d11'
  const answer = expectStatus(await api.patch(byId(id.toUpperCase()), { new_quantity: 1 }), 204)
  assert.equal(answer.headers['odata-entityid'], `${server.api}/${byId(id)}`)
  assert.equal((await rowOf(byId(id)))[stocks.id], id)
  assert.equal(expectStatus(await api.patch(byId(id), { new_quantity: 2 }, REPRESENTATION), 200).body.new_quantity, 2)
})

test("on update the key's own columns in the body are dropped without a word", async () => {
  const { code, id } = await existing()
  expectStatus(await api.patch(byCode(code), { new_barcode: 'other', new_quantity: 5 }), 204)
  const row = await rowOf(byId(id))
  assert.deepEqual([row.new_barcode, row.new_quantity], [code, 5])
  expectStatus(await api.patch(byCode(code), { new_barcode: null }), 204)
  assert.equal((await rowOf(byId(id))).new_barcode, code)
})

test('a key is changed through the id, or through another key', async () => {
  const { code, id } = await existing({ new_site: 'S', new_partno: 'K' })
  expectStatus(await api.patch(byId(id), { new_barcode: `${code}-b` }), 204)
  expectRefusal(await api.get(byCode(code)), 404, '0x80060891', `A record with the specified key values does not exist in ${stocks.name} entity`)
  expectStatus(await api.patch(`${stocks.set}(new_site='S',new_partno='K')`, { new_barcode: `${code}-c` }), 204)
  assert.equal((await rowOf(byCode(`${code}-c`)))[stocks.id], id)
  expectStatus(await api.get(byCode(`${code}-b`)), 404)
})

test("on create the body's value of a key column beats the URL's", async () => {
  const [asked, given] = [freeCode(), freeCode()]
  expectStatus(await api.patch(byCode(asked), { new_barcode: given, new_quantity: 1 }), 204)
  assert.equal((await rowOf(byCode(given))).new_barcode, given)
  expectStatus(await api.get(byCode(asked)), 404)
})

test("where the body's key is taken, that is a duplicate and not an update", async () => {
  const { code, id } = await existing()
  const asked = freeCode()
  expectRefusal(await api.patch(byCode(asked), { new_barcode: code, new_quantity: 99 }), 412, '0x80060892', /new_BarcodeKey/)
  assert.equal((await rowOf(byId(id))).new_quantity, 1)
  expectStatus(await api.get(byCode(asked)), 404)
})

test('the id in a body may repeat that of the URL, and name no other', async () => {
  const { code, id } = await existing()
  expectStatus(await api.patch(byId(id), { [stocks.id]: id, new_quantity: 2 }), 204)
  expectStatus(await api.patch(byId(id), { [stocks.id]: '0e8c0f39-2f5b-4f5e-9d3f-4f3a5b0a9dff', new_quantity: 3 }), 400)
  expectStatus(await api.patch(byCode(code), { [stocks.id]: '0e8c0f39-2f5b-4f5e-9d3f-4f3a5b0a9dff', new_quantity: 3 }), 400)
  assert.equal((await rowOf(byId(id))).new_quantity, 2)
})

test('a PATCH creates no nested rows', async () => {
  const { id } = await existing()
  expectStatus(await api.patch('accounts(6f0c2b1e-0000-4000-8000-000000000001)', { Account_Tasks: [{ subject: 'x' }] }), 400)
  expectStatus(await api.patch(byId(id), { ownerid: { fullname: 'x' } }), 400)
  expectStatus(await api.get('accounts(6f0c2b1e-0000-4000-8000-000000000001)'), 404)
})

type Outcome = { readonly status: number; readonly code?: string }
type Row = { readonly headers: (etag: string) => Record<string, string>; readonly exists: Outcome; readonly missing: Outcome }

const STALE = 'W/"1"'
/** sync.md 3.2 */
const MATRIX: Readonly<Record<string, Row>> = {
  'no header': { headers: () => ({}), exists: { status: 204 }, missing: { status: 204 } },
  'If-None-Match: null': { headers: () => ({ 'If-None-Match': 'null' }), exists: { status: 204 }, missing: { status: 204 } },
  'If-Match: *': { headers: () => ({ 'If-Match': '*' }), exists: { status: 204 }, missing: { status: 404 } },
  'If-Match: * and If-None-Match: null': { headers: () => ({ 'If-Match': '*', 'If-None-Match': 'null' }), exists: { status: 204 }, missing: { status: 404 } },
  'If-None-Match: *': { headers: () => ({ 'If-None-Match': '*' }), exists: { status: 412, code: '0x80040237' }, missing: { status: 204 } },
  'If-Match: the version': { headers: (etag) => ({ 'If-Match': etag }), exists: { status: 204 }, missing: { status: 404 } },
  'If-Match: another version': { headers: () => ({ 'If-Match': STALE }), exists: { status: 412, code: '0x80060882' }, missing: { status: 404 } },
  'both *': { headers: () => ({ 'If-Match': '*', 'If-None-Match': '*' }), exists: { status: 400 }, missing: { status: 400 } },
}

for (const [name, { headers, exists, missing }] of Object.entries(MATRIX)) {
  test(`${name}: an existing row is answered ${exists.status}, by key and by id`, async () => {
    const { code, id } = await existing()
    for (const path of [byCode(code), byId(id)]) {
      const before = await rowOf(byId(id))
      const answer = await api.patch(path, { new_quantity: 7 }, headers(before['@odata.etag']))
      if (exists.code) expectRefusal(answer, exists.status, exists.code)
      else expectStatus(answer, exists.status)
      const after = await rowOf(byId(id))
      assert.equal(after.new_quantity, exists.status === 204 ? 7 : 1)
      if (exists.status !== 204) assert.deepEqual(after, before)
    }
  })

  test(`${name}: a missing row is answered ${missing.status}, by key and by id`, async () => {
    const [id = '', code] = [crypto.randomUUID(), freeCode()]
    for (const [path, notFound] of [
      [byId(id), '0x80040217'],
      [byCode(code), '0x80060891'],
    ] as const) {
      const answer = await api.patch(path, { new_quantity: 7 }, headers('W/"2"'))
      if (missing.status === 404) expectRefusal(answer, 404, notFound)
      else expectStatus(answer, missing.status)
      expectStatus(await api.get(path), missing.status === 204 ? 200 : 404)
    }
  })
}

test('64 clients that upsert one missing key make one row, one of them creates it, and none sees an error', async () => {
  const code = freeCode()
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, index) => api.patch(`${byCode(code)}?$select=${stocks.id}`, { new_quantity: index }, REPRESENTATION)),
  )
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [...Array(63).fill(200), 201])
  assert.equal(new Set(answers.map((answer) => answer.body[stocks.id])).size, 1)
  const { body } = expectStatus(await api.get(`${stocks.set}?$filter=new_barcode eq '${code}'`), 200)
  assert.equal(body.value.length, 1)
})

test('the same holds for one missing id, and for a key of two columns', async () => {
  for (const path of [byId(crypto.randomUUID()), `${stocks.set}(new_site='race',new_partno='race')`]) {
    const answers = await Promise.all(Array.from({ length: 64 }, () => api.patch(path, { new_quantity: 1 }, REPRESENTATION)))
    assert.equal(answers.filter((answer) => answer.status === 201).length, 1, path)
    assert.equal(answers.filter((answer) => answer.status === 200).length, 63, path)
  }
})

test('many requests that upsert the same fifty keys at once leave each row once', async () => {
  const Targets = Array.from({ length: 50 }, (_, index) => ({
    '@odata.type': `Microsoft.Dynamics.CRM.${stocks.name}`,
    '@odata.id': `${stocks.set}(new_barcode='many-${index}')`,
    new_quantity: index,
  }))
  const answers = await Promise.all(Array.from({ length: 32 }, () => api.post(`${stocks.set}/Microsoft.Dynamics.CRM.UpsertMultiple`, { Targets })))
  for (const answer of answers) expectStatus(answer, 204)
  assert.equal((await api.get(`${stocks.set}/$count?$filter=startswith(new_barcode,'many-')`)).text, '\ufeff50')
})

test('of many guarded creates of one key exactly one succeeds', async () => {
  const path = byCode(freeCode())
  const answers = await Promise.all(Array.from({ length: 16 }, () => api.patch(path, { new_quantity: 1 }, { 'If-None-Match': '*' })))
  assert.equal(answers.filter((answer) => answer.status === 204).length, 1)
  for (const answer of answers.filter((one) => one.status !== 204)) expectRefusal(answer, 412, '0x80040237')
})

test('an upsert that cannot be carried out leaves nothing behind', async () => {
  const code = freeCode()
  expectStatus(await api.patch(byCode(code), { new_quantity: 'many' }), 400)
  expectStatus(await api.patch(byCode(code), { nosuch: 1 }), 400)
  expectStatus(await api.get(byCode(code)), 404)
  expectStatus(await api.patch(`${stocks.set}(new_barcode='${'x'.repeat(41)}')`, {}), 400)
})

test('deleting and upserting again makes a new row', async () => {
  const { code, id } = await existing()
  expectStatus(await api.delete(byCode(code)), 204)
  const again = expectStatus(await api.patch(byCode(code), {}, REPRESENTATION), 201)
  assert.notEqual(again.body[stocks.id], id)
  assert.equal(createdId(await api.patch(byId(id), {})), id)
})

test('the empty guid is no id: a new row gets one of its own, and no row is upserted at it', async () => {
  const empty = '00000000-0000-0000-0000-000000000000'
  const made = expectStatus(await api.post(stocks.set, { [stocks.id]: empty }, REPRESENTATION), 201)
  assert.notEqual(made.body[stocks.id], empty)
  const byKey = expectStatus(await api.patch(byCode(freeCode()), { [stocks.id]: empty }, REPRESENTATION), 201)
  assert.notEqual(byKey.body[stocks.id], empty)
  const codes = [freeCode(), freeCode()]
  const Targets = codes.map((code) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${stocks.name}`, [stocks.id]: empty, new_barcode: code }))
  expectStatus(await api.post(`${stocks.set}/Microsoft.Dynamics.CRM.UpsertMultiple`, { Targets }), 204)
  const ids = await Promise.all(codes.map(async (code) => (await rowOf(byCode(code)))[stocks.id]))
  assert.notEqual(ids[0], ids[1])
  expectRefusal(await api.patch(byId(empty), { new_quantity: 1 }), 400, '0x80040203')
  expectRefusal(await api.patch(byId(empty), { new_quantity: 1 }, { 'If-Match': '*' }), 404, '0x80040217')
})
