import { FULL_RIGHTS } from '../plan/rights.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Guid } from '../base/guid.ts'
import type { ReadChanges } from '../plan/change-plan.ts'
import { NO_ANNOTATIONS } from '../plan/row-annotations.ts'
import { selectColumns } from '../plan/select-columns.ts'
import type { Position, Positions } from './positions.ts'
import { type Changes, selectChangedRows, selectTombstones, selectTracked } from './sql/select-changes.ts'
import { sql } from './sql/sql.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import { renderQuery } from './sqlite/driver.ts'
import { sqlitePositions } from './sqlite/position.ts'
import { NOW, openTestReads, outcomeOf, parseRows, type TestReads } from './test-reads.ts'

const shapeOf = (store: TestReads, table = 'contact', names: readonly string[] = ['fullname']) => ({
  table: store.table(table),
  columns: selectColumns(store.table(table), names),
  expands: [],
  annotations: NO_ANNOTATIONS,
})

const changes = (store: TestReads, storePart: string, more: Partial<ReadChanges> = {}): ReadChanges => ({
  kind: 'read-changes',
  shape: shapeOf(store),
  limit: 5000,
  pageNumber: 1,
  storePart,
  from: undefined,
  ...more,
})

async function position(store: TestReads, table = 'contact'): Promise<string> {
  const plan = { kind: 'read-tracked', shape: shapeOf(store, table, []), limit: 5000, pageNumber: 1, from: undefined, countLimit: undefined } as const
  return outcomeOf(await store.read(plan), 'tracked-rows').token.storePart
}

/** All pages of a delta; `between` runs after each page but the last. */
async function delta(store: TestReads, storePart: string, limit = 5000, between = async (): Promise<void> => undefined) {
  const names: string[] = []
  const deleted: string[] = []
  let from: ReadChanges['from']
  for (;;) {
    const page = outcomeOf(await store.read(changes(store, storePart, { limit, from })), 'changes')
    const rows = parseRows(page.rows)
    assert.ok(rows.length + page.deletedIds.length <= limit)
    names.push(...rows.map((row) => row.fullname))
    deleted.push(...page.deletedIds)
    if (!page.nextAfter) return { names, deleted, token: page.token.storePart }
    from = { until: page.token.storePart, after: page.nextAfter }
    await between()
  }
}

async function refused(store: TestReads, storePart: string, name: string, now = NOW): Promise<void> {
  await assert.rejects(async () => store.read(changes(store, storePart), now), { name })
  await assert.rejects(async () => store.read({ kind: 'count-changes', table: store.table('contact'), storePart }, now), { name })
}

test('a first read gives every row in pages and ends in the position of its first page', async () => {
  const store = openTestReads()
  for (const fullname of ['a', 'b', 'c']) await store.insert('contact', { fullname })
  const plan = { kind: 'read-tracked', shape: shapeOf(store), limit: 2, pageNumber: 1, from: undefined, countLimit: 5001 } as const
  const first = outcomeOf(await store.read(plan), 'tracked-rows')
  assert.equal(first.count, 3)
  assert.equal(first.token.version, 1003n)
  assert.equal(first.token.storePart, `s1.${store.table('contact').metadataId}.incarnation-1.1003`)
  assert.match(first.token.storePart, /^[A-Za-z0-9._~-]+$/)
  await store.insert('contact', { fullname: 'd' })
  const afterId = first.nextAfterId ?? ''
  const second = outcomeOf(await store.read({ ...plan, from: { storePart: first.token.storePart, afterId } }), 'tracked-rows')
  assert.deepEqual(
    parseRows(second.json).map((row) => row.fullname),
    ['c', 'd'],
  )
  assert.deepEqual(second.token, first.token)
  assert.equal(second.nextAfterId, undefined)
  // C1, C3: what came while the client was paging is reported, a second time perhaps, never lost.
  assert.deepEqual((await delta(store, first.token.storePart)).names, ['d'])
})

