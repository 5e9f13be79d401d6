/**
 * Deletes tombstones older than the organization's retention (`expirechangetrackingindays`, 7 days where it is null), and notes up to
 * which version a table's are gone: a token from before that is refused, never answered as if it were good (C6).
 * In small jobs, so that writes come in between. A clock decides what is old, and nothing else (C8).
 */
import { formatInstant } from '../../base/date-time.ts'
import { DAY_MS, DEFAULT_RETENTION_DAYS, selectRetention } from '../retention.ts'
import { sql } from '../sql/sql.ts'
import type { RunJob, WriteTransaction } from '../write-lane.ts'

// 5 ms of work.
const BATCH = 1000
/** Longer than any retention (at most a year). */
const CLOCK_DAYS = 400

/** The number of tombstones that are gone. */
export async function purge(run: RunJob, now: Date): Promise<number> {
  const days = await run(retentionDays)
  const before = daysAgo(now, days)
  let purged = 0
  for (let table = await run((tx) => tableAfter(tx, '')); table !== undefined; ) {
    const current: string = table
    const count = await run((tx) => purgeBatch(tx, current, before))
    purged += count
    if (count < BATCH) table = await run((tx) => tableAfter(tx, current))
  }
  await run((tx) => forgetClock(tx, now))
  while ((await run((tx) => thinClock(tx, now))) === BATCH);
  return purged
}

async function retentionDays(transaction: WriteTransaction): Promise<number> {
  const row = await transaction.get(selectRetention(transaction.schema()))
  return Number(row?.days ?? DEFAULT_RETENTION_DAYS)
}

/** One step along the primary key for each table; `distinct` would walk through all tombstones. */
async function tableAfter(transaction: WriteTransaction, table: string): Promise<string | undefined> {
  const row = await transaction.get(sql`select "table" as name from tidemark_tombstone where "table" > ${table} order by "table" limit 1`)
  return row && String(row.name)
}

/** The oldest ones, up to the first that is not old: what remains has no gap, and tombstones that stay cost nothing to find. */
async function purgeBatch(transaction: WriteTransaction, table: string, before: string): Promise<number> {
  const oldest = await transaction.all(sql`select version, deletedon from tidemark_tombstone where "table" = ${table} order by version limit ${BATCH}`)
  const kept = oldest.findIndex((row) => String(row.deletedon) >= before)
  const old = kept < 0 ? oldest : oldest.slice(0, kept)
  const version = old.at(-1)?.version
  if (version === undefined) return 0
  await transaction.run(sql`delete from tidemark_tombstone where "table" = ${table} and version <= ${version}`)
  await transaction.run(
    sql`insert into tidemark_purged ("table", version) values (${table}, ${version}) on conflict ("table") do update set version = max(version, excluded.version)`,
  )
  return old.length
}

async function forgetClock(transaction: WriteTransaction, now: Date): Promise<void> {
  await transaction.run(sql`delete from tidemark_clock where at < ${daysAgo(now, CLOCK_DAYS)}`)
}

/** After a day one entry for ten minutes is enough: the 15 characters of `2024-05-01T10:0`. */
async function thinClock(transaction: WriteTransaction, now: Date): Promise<number> {
  const old = sql`at < ${daysAgo(now, 1)}`
  const kept = sql`select max(version) from tidemark_clock where ${old} group by substr(at, 1, 15)`
  return transaction.run(
    sql`delete from tidemark_clock where version in (select version from tidemark_clock where ${old} and version not in (${kept}) limit ${BATCH})`,
  )
}

function daysAgo(now: Date, days: number): string {
  return formatInstant(new Date(now.getTime() - days * DAY_MS))
}
