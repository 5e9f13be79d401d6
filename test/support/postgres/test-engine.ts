/**
 * PostgreSQL as the contract suites have it: one database for each schema and way of use, on one connection. What a test wrote in its open
 * transaction is undone, what it committed is truncated, before the next gets the database.
 */
import pg from 'pg'
import type { Schema } from '../../../src/schema/schema.ts'
import { enterIncarnation } from '../../../src/store/postgres/incarnation.ts'
import { installFunctions } from '../../../src/store/postgres/functions.ts'
import { migrate } from '../../../src/store/postgres/migrate.ts'
import { openSession, type Session } from '../../../src/store/postgres/session.ts'
import { postgresDialect } from '../../../src/store/postgres/dialect.ts'
import { writeTransaction } from '../../../src/store/postgres/write-transaction.ts'
import { migrationSql, referencesSql } from '../../../src/store/sql/define-table.ts'
import { join, name, sql } from '../../../src/store/sql/sql.ts'
import type { Transaction } from '../../../src/store/sql/connection.ts'
import type { TestEngine, TestTables } from '../../../src/store/test-engine.ts'
import { freshDatabase } from './test-database.ts'

type Opened = { readonly session: Session; readonly filled: unknown; readonly end: () => Promise<void> }
type Fill = (tx: Transaction) => Promise<unknown>

export function openPostgresEngine(): TestEngine {
  const filled = new Map<Schema, Promise<Opened>>()
  const empty = new Map<Schema, Promise<Opened>>()

  async function begin<T>(schema: Schema, fill: (tx: Transaction) => Promise<T>) {
    const opened = filled.get(schema) ?? makeDatabase(schema, fill)
    filled.set(schema, opened)
    const { session, filled: result } = await opened
    await session.execute('rollback')
    await session.execute('begin')
    return { tx: transactionOn(session, schema), filled: result as T }
  }
  async function openTables(schema: Schema): Promise<TestTables> {
    const opened = empty.get(schema) ?? makeDatabase(schema)
    empty.set(schema, opened)
    const { session } = await opened
    await clear(session, schema)
    return tablesOn(session, schema)
  }
  async function close(): Promise<void> {
    for (const opened of [...filled.values(), ...empty.values()]) await (await opened).end()
  }
  return { name: 'postgres', begin, openTables, close }
}

/** Without a `fill`, without references too. */
async function makeDatabase(schema: Schema, fill?: Fill): Promise<Opened> {
  const database = await freshDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const session = openSession(client, { answerBytes: 1e9 })
  const end = async () => {
    await client.end()
    await database.drop()
  }
  try {
    await migrate(session)
    await installFunctions(session.execute)
    await session.execute('begin')
    const steps = [...schema.tables.values()].map((table) => ({ kind: 'create-table', table }) as const)
    for (const step of steps) for (const statement of migrationSql(step, schema, postgresDialect, new Set())) await session.run(statement)
    if (fill) for (const step of steps) for (const statement of referencesSql(step, schema, postgresDialect)) await session.run(statement)
    await session.execute('set constraints all deferred')
    const result = await fill?.(transactionOn(session, schema))
    await session.execute('commit')
    await enterIncarnation(session, schema)
    return { session, filled: result, end }
  } catch (error) {
    await end()
    throw error
  }
}

/** Nobody else is in the database. */
function transactionOn(session: Session, schema: Schema): Transaction {
  return writeTransaction(session, { schema, security: 0, audits: false, failure: undefined, hasStamped: false }, true)
}

async function clear(session: Session, schema: Schema): Promise<void> {
  const own = ['tidemark_tombstone', 'tidemark_clock', 'tidemark_purged', 'tidemark_incarnation']
  await session.run(sql`truncate ${join([...schema.tables.keys(), ...own].map(name))}`)
  // As on SQLite, so that a test may know the versions of its rows.
  await session.run(sql`select setval('tidemark_version', 1000)`)
  await enterIncarnation(session, schema)
}

function tablesOn(session: Session, schema: Schema): TestTables {
  async function commit<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    await session.execute('begin')
    try {
      const result = await work(transactionOn(session, schema))
      await session.execute('commit')
      return result
    } catch (error) {
      await session.execute('rollback')
      throw error
    }
  }
  return {
    tx: transactionOn(session, schema),
    commit,
    noteTime: async (at) => {
      await session.run(sql`insert into tidemark_clock (xid, at) values (pg_current_xact_id(), ${at})`)
    },
    notePurge: async ({ logicalName }) => {
      await session.run(sql`insert into tidemark_purged ("table", xid) values (${logicalName}, pg_current_xact_id())`)
    },
    openAgain: async () => {
      await session.run(sql`update tidemark_incarnation set started = '' where number = (select max(number) from tidemark_incarnation)`)
      await enterIncarnation(session, schema)
    },
  }
}
