/**
 * The primary is killed in the middle of writes and its synchronous standby is promoted. A server that names both goes on without a restart; one that
 * named the primary alone is started with the standby's URL. Nothing acknowledged is lost, and links from before are good.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { apiOf, createdId, expectStatus } from '../support/api.ts'
import { openReader, readChanges, readTable, statesOf } from '../support/delta-reader.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { figureOf } from '../support/figure.ts'
import { checkCopies, linkAt, readPaged, readWhole } from '../support/ledger-race.ts'
import { keepWriting, ledgerWriter, makeLedgerTable, SET, settle } from '../support/ledger-writer.ts'
import { afterOutage, throughOutages } from '../support/outage.ts'
import { startCluster } from '../support/postgres/cluster.ts'
import { startStandby } from '../support/postgres/standby.ts'
import { runOn } from '../support/postgres/test-database.ts'
import { startServer } from '../support/start-server.ts'

const WRITERS = 8

test('When the primary is killed and its standby promoted, servers go on there with all that was promised, and links from before are good', async (t) => {
  await using primary = await startCluster({ durable: true })
  await using standby = await startStandby(primary)
  const both = `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/postgres`
  await using server = await startServer({ database: both })
  await using former = await startServer({ database: primary.url })
  const api = throughOutages(apiOf(server.api))
  await makeLedgerTable(api)
  const { link } = await openReader(api)
  const writers = Array.from({ length: WRITERS }, (_, index) => ledgerWriter(`w${index}`))
  let isOver = false
  t.after(() => (isOver = true))
  const reading = [readWhole([api], writers, () => isOver), readPaged([api], () => isOver)]
  const before = writers.map((writer) => keepWriting(api, writer, () => false))
  await Promise.race([wait(1500), ...before, ...reading])
  await primary.kill()
  await Promise.all(before)
  await standby.promote()
  const found = statesOf(await afterOutage(() => readTable(api)))
  for (const writer of writers) settle(writer, found)

  const promised = writers.reduce((sum, { answered }) => sum + answered, 0)
  const end = performance.now() + 1000
  await Promise.all(writers.map((writer) => keepWriting(api, writer, () => performance.now() > end)))
  assert.ok(writers.reduce((sum, { answered }) => sum + answered, 0) > promised, 'writes go on')
  isOver = true
  const readers = await Promise.all(reading)
  const table = await readTable(api)
  for (const writer of writers) settle(writer, statesOf(table))
  await checkCopies(api, readers, table)

  await former.stop('SIGKILL')
  for (let time = 0; time < 200 && (await figureOf(server, 'tidemark_leader')) !== 1; time++) await wait(50)
  assert.equal(await figureOf(server, 'tidemark_leader'), 1, 'the background work goes on there')
  await using moved = await startServer({ database: standby.url })
  const { rows } = await readChanges(apiOf(moved.api), linkAt(apiOf(moved.api), link))
  assert.deepEqual(rows.map(({ id }) => id).toSorted(), table.map(({ id }) => id).toSorted(), 'the link from before gives every row')
  await checkCopies(apiOf(moved.api), readers, table)
})

test('An asynchronous standby that is promoted without the last writes refuses the links that had seen them, and takes those from before', async () => {
  await using primary = await startCluster({ durable: true })
  await using standby = await startStandby(primary, { isSynchronous: false })
  await using server = await startServer({ database: `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/postgres` })
  const api = throughOutages(apiOf(server.api))
  await makeLedgerTable(api)
  const make = (code: string) => api.post(SET, { new_code: code }).then(createdId)
  await make('one')
  const { link: old } = await openReader(api)
  const { rows } = await runOn(primary.url, 'select pg_current_wal_flush_lsn()::text as lsn')
  const lsn: string = rows[0]?.lsn
  await hasReplayed(standby.url, lsn)
  await standby.stop('immediate')
  await make('two')
  const { link: newer } = await openReader(api)
  await primary.kill()
  await standby.restart()
  // It begins at its last checkpoint: a promotion that is asked for in the middle holds a snapshot which the rest may have to wait for.
  await hasReplayed(standby.url, lsn)
  await standby.promote()

  assert.deepEqual(
    (await afterOutage(() => readTable(api))).map(({ code }) => code),
    ['one'],
  )
  expectRefusal(await api.get(newer), 410, '0x80044352')
  const three = await make('three')
  assert.deepEqual(
    (await readChanges(api, old)).rows.map(({ id }) => id),
    [three],
  )
  for (let time = 0; time < 20; time++) await make(`later ${time}`)
  expectRefusal(await api.get(newer), 410, '0x80044352')
  expectStatus(await api.get((await openReader(api)).link), 200)
})

async function hasReplayed(standby: string, lsn: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await wait(50)) {
    const { rows } = await runOn(standby, `select pg_last_wal_replay_lsn() >= '${lsn}' as there`)
    if (rows[0]?.there) return
    assert.ok(Date.now() < deadline, 'the standby does not follow')
  }
}