test('C2: a delta has each row once in its current state, and what was created and deleted as deleted', async () => {
  const store = openTestReads()
  const a = await store.insert('contact', { fullname: 'a' })
  const b = await store.insert('contact', { fullname: 'b' })
  const start = await position(store)
  await store.update('contact', a, { fullname: 'a2' })
  await store.update('contact', a, { fullname: 'a3' })
  await store.remove('contact', b)
  const c = await store.insert('contact', { fullname: 'c' })
  await store.remove('contact', c)
  assert.deepEqual(await delta(store, start), { names: ['a3'], deleted: [b, c], token: await position(store) })
  const count = await store.read({ kind: 'count-changes', table: store.table('contact'), storePart: start })
  assert.deepEqual(count, { kind: 'count', count: 3, limitExceeded: false })
  assert.deepEqual(await delta(store, await position(store)), { names: [], deleted: [], token: await position(store) })
})

test('a row that was deleted and created again with its id is alive', async () => {
  const store = openTestReads()
  const id = await store.insert('contact', { fullname: 'a' })
  const start = await position(store)
  await store.remove('contact', id)
  await store.insert('contact', { fullname: 'again' }, id)
  const { names, deleted } = await delta(store, start)
  assert.deepEqual([names, deleted], [['again'], []])
})

test('pages of any size give the same delta, rows before tombstones', async () => {
  const store = openTestReads()
  const start = await position(store)
  const ids: Guid[] = []
  for (let index = 0; index < 7; index++) ids.push(await store.insert('contact', { fullname: `n${index}` }))
  for (const id of ids.slice(0, 3)) await store.remove('contact', id)
  const whole = await delta(store, start)
  assert.deepEqual(whole.names, ['n3', 'n4', 'n5', 'n6'])
  for (let limit = 1; limit <= 8; limit++) assert.deepEqual(await delta(store, start, limit), whole)
})

test('C3: what changes while a client pages is left to the next delta, once', async () => {
  const store = openTestReads()
  const start = await position(store)
  const ids: Guid[] = []
  for (let index = 0; index < 6; index++) ids.push(await store.insert('contact', { fullname: `n${index}` }))
  await store.remove('contact', ids[0] as Guid)
  let step = 0
  const first = await delta(store, start, 1, async () => {
    if (++step !== 2) return
    await store.update('contact', ids[4] as Guid, { fullname: 'changed' })
    await store.remove('contact', ids[5] as Guid)
    await store.insert('contact', { fullname: 'new' })
  })
  assert.deepEqual([first.names, first.deleted], [['n1', 'n2', 'n3'], [ids[0]]])
  const second = await delta(store, first.token, 1)
  assert.deepEqual([second.names, second.deleted], [['changed', 'new'], [ids[5]]])
})

test('C6: a token that is malformed or of another table is refused as such', async () => {
  const store = openTestReads()
  await store.insert('contact', { fullname: 'a' })
  const good = await position(store)
  const table = store.table('contact').metadataId
  for (const bad of ['', 'x', '5', `${good}x`, `s1.${table}.incarnation-1.99999999999999999999`, `${good}.7-7-`, await position(store, 'account')]) {
    await refused(store, bad, 'BadToken')
  }
})

test('C6: a token of another database, of a restored file or from the future has expired', async () => {
  const store = openTestReads()
  const old = await position(store)
  for (const foreign of [old.replace('s1', 'p1'), `${old.replace('s1', 'p1')}.7-9-8`]) await refused(store, foreign, 'TokenExpired')
  await store.insert('contact', { fullname: 'a' })
  const table = store.table('contact').metadataId
  await refused(store, `s1.${table}.elsewhere.1`, 'TokenExpired')
  await refused(store, `s1.${table}.incarnation-1.1002`, 'TokenExpired')
  // The file was opened again where the counter stood at 1000: what the first opening gave out above that happened elsewhere.
  store.connection.run(sql`insert into tidemark_incarnation (id, start) values ('incarnation-2', 1000)`)
  await refused(store, `s1.${table}.incarnation-1.1001`, 'TokenExpired')
  assert.deepEqual((await delta(store, old.replace('.0', '.1000'))).names, ['a'])
  assert.match(await position(store), /\.incarnation-2\.1001$/)
})

