/** A read-only connection in the calling thread, for reads of one row by its id or key: 10 µs, where a reader process costs 100 for the way. */
import type { Readable } from '../sql/connection.ts'
import type { Schema } from '../../schema/schema.ts'
import { loadSchema } from './definitions.ts'
import { sqliteDialect } from './dialect.ts'
import { openForReading } from './open.ts'

export type InlineReader = Readable & {
  readonly pages: (queries: Parameters<Readable['pages']>[0]) => Exclude<ReturnType<Readable['pages']>, Promise<unknown>>
  /** As the file has it now. */
  readonly loadSchema: () => Schema
  readonly close: () => void
}

export function openInlineReader(path: string): InlineReader {
  const connection = openForReading(path)
  return { dialect: sqliteDialect, pages: connection.pages, loadSchema: () => loadSchema(connection), close: connection.close }
}
