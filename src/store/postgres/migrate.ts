/**
 * Brings Tidemark's own tables to the newest form: numbered migrations, each in its own transaction, each done once, whichever of the
 * servers that start at the same time comes first. A database that a newer Tidemark has written is refused: it may hold what this one would
 * not keep right.
 */
import { sql } from '../sql/sql.ts'
import { MIGRATION_LOCK } from './locks.ts'
import { first } from './migrations/0001-first.ts'
import { moved } from './migrations/0002-moved.ts'
import { signingKeys } from './migrations/0003-signing-keys.ts'
import type { Session } from './session.ts'

export type Migration = {
  readonly number: number
  readonly name: string
  /** Statements separated by semicolons. */
  readonly text: string
}

/** Ascending, without gaps. A released one is never changed. */
const MIGRATIONS: readonly Migration[] = [first, moved, signingKeys]

/** `session` is not in a transaction. */
export async function migrate(session: Session, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await session.execute(`select pg_advisory_lock(${MIGRATION_LOCK})`)
  try {
    await session.execute(
      'create table if not exists tidemark_migration (number bigint primary key, name text not null, at timestamptz not null default now())',
    )
    const done = Number((await session.get(sql`select max(number) as number from tidemark_migration`))?.number ?? 0)
    const newest = migrations.at(-1)?.number ?? 0
    if (done > newest) {
      throw new Error(
        `This database was written by a newer version of Tidemark (its tables have version ${done}, this program knows ${newest}). Use the newer program.`,
      )
    }
    for (const migration of migrations) if (migration.number > done) await apply(session, migration)
  } finally {
    await session.execute(`select pg_advisory_unlock(${MIGRATION_LOCK})`)
  }
}

async function apply(session: Session, { number, name, text }: Migration): Promise<void> {
  await session.execute('begin')
  try {
    await session.execute(text)
    await session.run(sql`insert into tidemark_migration (number, name) values (${number}, ${name})`)
    await session.execute('commit')
  } catch (error) {
    await session.execute('rollback')
    throw error
  }
}
