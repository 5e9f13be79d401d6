/** Relationships in a request body. A one-to-many one brings its lookup column along; menus and other signs of apps are passed over. */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import type { Cascade, CascadeType, Relationship } from '../relationship.ts'
import type { Schema } from '../schema.ts'
import type { ColumnRequest, ManyToManyRequest, OneToManyRequest, SchemaEdit } from '../schema-edit.ts'
import { asObject, type Body, bodyOf, flagOf, listOf, missing, objectOf, oneOf, requiredText, textOf, typeNameOf } from './metadata-body.ts'
import { parseAttribute } from './parse-attribute.ts'
import { relationshipMetadata } from './relationship-metadata.ts'
import { refuseOtherChanges } from './unchanged.ts'

type CreateLookup = Extract<SchemaEdit, { readonly kind: 'create-lookup' }>
type CreateManyToMany = Extract<SchemaEdit, { readonly kind: 'create-many-to-many' }>

export function parseRelationship(json: JsonValue, schema: Schema): CreateLookup | CreateManyToMany {
  const body = bodyOf(json, 'A relationship')
  const type = typeNameOf(body)
  if (type === 'ManyToManyRelationshipMetadata') return { kind: 'create-many-to-many', relationship: parseManyToMany(body) }
  if (type === 'OneToManyRelationshipMetadata') return parseOneToMany(body, schema)
  throw fail('InvalidMetadata', "The member '@odata.type' of a relationship must be OneToManyRelationshipMetadata or ManyToManyRelationshipMetadata.")
}

function parseOneToMany(body: Body, schema: Schema): CreateLookup {
  const lookup = objectOf(body, 'Lookup')
  if (!lookup) throw missing('Lookup')
  return {
    kind: 'create-lookup',
    table: requiredText(body, 'ReferencingEntity'),
    column: parseLookup(lookup, 'lookup', schema),
    relationships: [parseSide(body, schema)],
  }
}

/** `CreateCustomerRelationships` and `CreatePolymorphicLookupAttribute`: one lookup, several tables it may point at. */
export function parseLookupWithRelationships(json: JsonValue, type: 'lookup' | 'customer', schema: Schema): CreateLookup {
  const body = bodyOf(json, 'The body')
  const sides = (listOf(body, 'OneToManyRelationships') ?? []).map((side) => bodyOf(side, "A member of 'OneToManyRelationships'"))
  const [first] = sides
  const lookup = objectOf(body, 'Lookup')
  if (!first) throw missing('OneToManyRelationships')
  if (!lookup) throw missing('Lookup')
  const table = requiredText(first, 'ReferencingEntity')
  if (sides.some((side) => requiredText(side, 'ReferencingEntity') !== table))
    throw fail('InvalidMetadata', "All relationships of a lookup must have the same 'ReferencingEntity'.")
  const column = parseLookup(lookup, type, schema)
  return { kind: 'create-lookup', table, column, relationships: sides.map((side) => parseSide(side, schema)) }
}

function parseLookup(lookup: Body, type: 'lookup' | 'customer', schema: Schema): ColumnRequest {
  const column = parseAttribute({ '@odata.type': 'LookupAttributeMetadata', ...lookup }, schema)
  if (column.type !== 'lookup') throw fail('InvalidMetadata', "The member 'Lookup' must be a LookupAttributeMetadata.")
  // What it may point at is said by its relationships.
  const { targets: _targets, ...rest } = column
  return { ...rest, type }
}

function parseSide(body: Body, schema: Schema): OneToManyRequest {
  const referencedTable = requiredText(body, 'ReferencedEntity')
  const primaryId = schema.tables.get(referencedTable)?.primaryIdColumn
  const column = textOf(body, 'ReferencedAttribute')
  if (column && primaryId !== undefined && column !== primaryId)
    throw fail('InvalidMetadata', `The member 'ReferencedAttribute' must be '${primaryId}', the primary id of ${referencedTable}.`)
  return {
    schemaName: requiredText(body, 'SchemaName'),
    referencedTable,
    referencedNavigation: textOf(body, 'ReferencedEntityNavigationPropertyName') || undefined,
    referencingNavigation: textOf(body, 'ReferencingEntityNavigationPropertyName') || undefined,
    cascade: parseCascade(body),
    isHierarchical: flagOf(body, 'IsHierarchical') ?? false,
  }
}

function parseManyToMany(body: Body): ManyToManyRequest {
  return {
    schemaName: requiredText(body, 'SchemaName'),
    intersectTable: textOf(body, 'IntersectEntityName') || undefined,
    table1: requiredText(body, 'Entity1LogicalName'),
    table2: requiredText(body, 'Entity2LogicalName'),
    table1Navigation: textOf(body, 'Entity1NavigationPropertyName') || undefined,
    table2Navigation: textOf(body, 'Entity2NavigationPropertyName') || undefined,
  }
}

const CASCADE_TYPES: readonly CascadeType[] = ['NoCascade', 'Cascade', 'Active', 'UserOwned', 'RemoveLink', 'Restrict']
const CASCADES: { readonly [member: string]: keyof Cascade } = {
  Assign: 'assign',
  Delete: 'delete',
  Merge: 'merge',
  Reparent: 'reparent',
  Share: 'share',
  Unshare: 'unshare',
  RollupView: 'rollupView',
  Archive: 'archive',
}

function parseCascade(body: Body): Partial<Cascade> {
  const configuration = objectOf(body, 'CascadeConfiguration') ?? {}
  const given = Object.entries(CASCADES).map(([member, action]) => [action, oneOf(configuration, member, CASCADE_TYPES)] as const)
  return Object.fromEntries(given.filter(([, type]) => type !== undefined))
}

const CHANGEABLE: ReadonlySet<string> = new Set(['CascadeConfiguration'])

/** Only what happens to the referencing rows can change. */
export function parseRelationshipChange(json: JsonValue, relationship: Relationship): Partial<Cascade> {
  const body = bodyOf(json, 'A relationship')
  refuseOtherChanges(body, relationshipMetadata(relationship), CHANGEABLE)
  const lookup = asObject(body.Lookup)
  const column = lookup && textOf(lookup, 'LogicalName')
  if (column && relationship.kind === 'one-to-many' && column !== relationship.referencingColumn)
    throw fail('InvalidMetadata', "The member 'Lookup' cannot be changed.")
  return parseCascade(body)
}
