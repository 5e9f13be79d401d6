/** Many upserts in one request, all or nothing (sync.md 3.5 and 7). */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { type Body, column, type MadeTable, makeKey, makeRows, makeTable } from '../support/make-table.ts'
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

let known: string
let other: string
beforeEach(async () => {
  const { body } = await api.get(`${parts.set}?$select=${parts.id}`)
  for (const row of body.value) expectStatus(await api.delete(`${parts.set}(${row[parts.id]})`), 204)
  const [first = '', second = ''] = await makeRows(api, parts, [
    { new_number: 'A', new_stock: 1 },
    { new_number: 'B', new_stock: 2 },
  ])
  known = first
  other = second
})

const act = (action: string, targets: readonly Body[], headers?: Record<string, string>): Promise<Answer> =>
  api.post(
    `${parts.set}/Microsoft.Dynamics.CRM.${action}`,
    { Targets: targets.map((target) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${parts.name}`, ...target })) },
    headers,
  )
const at = (number: string) => ({ '@odata.id': `${parts.set}(new_number='${number}')` })

async function stocks(): Promise<Readonly<Record<string, number | null>>> {
  const { body } = expectStatus(await api.get(`${parts.set}?$select=new_number,new_stock&$orderby=new_number`), 200)
  return Object.fromEntries(body.value.map((row: Body) => [row.new_number, row.new_stock]))
}

test('rows are named by id, by key, or not at all, and the answer is 204 without a body', async () => {
  const fresh = crypto.randomUUID()
  const answer = await act('UpsertMultiple', [
    { [parts.id]: known, new_stock: 10 },
    { ...at('B'), new_stock: 20 },
    { [parts.id]: fresh, new_number: 'C', new_stock: 30 },
    { ...at('D'), new_stock: 40 },
    { new_number: 'E', new_stock: 50 },
  ])
  expectStatus(answer, 204)
  assert.equal(answer.text, '')
  assert.deepEqual(await stocks(), { A: 10, B: 20, C: 30, D: 40, E: 50 })
  expectStatus(await api.get(`${parts.set}(${fresh})`), 200)
})

test('a key column in an item is data: without @odata.id it names no row', async () => {
  expectRefusal(await act('UpsertMultiple', [{ new_number: 'A', new_stock: 9 }]), 412, '0x80060892')
  assert.deepEqual(await stocks(), { A: 1, B: 2 })
})

test('a key column both in the address and in the item follows the rules of a single upsert', async () => {
  expectStatus(
    await act('UpsertMultiple', [
      { ...at('A'), new_number: 'Z', new_stock: 10 },
      { ...at('X'), new_number: 'Y', new_stock: 20 },
    ]),
    204,
  )
  assert.deepEqual(await stocks(), { A: 10, B: 2, Y: 20 })
})

test('every form of an address is taken', async () => {
  expectStatus(
    await act('UpsertMultiple', [
      { '@odata.id': `/${parts.set}(${known})`, new_stock: 10 },
      { '@odata.id': `${server.api}/${parts.set}(new_number='B')`, new_stock: 20 },
      { '@odata.id': `${parts.set}(new_number='c%2Fd')`, new_stock: 30 },
    ]),
    204,
  )
  assert.deepEqual(await stocks(), { A: 10, B: 20, 'c/d': 30 })
})

test('two items of one row fail the whole request', async () => {
  for (const [first, second] of [
    [{ [parts.id]: known }, { [parts.id]: known }],
    [at('B'), at('b')],
    [at('new'), at('new')],
    [{ [parts.id]: known }, at('A')],
  ] as const) {
    const answer = await act('UpsertMultiple', [
      { ...at('first'), new_stock: 0 },
      { ...first, new_stock: 7 },
      { ...second, new_stock: 8 },
    ])
    assert.equal(answer.status, 400, `${JSON.stringify([first, second])}: ${answer.text}`)
    assert.deepEqual(await stocks(), { A: 1, B: 2 })
  }
})

test('UpdateMultiple applies the first of two items of one row, and passes over the other', async () => {
  expectStatus(
    await act('UpdateMultiple', [
      { [parts.id]: known, new_stock: 7 },
      { ...at('B'), new_stock: 8 },
      { [parts.id]: known, new_stock: 9 },
    ]),
    204,
  )
  assert.deepEqual(await stocks(), { A: 7, B: 8 })
})

test('UpdateMultiple creates nothing', async () => {
  expectRefusal(
    await act('UpdateMultiple', [
      { [parts.id]: known, new_stock: 7 },
      { ...at('nobody'), new_stock: 8 },
    ]),
    404,
    '0x80060891',
  )
  expectRefusal(await act('UpdateMultiple', [{ [parts.id]: crypto.randomUUID(), new_stock: 8 }]), 404, '0x80040217')
  expectStatus(await act('UpdateMultiple', [{ new_stock: 8 }]), 400)
  assert.deepEqual(await stocks(), { A: 1, B: 2 })
})

test('CreateMultiple answers with the ids in the order of the items', async () => {
  const { body } = expectStatus(await act('CreateMultiple', [{ new_number: 'C' }, { [parts.id]: crypto.randomUUID(), new_number: 'D' }]), 200)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse`)
  assert.deepEqual(Object.keys(body), ['@odata.context', 'Ids'])
  const numbers = await Promise.all(body.Ids.map(async (id: string) => (await api.get(`${parts.set}(${id})`)).body.new_number))
  assert.deepEqual(numbers, ['C', 'D'])
  expectRefusal(await act('CreateMultiple', [{ new_number: 'E' }, { new_number: 'A' }]), 412, '0x80060892')
  assert.deepEqual(Object.keys(await stocks()), ['A', 'B', 'C', 'D'])
})

