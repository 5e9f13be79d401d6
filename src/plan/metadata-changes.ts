/**
 * `RetrieveMetadataChanges`: definitions by a query, and with a stamp only what has changed since, and what has gone.
 * A table is in the answer when it has changed or something of it has; of its columns, keys and relationships only the changed ones are.
 */
import type { JsonValue } from '../protocol/row-json.ts'
import { type Wanted, wants, checkMember, complexMembers } from '../schema/metadata/complex-metadata.ts'
import { keepLanguages } from '../schema/metadata/label-json.ts'
import { type Body, bodyOf, flagOf, listOf, objectOf, textsOf } from '../schema/metadata/metadata-body.ts'
import { criteriaOf } from '../schema/metadata/metadata-criteria.ts'
import type { Condition } from '../schema/metadata/metadata-filter.ts'
import { identityOf, type MetadataItem, membersOf, relatedItems } from '../schema/metadata/metadata-item.ts'
import type { MetadataObject, MetadataValue } from '../schema/metadata/metadata-object.ts'
import { ATTRIBUTE_TYPE, ENTITY_TYPE, KEY_TYPE, type MetadataType, RELATIONSHIP_TYPE } from '../schema/metadata/metadata-types.ts'
import type { Schema } from '../schema/schema.ts'
import { fail } from '../protocol/errors.ts'
import { formatStamp, parseStamp } from './metadata-stamp.ts'

/** What the store remembers of the schema's past. */
export type MetadataHistory = {
  /** Tells this database from others, and from itself before a restore. Without `!`. */
  readonly identity: string
  /** Changes and deletions after this version of the schema are all known; a stamp from before is expired. */
  readonly since: number
  /** The moment of the answer, ISO 8601 with `Z`: for people, in the stamp. */
  readonly at: string
  /** By which version the definition with this `MetadataId` was last made or changed; undefined: not after `since`. Also of columns and keys. */
  readonly changedAt: (metadataId: string) => number | undefined
  readonly deleted: readonly DeletedMetadata[]
}

export type DeletedMetadata = { readonly metadataId: string; readonly kind: 'table' | 'column' | 'key' | 'relationship' | 'choice'; readonly version: number }

type Level = { readonly wanted: Wanted; readonly condition: Condition }
type Query = {
  readonly table: Level
  readonly column: Level
  readonly relationship: Level
  readonly key: Level
  readonly languages: ReadonlySet<number> | undefined
}

/** `query`: EntityQueryExpression, or nothing: everything. `deletedFilters`: `Attribute,Relationship`. */
export function retrieveMetadataChanges(
  query: JsonValue | undefined,
  clientVersionStamp: string | undefined,
  deletedFilters: string | undefined,
  schema: Schema,
  history: MetadataHistory,
): MetadataObject {
  const ground = { version: schema.version, since: history.since, identity: history.identity }
  const seen = clientVersionStamp ? parseStamp(clientVersionStamp, ground) : undefined
  const parsed = parseQuery(query)
  const tables = Array.from(schema.tables.values(), (table): MetadataItem => ({ kind: 'table', table }))
  const found = tables.filter((item) => parsed.table.condition(membersOf(item)))
  const shown = found.flatMap((item) => showTable(item, parsed, schema, (id) => isNew(history, id, seen)) ?? [])
  return {
    ServerVersionStamp: formatStamp(schema.version, history.at, history.identity),
    DeletedMetadata: deletedMetadata(deletedFilters, seen, history),
    EntityMetadata: parsed.languages ? keepLanguages(shown, parsed.languages) : shown,
  }
}

/** Null where nobody asked for changes. */
type HasChanged = (metadataId: string) => boolean | null

function isNew(history: MetadataHistory, metadataId: string, seen: number | undefined): boolean | null {
  return seen === undefined ? null : (history.changedAt(metadataId) ?? 0) > seen
}

const NESTED = ['Attributes', 'Keys', 'OneToManyRelationships', 'ManyToOneRelationships', 'ManyToManyRelationships'] as const

function levelOf(query: Query, navigation: (typeof NESTED)[number]): Level {
  return navigation === 'Attributes' ? query.column : navigation === 'Keys' ? query.key : query.relationship
}

/** Undefined where neither the table nor anything asked for of it has changed. */
function showTable(item: MetadataItem, query: Query, schema: Schema, hasChanged: HasChanged): MetadataObject | undefined {
  const tableChanged = hasChanged(identityOf(item).metadataId)
  const members = complexMembers(item, query.table.wanted, tableChanged, schema)
  let isShown = tableChanged !== false
  for (const navigation of NESTED) {
    if (!wants(query.table.wanted, navigation)) continue
    const level = levelOf(query, navigation)
    const nested = relatedItems(item, navigation, schema).filter((one) => hasChanged(identityOf(one).metadataId) !== false && level.condition(membersOf(one)))
    members[navigation] = nested.map((one) => complexMembers(one, level.wanted, hasChanged(identityOf(one).metadataId), schema))
    isShown ||= nested.length > 0
  }
  return isShown ? members : undefined
}

function parseQuery(json: JsonValue | undefined): Query {
  const body = json === undefined || json === null ? {} : bodyOf(json, "The parameter 'Query'")
  const labels = objectOf(body, 'LabelQuery')
  const languages = labels && listOf(labels, 'FilterLanguages')
  return {
    table: levelFrom(body, ENTITY_TYPE),
    column: levelFrom(objectOf(body, 'AttributeQuery'), ATTRIBUTE_TYPE),
    relationship: levelFrom(objectOf(body, 'RelationshipQuery'), RELATIONSHIP_TYPE),
    key: levelFrom(objectOf(body, 'KeyQuery'), KEY_TYPE),
    languages: languages?.length ? new Set(languages.map(Number)) : undefined,
  }
}

/** All members where nothing is said. */
function levelFrom(body: Body | undefined, type: MetadataType): Level {
  const properties = body && objectOf(body, 'Properties')
  const names = properties && !flagOf(properties, 'AllProperties') ? (textsOf(properties, 'PropertyNames') ?? []) : undefined
  for (const name of names ?? []) checkMember(type, name)
  return { wanted: names && new Set(names), condition: criteriaOf(body?.Criteria, type) }
}

/** `Default` is the flag of tables, which .NET also calls `Entity`. Labels go with what they label; keys have no flag: see their table's `Keys`. */
const FILTERS: { readonly [name: string]: DeletedMetadata['kind'] | undefined } = {
  Default: 'table',
  Attribute: 'column',
  Relationship: 'relationship',
  Label: undefined,
  OptionSet: 'choice',
}

function deletedMetadata(filters: string | undefined, seen: number | undefined, history: MetadataHistory): MetadataObject {
  const names = filters === undefined || seen === undefined ? [] : filterNames(filters)
  const idsOf = (kind: DeletedMetadata['kind'] | undefined): MetadataValue[] =>
    history.deleted.filter((one) => one.kind === kind && one.version > (seen ?? 0)).map((one) => one.metadataId)
  return { Count: names.length, IsReadOnly: false, Keys: names, Values: names.map((name) => ({ Items: idsOf(FILTERS[name]) })) }
}

function filterNames(filters: string): readonly string[] {
  const asked = filters.split(',').map((name) => (name.trim() === 'Entity' ? 'Default' : name.trim()))
  const unknown = asked.find((name) => name !== 'All' && !Object.hasOwn(FILTERS, name))
  if (unknown !== undefined) throw fail('InvalidArgument', `'${unknown}' is not one of DeletedMetadataFilters.`)
  return Object.keys(FILTERS).filter((name) => asked.includes('All') || asked.includes(name))
}
