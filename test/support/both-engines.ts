/**
 * One expression on both engines: `same(column, values, (dialect, stored) => dialect.jsonOf(column, stored))` stores the values in a column of
 * each, asks what the expression gives of each row, and says what SQLite answers; another answer of PostgreSQL is an error.
 */
import assert from 'node:assert/strict'
import pg from 'pg'
import type { Value } from '../../src/plan/value.ts'
import type { Column } from '../../src/schema/column.ts'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { installFunctions } from '../../src/store/postgres/functions.ts'
import { openSession, type Session } from '../../src/store/postgres/session.ts'
import type { SqlRow } from '../../src/store/sql/connection.ts'
import type { Dialect } from '../../src/store/sql/dialect.ts'
import { join, nothing, type Sql, type SqlValue, sql, verbatim } from '../../src/store/sql/sql.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { openConnection } from '../../src/store/sqlite/driver.ts'
import { registerFunctions } from '../../src/store/sqlite/functions.ts'
import { freshDatabase, type TestDatabase } from './postgres/test-database.ts'

type Expression = (dialect: Dialect, stored: Sql) => Sql
/** `rows`: what follows `from r`, of rows `(i, v)`; by default all in their order, whose answers come one a row. */
type Rows = (dialect: Dialect, stored: Sql) => Sql

export type BothEngines = {
  readonly same: (column: Column, values: readonly Value[], expression: Expression, rows?: Rows) => Promise<readonly SqlValue[]>
  readonly postgres: Session
  readonly close: () => Promise<void>
}

type Engine = { readonly dialect: Dialect; readonly all: (statement: Sql) => SqlRow[] | Promise<SqlRow[]> }

let tables = 0
/** Rows of one insert: SQLite binds 32,766 values. */
const CHUNK = 5000

export async function openBothEngines(given?: TestDatabase): Promise<BothEngines> {
  const connection = openConnection(':memory:', { readOnly: false })
  registerFunctions(connection.database)
  const database = given ?? (await freshDatabase())
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const postgres = openSession(client, { answerBytes: 1e9 })
  await installFunctions(postgres.execute).catch(async (error: unknown) => {
    await client.end()
    throw error
  })
  const engines: readonly Engine[] = [
    { dialect: sqliteDialect, all: connection.all },
    { dialect: postgresDialect, all: postgres.all },
  ]

  async function same(column: Column, values: readonly Value[], expression: Expression, rows: Rows = () => sql`order by i`): Promise<readonly SqlValue[]> {
    const [expected, actual] = await Promise.all(engines.map((engine) => askOne(engine, column, values, expression, rows)))
    assert.ok(expected && actual)
    const index = expected.findIndex((value, at) => value !== actual[at])
    const shown = (answers: readonly SqlValue[]) => ({ index, of: values[index], answer: answers[index] })
    if (index >= 0) assert.deepEqual(shown(actual), shown(expected), 'PostgreSQL answers otherwise than SQLite')
    assert.equal(actual.length, expected.length)
    return expected
  }

  async function close(): Promise<void> {
    connection.close()
    await client.end()
    await database.drop()
  }
  return { same, postgres, close }
}

async function askOne({ dialect, all }: Engine, column: Column, values: readonly Value[], expression: Expression, rows: Rows): Promise<readonly SqlValue[]> {
  const stored = sql`r.v`
  // Another each time: a prepared statement keeps the types of what it was made for.
  const table = verbatim(`r${++tables}`)
  await all(sql`create temp table ${table} (i ${verbatim(dialect.engine === 'sqlite' ? 'integer' : 'bigint')}, v ${verbatim(dialect.columnType(column))})`)
  for (let from = 0; from < values.length; from += CHUNK) {
    const part = values.slice(from, from + CHUNK).map((value, index) => sql`(${from + index}, ${dialect.encode(column, value)})`)
    await all(sql`insert into ${table} (i, v) values ${join(part)}`)
  }
  const found = await all(sql`select ${expression(dialect, stored)} as result from ${table} as r ${rows(dialect, stored)}`)
  return found.map(({ result }) => result ?? null)
}

/** For aggregates: one answer of all rows. */
export const together = (): Sql => nothing