test('one bad item fails all of them', async () => {
  for (const bad of [
    { ...at('C'), new_stock: 'many' },
    { ...at('C'), nosuch: 1 },
    { '@odata.id': `${parts.set}(new_stock=1)` },
    { '@odata.id': 'accounts(1)' },
  ]) {
    const answer = await act('UpsertMultiple', [{ [parts.id]: known, new_stock: 7 }, bad])
    assert.equal(answer.status, 400, `${JSON.stringify(bad)}: ${answer.text}`)
  }
  assert.deepEqual(await stocks(), { A: 1, B: 2 })
})

test('every item says its type, and the items are an array', async () => {
  const path = `${parts.set}/Microsoft.Dynamics.CRM.UpsertMultiple`
  expectStatus(await api.post(path, { Targets: [{ new_number: 'C' }] }), 400)
  expectStatus(await api.post(path, { Targets: [{ '@odata.type': 'Microsoft.Dynamics.CRM.account', name: 'C' }] }), 400)
  expectStatus(await api.post(path, { Targets: { '@odata.type': `Microsoft.Dynamics.CRM.${parts.name}` } }), 400)
  expectStatus(await api.post(path, {}), 400)
  // The documentation gives these words to a bound action that is called without its namespace (webapi.md 3.2).
  assert.match(expectStatus(await api.post(`${parts.set}/UpsertMultiple`, { Targets: [] }), 400).body.error.message, /unresolved parameters/)
  assert.deepEqual(await stocks(), { A: 1, B: 2 })
})

test('DeleteMultiple is not implemented on a standard table, unless the client asks for it by name', async () => {
  expectRefusal(await act('DeleteMultiple', [{ [parts.id]: known }]), 501, '0x80040219', 'DeleteMultiple has not yet been implemented.')
  assert.deepEqual(await stocks(), { A: 1, B: 2 })
  expectStatus(await act('DeleteMultiple', [{ [parts.id]: known }, { [parts.id]: other }], { Prefer: 'tidemark.delete-multiple' }), 204)
  assert.deepEqual(await stocks(), {})
})

test('what a table supports can be asked', async () => {
  const query = (message: string) =>
    `sdkmessagefilters?$select=sdkmessagefilterid&$filter=sdkmessageid/name eq @message and primaryobjecttypecode eq @table&@message='${message}'&@table='${parts.name}'`
  for (const message of ['CreateMultiple', 'UpdateMultiple']) assert.equal((await api.get(query(message))).body.value.length, 1, message)
  assert.equal((await api.get(query('DeleteMultiple'))).body.value.length, 0)
})

test('64 requests of 50 upserts over the same keys leave each row once', async () => {
  const targets = Array.from({ length: 50 }, (_, index) => ({ ...at(`race-${index}`), new_stock: index }))
  const answers = await Promise.all(Array.from({ length: 64 }, () => act('UpsertMultiple', targets)))
  for (const answer of answers) expectStatus(answer, 204)
  assert.equal(Object.keys(await stocks()).length, 52)
  assert.equal((await api.get(`${parts.set}/$count`)).text, '\ufeff52')
  assert.equal(createdId(await api.patch(`${parts.set}(${known})`, {})), known)
})
