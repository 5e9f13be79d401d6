/** What is SQLite's own of purging; what every engine has to do is `test/contract/purge-contract.ts`. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatInstant } from '../../base/date-time.ts'
import { sql } from '../sql/sql.ts'
import { purge } from './purge.ts'
import { openParts, runOne, tempFolder } from './test-database.ts'
import type { Writer } from './writer.ts'

const now = new Date('2024-05-20T00:00:00Z')
const ago = (days: number) => formatInstant(new Date(now.getTime() - days * 86_400_000))

async function bury(writer: Writer, table: string, count: number, days: number): Promise<void> {
  await runOne(writer, async (tx) => {
    for (let n = 0; n < count; n++) {
      await tx.run(
        sql`insert into tidemark_tombstone ("table", id, version, deletedon) values (${table}, ${`${table} ${n}`}, ${tx.nextVersion()}, ${ago(days)})`,
      )
    }
  })
}

const rowsOf = (writer: Writer, table: 'tidemark_tombstone' | 'tidemark_purged' | 'tidemark_clock') =>
  runOne(writer, async (tx) => tx.all({ chunks: [`select * from ${table}`], values: [] }))

test('of tombstones that go it is noted up to which version', async (t) => {
  const writer = await openParts(join(tempFolder(t), 'a.db'))
  await bury(writer, 'account', 2500, 30)
  await bury(writer, 'account', 3, 6)
  await bury(writer, 'contact', 2, 8)
  await bury(writer, 'task', 4, 1)
  assert.equal(await purge((job) => runOne(writer, job), now), 2502)
  const left = await rowsOf(writer, 'tidemark_tombstone')
  assert.deepEqual(
    Object.fromEntries(
      Map.groupBy(left, (row) => row.table)
        .entries()
        .map(([table, rows]) => [table, rows.length]),
    ),
    { account: 3, task: 4 },
  )
  const purged = await rowsOf(writer, 'tidemark_purged')
  assert.deepEqual(
    purged.map((row) => [row.table, row.version]),
    [
      ['account', 2500],
      ['contact', 2505],
    ],
  )
  assert.equal(await purge((job) => runOne(writer, job), now), 0)
  writer.close()
})

test('the clock keeps ten minutes after a day and nothing after 400 days', async (t) => {
  const writer = await openParts(join(tempFolder(t), 'a.db'))
  await runOne(writer, async (tx) => {
    let version = 0
    for (const days of [500, 2]) {
      for (let second = 0; second < 3000; second++) await tx.run(sql`insert into tidemark_clock values (${++version}, ${ago(days - second / 86_400)})`)
    }
    await tx.run(sql`insert into tidemark_clock values (${++version}, ${ago(0.5)})`)
    await tx.run(sql`insert into tidemark_clock values (${++version}, ${ago(0.4999)})`)
  })
  await purge((job) => runOne(writer, job), now)
  const versions = (await rowsOf(writer, 'tidemark_clock')).map((row) => row.version)
  assert.deepEqual(versions, [3600, 4200, 4800, 5400, 6000, 6001, 6002])
  writer.close()
})
