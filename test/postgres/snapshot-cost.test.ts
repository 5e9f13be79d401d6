/** What a delta by snapshot costs: as much as there are changes, however many rows there are and however long somebody keeps a transaction open. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { startCluster } from '../support/postgres/cluster.ts'
import { parseToken, TRACKED, UNSEEN } from '../support/postgres/cursors.ts'
import { connect, openTransaction, runOn } from '../support/postgres/test-database.ts'

const [BATCHES, BATCH] = [20, 10_000]
const CHANGES = 10
// A handful of pages for each way into the index.
const FEW_PAGES = 60

const RESCAN = 'select id, change from tracked where xid >= $1::xid8 and not pg_visible_in_snapshot(xid, $2::pg_snapshot)'

test('A delta reads what changed, while a transaction is open in another database since before all rows', async (t) => {
  await using cluster = await startCluster({ settings: { autovacuum: 'off' } })
  for (const name of ['rows', 'elsewhere']) await runOn(cluster.url, `create database ${name}`)
  await using elsewhere = await connect(cluster.urlOf('elsewhere'))
  await using client = await connect(cluster.urlOf('rows'))
  await client.query(TRACKED)
  await openTransaction(elsewhere)
  for (let batch = 0; batch < BATCHES; batch++) {
    await client.query('insert into tracked (id, change) select n, n from generate_series($1::int, $2::int) n', [batch * BATCH, (batch + 1) * BATCH - 1])
  }
  await client.query('vacuum analyze tracked')
  const token = (await client.query<{ token: string }>('select pg_current_snapshot()::text as token')).rows[0]?.token ?? ''
  const { xmin, xmax, xip } = parseToken(token)
  assert.equal(xip.length, 1, 'the open transaction stands in the token')

  const nothing = await measure(client, UNSEEN, [xmax, xip])
  const rescan = await measure(client, RESCAN, [xmin, token])
  for (let id = -CHANGES; id < 0; id++) await client.query('insert into tracked (id, change) values ($1, $1)', [id])
  const some = await measure(client, UNSEEN, [xmax, xip])
  t.diagnostic(`${BATCHES * BATCH} rows: ${JSON.stringify({ nothing, some, rescan })}`)

  assert.deepEqual([nothing.rows, some.rows, rescan.rows], [0, CHANGES, 0])
  assert.deepEqual([nothing.passedOver, some.passedOver], [0, 0])
  assert.ok(nothing.pages <= FEW_PAGES && some.pages <= FEW_PAGES, `${nothing.pages} and ${some.pages} pages`)
  // The folk way to the same answer looks at each row again that was written since that transaction began.
  assert.equal(rescan.passedOver, BATCHES * BATCH)
  assert.ok(rescan.pages > 10 * FEW_PAGES, `${rescan.pages} pages`)
})

type Cost = { readonly rows: number; readonly pages: number /** Rows looked at and found not to belong. */; readonly passedOver: number; readonly ms: number }

type PlanNode = { readonly 'Rows Removed by Filter'?: number; readonly 'Actual Loops': number; readonly Plans?: readonly PlanNode[] }

type Explained = {
  readonly 'Execution Time': number
  readonly Plan: PlanNode & { readonly 'Actual Rows': number; readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number }
}

async function measure(client: pg.Client, sql: string, parameters: readonly unknown[]): Promise<Cost> {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly [Explained] }>(`explain (analyze, buffers, format json) ${sql}`, [...parameters])
  const explained = rows[0]?.['QUERY PLAN'][0]
  assert.ok(explained)
  const { Plan: plan, 'Execution Time': ms } = explained
  return { rows: plan['Actual Rows'], pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], passedOver: countPassedOver(plan), ms }
}

function countPassedOver(node: PlanNode): number {
  const below = (node.Plans ?? []).reduce((sum, each) => sum + countPassedOver(each), 0)
  return (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'] + below
}
