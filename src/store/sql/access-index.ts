/**
 * Indexes that tell whose a row is. A page for a user who may read a fifth of the rows passes by four for each that it shows: read from
 * the table, these cost more than the page itself; with the owner and the unit at the end of the index whose order the page follows, a
 * row that is passed by costs 0.1 µs. So the ids have such an index, and the names' goes on so.
 */
import type { Table } from '../../schema/table.ts'
import { shadowedColumns } from './key-index.ts'
import { join, name, nothing, type Sql, sql } from './sql.ts'
import { accessIndex, foldedColumn, nameIndex } from './storage-names.ts'

/** None where rows have no owner. */
function accessColumns({ ownership, columns }: Table): readonly string[] {
  const whose = ['owningbusinessunit', 'ownerid']
  return ownership === 'user' && whose.every((column) => columns.has(column)) ? whose : []
}

export function accessIndexSql(table: Table): readonly Sql[] {
  const whose = accessColumns(table)
  return whose.length === 0 ? [] : [indexOn(table, accessIndex(table.logicalName), [table.primaryIdColumn, ...whose].map(name))]
}

/** `primaryName`: whose folded text is stored. `nulls`: where an ascending order has them. */
export function nameIndexSql(table: Table, primaryName: string, nulls: Sql = nothing): Sql {
  const whose = accessColumns(table)
  const rest = whose.length === 0 ? [] : [table.primaryIdColumn, ...whose]
  return indexOn(table, nameIndex(table.logicalName), [sql`${name(foldedColumn(primaryName))}${nulls}`, ...rest.map(name)])
}

/** Of a table that was made by an older program, on SQLite, without them. */
export function renewAccessIndexes(table: Table): readonly Sql[] {
  const { logicalName } = table
  const access = accessIndexSql(table)
  if (access.length === 0) return []
  const primaryName = shadowedColumns(table).find((column) => column.logicalName === table.primaryNameColumn)
  const names = primaryName ? [dropIndex(nameIndex(logicalName)), nameIndexSql(table, primaryName.logicalName)] : []
  return [dropIndex(accessIndex(logicalName)), ...access, ...names]
}

function dropIndex(index: string): Sql {
  return sql`drop index if exists ${name(index)}`
}

function indexOn({ logicalName }: Table, index: string, columns: readonly Sql[]): Sql {
  return sql`create index ${name(index)} on ${name(logicalName)} (${join(columns)})`
}
