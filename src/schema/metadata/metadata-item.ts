/** One definition, whatever it defines: its type, its members, and where its navigation properties lead. Rendered only when its members are asked for. */
import { unreachable } from '../../base/assert.ts'
import type { Choice } from '../choice.ts'
import type { Column } from '../column.ts'
import { COLUMN_TYPES } from '../column-types.ts'
import type { ManyToMany, OneToMany, Relationship } from '../relationship.ts'
import type { Schema } from '../schema.ts'
import type { AlternateKey, Table } from '../table.ts'
import { attributeMetadata } from './attribute-metadata.ts'
import { entityMetadata } from './entity-metadata.ts'
import { keyMetadata } from './key-metadata.ts'
import type { MetadataObject } from './metadata-object.ts'
import { type EnumColumn, globalOptionSet, isEnum, localChoiceId, localOptionSet } from './option-set-metadata.ts'
import { relationshipMetadata } from './relationship-metadata.ts'

export type MetadataItem =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'column'; readonly table: Table; readonly column: Column }
  | { readonly kind: 'key'; readonly table: Table; readonly key: AlternateKey }
  | { readonly kind: 'relationship'; readonly relationship: Relationship }
  | { readonly kind: 'choice'; readonly choice: Choice }
  /** The options of one column alone. */
  | { readonly kind: 'local-choice'; readonly table: Table; readonly column: EnumColumn }

/** Without `@odata.type`. */
export function membersOf(item: MetadataItem): MetadataObject {
  switch (item.kind) {
    case 'table':
      return entityMetadata(item.table)
    case 'column':
      return attributeMetadata(item.table, item.column)
    case 'key':
      return keyMetadata(item.table, item.key)
    case 'relationship':
      return relationshipMetadata(item.relationship)
    case 'choice':
      return globalOptionSet(item.choice)
    case 'local-choice':
      return localOptionSet(item.table, item.column)
    default:
      return unreachable(item)
  }
}

/** The name of the item's own, most derived type. */
export function typeNameOf(item: MetadataItem): string {
  switch (item.kind) {
    case 'table':
      return 'EntityMetadata'
    case 'column':
      return COLUMN_TYPES[item.column.type].metadataType
    case 'key':
      return 'EntityKeyMetadata'
    case 'relationship':
      return item.relationship.kind === 'one-to-many' ? 'OneToManyRelationshipMetadata' : 'ManyToManyRelationshipMetadata'
    case 'choice':
      return 'OptionSetMetadata'
    case 'local-choice':
      return item.column.type === 'boolean' ? 'BooleanOptionSetMetadata' : 'OptionSetMetadata'
    default:
      return unreachable(item)
  }
}

/** Where a collection-valued navigation property of a table leads. */
export function relatedItems(item: MetadataItem, navigation: string, schema: Schema): readonly MetadataItem[] {
  if (item.kind !== 'table') return []
  const { table } = item
  switch (navigation) {
    case 'Attributes':
      return Array.from(table.columns.values(), (column) => ({ kind: 'column', table, column }))
    case 'Keys':
      return table.keys.map((key) => ({ kind: 'key', table, key }))
    case 'OneToManyRelationships':
      return relationshipItems(schema.referencedBy.get(table.logicalName) ?? [])
    case 'ManyToOneRelationships':
      return relationshipItems(schema.referencing.get(table.logicalName) ?? [])
    case 'ManyToManyRelationships':
      return relationshipItems(manyToManyOf(schema, table.logicalName))
    default:
      return []
  }
}

/**
 * Where a single-valued one leads: `Lookup` of a relationship, and `OptionSet` and `GlobalOptionSet` of a column, which both give its options whether they are
 * its own or a global choice's («Reference schema definitions by name or MetadataId»).
 */
export function relatedItem(item: MetadataItem, schema: Schema): MetadataItem | undefined {
  if (item.kind === 'relationship') return lookupItem(item.relationship, schema)
  if (item.kind !== 'column' || !isEnum(item.column)) return undefined
  const { table, column } = item
  const choice = 'globalChoice' in column && column.globalChoice !== undefined ? schema.choices.get(column.globalChoice) : undefined
  return choice ? { kind: 'choice', choice } : { kind: 'local-choice', table, column }
}

function lookupItem(relationship: Relationship, schema: Schema): MetadataItem | undefined {
  if (relationship.kind !== 'one-to-many') return undefined
  const table = schema.tables.get(relationship.referencingTable)
  const column = table?.columns.get(relationship.referencingColumn)
  return table && column && { kind: 'column', table, column }
}

function relationshipItems(relationships: readonly (OneToMany | ManyToMany)[]): readonly MetadataItem[] {
  return relationships.map((relationship) => ({ kind: 'relationship', relationship }))
}

function manyToManyOf(schema: Schema, table: string): readonly ManyToMany[] {
  const all = [...schema.relationships.values()].filter((one) => one.kind === 'many-to-many')
  return all.filter((one) => one.table1 === table || one.table2 === table)
}

/** What a key predicate may name an item by: `(6f0c…)` or `(LogicalName='account')`. */
export type Identity = { readonly metadataId: string; readonly nameMember: 'LogicalName' | 'SchemaName' | 'Name'; readonly name: string }

export function identityOf(item: MetadataItem): Identity {
  switch (item.kind) {
    case 'table':
      return { metadataId: item.table.metadataId, nameMember: 'LogicalName', name: item.table.logicalName }
    case 'column':
      return { metadataId: item.column.metadataId, nameMember: 'LogicalName', name: item.column.logicalName }
    case 'key':
      return { metadataId: item.key.metadataId, nameMember: 'LogicalName', name: item.key.logicalName }
    case 'relationship':
      return { metadataId: item.relationship.metadataId, nameMember: 'SchemaName', name: item.relationship.schemaName }
    case 'choice':
      return { metadataId: item.choice.metadataId, nameMember: 'Name', name: item.choice.name }
    case 'local-choice':
      return { metadataId: localChoiceId(item.column), nameMember: 'Name', name: `${item.table.logicalName}_${item.column.logicalName}` }
    default:
      return unreachable(item)
  }
}
