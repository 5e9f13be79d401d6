/**
 * PostgreSQL does not flush what it rolls back, so that a crash makes it hand out the ids of those transactions again. A token that has seen them
 * end would hide the rows of those that come after them under the same ids: it may be given away only when an id as high as its own is on disk.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Cluster, startCluster } from '../support/postgres/cluster.ts'
import { parseToken, TRACKED, UNSEEN } from '../support/postgres/cursors.ts'
import { connect, runOn } from '../support/postgres/test-database.ts'

// Nothing but a commit flushes: no writer of the log that comes round, nobody who notes the running transactions in it.
const UNHURRIED = { wal_writer_delay: '10s', bgwriter_delay: '10s', wal_level: 'minimal', max_wal_senders: '0', autovacuum: 'off' }
const ROLLBACKS = 20

test('After a crash a row can come under a transaction id that an unguarded token has already seen', async () => {
  await using cluster = await startCluster({ durable: true, settings: UNHURRIED })
  await runOn(cluster.url, TRACKED)
  const unguarded = await crashBehind(cluster, false)
  const late = await insert(cluster, 1)
  assert.ok(BigInt(late) < BigInt(parseToken(unguarded).xmax), `${late} was not handed out before ${unguarded}`)
  assert.deepEqual(await readBehind(cluster, unguarded), [], 'the row that was committed after the token is missed')

  const guarded = await crashBehind(cluster, true)
  await insert(cluster, 2)
  assert.deepEqual(await readBehind(cluster, guarded), ['2'])
})

/** A token from behind transactions that were rolled back, and then the database is killed. */
async function crashBehind(cluster: Cluster, isGuarded: boolean): Promise<string> {
  await using client = await connect(cluster.url)
  client.on('error', () => undefined)
  // This commit takes the log to the disk so far; what is rolled back after it stays in memory.
  await client.query('create table if not exists guard as select 0 as touched')
  await client.query('update guard set touched = touched + 1')
  for (let id = 1; id <= ROLLBACKS; id++) {
    await client.query('begin')
    await client.query('insert into tracked (id, change) values (-1, -1)')
    await client.query('rollback')
  }
  const { rows } = await client.query<{ token: string }>('select pg_current_snapshot()::text as token')
  // A commit with an id of its own, which is at or above the token's end.
  if (isGuarded) await client.query('update guard set touched = touched + 1')
  await cluster.kill()
  await cluster.restart()
  return rows[0]?.token ?? ''
}

async function insert(cluster: Cluster, id: number): Promise<string> {
  const { rows } = await runOn(cluster.url, `insert into tracked (id, change) values (${id}, ${id}) returning xid`)
  return rows[0]?.xid
}

async function readBehind(cluster: Cluster, token: string): Promise<readonly string[]> {
  await using client = await connect(cluster.url)
  const { xmax, xip } = parseToken(token)
  const { rows } = await client.query<{ id: string }>(UNSEEN, [xmax, xip])
  return rows.map(({ id }) => id)
}
