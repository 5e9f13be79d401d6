/**
 * What the entity type of a table's rows has: its columns and navigation properties without those it inherits, each name once.
 * Everything that CSDL forbids is sorted out here, so that what writes the XML need not ask.
 */
import { type Column, isLookup, wireName } from './column.ts'
import { edmTypeOf } from './column-types.ts'
import type { Navigation, Schema } from './schema.ts'
import type { Table } from './table.ts'
import { isPrincipal } from './principal.ts'

export type RowType = {
  readonly table: Table
  readonly base: 'crmbaseentity' | 'principal' | 'activitypointer'
  readonly columns: readonly Column[]
  readonly navigations: readonly Navigation[]
}

/** By logical table name. */
export type RowTypes = ReadonlyMap<string, RowType>

export function rowTypesOf(schema: Schema): RowTypes {
  const activity = schema.tables.get('activitypointer')
  const base = activity && rowTypeOf(activity, schema, undefined)
  return new Map([...schema.tables.values()].map((table) => [table.logicalName, table === activity && base ? base : rowTypeOf(table, schema, base)]))
}

/** The name of the other side's navigation property, where that one is there and means this relationship. */
export function partnerOf(navigation: Navigation, types: RowTypes): string | undefined {
  if (navigation.kind === 'owner') return undefined
  const name = partnerName(navigation)
  const partner = types.get(navigation.target.logicalName)?.navigations.find((other) => other.name === name)
  if (!partner || partner.kind === 'owner' || partner.relationship !== navigation.relationship) return undefined
  // A many-to-many relationship of a table with itself that has one name for both sides.
  return partner === navigation ? undefined : name
}

function partnerName(navigation: Exclude<Navigation, { kind: 'owner' }>): string {
  switch (navigation.kind) {
    case 'one':
      return navigation.relationship.referencedNavigation
    case 'many':
      return navigation.relationship.referencingNavigation
    case 'many-to-many':
      return navigation.side === 1 ? navigation.relationship.table2Navigation : navigation.relationship.table1Navigation
  }
}

function rowTypeOf(table: Table, schema: Schema, activity: RowType | undefined): RowType {
  // Every answer has the primary id, whatever its definition says.
  const readable = [...table.columns.values()].filter((column) => column.isValidForRead || column.logicalName === table.primaryIdColumn)
  const own = [...(schema.navigations.get(table.logicalName)?.values() ?? [])]
  if (activity && isActivity(table, activity)) {
    const known = new Set([...activity.columns.map(wireName), ...activity.navigations.map((navigation) => navigation.name)])
    const columns = readable.filter((column) => !known.has(wireName(column)))
    return { table, base: 'activitypointer', columns, navigations: nameable(own, columns, known) }
  }
  if (isPrincipal(table)) {
    // `ownerid` is inherited from principal.
    const columns = readable.filter((column) => wireName(column) !== 'ownerid')
    return { table, base: 'principal', columns, navigations: nameable(own, columns, new Set(['ownerid'])) }
  }
  return { table, base: 'crmbaseentity', columns: readable, navigations: nameable(own, readable, new Set()) }
}

/**
 * Activities inherit from `activitypointer` (webapi.md 1.2) and may not declare again what it has: so one that has another key, or
 * a column of the same name that has another type or may not be read, stands by itself.
 */
function isActivity(table: Table, { table: base, columns }: RowType): boolean {
  if (!table.isActivity || table.primaryIdColumn !== base.primaryIdColumn) return false
  return columns.every((column) => {
    const own = table.columns.get(column.logicalName)
    return !own || (own.isValidForRead && edmTypeOf(own) === edmTypeOf(column) && isLookup(own) === isLookup(column))
  })
}

/** A name means one property of a type. Where a relationship was given a column's name, the column keeps it. */
function nameable(navigations: readonly Navigation[], columns: readonly Column[], inherited: ReadonlySet<string>): Navigation[] {
  const names = new Set(columns.map(wireName))
  return navigations.filter(({ name }) => !names.has(name) && !inherited.has(name))
}
