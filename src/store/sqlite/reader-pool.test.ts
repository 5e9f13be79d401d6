import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonText } from '../../plan/outcome.ts'
import { textOf as textOfJson } from '../json-page.ts'
import type { PageQuery } from '../sql/connection.ts'
import { sql } from '../sql/sql.ts'
import { openReaderPool, type ReaderPoolOptions } from './reader-pool.ts'
import { insertPart, openParts, runOne, tempFolder } from './test-database.ts'

const endless = sql`with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r`
const count = sql`select count(*) from part`
const textOf = (json: JsonText = '') => textOfJson(json)

async function openPool(t: TestContext, options: Partial<ReaderPoolOptions> = {}) {
  const path = join(
    tempFolder(t, () => close()),
    'a.db',
  )
  const writer = await openParts(path)
  const pool = openReaderPool(path, { size: 2, timeLimitMs: 10_000, ...options })
  const close = async () => {
    await pool.close()
    writer.close()
  }
  return { pool, writer, path }
}

test('a reader answers with bytes, order values and what was committed', async (t) => {
  const { pool, writer } = await openPool(t)
  assert.equal(textOf((await pool.pages([{ sql: count, limit: 1 }]))[0]?.json), '0')
  await writer.runGroup([(tx) => insertPart(tx, 'été', null), (tx) => insertPart(tx, 'b', null)])
  const [page, counted] = await pool.pages([
    { sql: sql`select json_quote(name), versionnumber, 9007199254740993 from part where name <> ${'x'} order by versionnumber`, limit: 1 },
    { sql: count, limit: 1 },
  ])
  assert.ok(page?.json[0] instanceof Uint8Array)
  assert.deepEqual([textOf(page.json), page.more, page.last], ['"été"', true, [1, 9007199254740993n]])
  assert.equal(textOf(counted?.json), '2')
})

test('a runaway query is stopped at its limit while others are answered', async (t) => {
  const { pool } = await openPool(t, { timeLimitMs: 3000 })
  let isStopped = false
  const runaway = assert.rejects(pool.pages([{ sql: endless, limit: 1 }]), { name: 'QueryTimedOut' }).then(() => {
    isStopped = true
  })
  for (let n = 0; n < 20; n++) {
    const [page] = await pool.pages([{ sql: count, limit: 1 }])
    assert.equal(textOf(page?.json), '0')
  }
  assert.ok(!isStopped, 'they did not wait for it')
  await runaway
  assert.equal(textOf((await pool.pages([{ sql: count, limit: 1 }]))[0]?.json), '0')
})

test('with every reader on a runaway, those who wait are served by the next', async (t) => {
  const { pool } = await openPool(t, { size: 1, timeLimitMs: 500 })
  const runaway = assert.rejects(pool.pages([{ sql: endless, limit: 1 }]), { name: 'QueryTimedOut' })
  const [page] = await pool.pages([{ sql: count, limit: 1 }])
  assert.equal(textOf(page?.json), '0')
  await runaway
})

test('with more runaways than readers, short reads get through meanwhile', async (t) => {
  const { pool, writer } = await openPool(t, { size: 1, timeLimitMs: 5000 })
  await writer.runGroup([(tx) => insertPart(tx, 'a', null)])
  let stopped = 0
  const runaways = Array.from({ length: 2 }, () =>
    assert.rejects(pool.pages([{ sql: endless, limit: 1 }]), { name: 'QueryTimedOut' }).then(() => {
      stopped++
    }),
  )
  for (let n = 0; n < 5; n++) assert.equal(textOf((await pool.pages([{ sql: count, limit: 1 }]))[0]?.json), '1')
  assert.equal(stopped, 0, 'they waited for a runaway')
  assert.equal(pool.readers(), 1)
  await Promise.all(runaways)
})

test('a full queue refuses, and does not grow', async (t) => {
  const { pool } = await openPool(t, { size: 1, timeLimitMs: 500, maxWaiting: 2 })
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => pool.pages([{ sql: endless, limit: 1 }])))
  const names = all.map((one) => (one.status === 'rejected' ? one.reason.name : ''))
  assert.deepEqual(names.toSorted(), ['QueryTimedOut', 'QueryTimedOut', 'QueryTimedOut', 'Unavailable', 'Unavailable'])
})

