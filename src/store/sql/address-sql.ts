/**
 * Conditions that find rows by what a URL names: an id, an alternate key, or the row they hang on.
 * A key is compared as its index holds it (folded text), and the index's own condition, that no key column is null, is repeated,
 * or the planner scans the table.
 */
import type { Guid } from '../../base/guid.ts'
import type { ChildLink, Source } from '../../plan/read-plan.ts'
import type { RowAddress } from '../../plan/row-address.ts'
import { type Column, isPolymorphic } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import type { Dialect } from './dialect.ts'
import { columnOf } from './folded.ts'
import { rowsOf } from './joined-paths.ts'
import { literal } from './json-text.ts'
import { keyIndexColumns } from './key-index.ts'
import { join, name, nothing, type Sql, type SqlValue, sql } from './sql.ts'
import { targetColumn } from './storage-names.ts'
import { encodeKeyValue } from './write-row.ts'

export function addressSql(address: RowAddress, alias: string, dialect: Dialect): Sql {
  const { table } = address
  if (address.by === 'id') return sql`${columnOf(alias, table.primaryIdColumn)} = ${address.id}`
  const columns = keyIndexColumns(table, address.key).map((column) => columnOf(alias, column))
  const values = addressValues(address, dialect)
  const equal = columns.map((column, index) => sql`${column} = ${values[index] ?? null}`)
  return join([...equal, ...columns.map((column) => sql`${column} is not null`)], ' and ')
}

/** The values that `addressSql` binds, in its order. */
export function addressValues(address: RowAddress, dialect: Dialect): readonly SqlValue[] {
  if (address.by === 'id') return [address.id]
  return address.key.columns.map((column) => {
    const part = address.parts.find((one) => one.column.logicalName === column)
    return part ? encodeKeyValue(dialect, part.column, part.value) : null
  })
}

/** The id of the addressed row: bound where it is known, else looked up in the same statement. */
export function idSql(address: RowAddress, dialect: Dialect): Sql {
  if (address.by === 'id') return sql`${address.id}`
  return sql`(select ${columnOf('p', address.table.primaryIdColumn)} from ${rowsOf(address.table, 'p')} where ${addressSql(address, 'p', dialect)})`
}

/** The rows of `child` (which `alias` stands for) that hang on the row with this id. */
export function childSql(link: ChildLink, child: Table, alias: string, parentId: Sql): Sql {
  if (link.kind === 'many-to-many') {
    const { intersectTable, table1Column, table2Column } = link.relationship
    const [own, other] = link.side === 1 ? [table1Column, table2Column] : [table2Column, table1Column]
    const pairs = sql`select ${columnOf('x', other)} from ${name(intersectTable)} as x where ${columnOf('x', own)} = ${parentId}`
    return sql`${columnOf(alias, child.primaryIdColumn)} in (${pairs})`
  }
  const { referencingColumn, referencedTable } = link.relationship
  const column = child.columns.get(referencingColumn)
  const ofTable = column && isPolymorphic(column) ? sql` and ${columnOf(alias, targetColumn(referencingColumn))} = ${literal(referencedTable)}` : nothing
  return sql`${columnOf(alias, referencingColumn)} = ${parentId}${ofTable}`
}

/** The rows whose lookup points at this row. */
export function pointsAt(lookup: Column, table: Table, id: Guid): Sql {
  const ofTable = isPolymorphic(lookup) ? sql` and ${name(targetColumn(lookup.logicalName))} = ${table.logicalName}` : nothing
  return sql`${name(lookup.logicalName)} = ${id}${ofTable}`
}

/** Undefined: all rows of the table. */
export function sourceSql(source: Source, table: Table, alias: string, dialect: Dialect): Sql | undefined {
  return source.kind === 'set' ? undefined : childSql(source.link, table, alias, idSql(source.parent, dialect))
}
