/**
 * Crashes in the middle of writes: of one server of two, and of the database. Requests in flight lose their connection or get 503 with Retry-After;
 * what was acknowledged is there, what was not is there as a whole or not at all; and delta links from before give exactly what has come since.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { apiOf, expectStatus } from '../support/api.ts'
import { openReader, readChanges, readTable, statesOf } from '../support/delta-reader.ts'
import { figureOf } from '../support/figure.ts'
import { bounded } from '../support/how-long.ts'
import { checkCopies, checkPromises, readPaged, readWhole, type Servers } from '../support/ledger-race.ts'
import { keepWriting, type LedgerWriter, ledgerWriter, makeLedgerTable, settle } from '../support/ledger-writer.ts'
import { afterOutage, throughOutages } from '../support/outage.ts'
import { type Cluster, startCluster } from '../support/postgres/cluster.ts'
import { freshDatabase, runOn } from '../support/postgres/test-database.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const CRASHES = bounded(2, 20)
const WRITERS = 10

test('When one server is killed its writes are done or not, as a whole, and the other goes on and takes over the background work', async (t) => {
  const { url } = await freshDatabase()
  await using first = await startServer({ database: url })
  await leads(first)
  await using second = await startServer({ database: url })
  const [one, two] = [first, second].map(({ api }) => throughOutages(apiOf(api))) as unknown as readonly [Servers[0], Servers[0]]
  await makeLedgerTable(one)
  const writers = makeWriters()
  let isOver = false
  t.after(() => (isOver = true))
  const writing = writers.map((writer, index) => keepWriting(index % 2 === 0 ? one : two, writer, () => isOver))
  const reading = [readWhole([two, one], writers, () => isOver), readPaged([two, one], () => isOver)]
  await Promise.race([wait(1500), ...writing])
  await first.stop('SIGKILL')
  const before = answeredOf(writers.filter((_, index) => index % 2 === 1))
  await Promise.race([wait(1500), ...writing.filter((_, index) => index % 2 === 1)])
  await leads(second)
  isOver = true
  await Promise.all(writing)
  const readers = await Promise.all(reading)
  assert.ok(answeredOf(writers.filter((_, index) => index % 2 === 1)) > before, 'the other went on')

  await writesEnd(url)
  const table = await readTable(two)
  for (const writer of writers) settle(writer, statesOf(table))
  await checkCopies(two, readers, table)
})

test(`After each of ${CRASHES} crashes of the database two servers go on, with all that they promised, and links from before are good`, async (t) => {
  await using cluster = await startCluster({ durable: true })
  await using first = await startServer({ database: cluster.url })
  await using second = await startServer({ database: cluster.url })
  const [one, two] = [first, second].map(({ api }) => throughOutages(apiOf(api))) as unknown as readonly [Servers[0], Servers[0]]
  await makeLedgerTable(one)
  const { link } = await openReader(one)
  const writers = makeWriters()
  let isOver = false
  const reading = [readWhole([one, two], writers, () => isOver), readWhole([two, one], writers, () => isOver), readPaged([one, two], () => isOver)]
  t.after(() => (isOver = true))
  for (let crash = 0; crash < CRASHES; crash++) {
    const writing = writers.map((writer, index) => keepWriting(index % 2 === 0 ? one : two, writer, () => false))
    await Promise.race([wait(500 + Math.random() * 1000), ...reading, ...writing])
    await cluster.kill()
    await Promise.all(writing)
    await isAway(first)
    await cluster.restart()
    const table = await afterOutage(() => readTable(one))
    await afterOutage(() => readTable(two))
    for (const writer of writers) settle(writer, statesOf(table))
  }
  isOver = true
  const readers = await Promise.all(reading)
  const table = await readTable(one)
  checkPromises(
    writers,
    writers.map(({ promised }) => promised),
    statesOf(table),
  )
  await checkCopies(two, readers, table)
  const all = await readChanges(one, link)
  assert.deepEqual(all.rows.map(({ id }) => id).toSorted(), table.map(({ id }) => id).toSorted(), 'the link from before all crashes gives every row')
  t.diagnostic(`${answeredOf(writers)} promises kept`)
})

// Nothing but a commit flushes: no writer of the log that comes round, nobody who notes the running transactions in it.
const UNHURRIED = { wal_writer_delay: '10s', bgwriter_delay: '10s', wal_level: 'minimal', max_wal_senders: '0', autovacuum: 'off' }

test('A row that comes under a transaction id which a token has seen rolled back, before the crash that gave it out again, is in the delta', async () => {
  await using cluster = await startCluster({ durable: true, settings: UNHURRIED })
  await using server = await startServer({ database: cluster.url })
  const api = throughOutages(apiOf(server.api))
  await makeLedgerTable(api)
  expectStatus(await api.post('new_ledgers', { new_code: 'first' }), 204)
  await openReader(api)
  await rollBack(cluster, 20)
  const { link } = await openReader(api)
  await cluster.kill()
  await cluster.restart()
  expectStatus(await afterOutage(() => api.post('new_ledgers', { new_code: 'late' })), 204)
  const { rows } = await readChanges(api, link)
  assert.deepEqual(
    rows.map(({ code }) => code),
    ['late'],
  )
})

async function rollBack({ url }: Cluster, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await runOn(url, 'begin; select pg_current_xact_id(); rollback')
}

function makeWriters(): LedgerWriter[] {
  return Array.from({ length: WRITERS }, (_, index) => ledgerWriter(`w${index}`))
}

function answeredOf(writers: readonly LedgerWriter[]): number {
  return writers.reduce((sum, { answered }) => sum + answered, 0)
}

/** Also while nobody asks it for anything else. */
async function leads(server: TestServer): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await wait(50)) {
    if ((await figureOf(server, 'tidemark_leader')) === 1) return
    assert.ok(Date.now() < deadline, 'nobody leads')
  }
}

/** What the killed server has begun ends without it. */
async function writesEnd(url: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await wait(50)) {
    const { rows } = await runOn(
      url,
      "select count(*)::int as open from pg_stat_activity where datname = current_database() and application_name = 'tidemark writes' and state <> 'idle'",
    )
    if (rows[0]?.open === 0) return
    assert.ok(Date.now() < deadline, 'writes stay open')
  }
}

async function isAway({ api, url }: TestServer): Promise<void> {
  for (const [method, path] of [
    ['GET', 'new_ledgers'],
    ['POST', 'new_ledgers'],
    ['GET', 'WhoAmI'],
  ] as const) {
    const answer = await apiOf(api).send(method, path, method === 'POST' ? { body: {} } : {})
    expectStatus(answer, 503)
    assert.equal(answer.headers['retry-after'], '1')
    assert.equal(answer.body.error.code, '0x8004a001')
  }
  assert.equal((await fetch(`${url}/metrics`)).status, 200)
}
