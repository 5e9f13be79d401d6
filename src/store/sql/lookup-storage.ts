/**
 * Which lookups have an index, and which are real references.
 *
 * Indexed: lookups along which a delete cascades, unlinks or is restricted (it looks for referencing rows of each such relationship),
 * and those a client fills (navigations read them); either would scan the table. The ones that the server fills on every row
 * (createdby, modifiedby, the owning ones …) have no index: nothing cascades along them, and each would cost every write an entry.
 *
 * A real reference: a lookup with one target whose rows are not left pointing at nothing by a delete. It is checked at the end
 * of its statement, not at commit: one commit stands for a whole group of requests, and a violation found there could only fail all.
 * So a referenced row is written before and deleted after those that point at it. Polymorphic lookups have none.
 */
import { relationshipOf } from '../../plan/navigation.ts'
import { isLookup, isPolymorphic, type Column } from '../../schema/column.ts'
import type { ManyToMany, OneToMany } from '../../schema/relationship.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import { name, nothing, sql, type Sql } from './sql.ts'
import { keyIndex, lookupIndex } from './storage-names.ts'

export function isIndexedLookup(table: Table, column: Column, schema: Schema): boolean {
  if (!isLookup(column)) return false
  const relationships = relationshipsOf(table, column, schema)
  return relationships.some((one) => column.filledBy === 'client' || isActedOn(one))
}

/** Deleting the referenced row does something to those that point at it. */
function isActedOn(relationship: OneToMany): boolean {
  return relationship.cascade.delete !== 'NoCascade'
}

/** Only rows that point somewhere: most lookups are null in most rows. */
export function lookupIndexSql(table: Table, column: Column): Sql {
  const { logicalName } = column
  const index = name(lookupIndex(table.logicalName, logicalName))
  return sql`create index ${index} on ${name(table.logicalName)} (${name(logicalName)}) where ${name(logicalName)} is not null`
}

/** ` references "contact" ("contactid")`, or nothing. */
export function referenceOf(table: Table, column: Column, schema: Schema): Sql {
  const target = referencedTable(table, column, schema)
  return target ? sql` references ${name(target.logicalName)} (${name(target.primaryIdColumn)})` : nothing
}

function referencedTable(table: Table, column: Column, schema: Schema): Table | undefined {
  const linked = intersectOf(table, schema)
  if (linked?.table1Column === column.logicalName) return schema.tables.get(linked.table1)
  if (linked?.table2Column === column.logicalName) return schema.tables.get(linked.table2)
  if (isPolymorphic(column)) return undefined
  const relationship = relationshipsOf(table, column, schema).find(isActedOn)
  return relationship && schema.tables.get(relationship.referencedTable)
}

function relationshipsOf(table: Table, column: Column, schema: Schema): readonly OneToMany[] {
  return (schema.referencing.get(table.logicalName) ?? []).filter((one) => one.referencingColumn === column.logicalName)
}

/** A pair stands once; the second index serves the way back. */
export function intersectIndexes(table: Table, schema: Schema): readonly Sql[] {
  const relationship = intersectOf(table, schema)
  if (!relationship) return []
  const { logicalName } = table
  const [first, second] = [name(relationship.table1Column), name(relationship.table2Column)]
  return [
    sql`create unique index ${name(keyIndex(logicalName, 'pair'))} on ${name(logicalName)} (${first}, ${second})`,
    sql`create index ${name(lookupIndex(logicalName, relationship.table2Column))} on ${name(logicalName)} (${second})`,
  ]
}

function intersectOf(table: Table, schema: Schema): ManyToMany | undefined {
  return table.isIntersect ? relationshipOf(schema, table) : undefined
}
