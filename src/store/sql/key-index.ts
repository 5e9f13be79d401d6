/**
 * An alternate key as a real unique index: over the folded text of its string columns and the plain value of the others, and only
 * over rows in which none of them is null (a partial key is not enforced). A look-up repeats that condition, or the planner scans.
 */
import type { Column } from '../../schema/column.ts'
import type { AlternateKey, Table } from '../../schema/table.ts'
import { join, name, sql, type Sql } from './sql.ts'
import { foldedColumn, keyIndex } from './storage-names.ts'

/** The SQL columns that a key's index is made of, in the key's order. */
export function keyIndexColumns(table: Table, key: AlternateKey): readonly string[] {
  return key.columns.map((column) => (table.columns.get(column)?.type === 'string' ? foldedColumn(column) : column))
}

export function createKeyIndex(table: Table, key: AlternateKey): Sql {
  const columns = keyIndexColumns(table, key).map(name)
  const none = join(
    columns.map((column) => sql`${column} is not null`),
    ' and ',
  )
  return sql`create unique index ${name(keyIndex(table.logicalName, key.logicalName))} on ${name(table.logicalName)} (${join(columns)}) where ${none}`
}

export function dropKeyIndex(table: Table, key: AlternateKey): Sql {
  return sql`drop index if exists ${name(keyIndex(table.logicalName, key.logicalName))}`
}

/**
 * Columns whose folded text is kept in a shadow column: the primary name and every string column of a key, whatever the key's status,
 * because writes keep the shadow right from the moment at which the key is in the schema, while its index is still being built.
 */
export function shadowedColumns(table: Table): readonly Column[] {
  const names = new Set(table.keys.flatMap((key) => key.columns))
  if (table.primaryNameColumn) names.add(table.primaryNameColumn)
  return [...names].map((column) => table.columns.get(column)).filter((column) => column?.type === 'string')
}
