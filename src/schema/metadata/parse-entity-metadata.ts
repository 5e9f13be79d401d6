/** A table in a request body: the definition of a new one, or the changes that a definition sent back makes. */
import { fail } from '../../protocol/errors.ts'
import type { JsonValue } from '../../protocol/row-json.ts'
import type { Label } from '../label.ts'
import type { Schema } from '../schema.ts'
import type { ColumnRequest, SchemaEdit, TableRequest } from '../schema-edit.ts'
import type { Table } from '../table.ts'
import { entityMetadata } from './entity-metadata.ts'
import { parseLabel } from './label-json.ts'
import { type Body, bodyOf, flagOf, listOf, missing, oneOf, requiredText, textOf, wrappedFlag } from './metadata-body.ts'
import { ENTITY_TYPE } from './metadata-types.ts'
import { parseAttribute } from './parse-attribute.ts'
import { refuseOtherChanges } from './unchanged.ts'
import { refuseUnknownMembers } from './unknown-members.ts'

const OWNERSHIPS = { UserOwned: 'user', OrganizationOwned: 'organization' } as const

export function parseEntityMetadata(json: JsonValue, schema: Schema): TableRequest {
  const body = bodyOf(json, 'A table')
  refuseUnknownMembers(body, ENTITY_TYPE)
  refuseUnsupported(body)
  const description = parseLabel(body.Description, 'Description')
  const names = {
    logicalName: textOf(body, 'LogicalName'),
    // Clients that read one definition and post another send the set's name under either.
    entitySetName: textOf(body, 'EntitySetName') ?? textOf(body, 'LogicalCollectionName'),
    collectionSchemaName: textOf(body, 'CollectionSchemaName'),
  }
  return {
    schemaName: requiredText(body, 'SchemaName'),
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined)),
    displayName: requiredLabel(body, 'DisplayName'),
    displayCollectionName: requiredLabel(body, 'DisplayCollectionName'),
    ...(description && { description }),
    ownership: OWNERSHIPS[oneOf(body, 'OwnershipType', ['UserOwned', 'OrganizationOwned']) ?? 'UserOwned'],
    isActivity: flagOf(body, 'IsActivity') ?? false,
    hasNotes: flagOf(body, 'HasNotes') ?? false,
    hasActivities: flagOf(body, 'HasActivities') ?? false,
    tracksChanges: flagOf(body, 'ChangeTrackingEnabled') ?? false,
    isAudited: wrappedFlag(body, 'IsAuditEnabled') ?? false,
    columns: columnsOf(body, schema),
  }
}

type TableChange = Extract<SchemaEdit, { readonly kind: 'update-table' }>['change']

const CHANGEABLE: ReadonlySet<string> = new Set([
  'DisplayName',
  'DisplayCollectionName',
  'Description',
  'ChangeTrackingEnabled',
  'IsAuditEnabled',
  'HasNotes',
  'HasActivities',
  'EnforceStateTransitions',
])

export function parseEntityMetadataChange(json: JsonValue, table: Table): TableChange {
  const body = bodyOf(json, 'A table')
  refuseOtherChanges(body, entityMetadata(table), CHANGEABLE)
  const description = parseLabel(body.Description, 'Description')
  const change: TableChange = {
    displayName: parseLabel(body.DisplayName, 'DisplayName'),
    displayCollectionName: parseLabel(body.DisplayCollectionName, 'DisplayCollectionName'),
    description: description && Object.keys(description).length > 0 ? description : undefined,
    tracksChanges: flagOf(body, 'ChangeTrackingEnabled'),
    isAudited: changed(wrappedFlag(body, 'IsAuditEnabled'), table.isAudited ?? false),
    hasNotes: flagOf(body, 'HasNotes'),
    hasActivities: flagOf(body, 'HasActivities'),
    enforcesTransitions: flagOf(body, 'EnforceStateTransitions'),
  }
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

/** A definition that is sent back says it again. */
function changed(wanted: boolean | undefined, before: boolean): boolean | undefined {
  return wanted === before ? undefined : wanted
}

/** One is the primary name: by its own mark, or named by the table's `PrimaryNameAttribute`. */
function columnsOf(body: Body, schema: Schema): readonly ColumnRequest[] {
  const columns = (listOf(body, 'Attributes') ?? []).map((column) => parseAttribute(column, schema))
  const primaryName = textOf(body, 'PrimaryNameAttribute')
  if (primaryName === undefined || columns.some((column) => column.isPrimaryName)) return columns
  return columns.map((column) => ((column.logicalName ?? column.schemaName.toLowerCase()) === primaryName ? { ...column, isPrimaryName: true } : column))
}

function requiredLabel(body: Body, member: string): Label {
  const label = parseLabel(body[member], member)
  if (!label || Object.keys(label).length === 0) throw missing(member)
  return label
}

/** Tables whose rows are kept elsewhere or otherwise. */
function refuseUnsupported(body: Body): void {
  const type = textOf(body, 'TableType')
  if (type !== undefined && type !== 'Standard' && type !== 'Activity') throw fail('NotSupported', `A table of the type ${type}`)
  for (const member of ['DataProviderId', 'DataSourceId', 'ExternalName', 'ExternalCollectionName']) {
    if (textOf(body, member)) throw fail('NotSupported', `'${member}' of a table`)
  }
  if (flagOf(body, 'IsOptimisticConcurrencyEnabled') === false) throw fail('NotSupported', "A table whose 'IsOptimisticConcurrencyEnabled' is false")
}
