/**
 * Where a database stands in its own history, as each engine knows it: a version on SQLite, a snapshot on PostgreSQL. Opaque everywhere
 * else: nothing above the store compares positions, or takes the versions of different rows to be in the order of commits.
 */
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { Page, PageQuery } from './sql/connection.ts'
import type { Sql, SqlValue } from './sql/sql.ts'

/** `version` stands at the head of a token, for people: it says nothing about what is in an answer. */
export type Position = { readonly version: bigint }

/** What is asked for: all that was written after `from`; on later pages not what came after `until`, nor what stands at `after` or before. */
export type Span<P extends Position = Position> = { readonly from: P; readonly until?: P | undefined; readonly after?: string | undefined }

/** An engine's way; its own positions are the only ones it is given. */
export type Positions<P extends Position = Position> = {
  /** The store's part of a token, letters, digits and `.~-` alone; refuses what is not of this engine and table. */
  parse(storePart: string, table: Table): P
  format(table: Table, position: P): string
  /** Where the database stands, and what it knows of `from`. To be read in the same snapshot as the rows (C3). */
  query(table: Table, from: P | undefined, schema: Schema): PageQuery
  /** The database's own position. */
  current(page: Page | undefined): P
  /** C6, and expiry. `page` answers `query` for this `from`. */
  check(page: Page | undefined, from: P, now: string): void
  /** Conditions on rows (or tombstones) of `alias`, whose versions stand in `version`. Each goes along an index, together they meet every change once. */
  changed(alias: string, version: string, span: Span<P>): readonly Sql[]
  /** What orders changes; an index has them in this order. */
  order(alias: string, version: string): readonly Sql[]
  /** Where a page ended, from the values of `order`: digits, and points between. */
  place(values: readonly SqlValue[]): string
}
