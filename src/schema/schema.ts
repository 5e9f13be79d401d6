/**
 * The whole schema at one version: immutable; an edit gives a new one that shares what did not change.
 * Built by `Schema.of` from its definitions; the maps beside them are derived.
 */
import type { Choice } from './choice.ts'
import type { LookupColumn } from './column.ts'
import { isLookup } from './column.ts'
import type { ManyToMany, OneToMany, Relationship } from './relationship.ts'
import type { Table } from './table.ts'

/** What stands behind a navigation property's name on one table. */
export type Navigation =
  | { readonly kind: 'one'; readonly name: string; readonly column: LookupColumn; readonly target: Table; readonly relationship: OneToMany }
  | { readonly kind: 'many'; readonly name: string; readonly target: Table; readonly relationship: OneToMany }
  | { readonly kind: 'many-to-many'; readonly name: string; readonly target: Table; readonly relationship: ManyToMany; readonly side: 1 | 2 }
  /** `ownerid`, whose type is the abstract `principal`: a user or a team. */
  | { readonly kind: 'owner'; readonly name: string; readonly column: LookupColumn }

export type Schema = {
  /** Grows by one with every edit. */
  readonly version: number
  readonly tables: ReadonlyMap<string, Table>
  readonly relationships: ReadonlyMap<string, Relationship>
  readonly choices: ReadonlyMap<string, Choice>
  /** By entity set name. */
  readonly sets: ReadonlyMap<string, Table>
  /** By logical table name, then by navigation property name (case-sensitive). */
  readonly navigations: ReadonlyMap<string, ReadonlyMap<string, Navigation>>
  /** One-to-many relationships by the referenced table, and by the referencing one. */
  readonly referencedBy: ReadonlyMap<string, readonly OneToMany[]>
  readonly referencing: ReadonlyMap<string, readonly OneToMany[]>
}

export type Definitions = {
  readonly tables: Iterable<Table>
  readonly relationships: Iterable<Relationship>
  readonly choices: Iterable<Choice>
}

function of(version: number, definitions: Definitions): Schema {
  const tables = new Map([...definitions.tables].map((table) => [table.logicalName, table]))
  const relationships = new Map([...definitions.relationships].map((one) => [one.schemaName, one]))
  const choices = new Map([...definitions.choices].map((choice) => [choice.name, choice]))
  const oneToMany = [...relationships.values()].filter((one) => one.kind === 'one-to-many')
  return {
    version,
    tables,
    relationships,
    choices,
    sets: new Map([...tables.values()].map((table) => [table.entitySetName, table])),
    navigations: navigationsOf(tables, relationships.values()),
    referencedBy: Map.groupBy(oneToMany, (one) => one.referencedTable),
    referencing: Map.groupBy(oneToMany, (one) => one.referencingTable),
  }
}

function navigationsOf(tables: ReadonlyMap<string, Table>, relationships: Iterable<Relationship>): Map<string, Map<string, Navigation>> {
  const all = new Map([...tables.keys()].map((table) => [table, new Map<string, Navigation>()]))
  const add = (table: string, navigation: Navigation) => all.get(table)?.set(navigation.name, navigation)
  for (const table of tables.values()) {
    const owner = table.columns.get('ownerid')
    if (owner?.type !== 'owner') continue
    add(table.logicalName, { kind: 'owner', name: 'ownerid', column: owner })
    // As all lookups of an activity, under its own name beside the inherited one.
    if (table.isActivity && table.logicalName !== 'activitypointer')
      add(table.logicalName, { kind: 'owner', name: `ownerid_${table.logicalName}`, column: owner })
  }
  for (const relationship of relationships) {
    if (relationship.kind === 'one-to-many') addOneToMany(tables, relationship, add)
    else addManyToMany(tables, relationship, add)
  }
  for (const table of tables.values()) if (table.isActivity) inheritNavigations(all, table)
  return all
}

/** An activity derives from `activitypointer`: what that points along (`createdby`, `regardingobjectid_account`), it does too, under its own names and those. */
function inheritNavigations(all: Map<string, Map<string, Navigation>>, table: Table): void {
  const own = all.get(table.logicalName)
  for (const navigation of all.get('activitypointer')?.values() ?? []) {
    const column = navigation.kind === 'one' ? table.columns.get(navigation.column.logicalName) : undefined
    if (navigation.kind !== 'one' || !column || !isLookup(column) || own?.has(navigation.name)) continue
    own?.set(navigation.name, { ...navigation, column })
  }
}

type Add = (table: string, navigation: Navigation) => void

function addOneToMany(tables: ReadonlyMap<string, Table>, relationship: OneToMany, add: Add): void {
  const referenced = tables.get(relationship.referencedTable)
  const referencing = tables.get(relationship.referencingTable)
  const column = referencing?.columns.get(relationship.referencingColumn)
  if (!referenced || !referencing || !column || !isLookup(column)) return
  add(referencing.logicalName, { kind: 'one', name: relationship.referencingNavigation, column, target: referenced, relationship })
  add(referenced.logicalName, { kind: 'many', name: relationship.referencedNavigation, target: referencing, relationship })
}

function addManyToMany(tables: ReadonlyMap<string, Table>, relationship: ManyToMany, add: Add): void {
  const table1 = tables.get(relationship.table1)
  const table2 = tables.get(relationship.table2)
  if (!table1 || !table2) return
  add(table1.logicalName, { kind: 'many-to-many', name: relationship.table1Navigation, target: table2, relationship, side: 1 })
  add(table2.logicalName, { kind: 'many-to-many', name: relationship.table2Navigation, target: table1, relationship, side: 2 })
}

export const Schema = { of }
