/** What is SQLite's own of positions; what every engine has to hold is `test/contract/changes-contract.ts`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_ANNOTATIONS } from '../../plan/row-annotations.ts'
import { FULL_RIGHTS } from '../../plan/rights.ts'
import type { Position, Positions } from '../positions.ts'
import { type Changes, selectChangedRows, selectTombstones, selectTracked } from '../sql/select-changes.ts'
import { sql } from '../sql/sql.ts'
import { NOW, openTestReads } from '../test-reads.ts'
import { sqliteDialect } from './dialect.ts'
import { renderQuery } from './driver.ts'
import { sqlitePositions } from './position.ts'

const store = openTestReads()
const table = store.table('contact')
const shape = { table, columns: [], expands: [], annotations: NO_ANNOTATIONS }
const token = (incarnation: string, version: number) => `s1.${table.metadataId}.${incarnation}.${version}`
const read = (storePart: string) => store.read({ kind: 'read-changes', shape, limit: 10, pageNumber: 1, storePart, from: undefined }, NOW)

test('a position is the version of the counter in its incarnation', async () => {
  await store.insert('contact', { fullname: 'a' })
  const outcome = await read(token('incarnation-1', 0))
  assert.ok(outcome.kind === 'changes')
  assert.deepEqual(outcome.token, { storePart: token('incarnation-1', 1001), version: 1001n })
  for (const bad of [`${token('incarnation-1', 0)}.7-7-`, token('incarnation-1', 0).replace('.0', '.99999999999999999999')]) {
    await assert.rejects(read(bad), { name: 'BadToken' })
  }
})

test('C6: a token of a restored file or from the future has expired', async () => {
  await assert.rejects(read(token('incarnation-1', 1002)), { name: 'TokenExpired' })
  // The file was opened again where the counter stood at 1000: what the first opening gave out above that happened elsewhere.
  store.connection.run(sql`insert into tidemark_incarnation (id, start) values ('incarnation-2', 1000)`)
  await assert.rejects(read(token('incarnation-1', 1001)), { name: 'TokenExpired' })
  const outcome = await read(token('incarnation-1', 1000))
  assert.ok(outcome.kind === 'changes')
  assert.equal(outcome.token.storePart, token('incarnation-2', 1001))
})

test('C7: every query of a delta goes along an index', () => {
  const scope = { dialect: sqliteDialect, schema: store.schema, rights: FULL_RIGHTS, apiRoot: '' }
  const planOf = (query: Parameters<typeof renderQuery>[0]) => {
    const { text, values } = renderQuery(query)
    const steps = store.connection.database.prepare(`explain query plan ${text}`).all(...values.map((value) => value as string))
    return steps.map((step) => String(step.detail)).join('\n')
  }
  const positions: Positions = sqlitePositions
  const at = (version: bigint): Position => positions.current({ json: '', rowCount: 1, more: false, first: [version, 'x'], last: [] })
  const since: Changes = { positions, span: { from: at(5n), until: at(9n) } }
  const rows = planOf(selectChangedRows(shape, since, 10, scope))
  assert.match(rows, /SEARCH r USING (COVERING )?INDEX contact\$version \(versionnumber>\? AND versionnumber<\?\)/)
  const tombstones = planOf(selectTombstones(table, since, 10))
  assert.match(tombstones, /SEARCH d USING PRIMARY KEY \(table=\? AND version>\? AND version<\?\)/)
  for (const plan of [rows, tombstones, planOf(positions.query(table, at(5n), store.schema)), planOf(selectTracked(shape, 'x', 10, scope))]) {
    assert.doesNotMatch(plan, /SCAN (r|d|contact)\b/)
    assert.doesNotMatch(plan, /TEMP B-TREE/)
  }
})