test('a client that goes away gives its reader back', async (t) => {
  const { pool } = await openPool(t, { size: 1, timeLimitMs: 60_000 })
  const gone = new AbortController()
  const abandoned = assert.rejects(pool.pages([{ sql: endless, limit: 1 }], gone.signal), { name: 'AbortError' })
  const next = pool.pages([{ sql: count, limit: 1 }])
  gone.abort()
  await abandoned
  assert.equal(textOf((await next)[0]?.json), '0')
})

test('a query that fails says so, and its reader goes on', async (t) => {
  const { pool } = await openPool(t, { size: 1 })
  await assert.rejects(pool.pages([{ sql: sql`select 1 from nowhere`, limit: 1 }]), /no such table/)
  assert.equal(textOf((await pool.pages([{ sql: count, limit: 1 }]))[0]?.json), '0')
  assert.equal(pool.readers(), 1)
})

test('readers do not write', async (t) => {
  const { pool } = await openPool(t)
  await assert.rejects(pool.pages([{ sql: sql`insert into part (partid, versionnumber) values ('x', 1) returning '1'`, limit: 1 }]), /readonly/)
})

const childrenOf = (pid: number): number[] => {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid=']).toString().trim().split('\n')
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([parent]) => parent === pid)
    .map(([, child]) => child ?? 0)
}

test('a read whose process is killed from outside is read by another', async (t) => {
  const { pool } = await openPool(t, { size: 1 })
  const before = new Set(childrenOf(process.pid))
  await pool.pages([{ sql: count, limit: 1 }])
  const slow = sql`with recursive r(n) as (select 1 union all select n + 1 from r where n < 3000000) select count(*) from r`
  const answer = pool.pages([{ sql: slow, limit: 1 }])
  await sleep(50)
  const readers = childrenOf(process.pid).filter((pid) => before.has(pid))
  for (const pid of readers) process.kill(pid, 'SIGKILL')
  assert.equal(textOf((await answer)[0]?.json), '3000000')
})

test('an answer beyond its limit is refused, and the next one is read by the same process', async (t) => {
  const { pool } = await openPool(t, { size: 1, answerBytes: 100_000 })
  const rows = (count: number, length: number) =>
    sql`with recursive r(n) as (select 1 union all select n + 1 from r where n < ${count}) select printf('%' || ${length} || 'd', 1) from r`
  const length = async (query: PageQuery) => textOf((await pool.pages([query]))[0]?.json).length
  const refused = { name: 'AnswerTooLarge', message: /100000 bytes/ }
  assert.equal(await length({ sql: rows(1, 90_000), limit: 5 }), 90_000)
  const [reader] = childrenOf(process.pid)
  await assert.rejects(length({ sql: rows(1, 110_000), limit: 5 }), refused)
  for (const isWide of [false, true]) {
    await assert.rejects(length({ sql: rows(5000, 90_000), limit: 5000, isWide: true }), refused)
    await assert.rejects(length({ sql: rows(3, 40_000), limit: 3, isWide }), refused)
    assert.equal(await length({ sql: rows(3, 30_000), limit: 3, isWide }), 90_002)
  }
  await assert.rejects(pool.pages([rows(1, 60_000), rows(1, 60_000)].map((one) => ({ sql: one, limit: 1, isWide: true }))), refused)
  assert.ok(reader !== undefined && childrenOf(process.pid).includes(reader))
})

test('many reads at once share a few processes', async (t) => {
  const { pool, writer } = await openPool(t, { size: 3 })
  await runOne(writer, (tx) => insertPart(tx, 'one', null))
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => pool.pages([{ sql: sql`select json_array(${n}, name) from part`, limit: 1 }])))
  assert.deepEqual(
    answers.map(([page]) => textOf(page?.json)),
    answers.map((_, n) => `[${n},"one"]`),
  )
  assert.ok(pool.readers() <= 3)
})

test('close refuses what waits and ends the processes', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const writer = await openParts(path)
  const pool = openReaderPool(path, { size: 1, timeLimitMs: 1000 })
  const running = pool.pages([{ sql: count, limit: 1 }])
  const waiting = assert.rejects(pool.pages([{ sql: count, limit: 1 }]), { name: 'Unavailable' })
  await pool.close()
  assert.equal(textOf((await running)[0]?.json), '0')
  await waiting
  await assert.rejects(pool.pages([{ sql: count, limit: 1 }]), { name: 'Unavailable' })
  writer.close()
})
