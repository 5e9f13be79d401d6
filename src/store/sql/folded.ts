/**
 * Text columns as conditions and orders see them: folded, from the shadow column where there is one.
 * `"r"."name$fold"`, else `fold("r"."description")`, which costs a function call for each row it looks at.
 */
import type { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { perTable } from '../per-table.ts'
import type { Dialect } from './dialect.ts'
import { shadowedColumns } from './key-index.ts'
import { name, type Sql, sql, verbatim } from './sql.ts'
import { foldedColumn } from './storage-names.ts'

const shadowed = perTable((table) => new Set(shadowedColumns(table)))

/** Writes keep the folded text of this column: it is the primary name, or a string column of any key, whatever the key's status. */
export function hasFoldedColumn(table: Table, column: Column): boolean {
  return shadowed(table).has(column)
}

/**
 * The shadow of a key that is not active yet may still be empty in old rows: it is filled while the index is built. So a read
 * trusts only that of the primary name, which is as old as the table, and of active keys.
 */
const filled = perTable((table) => new Set(shadowedColumns({ ...table, keys: table.keys.filter((key) => key.status === 'Active') })))

export function hasFilledFold(table: Table, column: Column): boolean {
  return filled(table).has(column)
}

export function isText(column: Column): boolean {
  return column.type === 'string' || column.type === 'memo' || column.type === 'entityname'
}

/** `alias."column"`, or what stands for it in a comparison. */
export function comparable(table: Table, column: Column, alias: string, dialect: Dialect): Sql {
  if (!isText(column)) return columnOf(alias, column.logicalName)
  if (hasFilledFold(table, column)) return columnOf(alias, foldedColumn(column.logicalName))
  return dialect.fold(columnOf(alias, column.logicalName))
}

/** A column of the row that `alias`, a word of ours, stands for. */
export function columnOf(alias: string, column: string): Sql {
  return sql`${verbatim(alias)}.${name(column)}`
}
