/**
 * Why a position on PostgreSQL is a snapshot: what each way of following changes (support/postgres/cursors.ts) misses while writers commit in another
 * order than they took their numbers and transaction ids in.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, startCluster } from '../support/postgres/cluster.ts'
import {
  type Change,
  type Cursor,
  followNumbers,
  followSettledNumbers,
  followSettledTransactions,
  followSnapshots,
  TRACKED,
} from '../support/postgres/cursors.ts'
import { bounded } from '../support/how-long.ts'
import { connect, openTransaction, runOn } from '../support/postgres/test-database.ts'

const WRITERS = 16
const RACE_MS = bounded(2_500, 60_000)
const PAUSE_MS = 8

let cluster: Cluster

before(async () => {
  // A transaction id of a vacuum would be one more that is open.
  cluster = await startCluster({ settings: { autovacuum: 'off' } })
})

after(() => cluster[Symbol.asyncDispose]())

test('A sequence loses changes, and so does one below the oldest open transaction; transaction order and snapshots lose none', async (t) => {
  const url = await makeTracked('race')
  const followers = [followNumbers(), followSettledNumbers(), followSettledTransactions(), followSnapshots()].map((cursor) => follow(url, cursor))
  const committed = await writeInDisorder(url)
  const answers = await Promise.all(followers.map(({ stop }) => stop()))
  const [numbers, settledNumbers, settledTransactions, snapshots] = answers.map((each) => tally(committed, each))
  t.diagnostic(`of ${committed.length} rows: ${JSON.stringify({ numbers, settledNumbers, settledTransactions, snapshots })}`)

  assert.ok(committed.length > 1_000, `only ${committed.length} rows`)
  assert.ok(Number(numbers?.lost) > 0, 'the sequence lost nothing')
  assert.ok(Number(settledNumbers?.lost) > 0, 'the sequence below the horizon lost nothing')
  assert.deepEqual(settledTransactions, { lost: 0, doubled: 0, torn: 0 })
  assert.deepEqual(snapshots, { lost: 0, doubled: 0, torn: 0 })
})

test('A write transaction left open in another database stalls transaction order; snapshots go on', async (t) => {
  const url = await makeTracked('stall')
  await runOn(cluster.url, 'create database elsewhere')
  await using elsewhere = await connect(cluster.urlOf('elsewhere'))
  await openTransaction(elsewhere)
  const [stalled, snapshots] = [follow(url, followSettledTransactions()), follow(url, followSnapshots())]
  const committed = await writeInDisorder(url)
  const [gotStalled, gotSnapshots] = [await stalled.stop(), await snapshots.stop()]
  t.diagnostic(`of ${committed.length} rows transaction order saw ${gotStalled.flat().length}, snapshots ${gotSnapshots.flat().length}`)
  assert.equal(gotStalled.flat().length, 0)
  assert.deepEqual(tally(committed, gotSnapshots), { lost: 0, doubled: 0, torn: 0 })

  await readOwnWrites(url)
})

/** Who has been told that a change is committed finds it in the next answer, and there alone. */
async function readOwnWrites(url: string): Promise<void> {
  await using client = await connect(url)
  const cursor = followSnapshots()
  await cursor(client)
  for (let id = -1; id > -50; id--) {
    await client.query('insert into tracked (id, change) values ($1, $1)', [id])
    assert.deepEqual(await cursor(client), [{ id, change: id }])
  }
}

/** Each change is two rows of a transaction that dawdles wherever that helps to get the order wrong; some are taken back. The rows that were committed. */
async function writeInDisorder(url: string): Promise<readonly Change[]> {
  const committed: Change[] = []
  let changes = 0
  const deadline = Date.now() + RACE_MS
  async function write(): Promise<void> {
    await using client = await connect(url)
    while (Date.now() < deadline) {
      const change = ++changes
      const rows = [1, 2].map((place) => ({ id: change * 2 + place, change }))
      await client.query('begin')
      // Half of them have their transaction id long before they have a number.
      if (change % 2 === 0) await client.query('select pg_current_xact_id()')
      for (const { id } of rows) {
        await dawdle()
        // A third writes in a subtransaction, which has an id of its own that a snapshot does not list.
        if (change % 3 === 0) await client.query('savepoint inner_part')
        await client.query('insert into tracked (id, change) values ($1, $2)', [id, change])
      }
      await dawdle()
      const isKept = change % 10 !== 0
      await client.query(isKept ? 'commit' : 'rollback')
      if (isKept) committed.push(...rows)
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  return committed
}

function dawdle(): Promise<void> {
  return sleep(Math.random() * PAUSE_MS)
}

/** Asks again and again. */
type Follower = { /** All answers; the last one was asked for now. */ readonly stop: () => Promise<readonly (readonly Change[])[]> }

function follow(url: string, cursor: Cursor): Follower {
  let isOver = false
  async function run(): Promise<readonly (readonly Change[])[]> {
    await using client = await connect(url)
    const answers: (readonly Change[])[] = []
    while (!isOver) {
      answers.push(await cursor(client))
      await sleep(2)
    }
    answers.push(await cursor(client))
    return answers
  }
  const answers = run()
  return {
    stop: () => {
      isOver = true
      return answers
    },
  }
}

type Tally = { readonly lost: number; readonly doubled: number /** Changes of which an answer held one row and not the other. */; readonly torn: number }

function tally(committed: readonly Change[], answers: readonly (readonly Change[])[]): Tally {
  const seen = answers.flat().map(({ id }) => id)
  const distinct = new Set(seen)
  const torn = answers.flatMap((answer) => {
    const counts = Map.groupBy(answer, ({ change }) => change)
    return [...counts.values()].filter((rows) => rows.length !== 2)
  })
  return { lost: committed.filter(({ id }) => !distinct.has(id)).length, doubled: seen.length - distinct.size, torn: torn.length }
}

async function makeTracked(database: string): Promise<string> {
  await runOn(cluster.url, `create database ${database}`)
  const url = cluster.urlOf(database)
  await runOn(url, TRACKED)
  return url
}
