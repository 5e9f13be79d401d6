/**
 * Rows of which a condition asks whether there are any, found by one of their texts for each row around: accounts with a contact of the
 * same `emailaddress1`.
 *
 * SQLite makes an index for a query by itself, but none of what a function gives: it would fold each text again for every row around, and
 * 20,000 rows beside 60,000 take minutes. In a query of their own, `(select "contactid" as "id", cast(fold("emailaddress1") as text) as
 * "text" from "contact" limit -1) as c_t`, the folded texts are a column: each is folded once, and it takes 0.2 seconds. The limit is what keeps SQLite
 * from merging that query with the one around. (Joins are not written so: a page of the many pairs of few values would be sorted whole.)
 */
import type { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { columnOf, comparable, hasFoldedColumn, isText } from './folded.ts'
import type { Sight } from './read-scope.ts'
import { rowsOf } from './visible-rows.ts'
import { name, type Sql, sql, verbatim } from './sql.ts'

/** What stands behind `from`, and what is compared. */
export type FoundRows = { readonly rows: Sql; readonly key: Sql }

export function rowsFoundBy(table: Table, column: Column, alias: string, sight: Sight): FoundRows {
  const isIndexable = !isText(column) || hasFoldedColumn(table, column)
  if (!sight.dialect.runOnce || isIndexable) return { rows: rowsOf(table, alias, sight), key: comparable(table, column, alias, sight.dialect) }
  const texts = `${alias}_t`
  const id = name(table.primaryIdColumn)
  // Of what has no type it would make no index for a comparison with a column.
  const text = sql`cast(${sight.dialect.fold(name(column.logicalName))} as text)`
  const folded = sight.dialect.runOnce(sql`select ${id} as "id", ${text} as "text" from ${rowsOf(table, 'x', sight)}`)
  const rows = sql`(${folded}) as ${verbatim(texts)} cross join ${rowsOf(table, alias, sight)} on ${columnOf(alias, table.primaryIdColumn)} = ${columnOf(texts, 'id')}`
  return { rows, key: columnOf(texts, 'text') }
}
