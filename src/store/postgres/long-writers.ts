/**
 * Transactions that have written and stay open, in any database of the cluster. They hold up no reader's delta (C4), but their own change comes
 * late, and every token names them until they end.
 */
import { sql } from '../sql/sql.ts'
import type { Session } from './session.ts'

export type LongWriter = {
  readonly pid: number
  readonly database: string
  readonly application: string
  readonly user: string
  readonly seconds: number
  /** When it began, as the database tells it. */
  readonly since: string
  /** What it did last, cut off at 200 characters. */
  readonly query: string
}

/** The oldest first. */
export async function findLongWriters(session: Session, seconds: number): Promise<readonly LongWriter[]> {
  const rows = await session.all(sql`
    select pid, datname::text as database, application_name as application, usename::text as user, left(query, 200) as query, xact_start::text as since,
      extract(epoch from clock_timestamp() - xact_start)::float8 as seconds
    from pg_stat_activity where backend_xid is not null and xact_start < clock_timestamp() - make_interval(secs => ${seconds})
    order by xact_start limit 20`)
  return rows.map(({ pid, database, application, user, seconds: age, since, query }) => ({
    pid: Number(pid),
    database: String(database),
    application: String(application),
    user: String(user),
    seconds: Math.round(Number(age)),
    since: String(since),
    query: String(query),
  }))
}