test('C8: a token expires with what it has left unprocessed, and not before', async () => {
  const store = openTestReads()
  const start = await position(store)
  await store.insert('contact', { fullname: 'a' })
  store.connection.run(sql`insert into tidemark_clock values (${store.version()}, '2024-05-01T00:00:00Z')`)
  assert.equal((await store.read(changes(store, start), '2024-05-07T23:59:59Z')).kind, 'changes')
  await refused(store, start, 'TokenExpired', '2024-05-08T00:00:00Z')
  const current = await position(store)
  assert.equal((await store.read(changes(store, current), '2044-01-01T00:00:00Z')).kind, 'changes')
  await store.insert('organization', { name: 'org', expirechangetrackingindays: 30 })
  assert.equal((await store.read(changes(store, start), '2024-05-08T00:00:00Z')).kind, 'changes')
  await refused(store, start, 'TokenExpired', '2024-05-31T00:00:00Z')
})

test('a retention of no days expires whatever is pending', async () => {
  const store = openTestReads()
  await store.insert('organization', { name: 'org', expirechangetrackingindays: 0 })
  const start = await position(store)
  assert.equal((await store.read(changes(store, start))).kind, 'changes')
  await store.insert('contact', { fullname: 'a' })
  await refused(store, start, 'TokenExpired')
})

test('C6: a token that would miss a purged tombstone has expired, on every page', async () => {
  const store = openTestReads()
  const start = await position(store)
  await store.insert('contact', { fullname: 'a' })
  await store.insert('contact', { fullname: 'b' })
  const page = outcomeOf(await store.read(changes(store, start, { limit: 1 })), 'changes')
  assert.ok(page.nextAfter)
  const from = { until: page.token.storePart, after: page.nextAfter }
  store.connection.run(sql`insert into tidemark_purged values ('contact', 1002)`)
  await refused(store, start, 'TokenExpired')
  await assert.rejects(async () => store.read(changes(store, start, { limit: 1, from })), { name: 'TokenExpired' })
  assert.equal((await store.read(changes(store, page.token.storePart))).kind, 'changes')
})

test('an intersect table has changes of its own', async () => {
  const store = openTestReads()
  const start = await position(store, 'accountcontact')
  const [a, c] = [await store.insert('account', { name: 'a' }), await store.insert('contact', { fullname: 'c' })]
  const pair = await store.insert('accountcontact', { accountid: a, contactid: c })
  const plan = changes(store, start, { shape: shapeOf(store, 'accountcontact', ['accountid', 'contactid']) })
  const page = outcomeOf(await store.read(plan), 'changes')
  assert.deepEqual(
    parseRows(page.rows).map((row) => [row.accountid, row.contactid, row.accountcontactid]),
    [[a, c, pair]],
  )
})

test('C7: every query of a delta goes along an index', () => {
  const store = openTestReads()
  const table = store.table('contact')
  const scope = { dialect: sqliteDialect, schema: store.schema, rights: FULL_RIGHTS, apiRoot: '' }
  const planOf = (query: Parameters<typeof renderQuery>[0]) => {
    const { text, values } = renderQuery(query)
    const steps = store.connection.database.prepare(`explain query plan ${text}`).all(...values.map((value) => value as string))
    return steps.map((step) => String(step.detail)).join('\n')
  }
  const positions: Positions = sqlitePositions
  const at = (version: bigint): Position => positions.current({ json: '', rowCount: 1, more: false, first: [version, 'x'], last: [] })
  const since: Changes = { positions, span: { from: at(5n), until: at(9n) } }
  const rows = planOf(selectChangedRows(shapeOf(store), since, 10, scope))
  assert.match(rows, /SEARCH r USING INDEX contact\$version \(versionnumber>\? AND versionnumber<\?\)/)
  const tombstones = planOf(selectTombstones(table, since, 10))
  assert.match(tombstones, /SEARCH d USING PRIMARY KEY \(table=\? AND version>\? AND version<\?\)/)
  for (const plan of [rows, tombstones, planOf(positions.query(table, at(5n), store.schema)), planOf(selectTracked(shapeOf(store), 'x', 10, scope))]) {
    assert.doesNotMatch(plan, /SCAN (r|d|contact)\b/)
    assert.doesNotMatch(plan, /TEMP B-TREE/)
  }
})
