/** What may stand before a lookup's value: the table it points at, and the navigation property that leads there. JSON texts, null with the lookup. */
import { isPolymorphic, type LookupColumn } from '../../schema/column.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import { columnOf } from './folded.ts'
import { escaped, literal } from './json-text.ts'
import type { ReadScope } from './read-scope.ts'
import { join, type Sql, sql } from './sql.ts'
import { targetColumn } from './storage-names.ts'

/** `Microsoft.Dynamics.CRM.lookuplogicalname` */
export function targetTable(column: LookupColumn, alias: string): Sql {
  const isStored: boolean = isPolymorphic(column)
  if (isStored) return sql`('"' || ${columnOf(alias, targetColumn(column.logicalName))} || '"')`
  return sql`case when ${columnOf(alias, column.logicalName)} is not null then ${literal(`"${escaped(column.targets[0] ?? '')}"`)} end`
}

/** `Microsoft.Dynamics.CRM.associatednavigationproperty`; undefined where no navigation property is there for the lookup. */
export function navigationName(table: Table, column: LookupColumn, alias: string, { schema }: ReadScope): Sql | undefined {
  if (column.type === 'owner') return ifSet(column, alias, literal('"ownerid"'))
  const names = navigationsOf(schema, table, column)
  if (names.length === 0) return undefined
  if (!isPolymorphic(column)) return ifSet(column, alias, literal(`"${escaped(names[0]?.[1] ?? '')}"`))
  return byTarget(
    column,
    alias,
    names.map(([target, navigation]) => [target, literal(`"${escaped(navigation)}"`)]),
  )
}

/** One expression for each table a polymorphic lookup may point at; null for any other. */
export function byTarget(column: LookupColumn, alias: string, choices: readonly (readonly [target: string, then: Sql])[]): Sql {
  const cases = choices.map(([target, then]) => sql`when ${literal(target)} then ${then}`)
  return sql`case ${columnOf(alias, targetColumn(column.logicalName))} ${join(cases, ' ')} end`
}

function ifSet(column: LookupColumn, alias: string, json: Sql): Sql {
  return sql`case when ${columnOf(alias, column.logicalName)} is not null then ${json} end`
}

function navigationsOf(schema: Schema, table: Table, column: LookupColumn): (readonly [target: string, navigation: string])[] {
  const relationships = schema.referencing.get(table.logicalName) ?? []
  return relationships.filter((one) => one.referencingColumn === column.logicalName).map((one) => [one.referencedTable, one.referencingNavigation])
}
