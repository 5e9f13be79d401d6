/**
 * POST, PUT and DELETE on definitions → one `SchemaEdit`. What is at the address is looked up here, so that the edit carries names;
 * whether the schema allows the edit is `editSchema`'s to say. There is no PATCH: Dataverse replaces definitions as a whole.
 */
import { fail } from '../protocol/errors.ts'
import { NAMESPACE } from '../protocol/names.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import { formatResourcePath, type PathSegment } from '../protocol/resource-path.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { asObject } from '../schema/metadata/metadata-body.ts'
import type { MetadataItem } from '../schema/metadata/metadata-item.ts'
import { parseAttribute, parseAttributeChange } from '../schema/metadata/parse-attribute.ts'
import { parseEntityMetadata, parseEntityMetadataChange } from '../schema/metadata/parse-entity-metadata.ts'
import { parseKey } from '../schema/metadata/parse-key.ts'
import { parseGlobalOptionSet, parseGlobalOptionSetChange } from '../schema/metadata/parse-option-set.ts'
import { parseRelationship, parseRelationshipChange } from '../schema/metadata/parse-relationship.ts'
import type { EditResult, SchemaEdit } from '../schema/schema-edit.ts'
import type { Schema } from '../schema/schema.ts'
import { followMetadataPath, type ItemPlace } from './metadata-path.ts'
import { refuseOptions, refuseOther } from './refuse-options.ts'

export type SchemaEditRequest = {
  readonly method: string
  readonly segments: readonly PathSegment[]
  readonly options: QueryOptions
  /** `MSCRM.MergeLabels: true`; without the header it is false. */
  readonly mergeLabels: boolean
  readonly body: JsonValue | undefined
}

export function planSchemaEdit(request: SchemaEditRequest, schema: Schema): SchemaEdit {
  checkOptions(request.options)
  const place = followMetadataPath(request.segments, request.options.aliases, schema)
  if (place.kind === 'property') throw fail('MethodNotAllowed', request.method, 'GET')
  if (place.kind === 'items') {
    if (request.method !== 'POST') throw fail('MethodNotAllowed', request.method, isOpen(request.segments) ? 'GET, POST' : 'GET')
    return create(withCast(bodyOf(request), request.segments), schema, request)
  }
  switch (request.method) {
    case 'PUT':
      return update(place, bodyOf(request), request.mergeLabels, schema)
    case 'DELETE':
      return remove(place)
    default:
      throw fail('MethodNotAllowed', request.method, allowedOn(place))
  }
}

/**
 * What `OData-EntityId` names, behind the service root; nothing after a deletion. A new column is named under its table's logical name
 * and a key under its table's id, as in the published examples; an update is answered with the address it was sent to.
 */
export function metadataLocation(edit: SchemaEdit, result: EditResult, segments: readonly PathSegment[], schema: Schema): string | undefined {
  switch (edit.kind) {
    case 'create-table':
      return `EntityDefinitions(${result.metadataId})`
    case 'create-column':
      return `EntityDefinitions(LogicalName='${edit.table}')/Attributes(${result.metadataId})`
    case 'create-key':
      return `EntityDefinitions(${schema.tables.get(edit.table)?.metadataId})/Keys(${result.metadataId})`
    case 'create-lookup':
    case 'create-many-to-many':
      return `RelationshipDefinitions(${result.metadataId})`
    case 'create-choice':
      return `GlobalOptionSetDefinitions(${result.metadataId})`
    case 'update-table':
    case 'update-column':
    case 'update-relationship':
    case 'update-choice':
      return formatResourcePath(segments.filter((segment) => !isCast(segment)))
    default:
      return undefined
  }
}

function create(body: JsonValue, schema: Schema, request: SchemaEditRequest): SchemaEdit {
  switch (request.segments.findLast((segment) => !isCast(segment))?.name) {
    case 'EntityDefinitions':
      return { kind: 'create-table', table: parseEntityMetadata(body, schema) }
    case 'RelationshipDefinitions':
      return parseRelationship(body, schema)
    case 'GlobalOptionSetDefinitions':
      return { kind: 'create-choice', choice: parseGlobalOptionSet(body) }
    case 'Attributes':
      return { kind: 'create-column', table: tableAt(request, schema).logicalName, column: parseAttribute(body, schema) }
    case 'Keys':
      return parseKey(body, tableAt(request, schema))
    default:
      throw fail('MethodNotAllowed', 'POST', 'GET')
  }
}

