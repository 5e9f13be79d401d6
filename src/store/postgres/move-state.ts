/**
 * That an organization is being moved into this database, or was. The mark stands before the first row comes, in a transaction of its own: whatever
 * becomes of the move, no server takes the database for an empty one, nor a part for the whole.
 */
import { formatInstant } from '../../base/date-time.ts'
import { systemClock } from '../../base/clock.ts'
import { sql } from '../sql/sql.ts'
import { MOVE_LOCK, SCHEMA_LOCK } from './locks.ts'
import type { Session } from './session.ts'

/** For a server that starts. */
export async function refuseUnfinishedMove(session: Pick<Session, 'get'>): Promise<void> {
  const begun = await session.get(sql`select source, at from tidemark_move where xid is null`)
  if (!begun) return
  throw new Error(
    `An organization is being moved into this database from ${begun.source} since ${begun.at}, or the move was broken off. Wait for its end, or begin it again: tidemark move --help.`,
  )
}

/** Marks an empty database. The lock is the connection's, until it ends. */
export async function beginMove(session: Session, source: string): Promise<void> {
  const locked = await session.get(sql`select pg_try_advisory_lock(${MOVE_LOCK}) as mine`)
  if (locked?.mine !== 1) throw new Error('another move into this database is under way')
  await session.execute('begin')
  await lockEmpty(session)
  const at = formatInstant(systemClock.now())
  await session.run(sql`insert into tidemark_move (one, source, at) values (1, ${source}, ${at})
    on conflict (one) do update set source = excluded.source, at = excluded.at`)
  await session.execute('commit')
}

/** Nobody else edits the schema until the end of the transaction; and nobody has. */
export async function lockEmpty(session: Session): Promise<void> {
  await session.execute(`select pg_advisory_xact_lock(${SCHEMA_LOCK})`)
  const moved = await session.get(sql`select source, at from tidemark_move where xid is not null`)
  if (moved) throw new Error(`the database holds an organization already: it was moved from ${moved.source} at ${moved.at}`)
  const schema = await session.get(sql`select version from tidemark_schema`)
  if (schema?.version !== 0) throw new Error('the database holds an organization already: move into an empty one')
}

/** In the transaction that has written everything. `version`: the source's last. */
export async function finishMove(session: Session, version: bigint): Promise<void> {
  const at = formatInstant(systemClock.now())
  await session.run(sql`update tidemark_move set xid = pg_current_xact_id(), version = ${version}, at = ${at}`)
  await session.run(sql`insert into tidemark_clock (xid, at) values (pg_current_xact_id(), ${at})`)
  // Versions go on above it. A sequence knows no rollback, and needs none here.
  await session.run(sql`select setval('tidemark_version', greatest(${version}, 1), ${version} > 0)`)
}
