/** Functions about definitions. Each gives the members of its answer, a `…Response` of its own. */
import { fail } from '../protocol/errors.ts'
import type { Literal } from '../protocol/literal.ts'
import { type JsonValue, parseJsonBody } from '../protocol/row-json.ts'
import { complexMembers, type Wanted } from '../schema/metadata/complex-metadata.ts'
import { relatedItems } from '../schema/metadata/metadata-item.ts'
import type { MetadataObject } from '../schema/metadata/metadata-object.ts'
import { ENTITY_TYPE } from '../schema/metadata/metadata-types.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { type MetadataHistory, retrieveMetadataChanges } from './metadata-changes.ts'
import { formatStamp } from './metadata-stamp.ts'

type FunctionArguments = ReadonlyMap<string, Literal>
type MetadataFunction = {
  readonly parameters: readonly string[]
  readonly run: (args: FunctionArguments, schema: Schema, history: MetadataHistory) => MetadataObject
}

const FUNCTIONS: { readonly [name: string]: MetadataFunction } = {
  RetrieveMetadataChanges: {
    parameters: ['Query', 'DeletedMetadataFilters', 'ClientVersionStamp', 'AppModuleId', 'RetrieveAllSettings'],
    run: (args, schema, history) => {
      if (textOf(args, 'AppModuleId') !== undefined) throw fail('NotSupported', "The parameter 'AppModuleId'")
      return retrieveMetadataChanges(jsonOf(args, 'Query'), textOf(args, 'ClientVersionStamp'), textOf(args, 'DeletedMetadataFilters'), schema, history)
    },
  },
  RetrieveEntity: {
    parameters: ['EntityFilters', 'LogicalName', 'MetadataId', 'RetrieveAsIfPublished'],
    run: (args, schema) => ({ EntityMetadata: showTable(tableOf(args, schema), filtersOf(args), schema) }),
  },
  RetrieveAllEntities: {
    parameters: ['EntityFilters', 'RetrieveAsIfPublished'],
    run: (args, schema, history) => {
      const filters = filtersOf(args)
      return { EntityMetadata: Array.from(schema.tables.values(), (table) => showTable(table, filters, schema)), Timestamp: stampOf(schema, history) }
    },
  },
  RetrieveTimestamp: { parameters: [], run: (_args, schema, history) => ({ Timestamp: stampOf(schema, history) }) },
  GetValidManyToMany: { parameters: [], run: (_args, schema) => ({ EntityNames: related(schema) }) },
  GetValidReferencedEntities: { parameters: ['ReferencingEntityName'], run: (_args, schema) => ({ EntityNames: related(schema) }) },
  GetValidReferencingEntities: { parameters: ['ReferencedEntityName'], run: (_args, schema) => ({ EntityNames: related(schema) }) },
}

export const METADATA_FUNCTIONS: readonly string[] = Object.keys(FUNCTIONS)

export function isMetadataFunction(name: string): boolean {
  return Object.hasOwn(FUNCTIONS, name)
}

/** `args`: aliases resolved. */
export function runMetadataFunction(name: string, args: FunctionArguments, schema: Schema, history: MetadataHistory): MetadataObject {
  const found = isMetadataFunction(name) ? FUNCTIONS[name] : undefined
  if (!found) throw fail('UnknownOperation', name)
  const unknown = [...args.keys()].find((parameter) => !found.parameters.includes(parameter))
  if (unknown !== undefined) throw fail('BadRequest', `The function '${name}' has no parameter '${unknown}'.`)
  return found.run(args, schema, history)
}

const stampOf = (schema: Schema, history: MetadataHistory): string => formatStamp(schema.version, history.at, history.identity)

/** Tables that can stand at an end of a new relationship. */
function related(schema: Schema): readonly string[] {
  return [...schema.tables.values()].filter((table) => !table.isIntersect).map((table) => table.logicalName)
}

// RetrieveEntity and RetrieveAllEntities

const FILTERS: readonly string[] = ['Entity', 'Attributes', 'Privileges', 'Relationships', 'Default', 'All']

function filtersOf(args: FunctionArguments): ReadonlySet<string> {
  const asked = (textOf(args, 'EntityFilters') ?? 'Entity').split(',').map((name) => name.trim())
  const unknown = asked.find((name) => !FILTERS.includes(name))
  if (unknown !== undefined) throw fail('InvalidArgument', `'${unknown}' is not one of EntityFilters.`)
  return new Set(asked)
}

const ENTITY_MEMBERS: Wanted = new Set([...ENTITY_TYPE.properties].filter((name) => name !== 'Privileges'))
const RELATIONSHIPS = ['OneToManyRelationships', 'ManyToOneRelationships', 'ManyToManyRelationships'] as const

function showTable(table: Table, filters: ReadonlySet<string>, schema: Schema): MetadataObject {
  const item = { kind: 'table', table } as const
  const isAll = filters.has('All')
  const members = complexMembers(item, isAll || filters.has('Privileges') ? ENTITY_TYPE.properties : ENTITY_MEMBERS, null, schema)
  const add = (navigation: string): void => {
    members[navigation] = relatedItems(item, navigation, schema).map((one) => complexMembers(one, undefined, null, schema))
  }
  add('Keys')
  if (isAll || filters.has('Attributes')) add('Attributes')
  if (isAll || filters.has('Relationships')) RELATIONSHIPS.forEach(add)
  return members
}

function tableOf(args: FunctionArguments, schema: Schema): Table {
  const [name, id] = [textOf(args, 'LogicalName') || undefined, textOf(args, 'MetadataId')]
  // An empty guid stands for none: clients must send both.
  const byName = name === undefined ? undefined : schema.tables.get(name)
  const table = byName ?? [...schema.tables.values()].find((one) => one.metadataId === id)
  if (!table) throw fail('TableNotFound', name ?? id ?? '')
  return table
}

// Arguments

/** A string, a guid, or a member of an enumeration; undefined where it is missing or null. */
function textOf(args: FunctionArguments, name: string): string | undefined {
  const literal = args.get(name)
  switch (literal?.kind) {
    case undefined:
    case 'null':
      return undefined
    case 'string':
      return literal.text
    case 'enum':
      return literal.member
    case 'guid':
      return literal.value
    default:
      throw fail('BadRequest', `The parameter '${name}' must be a text.`)
  }
}

function jsonOf(args: FunctionArguments, name: string): JsonValue | undefined {
  const literal = args.get(name)
  if (literal === undefined || literal.kind === 'null') return undefined
  if (literal.kind !== 'json') throw fail('BadRequest', `The parameter '${name}' must be a JSON object.`)
  return parseJsonBody(literal.text)
}