function tableAt(request: SchemaEditRequest, schema: Schema) {
  const place = followMetadataPath(request.segments.slice(0, 1), request.options.aliases, schema)
  if (place.kind !== 'item' || place.item.kind !== 'table') throw fail('UnknownResource', request.segments[0]?.name ?? '')
  return place.item.table
}

function update({ item }: ItemPlace, body: JsonValue, mergeLabels: boolean, schema: Schema): SchemaEdit {
  switch (item.kind) {
    case 'table':
      return { kind: 'update-table', table: item.table.logicalName, change: parseEntityMetadataChange(body, item.table), mergeLabels }
    case 'column': {
      const change = parseAttributeChange(body, item.table, item.column, schema)
      return { kind: 'update-column', table: item.table.logicalName, column: item.column.logicalName, change, mergeLabels }
    }
    case 'relationship':
      return { kind: 'update-relationship', schemaName: item.relationship.schemaName, cascade: parseRelationshipChange(body, item.relationship) }
    case 'choice':
      return { kind: 'update-choice', name: item.choice.name, change: parseGlobalOptionSetChange(body, item.choice), mergeLabels }
    case 'key':
    case 'local-choice':
      throw fail('MethodNotAllowed', 'PUT', allowedOn({ item }))
  }
}

function remove({ item }: ItemPlace): SchemaEdit {
  switch (item.kind) {
    case 'table':
      return { kind: 'delete-table', table: item.table.logicalName }
    case 'column':
      return { kind: 'delete-column', table: item.table.logicalName, column: item.column.logicalName }
    case 'key':
      return { kind: 'delete-key', table: item.table.logicalName, key: item.key.logicalName }
    case 'relationship':
      return { kind: 'delete-relationship', schemaName: item.relationship.schemaName }
    case 'choice':
      return { kind: 'delete-choice', name: item.choice.name }
    case 'local-choice':
      throw fail('MethodNotAllowed', 'DELETE', allowedOn({ item }))
  }
}

const ALLOWED: { readonly [K in MetadataItem['kind']]: string } = {
  table: 'GET, PUT, DELETE',
  column: 'GET, PUT, DELETE',
  // A key cannot be altered: it is deleted and made anew (sync.md 1.7).
  key: 'GET, DELETE',
  relationship: 'GET, PUT, DELETE',
  choice: 'GET, PUT, DELETE',
  'local-choice': 'GET',
}

function allowedOn({ item }: Pick<ItemPlace, 'item'>): string {
  return ALLOWED[item.kind]
}

const OPEN: ReadonlySet<string> = new Set(['EntityDefinitions', 'RelationshipDefinitions', 'GlobalOptionSetDefinitions', 'Attributes', 'Keys'])

function isOpen(segments: readonly PathSegment[]): boolean {
  return OPEN.has(segments.findLast((segment) => !isCast(segment))?.name ?? '')
}

/** `SolutionUniqueName` (also a header) puts the new thing into a solution: there is one solution here, which holds everything. */
function checkOptions(options: QueryOptions): void {
  refuseOptions(options, ['$select', '$filter', '$orderby', '$top', '$expand', '$count', '$skiptoken', '$deltatoken'])
  refuseOther(new Map([...options.other].filter(([name]) => name !== 'SolutionUniqueName')))
}

function bodyOf({ method, body }: SchemaEditRequest): JsonValue {
  if (body === undefined) throw fail('BadRequest', `A ${method} of a definition needs a body.`)
  return body
}

/** `POST …/Attributes/Microsoft.Dynamics.CRM.StringAttributeMetadata`: the path says the type where the body does not. */
function withCast(body: JsonValue, segments: readonly PathSegment[]): JsonValue {
  const last = segments.at(-1)
  const object = asObject(body)
  return last && object && isCast(last) ? { '@odata.type': last.name, ...object } : body
}

function isCast(segment: PathSegment): boolean {
  return segment.name.startsWith(`${NAMESPACE}.`)
}
