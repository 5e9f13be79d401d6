/**
 * The SQLite file that an organization is moved from, opened as its writer: no server may hold it, what an older program wrote is brought to the newest
 * form, and the opening stands in its list of incarnations, so that what is written to the file afterwards is of another one.
 */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from '../../schema/schema.ts'
import { SELECT_SCHEMA, schemaOf } from '../definitions.ts'
import { name, type Sql, type SqlValue, sql } from '../sql/sql.ts'
import { openConnection } from '../sqlite/driver.ts'
import { openForWriting } from '../sqlite/open.ts'
import { columnsOf } from '../sqlite/write-transaction.ts'

export type Source = {
  readonly file: string
  readonly schema: Schema
  /** Of the last write. */
  readonly version: bigint
  /** One after the other, as they are asked for. */
  readonly rows: (statement: string) => Iterable<readonly SqlValue[]>
  readonly count: (table: string) => number
  readonly columns: (table: string) => ReadonlySet<string>
  readonly one: (statement: Sql) => { readonly [column: string]: SqlValue } | undefined
  readonly close: () => void
}

/** `path`: the file, or the data folder that it is in. Throws a plain error where there is nothing to move. */
export function openSource(path: string): Source {
  if (!existsSync(path)) throw new Error(`there is no file or folder ${path}`)
  const file = statSync(path).isDirectory() ? join(path, 'tidemark.db') : path
  if (!existsSync(file)) throw new Error(`there is no database ${file}`)
  if (!isOurs(file)) throw new Error(`${file} is no database of Tidemark's`)
  const connection = openForWriting(file, 'full')
  try {
    const schema = schemaOf(connection.all(SELECT_SCHEMA))
    if (schema.tables.size === 0) throw new Error(`the database ${file} holds no organization yet`)
    return {
      file,
      schema,
      version: connection.version,
      rows: (statement) => {
        const prepared = connection.database.prepare(statement)
        prepared.setReadBigInts(true)
        prepared.setReturnArrays(true)
        return prepared.iterate() as Iterable<unknown> as Iterable<readonly SqlValue[]>
      },
      count: (table) => Number(connection.get(sql`select count(*) as count from ${name(table)}`)?.count),
      columns: (table) => columnsOf(connection, table),
      one: connection.get,
      close: connection.close,
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Before anything is written to it. */
function isOurs(file: string): boolean {
  const connection = openConnection(file, { readOnly: true })
  try {
    return connection.get(sql`select 1 from sqlite_schema where name = 'tidemark_migration'`) !== undefined
  } catch {
    return false
  } finally {
    connection.close()
  }
}
