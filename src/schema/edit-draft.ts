/**
 * The schema while one edit is made: copies of its maps, the steps so far, what has gone. Local to `editSchema`, which turns it into
 * the next schema; an edit that is refused throws, and its draft is forgotten.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Choice } from './choice.ts'
import { type Column, wireName } from './column.ts'
import { checkNavigationName } from './names.ts'
import type { ManyToMany, OneToMany, Relationship } from './relationship.ts'
import { Schema } from './schema.ts'
import type { MigrationStep } from './schema-edit.ts'
import type { Table } from './table.ts'

/** For the answer to «what has been deleted since»: `parent` is the table of a column or key. */
export type Deleted = { readonly kind: 'table' | 'column' | 'key' | 'relationship' | 'choice'; readonly metadataId: Guid; readonly parent?: Guid | undefined }

export type Draft = {
  readonly tables: Map<string, Table>
  readonly relationships: Map<string, Relationship>
  readonly choices: Map<string, Choice>
  readonly steps: MigrationStep[]
  readonly deleted: Deleted[]
  readonly now: string
  readonly newId: () => Guid
}

export function openDraft(schema: Schema, now: string, newId: () => Guid): Draft {
  return {
    tables: new Map(schema.tables),
    relationships: new Map(schema.relationships),
    choices: new Map(schema.choices),
    steps: [],
    deleted: [],
    // Metadata moments have whole seconds on the wire (webapi.md 4).
    now: now.replace(/\.\d+Z$/, 'Z'),
    newId,
  }
}

export function closeDraft(draft: Draft, version: number): Schema {
  return Schema.of(version, { tables: draft.tables.values(), relationships: draft.relationships.values(), choices: draft.choices.values() })
}

export function tableOf(draft: Draft, name: string): Table {
  const table = draft.tables.get(name)
  if (!table) throw fail('TableNotFound', name)
  return table
}

/** A table that may be given columns, keys and relationships. */
export function editableTable(draft: Draft, name: string): Table {
  const table = tableOf(draft, name)
  if (table.isIntersect) throw fail('SystemMetadata', `intersect table ${name}`)
  return table
}

export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name)
  if (!column) throw fail('MetadataNotFound', 'column', `${table.logicalName}.${name}`)
  return column
}

export function putTable(draft: Draft, table: Table): Table {
  const changed = { ...table, modifiedOn: draft.now }
  draft.tables.set(table.logicalName, changed)
  return changed
}

export function putColumn(draft: Draft, table: Table, column: Column): Table {
  return putTable(draft, { ...table, columns: new Map(table.columns).set(column.logicalName, { ...column, modifiedOn: draft.now }) })
}

export function oneToManys(draft: Draft): OneToMany[] {
  return [...draft.relationships.values()].filter((one) => one.kind === 'one-to-many')
}

export function relationshipOf(draft: Draft, schemaName: string): Relationship {
  const relationship = draft.relationships.get(schemaName)
  if (!relationship) throw fail('MetadataNotFound', 'relationship', schemaName)
  return relationship
}

export function addRelationship(draft: Draft, relationship: Relationship): void {
  const lower = relationship.schemaName.toLowerCase()
  if ([...draft.relationships.keys()].some((name) => name.toLowerCase() === lower)) throw fail('SchemaNameTaken', 'relationship', relationship.schemaName)
  for (const [table, navigation] of navigationsOf(relationship)) {
    checkNavigationName(navigation)
    if (memberNames(draft, table).has(navigation)) throw fail('SchemaNameTaken', 'navigation property', `${table}.${navigation}`)
  }
  checkSides(relationship)
  draft.relationships.set(relationship.schemaName, relationship)
}

export function dropRelationship(draft: Draft, relationship: Relationship): void {
  draft.relationships.delete(relationship.schemaName)
  draft.deleted.push({ kind: 'relationship', metadataId: relationship.metadataId })
}

/** All names a row of the table has on the wire: one may not be both a property and a navigation property. */
export function memberNames(draft: Draft, table: string): Set<string> {
  const columns = [...(draft.tables.get(table)?.columns.values() ?? [])]
  const navigations = [...draft.relationships.values()]
    .flatMap(navigationsOf)
    .filter(([owner]) => owner === table)
    .map(([, name]) => name)
  return new Set([...columns.map(wireName), ...(columns.some((column) => column.type === 'owner') ? ['ownerid'] : []), ...navigations])
}

function navigationsOf(relationship: Relationship): [table: string, name: string][] {
  return relationship.kind === 'one-to-many' ? sidesOfOne(relationship) : sidesOfMany(relationship)
}

const sidesOfOne = (one: OneToMany): [string, string][] => [
  [one.referencingTable, one.referencingNavigation],
  [one.referencedTable, one.referencedNavigation],
]
const sidesOfMany = (many: ManyToMany): [string, string][] => [
  [many.table1, many.table1Navigation],
  [many.table2, many.table2Navigation],
]

/** Both ends on one table need two names. */
function checkSides(relationship: Relationship): void {
  const [[table1, name1] = [], [table2, name2] = []] = navigationsOf(relationship)
  if (table1 === table2 && name1 === name2) throw fail('SchemaNameTaken', 'navigation property', `${table1}.${name1}`)
}
