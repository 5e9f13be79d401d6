/** A row that a query by names speaks of: its own, or one that a link joins under an alias. Names of columns are looked up in it. */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { FetchEntity } from '../protocol/fetch-query.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { ColumnPath } from './bound-filter.ts'
import { findColumn } from './find-column.ts'

export type FetchRow = {
  /** As paths name it; undefined: the row that the query, or the part of it, is about. */
  readonly from: string | undefined
  /** As the client calls it. */
  readonly alias: string | undefined
  readonly entity: FetchEntity
  readonly table: Table
}

/** A table that a query names. */
export function tableNamed(name: string, schema: Schema): Table {
  const table = schema.tables.get(name)
  if (!table) throw fail('FetchTableNotFound', excerpt(name))
  return table
}

export function pathOf(row: FetchRow, name: string): ColumnPath {
  // `_primarycontactid_value` is a name of the Web API alone.
  const column = name.startsWith('_') ? undefined : findColumn(row.table, name)
  if (!column) throw fail('FetchColumnNotFound', row.table.logicalName, excerpt(name))
  return { from: row.from, steps: [], table: row.table, column }
}
