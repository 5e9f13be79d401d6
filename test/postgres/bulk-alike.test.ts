/**
 * Bulk writes are gathered on PostgreSQL and written row by row on SQLite: generated sequences of them, over rows named by id and by two keys, with
 * amounts, lookups at rows of the same request and requests that have to fail, leave the same rows and are answered alike on both.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Api, apiOf, expectStatus } from '../support/api.ts'
import { type Body, column, makeKey, makeLookup, makeTable } from '../support/make-table.ts'
import { freshDatabase, type TestDatabase } from '../support/postgres/test-database.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const RUNS = 60

let database: TestDatabase
let servers: readonly TestServer[] = []
let apis: readonly Api[] = []

async function prepare(api: Api): Promise<void> {
  const item = await makeTable(
    api,
    'new_Item',
    [
      column.text('new_Code', { MaxLength: 40 }),
      column.text('new_Other', { MaxLength: 40 }),
      column.whole('new_Count', { MinValue: 0, MaxValue: 100 }),
      column.decimal('new_Weight', { Precision: 4 }),
      column.money('new_Price'),
      column.bigint('new_Large'),
    ],
    { ChangeTrackingEnabled: true },
  )
  await makeLookup(api, { from: item.name, to: item.name, SchemaName: 'new_ParentId' })
  await makeKey(api, item.name, 'new_ByCode', ['new_code'])
  await makeKey(api, item.name, 'new_ByOther', ['new_other', 'new_count'])
}

before(async () => {
  database = await freshDatabase()
  const sqlite = await startServer()
  servers = [sqlite]
  servers = [sqlite, await startServer({ database: database.url })]
  apis = servers.map(({ api }) => apiOf(api))
  for (const api of apis) await prepare(api)
})

after(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
  await database?.drop()
})

/** Few of each, so that they meet; the first four are there when a sequence begins. */
const anyCode = fc.integer({ min: 0, max: 7 }).map((number) => `C${number}`)
const knownCode = fc.integer({ min: 0, max: 3 }).map((number) => `C${number}`)
const anyId = fc.integer({ min: 1, max: 6 }).map((number) => `6f0c2b1e-0000-4000-8000-00000000000${number}`)
const KNOWN = [0, 1, 2, 3].map((number): Body => ({ new_code: `C${number}`, new_other: `O${number}`, new_count: 1, new_price: number }))

const seldom = <T>(often: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) => fc.oneof({ weight: 30, arbitrary: often }, { weight: 1, arbitrary: rare })

const anyValues: fc.Arbitrary<Body> = fc
  .tuple(
    fc.record(
      {
        new_name: fc.constantFrom('Müller', 'a"b\\c', null, '\u{1f600}'),
        new_count: seldom(fc.constantFrom<number | null>(0, 1, 100, null), fc.constant(101)),
        new_weight: fc.constantFrom(1.5, 0.0001, -20, null),
        new_price: fc.constantFrom(12.34, 0, -1, null),
        new_large: fc.constantFrom(9007199254740991, -1, null),
      },
      { requiredKeys: [] },
    ),
    fc.option(
      seldom(knownCode, anyCode).map((code): Body => ({ 'new_ParentId@odata.bind': `/new_items(new_code='${code}')` })),
      { freq: 3, nil: {} },
    ),
  )
  .map(([values, parent]) => ({ ...values, ...parent }))

const anyAddress: fc.Arbitrary<Body> = fc.oneof(
  { weight: 6, arbitrary: anyCode.map((code) => ({ '@odata.id': `new_items(new_code='${code}')` })) },
  { weight: 2, arbitrary: anyId.map((id) => ({ new_itemid: id })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }).map((number) => ({ '@odata.id': `new_items(new_other='O${number}',new_count=1)` })) },
)
const knownAddress: fc.Arbitrary<Body> = seldom(
  knownCode.map((code): Body => ({ '@odata.id': `new_items(new_code='${code}')` })),
  anyAddress,
)

const typed = (body: Body): Body => ({ '@odata.type': 'Microsoft.Dynamics.CRM.new_item', ...body })
const state = fc.option(
  fc.constantFrom(0, 1).map((statecode): Body => ({ statecode })),
  { freq: 3, nil: {} },
)
const targetsOf = (target: fc.Arbitrary<Body>) => fc.array(target.map(typed), { minLength: 1, maxLength: 6 })
const anyRequest = fc.oneof(
  fc.tuple(
    fc.constant('CreateMultiple'),
    targetsOf(
      fc
        .tuple(
          anyValues,
          fc.option(
            anyCode.map((code) => ({ new_code: `N${code}` })),
            { nil: {} },
          ),
        )
        .map(([values, code]) => ({ ...values, ...code })),
    ),
  ),
  fc.tuple(
    fc.constant('UpdateMultiple'),
    targetsOf(fc.tuple(anyValues, state, knownAddress).map(([values, more, address]) => ({ ...values, ...more, ...address }))),
  ),
  fc.tuple(fc.constant('UpsertMultiple'), targetsOf(fc.tuple(anyValues, anyAddress).map(([values, address]) => ({ ...values, ...address })))),
)
const anyRequests = fc.array(anyRequest, { minLength: 1, maxLength: 6 })

const SHOWN = ['new_name', 'new_code', 'new_other', 'new_count', 'new_weight', 'new_price', 'new_price_base', 'new_large', 'statecode', 'statuscode'].join()

/** Without what the server makes up: ids that nobody gave, times, versions. */
async function rowsOf(api: Api): Promise<readonly string[]> {
  const query = `new_items?$select=${SHOWN},new_itemid&$expand=new_ParentId($select=new_code)`
  const { value } = expectStatus(await api.get(query), 200).body
  return value.map(shown).toSorted()
}

function shown({ new_itemid, new_ParentId, ...row }: Body): string {
  const parent = new_ParentId as Body | null
  const own = Object.entries(row).filter(([member]) => SHOWN.split(',').includes(member))
  return JSON.stringify([String(new_itemid).startsWith('6f0c2b1e') ? new_itemid : '', parent?.new_code, own])
}

async function forget(api: Api): Promise<void> {
  const { value } = expectStatus(await api.get('new_items?$select=new_itemid'), 200).body
  for (const { new_itemid } of value) expectStatus(await api.delete(`new_items(${new_itemid})`), 204)
}

test('the same requests leave the same rows, and the same answers', async () => {
  let done = 0
  const anySequence = fc.asyncProperty(anyRequests, async (requests) => {
    for (const api of apis) {
      await forget(api)
      for (const body of KNOWN) expectStatus(await api.post('new_items', body), 204)
    }
    for (const [action, Targets] of requests) {
      const [first, second] = await Promise.all(apis.map((api) => api.post(`new_items/Microsoft.Dynamics.CRM.${action}`, { Targets })))
      if (first?.status === 200 || first?.status === 204) done++
      assert.deepEqual([second?.status, second?.body?.error?.code], [first?.status, first?.body?.error?.code], `${action} ${first?.text} | ${second?.text}`)
      const [left, right] = await Promise.all(apis.map(rowsOf))
      assert.deepEqual(right, left)
    }
  })
  await fc.assert(anySequence, { numRuns: RUNS, ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) })
  assert.ok(done > RUNS, `only ${done} requests were done`)
})
