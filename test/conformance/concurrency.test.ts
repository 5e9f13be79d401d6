/** Conditional requests: nothing is read twice for nothing, and nothing is overwritten unseen (sync.md 6). */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, type MadeTable, makeKey, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let parts: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  parts = await makeTable(api, 'new_Part', [column.text('new_Number', { MaxLength: 20 }), column.whole('new_Stock')])
  await makeKey(api, parts.name, 'new_NumberKey', ['new_number'])
})
after(() => server[Symbol.asyncDispose]())

let count = 0
/** A row and its two addresses. */
let byId: string
let byKey: string
let etag: string
beforeEach(async () => {
  const { body, headers } = await api.post(parts.set, { new_number: `P-${++count}`, new_stock: 1 }, { Prefer: 'return=representation' })
  byId = `${parts.set}(${body[parts.id]})`
  byKey = `${parts.set}(new_number='P-${count}')`
  etag = headers.etag ?? ''
})

const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body
const MISMATCH = "The version of the existing record doesn't match the RowVersion property provided."

test('a GET with the current ETag is answered 304, without a body', async () => {
  for (const path of [byId, byKey, `${byId}?$select=new_stock`]) {
    const answer = expectStatus(await api.get(path, { 'If-None-Match': etag }), 304)
    assert.equal(answer.text, '')
    assert.equal(answer.headers.etag, etag)
  }
})

test('a GET with any other ETag, or the word null, is answered with the row', async () => {
  for (const known of ['W/"1"', 'null', 'W/"99999999999"']) {
    assert.equal(expectStatus(await api.get(byId, { 'If-None-Match': known }), 200).headers.etag, etag, known)
  }
  expectStatus(await api.get(byId, { 'If-None-Match': `W/"1", ${etag}` }), 304)
})

test('304 is never the answer where annotations or other rows are asked for', async () => {
  expectStatus(await api.get(byId, { 'If-None-Match': etag, Prefer: 'odata.include-annotations="*"' }), 200)
  expectStatus(await api.get(`${byId}?$expand=createdby($select=fullname)`, { 'If-None-Match': etag }), 200)
})

test('a row that is gone is 404, whatever is known of it', async () => {
  expectStatus(await api.delete(byId), 204)
  expectRefusal(await api.get(byId, { 'If-None-Match': etag }), 404, '0x80040217')
  expectRefusal(await api.delete(byId, { 'If-Match': etag }), 404, '0x80040217')
  expectRefusal(await api.patch(byKey, {}, { 'If-Match': etag }), 404, '0x80060891')
})

test('an update goes through with the current version alone', async () => {
  for (const path of [byId, byKey]) {
    const { '@odata.etag': current } = await rowOf(byId)
    expectRefusal(await api.patch(path, { new_stock: 7 }, { 'If-Match': 'W/"1"' }), 412, '0x80060882', MISMATCH)
    assert.equal((await rowOf(byId)).new_stock, path === byId ? 1 : 8)
    expectStatus(await api.patch(path, { new_stock: 8 }, { 'If-Match': current }), 204)
    expectRefusal(await api.patch(path, { new_stock: 9 }, { 'If-Match': current }), 412, '0x80060882', MISMATCH)
    assert.equal((await rowOf(byId)).new_stock, 8)
  }
})

test('a delete goes through with the current version alone', async () => {
  expectRefusal(await api.delete(byKey, { 'If-Match': 'W/"1"' }), 412, '0x80060882', MISMATCH)
  expectStatus(await api.get(byId), 200)
  expectStatus(await api.delete(byKey, { 'If-Match': etag }), 204)
  expectStatus(await api.get(byId), 404)
})

test('* wants a row that is there, in whatever version', async () => {
  expectStatus(await api.patch(byKey, { new_stock: 2 }, { 'If-Match': '*' }), 204)
  expectStatus(await api.delete(byKey, { 'If-Match': '*' }), 204)
  expectRefusal(await api.delete(byKey, { 'If-Match': '*' }), 404, '0x80060891')
  expectRefusal(await api.patch(byId, { new_stock: 2 }, { 'If-Match': '*' }), 404, '0x80040217')
  expectStatus(await api.get(byId), 404)
})

test('single properties are guarded as well', async () => {
  expectRefusal(await api.put(`${byId}/new_stock`, { value: 2 }, { 'If-Match': 'W/"1"' }), 412, '0x80060882')
  expectRefusal(await api.delete(`${byId}/new_stock`, { 'If-Match': 'W/"1"' }), 412, '0x80060882')
  expectStatus(await api.put(`${byId}/new_stock`, { value: 2 }, { 'If-Match': etag }), 204)
  expectRefusal(await api.delete(`${byId}/new_stock`, { 'If-Match': etag }), 412, '0x80060882')
  assert.equal((await rowOf(byId)).new_stock, 2)
})

test('every kind of write makes the ETags before it stale', async () => {
  const writes: Readonly<Record<string, () => Promise<Answer>>> = {
    update: () => api.patch(byId, { new_stock: 5 }),
    'an update with equal values': () => api.patch(byId, { new_stock: 5 }),
    'an empty update': () => api.patch(byId, {}),
    property: () => api.put(`${byId}/new_name`, { value: 'x' }),
    state: () => api.patch(byId, { statecode: 1 }),
    'state back': () => api.patch(byId, { statecode: 0 }),
    reference: async () => api.put(`${byId}/ownerid/$ref`, { '@odata.id': `systemusers(${(await rowOf(byId))._ownerid_value})` }),
  }
  for (const [name, write] of Object.entries(writes)) {
    const { '@odata.etag': before } = await rowOf(byId)
    expectStatus(await write(), 204)
    expectRefusal(await api.patch(byId, {}, { 'If-Match': before }), 412, '0x80060882')
    expectStatus(await api.get(byId, { 'If-None-Match': before }), 200)
    assert.notEqual((await rowOf(byId))['@odata.etag'], before, name)
  }
})

test('the ETag of a write with representation is good for the next write', async () => {
  let known = etag
  for (const stock of [2, 3, 4]) {
    const answer = await api.patch(byId, { new_stock: stock }, { 'If-Match': known, Prefer: 'return=representation' })
    known = expectStatus(answer, 200).headers.etag ?? ''
  }
  expectStatus(await api.get(byId, { 'If-None-Match': known }), 304)
})

test('of many updates against one version exactly one goes through', async () => {
  const answers = await Promise.all(Array.from({ length: 32 }, (_, index) => api.patch(byId, { new_stock: 100 + index }, { 'If-Match': etag })))
  assert.equal(answers.filter((answer) => answer.status === 204).length, 1)
  for (const answer of answers.filter((one) => one.status !== 204)) expectRefusal(answer, 412, '0x80060882')
  assert.equal((await rowOf(byId)).new_stock, 100 + answers.findIndex((answer) => answer.status === 204))
})

test('a header that is no ETag of this service is refused, not passed over', async () => {
  for (const header of ['abc', 'W/"abc"', 'W/', '"']) {
    assert.equal((await api.patch(byId, { new_stock: 9 }, { 'If-Match': header })).status, 400, header)
    assert.equal((await api.delete(byId, { 'If-Match': header })).status, 400, header)
  }
  assert.equal((await rowOf(byId)).new_stock, 1)
  assert.match(createdId(await api.patch(byId, {})), /^[0-9a-f-]{36}$/)
})
