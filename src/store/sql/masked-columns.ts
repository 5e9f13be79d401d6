/**
 * The columns of a table as a caller sees them who may not read them all: every stored column by name, null for a masked one and for what
 * is stored beside it: `s."name", case when false then s."revenue" end as "revenue", …`, a null of the column's type. What it names stands
 * behind `from`, so that no condition, order or aggregate ever meets a masked value.
 */
import type { ColumnMask } from '../../plan/column-rights.ts'
import { type Column, isPolymorphic } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import type { Dialect } from './dialect.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { columnOf } from './folded.ts'
import { shadowedColumns } from './key-index.ts'
import { join, name, type Sql, sql } from './sql.ts'
import { foldedColumn, targetColumn } from './storage-names.ts'

export function maskedColumns(table: Table, masks: ReadonlyMap<Column, ColumnMask>, alias: string, { stamp }: Pick<Dialect, 'stamp'>): Sql {
  const shadowed = new Set(shadowedColumns(table))
  const shown = [...table.columns.values()].flatMap((column) =>
    storedNames(column, shadowed.has(column)).map((stored) => shownAs(stored, masks.get(column), alias)),
  )
  const own = [...(table.columns.has(VERSION_COLUMN) ? [] : [VERSION_COLUMN]), ...(stamp ? [stamp.column] : [])]
  return join([...shown, ...own.map((column) => columnOf(alias, column))])
}

/** What a column is kept in: itself, beside it the table it points into, and its folded text. */
function storedNames(column: Column, isShadowed: boolean): readonly string[] {
  const { logicalName } = column
  return [logicalName, ...(isPolymorphic(column) ? [targetColumn(logicalName)] : []), ...(isShadowed ? [foldedColumn(logicalName)] : [])]
}

function shownAs(stored: string, mask: ColumnMask | undefined, alias: string): Sql {
  const column = columnOf(alias, stored)
  if (mask === undefined) return column
  if (mask === 'all') return sql`case when false then ${column} end as ${name(stored)}`
  const types = join(mask.map((type) => sql`${type}`))
  return sql`case when ${columnOf(alias, 'activitytypecode')} in (${types}) then null else ${column} end as ${name(stored)}`
}
