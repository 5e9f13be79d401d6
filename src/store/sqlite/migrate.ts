/**
 * Brings Tidemark's own tables to the newest form: numbered migrations, each in its own transaction, each done once.
 * A file that a newer Tidemark has written is refused: it may hold what this one would not keep right.
 */
import { sql } from '../sql/sql.ts'
import type { Connection } from './driver.ts'
import { first } from './migrations/0001-first.ts'
import { outbox } from './migrations/0002-outbox.ts'
import { clientSecrets } from './migrations/0003-client-secrets.ts'
import { shortNames } from './migrations/0004-short-names.ts'

export type Migration = {
  readonly number: number
  readonly name: string
  /** Statements separated by semicolons. */
  readonly text: string
  /** What hangs on what is in the file. */
  readonly run?: (connection: Connection) => void
}

/** Ascending, without gaps. A released one is never changed. */
const MIGRATIONS: readonly Migration[] = [first, outbox, clientSecrets, shortNames]

export function migrate(connection: Connection, migrations: readonly Migration[] = MIGRATIONS): void {
  const done = lastDone(connection)
  const newest = migrations.at(-1)?.number ?? 0
  if (done > newest) {
    throw new Error(
      `This database was written by a newer version of Tidemark (its tables have version ${done}, this program knows ${newest}). Use the newer program.`,
    )
  }
  for (const migration of migrations) {
    if (migration.number > done) apply(connection, migration)
  }
}

function lastDone(connection: Connection): number {
  if (!connection.get(sql`select 1 from sqlite_schema where name = 'tidemark_migration'`)) return 0
  return Number(connection.get(sql`select max(number) as number from tidemark_migration`)?.number ?? 0)
}

function apply(connection: Connection, { number, name, text, run }: Migration): void {
  connection.execute('begin immediate')
  try {
    connection.execute('create table if not exists tidemark_migration (number integer primary key, name text not null, at text not null)')
    connection.execute(text)
    run?.(connection)
    connection.run(sql`insert into tidemark_migration values (${number}, ${name}, strftime('%Y-%m-%dT%H:%M:%SZ'))`)
    connection.execute('commit')
  } catch (error) {
    if (connection.isInTransaction()) connection.execute('rollback')
    throw error
  }
}
