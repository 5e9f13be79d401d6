/**
 * Where a path into the metadata leads: `EntityDefinitions(LogicalName='account')/Attributes/Microsoft.Dynamics.CRM.PicklistAttributeMetadata`.
 * For reads and edits alike. `context` is how `@odata.context` names the collection, `address` how it names the item: `EntityDefinitions('account')`.
 */
import { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import type { Aliases, KeyPredicate } from '../protocol/key-predicate.ts'
import type { Literal } from '../protocol/literal.ts'
import { NAMESPACE } from '../protocol/names.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { literalOf } from '../schema/metadata/metadata-filter.ts'
import { type Identity, identityOf, type MetadataItem, relatedItem, relatedItems, typeNameOf } from '../schema/metadata/metadata-item.ts'
import { castOf, ENTITY_TYPE, MANAGED_PROPERTY_TYPE, type MetadataType, OPTION_SET_TYPE, RELATIONSHIP_TYPE } from '../schema/metadata/metadata-types.ts'
import type { Schema } from '../schema/schema.ts'

export type ItemsPlace = { readonly kind: 'items'; readonly type: MetadataType; readonly items: readonly MetadataItem[]; readonly context: string }
export type ItemPlace = { readonly kind: 'item'; readonly type: MetadataType; readonly item: MetadataItem; readonly context: string; readonly address: string }

/** A member of an item, and what may stand behind it. */
export type PropertyPlace = { readonly kind: 'property'; readonly owner: ItemPlace; readonly name: string }
export type MetadataPlace = ItemsPlace | ItemPlace | PropertyPlace

type MetadataSet = { readonly type: MetadataType; readonly items: (schema: Schema) => readonly MetadataItem[] }

const SETS: { readonly [name: string]: MetadataSet } = {
  EntityDefinitions: { type: ENTITY_TYPE, items: (schema) => Array.from(schema.tables.values(), (table) => ({ kind: 'table', table })) },
  RelationshipDefinitions: {
    type: RELATIONSHIP_TYPE,
    items: (schema) => Array.from(schema.relationships.values(), (relationship) => ({ kind: 'relationship', relationship })),
  },
  GlobalOptionSetDefinitions: { type: OPTION_SET_TYPE, items: (schema) => Array.from(schema.choices.values(), (choice) => ({ kind: 'choice', choice })) },
  ManagedPropertyDefinitions: { type: MANAGED_PROPERTY_TYPE, items: () => [] },
}

export const METADATA_SETS: readonly string[] = Object.keys(SETS)

/** Without a last `$count` or `$value`: those are the caller's. */
export function followMetadataPath(segments: readonly PathSegment[], aliases: Aliases, schema: Schema): MetadataPlace {
  const [first, ...rest] = segments
  const set = first && Object.hasOwn(SETS, first.name) ? SETS[first.name] : undefined
  if (!first || !set) throw fail('UnknownResource', first?.name ?? '')
  let place: MetadataPlace = enter({ kind: 'items', type: set.type, items: set.items(schema), context: first.name }, first.predicate, aliases)
  for (const segment of rest) place = step(place, segment, aliases, schema)
  return place
}

function step(place: MetadataPlace, segment: PathSegment, aliases: Aliases, schema: Schema): MetadataPlace {
  if (place.kind === 'property') throw unknown(segment)
  if (segment.name.startsWith(`${NAMESPACE}.`)) return enter(cast(place, segment), segment.predicate, aliases)
  if (place.kind === 'items') throw unknown(segment)
  const navigation = place.type.navigations.get(segment.name)
  if (navigation) return enter(follow(place, segment, schema), segment.predicate, aliases)
  if (!place.type.properties.has(segment.name) || segment.predicate) throw unknown(segment)
  return { kind: 'property', owner: place, name: segment.name }
}

/** The items, or the one that the predicate names. */
function enter<P extends MetadataPlace>(place: P, predicate: KeyPredicate | undefined, aliases: Aliases): P | ItemPlace {
  if (!predicate) return place
  if (place.kind !== 'items') throw fail('BadUrl', 'a single definition takes no key')
  const found = findItem(place, predicate, aliases)
  return { kind: 'item', type: place.type, item: found.item, context: place.context, address: `${place.context}(${found.key})` }
}

function cast(place: ItemsPlace | ItemPlace, segment: PathSegment): ItemsPlace | ItemPlace {
  const name = segment.name.slice(NAMESPACE.length + 1)
  const type = castOf(place.type, name)
  if (!type) throw unknown(segment)
  const context = type === place.type ? place.context : `${place.context}/${segment.name}`
  if (place.kind === 'items')
    return { ...place, type, context, items: type === place.type ? place.items : place.items.filter((item) => typeNameOf(item) === name) }
  if (type !== place.type && typeNameOf(place.item) !== name) throw fail('MetadataNotFound', name, identityOf(place.item).name)
  return { ...place, type, context, address: `${place.address}/${segment.name}` }
}

function follow(place: ItemPlace, segment: PathSegment, schema: Schema): ItemsPlace | ItemPlace {
  const navigation = place.type.navigations.get(segment.name)
  if (!navigation) throw unknown(segment)
  const address = `${place.address}/${segment.name}`
  if (navigation.isCollection) return { kind: 'items', type: navigation.type, items: relatedItems(place.item, segment.name, schema), context: address }
  const item = relatedItem(place.item, schema)
  if (!item) throw fail('MetadataNotFound', segment.name, identityOf(place.item).name)
  return { kind: 'item', type: navigation.type, item, context: address, address }
}

type Found = { readonly item: MetadataItem; readonly key: string }

function findItem({ items, type }: ItemsPlace, predicate: KeyPredicate, aliases: Aliases): Found {
  const [part, ...more] = predicate.kind === 'named' ? predicate.parts : [{ name: 'MetadataId', value: predicate.value }]
  if (!part || more.length > 0) throw fail('KeyNotDefined', type.name)
  const literal = literalOf(part.value, aliases)
  const text = keyText(literal)
  if (text === undefined) throw fail('KeyNotDefined', type.name)
  if (part.name === 'MetadataId') {
    const id = Guid.parse(text)
    if (id === undefined) throw fail('KeyNotDefined', type.name)
    const item = items.find((one) => identityOf(one).metadataId === id)
    if (!item) throw notFound(type, id)
    return { item, key: id }
  }
  if (part.name !== nameMemberOf(type)) throw fail('KeyNotDefined', type.name)
  const item = items.find((one) => identityOf(one).name === text)
  if (!item) throw notFound(type, text)
  return { item, key: `'${text.replaceAll("'", "''")}'` }
}

function keyText(literal: Literal): string | undefined {
  if (literal.kind === 'guid') return literal.value
  return literal.kind === 'string' ? literal.text : undefined
}

function nameMemberOf(type: MetadataType): Identity['nameMember'] {
  if (type.properties.has('LogicalName')) return 'LogicalName'
  return type.properties.has('SchemaName') ? 'SchemaName' : 'Name'
}

function notFound(type: MetadataType, name: string): DataverseError {
  return type === ENTITY_TYPE ? fail('TableNotFound', name) : fail('MetadataNotFound', type.name.replace(/MetadataBase$|Metadata$/, ''), name)
}

function unknown(segment: PathSegment): DataverseError {
  return fail('UnknownResource', segment.name)
}
