/**
 * Deletes tombstones older than the organization's retention (`expirechangetrackingindays`, 7 days where it is null), and notes up to which
 * transaction a table's are gone: a token that has not seen it is refused, never answered as if it were good (C6).
 * In small jobs, so that writes come in between. A clock decides what is old, and nothing else (C8).
 */
import { formatInstant } from '../../base/date-time.ts'
import { DAY_MS, DEFAULT_RETENTION_DAYS, selectRetention } from '../retention.ts'
import { name, sql } from '../sql/sql.ts'
import type { RunJob, WriteTransaction } from '../write-lane.ts'
import { XID_COLUMN } from './xid-column.ts'

const BATCH = 1000
/** Longer than any retention (at most a year). */
const CLOCK_DAYS = 400
const XID = name(XID_COLUMN)

/** The number of tombstones that are gone. */
export async function purge(run: RunJob, now: Date): Promise<number> {
  const days = await run(async (tx) => Number((await tx.get(selectRetention(tx.schema())))?.days ?? DEFAULT_RETENTION_DAYS))
  const before = daysAgo(now, days)
  let purged = 0
  for (let table = await run((tx) => tableAfter(tx, '')); table !== undefined; ) {
    const current: string = table
    const count = await run((tx) => purgeBatch(tx, current, before))
    purged += count
    if (count < BATCH) table = await run((tx) => tableAfter(tx, current))
  }
  for (const clock of ['tidemark_clock', 'tidemark_moved_clock']) {
    await run(async (tx) => tx.run(sql`delete from ${name(clock)} where at < ${daysAgo(now, CLOCK_DAYS)}`))
  }
  await run((tx) => thinClock(tx, now))
  return purged
}

/** One step along the index for each table; `distinct` would walk through all tombstones. */
async function tableAfter(tx: WriteTransaction, table: string): Promise<string | undefined> {
  const row = await tx.get(sql`select "table" as name from tidemark_tombstone where "table" > ${table} order by "table" limit 1`)
  return row && String(row.name)
}

/** The oldest ones, up to the first that is not old: tombstones that stay cost nothing to find. */
async function purgeBatch(tx: WriteTransaction, table: string, before: string): Promise<number> {
  const oldest = await tx.all(
    sql`select id, ${XID} as xid, version, deletedon from tidemark_tombstone where "table" = ${table} order by ${XID}, version limit ${BATCH}`,
  )
  const kept = oldest.findIndex((row) => String(row.deletedon) >= before)
  const old = kept < 0 ? oldest : oldest.slice(0, kept)
  const last = old.at(-1)
  if (last === undefined) return 0
  const ids = JSON.stringify(old.map((row) => row.id))
  await tx.run(sql`delete from tidemark_tombstone where "table" = ${table} and id in (select jsonb_array_elements_text(cast(${ids} as jsonb)))`)
  await tx.run(sql`insert into tidemark_purged ("table", xid, version) values (${table}, cast(${String(last.xid)} as xid8), ${last.version ?? 0})
    on conflict ("table") do update set xid = excluded.xid, version = excluded.version
    where (excluded.xid, excluded.version) > (tidemark_purged.xid, tidemark_purged.version)`)
  return old.length
}

/** After a day one entry for ten minutes is enough: the 15 characters of `2024-05-01T10:0`. */
async function thinClock(tx: WriteTransaction, now: Date): Promise<number> {
  const old = sql`at < ${daysAgo(now, 1)}`
  const kept = sql`select distinct on (substr(at, 1, 15)) xid from tidemark_clock where ${old} order by substr(at, 1, 15), xid desc`
  return tx.run(sql`delete from tidemark_clock where ${old} and xid not in (${kept})`)
}

function daysAgo(now: Date, days: number): string {
  return formatInstant(new Date(now.getTime() - days * DAY_MS))
}
