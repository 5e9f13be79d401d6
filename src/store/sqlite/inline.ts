/** A read-only connection in the calling thread, for reads of one row by its id or key: 10 µs, where a reader process costs 100 for the way. */
import type { Page, PageQuery, Readable, SqlRow } from '../sql/connection.ts'
import type { Sql } from '../sql/sql.ts'
import type { Schema } from '../../schema/schema.ts'
import { loadSchema } from './definitions.ts'
import { sqliteDialect } from './dialect.ts'
import { openForReading } from './open.ts'

/** A `Readable`. */
export type InlineReader = {
  readonly dialect: Readable['dialect']
  readonly pages: (queries: readonly PageQuery[]) => Page[]
  readonly all: (statement: Sql) => SqlRow[]
  /** As the file has it now. */
  readonly loadSchema: () => Schema
  readonly close: () => void
}

export function openInlineReader(path: string): InlineReader {
  const connection = openForReading(path)
  return { dialect: sqliteDialect, pages: connection.pages, all: connection.all, loadSchema: () => loadSchema(connection), close: connection.close }
}
