/**
 * For tests of what every engine has to do: how an engine gives a test a database of its own. SQLite's, a file in memory, is here;
 * PostgreSQL's is `test/support/postgres/test-engine.ts`. The suites that run on both are in `test/contract`.
 */
import { Guid } from '../base/guid.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { Transaction } from './sql/connection.ts'
import { migrationSql } from './sql/define-table.ts'
import { sql } from './sql/sql.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import { type Connection, openConnection } from './sqlite/driver.ts'
import { registerFunctions } from './sqlite/functions.ts'
import { first } from './sqlite/migrations/0001-first.ts'
import { sqlitePositions } from './sqlite/position.ts'

export type TestEngine = {
  readonly name: 'sqlite' | 'postgres'
  /** An open transaction in a database that holds the schema's tables and what `fill` wrote, and nothing else. It is of no use after the next call. */
  readonly begin: <T>(schema: Schema, fill: (tx: Transaction) => Promise<T>) => Promise<{ readonly tx: Transaction; readonly filled: T }>
  /** The schema's tables, empty and without references, in which each piece of work is committed. Of no use after the next call. */
  readonly openTables: (schema: Schema) => Promise<TestTables>
  readonly close: () => Promise<void>
}

export type TestTables = {
  /** For reads between pieces of work. */
  readonly tx: Transaction
  readonly commit: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>
  /** All that is committed so far was so by this time. */
  readonly noteTime: (at: string) => Promise<void>
  /** The tombstones of a table are gone, as far as there are any. */
  readonly notePurge: (table: Table) => Promise<void>
  /** As a restart does it: from here on it is another opening of the database. */
  readonly openAgain: () => Promise<void>
}

/** The tables' own audits, and one job for all. */
function transactionOn(connection: Connection, nextVersion: Transaction['nextVersion']): Transaction {
  let audits = false
  const jobId = Guid.fromName('the one job of a test')
  return {
    dialect: sqliteDialect,
    positions: sqlitePositions,
    pages: connection.pages,
    get: connection.get,
    all: connection.all,
    run: connection.run,
    nextVersion,
    securityChanged: () => {},
    audits: () => audits,
    setAudits: (isOn) => {
      audits = isOn
    },
    jobId: () => jobId,
    savepoint: (work) => work(),
  }
}

function openFile(schema: Schema): Connection {
  const connection = openConnection(':memory:', { readOnly: false })
  registerFunctions(connection.database)
  connection.execute(first.text)
  for (const table of schema.tables.values()) {
    for (const statement of migrationSql({ kind: 'create-table', table }, schema, sqliteDialect, new Set())) connection.run(statement)
  }
  return connection
}

/** The connection as well, for tests of SQLite alone. */
export function openSqliteTables(schema: Schema): TestTables & { readonly connection: Connection; readonly version: () => bigint } {
  const connection = openFile(schema)
  connection.execute(`pragma foreign_keys = off; insert into tidemark_incarnation (id, start) values ('incarnation-1', 0)`)
  let version = 1000n
  const tx = transactionOn(connection, () => sql`${++version}`)
  return {
    connection,
    version: () => version,
    tx,
    commit: async (work) => {
      const result = await work(tx)
      connection.run(sql`update tidemark_counter set version = ${version}`)
      return result
    },
    noteTime: async (at) => {
      connection.run(sql`insert into tidemark_clock values (${version}, ${at})`)
    },
    notePurge: async ({ logicalName }) => {
      connection.run(sql`insert into tidemark_purged values (${logicalName}, ${version})`)
    },
    openAgain: async () => {
      connection.run(sql`insert into tidemark_incarnation (id, start) select ${Guid.next()}, version from tidemark_counter`)
    },
  }
}

let last: Connection | undefined

/** A test is done with its database when the next asks for one. */
function instead(connection: Connection): Connection {
  last?.close()
  last = connection
  return connection
}

/** Deferred references: the first rows name each other. */
export const sqliteEngine: TestEngine = {
  name: 'sqlite',
  begin: async (schema, fill) => {
    const connection = instead(openFile(schema))
    let version = 100n
    const tx = transactionOn(connection, () => sql`${++version}`)
    connection.execute('begin; pragma defer_foreign_keys = on')
    const filled = await fill(tx)
    connection.execute('commit')
    return { tx, filled }
  },
  openTables: async (schema) => {
    const tables = openSqliteTables(schema)
    instead(tables.connection)
    return tables
  },
  close: async () => {},
}
