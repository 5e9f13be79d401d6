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

/**
 * Whether reads may take the shadow column for the text itself. The shadow of a key that is not active yet may still be empty in old
 * rows: it is filled while the index is built. So only that of the primary name, which is as old as the table, and of active keys.
 * (Writes keep every shadow there is: `shadowedColumns` in `key-index.ts`.)
 */
export function hasFoldedColumn(table: Table, column: Column): boolean {
  return folded(table).has(column)
}

const folded = perTable((table) => new Set(shadowedColumns({ ...table, keys: table.keys.filter((key) => key.status === 'Active') })))

export function isText(column: Column): boolean {
  return column.type === 'string' || column.type === 'memo' || column.type === 'entityname'
}

/** `alias."column"`, or what stands for it in a comparison. */
export function comparable(table: Table, column: Column, alias: string, dialect: Dialect): Sql {
  if (!isText(column)) return columnOf(alias, column.logicalName)
  if (hasFoldedColumn(table, column)) return columnOf(alias, foldedColumn(column.logicalName))
  return dialect.fold(columnOf(alias, column.logicalName))
}

/** A column of the row that `alias`, a word of ours, stands for. */
export function columnOf(alias: string, column: string): Sql {
  return sql`${verbatim(alias)}.${name(column)}`
}
