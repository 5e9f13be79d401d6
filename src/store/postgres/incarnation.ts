/**
 * Which running database this is (C6). The database keeps a list of its incarnations; a server that connects takes the newest where it still is what
 * runs, or appends one. A restart, a promoted standby and `pg_upgrade` go on in the same line of transaction ids and make tokens no worse; a
 * backup from earlier begins before tokens that are beyond its start, and refuses them.
 *
 * A dump that was restored has transaction ids of another database in its rows. It is known by the one row whose writer is not who wrote it: then
 * all rows are stamped anew and all earlier tokens refused.
 */
import { randomUUID } from 'node:crypto'
import type { Schema } from '../../schema/schema.ts'
import { join, name, sql } from '../sql/sql.ts'
import { INCARNATION_LOCK } from './locks.ts'
import type { Session } from './session.ts'
import { XID_COLUMN } from './xid-column.ts'

const NOW = sql`select (select system_identifier from pg_control_system())::text as system, current_database()::text || '/' ||
  (select oid from pg_database where datname = current_database())::text as database, left(pg_walfile_name(pg_current_wal_lsn()), 8) as timeline,
  extract(epoch from pg_postmaster_start_time())::text as started`

/** The same for as long as it runs. Throws on a standby. */
export async function runningNow(session: Session): Promise<string> {
  return JSON.stringify(await session.get(NOW))
}

export type IncarnationFound = 'known' | 'new' | 'restored'

/** `session` is in no transaction; `schema` is the database's. */
export async function enterIncarnation(session: Session, schema: Schema): Promise<{ readonly found: IncarnationFound; readonly running: string }> {
  await session.execute(`begin; select pg_advisory_xact_lock(${INCARNATION_LOCK})`)
  try {
    const found = (await isRestored(session, schema)) ? await restamp(session, schema) : await recognize(session, schema)
    const running = await runningNow(session)
    await session.execute('commit')
    return { found, running }
  } catch (error) {
    await session.execute('rollback').catch(() => {})
    throw error
  }
}

async function recognize(session: Session, schema: Schema): Promise<IncarnationFound> {
  const running = await session.get(NOW)
  const newest = await session.get(sql`select system, database, timeline, started from tidemark_incarnation order by number desc limit 1`)
  if (newest && running && ['system', 'database', 'timeline', 'started'].every((column) => newest[column] === running[column])) return 'known'
  await append(session, schema)
  return 'new'
}

/** A dump's rows are written by the transaction that restores them. Ids are small in a new cluster: one row could come upon its own by chance. */
async function isRestored(session: Session, schema: Schema): Promise<boolean> {
  const isOwn = sql`(writer::text::numeric % 4294967296)::text = xmin::text`
  const row = await session.get(sql`select (select ${isOwn} from tidemark_identity) as identity, (select ${isOwn} from tidemark_guard) as guard,
    cast(${String(await lastKnown(session, schema))} as xid8) < pg_snapshot_xmax(pg_current_snapshot()) as past`)
  return row?.identity !== 1 || row?.guard !== 1 || row?.past !== 1
}

async function restamp(session: Session, schema: Schema): Promise<IncarnationFound> {
  for (const { logicalName } of schema.tables.values()) await session.run(sql`update ${name(logicalName)} set ${name(XID_COLUMN)} = pg_current_xact_id()`)
  await session.run(sql`update tidemark_tombstone set ${name(XID_COLUMN)} = pg_current_xact_id()`)
  // What they say is of another line of ids.
  for (const table of ['tidemark_clock', 'tidemark_purged', 'tidemark_incarnation', 'tidemark_move', 'tidemark_moved_incarnation', 'tidemark_moved_clock'])
    await session.run(sql`delete from ${name(table)}`)
  for (const table of ['tidemark_identity', 'tidemark_guard']) await session.run(sql`update ${name(table)} set writer = pg_current_xact_id()`)
  await append(session, schema)
  return 'restored'
}

async function append(session: Session, schema: Schema): Promise<void> {
  const start = (await lastKnown(session, schema)) + 1n
  await session.run(sql`insert into tidemark_incarnation (id, start, system, database, timeline, started)
    select ${randomUUID()}, cast(${String(start)} as xid8), system, database, timeline, started from (${NOW}) as running`)
}

/**
 * The last transaction of Tidemark's that this database holds. A token leaves the server when one at or above what it has seen is kept
 * (durable-position.ts): where that one is missing, so is what the token has seen. What others have done in the cluster since says nothing.
 */
async function lastKnown(session: Session, schema: Schema): Promise<bigint> {
  const written = (table: string, column: string) => sql`(select ${name(column)} as xid from ${name(table)} order by ${name(column)} desc limit 1)`
  const own = [
    written('tidemark_guard', 'writer'),
    written('tidemark_clock', 'xid'),
    written('tidemark_purged', 'xid'),
    written('tidemark_tombstone', XID_COLUMN),
  ]
  const tables = [...schema.tables.keys()].map((table) => written(table, XID_COLUMN))
  const row = await session.get(sql`select xid from (${join([...own, ...tables], ' union all ')}) as known order by xid desc limit 1`)
  return BigInt(String(row?.xid))
}
