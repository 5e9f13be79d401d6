/**
 * The functions and actions of this server. The first are called by name, the bulk writes on an entity set:
 * `POST accounts/Microsoft.Dynamics.CRM.CreateMultiple`.
 */
import { NAMESPACE } from '../protocol/names.ts'
import { AUDIT_BOUND_OPERATIONS, AUDIT_OPERATIONS } from './csdl-audit-operations.ts'
import { entries, facetsOf, type Members, qualified } from './csdl-notation.ts'
import { SECURITY_BOUND_OPERATIONS, SECURITY_OPERATIONS } from './csdl-security-operations.ts'
import { SHARE_BOUND_OPERATIONS, SHARE_OPERATIONS } from './csdl-share-operations.ts'
import { SERVERS_TABLES } from './servers-tables.ts'
import type { Table } from './table.ts'
import { element } from './xml.ts'

export type Operation = {
  readonly kind: 'function' | 'action'
  readonly name: string
  readonly parameters?: Members
  /** Parameters that may be left out or null. */
  readonly optional?: Members
  readonly returns?: string
}

/** Bound to one row of one of these tables. */
export type BoundOperation = Operation & { readonly boundTo: readonly string[] }

const OPTION_OWNER = 'AttributeLogicalName EntityLogicalName OptionSetName SolutionUniqueName'
const COMPLEX_LOOKUP: Members = { ComplexLookupAttributeMetadata: 'Lookup', 'Collection(ComplexOneToManyRelationshipMetadata)': 'OneToManyRelationships' }

/** Not bound to anything: each has an import in the entity container. */
export const OPERATIONS: readonly Operation[] = [
  {
    kind: 'function',
    name: 'CalculateRollupField',
    parameters: { crmbaseentity: 'Target', 'Edm.String': 'FieldName' },
    returns: 'crmbaseentity',
  },
  {
    kind: 'function',
    name: 'FormatAddress',
    optional: { 'Edm.String': 'Line1 City StateOrProvince PostalCode Country' },
    returns: 'FormatAddressResponse',
  },
  {
    kind: 'function',
    name: 'GetTimeZoneCodeByLocalizedName',
    parameters: { 'Edm.String': 'LocalizedStandardName', 'Edm.Int32': 'LocaleId' },
    returns: 'GetTimeZoneCodeByLocalizedNameResponse',
  },
  { kind: 'function', name: 'GetValidManyToMany', returns: 'GetValidManyToManyResponse' },
  {
    kind: 'function',
    name: 'GetValidReferencedEntities',
    parameters: { 'Edm.String': 'ReferencingEntityName' },
    returns: 'GetValidReferencedEntitiesResponse',
  },
  {
    kind: 'function',
    name: 'GetValidReferencingEntities',
    parameters: { 'Edm.String': 'ReferencedEntityName' },
    returns: 'GetValidReferencingEntitiesResponse',
  },
  {
    kind: 'function',
    name: 'InitializeFrom',
    parameters: { crmbaseentity: 'EntityMoniker', 'Edm.String': 'TargetEntityName', TargetFieldType: 'TargetFieldType' },
    optional: { 'Edm.Boolean': 'SkipParentalRelationshipMapping RetrieveConsumableRecord' },
    returns: 'crmbaseentity',
  },
  {
    kind: 'function',
    name: 'IsValidStateTransition',
    parameters: { crmbaseentity: 'Entity', 'Edm.String': 'NewState', 'Edm.Int32': 'NewStatus' },
    returns: 'IsValidStateTransitionResponse',
  },
  {
    kind: 'function',
    name: 'LocalTimeFromUtcTime',
    parameters: { 'Edm.Int32': 'TimeZoneCode', 'Edm.DateTimeOffset': 'UtcTime' },
    returns: 'LocalTimeFromUtcTimeResponse',
  },
  {
    kind: 'function',
    name: 'RetrieveAllEntities',
    parameters: { EntityFilters: 'EntityFilters', 'Edm.Boolean': 'RetrieveAsIfPublished' },
    returns: 'RetrieveAllEntitiesResponse',
  },
  { kind: 'function', name: 'RetrieveCurrentOrganization', parameters: { EndpointAccessType: 'AccessType' }, returns: 'RetrieveCurrentOrganizationResponse' },
  {
    kind: 'function',
    name: 'RetrieveEntity',
    parameters: { EntityFilters: 'EntityFilters', 'Edm.Guid': 'MetadataId', 'Edm.Boolean': 'RetrieveAsIfPublished' },
    optional: { 'Edm.String': 'LogicalName' },
    returns: 'RetrieveEntityResponse',
  },
  {
    kind: 'function',
    name: 'RetrieveMetadataChanges',
    optional: {
      EntityQueryExpression: 'Query',
      DeletedMetadataFilters: 'DeletedMetadataFilters',
      'Edm.String': 'ClientVersionStamp',
      'Edm.Guid': 'AppModuleId',
      'Edm.Boolean': 'RetrieveAllSettings',
    },
    returns: 'RetrieveMetadataChangesResponse',
  },
  { kind: 'function', name: 'RetrieveTimestamp', returns: 'RetrieveTimestampResponse' },
  { kind: 'function', name: 'RetrieveTotalRecordCount', parameters: { 'Collection(Edm.String)': 'EntityNames' }, returns: 'RetrieveTotalRecordCountResponse' },
  { kind: 'function', name: 'RetrieveVersion', returns: 'RetrieveVersionResponse' },
  {
    kind: 'function',
    name: 'UtcTimeFromLocalTime',
    parameters: { 'Edm.Int32': 'TimeZoneCode', 'Edm.DateTimeOffset': 'LocalTime' },
    returns: 'UtcTimeFromLocalTimeResponse',
  },
  { kind: 'function', name: 'WhoAmI', returns: 'WhoAmIResponse' },

  {
    kind: 'action',
    name: 'BulkDelete',
    parameters: {
      'Collection(QueryExpression)': 'QuerySet',
      'Edm.String': 'JobName RecurrencePattern',
      'Edm.Boolean': 'SendEmailNotification',
      'Collection(crmbaseentity)': 'ToRecipients CCRecipients',
      'Edm.DateTimeOffset': 'StartDateTime',
    },
    optional: { 'Edm.Guid': 'SourceImportId', 'Edm.Boolean': 'RunNow' },
    returns: 'BulkDeleteResponse',
  },
  { kind: 'action', name: 'CanBeReferenced', parameters: { 'Edm.String': 'EntityName' }, returns: 'CanBeReferencedResponse' },
  { kind: 'action', name: 'CanBeReferencing', parameters: { 'Edm.String': 'EntityName' }, returns: 'CanBeReferencingResponse' },
  { kind: 'action', name: 'CanManyToMany', parameters: { 'Edm.String': 'EntityName' }, returns: 'CanManyToManyResponse' },
  {
    kind: 'action',
    name: 'CreateCustomerRelationships',
    parameters: COMPLEX_LOOKUP,
    optional: { 'Edm.String': 'SolutionUniqueName' },
    returns: 'CreateCustomerRelationshipsResponse',
  },
  {
    kind: 'action',
    name: 'CreatePolymorphicLookupAttribute',
    parameters: COMPLEX_LOOKUP,
    optional: { 'Edm.String': 'SolutionUniqueName' },
    returns: 'CreatePolymorphicLookupAttributeResponse',
  },
  { kind: 'action', name: 'DeleteOptionValue', parameters: { 'Edm.Int32': 'Value' }, optional: { 'Edm.String': OPTION_OWNER } },
  {
    kind: 'action',
    name: 'InsertOptionValue',
    parameters: { Label: 'Label' },
    optional: { 'Edm.String': `${OPTION_OWNER} Color ExternalValue`, 'Edm.Int32': 'Value', Label: 'Description', 'Collection(Edm.Int32)': 'ParentValues' },
    returns: 'InsertOptionValueResponse',
  },
  {
    kind: 'action',
    name: 'InsertStatusValue',
    parameters: { Label: 'Label', 'Edm.Int32': 'StateCode' },
    optional: { 'Edm.String': OPTION_OWNER, 'Edm.Int32': 'Value', Label: 'Description' },
    returns: 'InsertStatusValueResponse',
  },
  {
    kind: 'action',
    name: 'Merge',
    parameters: { crmbaseentity: 'Target Subordinate', 'Edm.Boolean': 'PerformParentingChecks' },
    optional: { crmbaseentity: 'UpdateContent' },
  },
  { kind: 'action', name: 'OrderOption', parameters: { 'Collection(Edm.Int32)': 'Values' }, optional: { 'Edm.String': OPTION_OWNER } },
  { kind: 'action', name: 'PublishAllXml' },
  { kind: 'action', name: 'PublishXml', parameters: { 'Edm.String': 'ParameterXml' } },
  { kind: 'action', name: 'ReactivateEntityKey', parameters: { 'Edm.String': 'EntityLogicalName EntityKeyLogicalName' } },
  {
    kind: 'action',
    name: 'UpdateOptionValue',
    parameters: { 'Edm.Int32': 'Value', 'Edm.Boolean': 'MergeLabels' },
    optional: { 'Edm.String': `${OPTION_OWNER} Color ExternalValue`, Label: 'Label Description', 'Collection(Edm.Int32)': 'ParentValues' },
  },
  {
    kind: 'action',
    name: 'UpdateStateValue',
    parameters: { 'Edm.Int32': 'Value', 'Edm.Boolean': 'MergeLabels' },
    optional: { 'Edm.String': OPTION_OWNER, 'Edm.Int32': 'DefaultStatusCode', Label: 'Label Description' },
  },
  ...AUDIT_OPERATIONS,
  ...SECURITY_OPERATIONS,
  ...SHARE_OPERATIONS,
]

export const BOUND_OPERATIONS: readonly BoundOperation[] = [...AUDIT_BOUND_OPERATIONS, ...SECURITY_BOUND_OPERATIONS, ...SHARE_BOUND_OPERATIONS]

/** The other two answer 204: their responses are of the organization service alone (webapi.md 5.5). */
const BULK_WRITES: readonly { readonly name: string; readonly returns?: string }[] = [
  { name: 'CreateMultiple', returns: 'CreateMultipleResponse' },
  { name: 'UpdateMultiple' },
  { name: 'UpsertMultiple' },
]

export function operationElement({ kind, name, parameters, optional, returns }: Operation, boundTo?: string): string {
  const row = boundTo === undefined ? [] : [parameterElement('entity', boundTo, 'false')]
  const required = entries(parameters).map(([type, parameter]) => parameterElement(parameter, type, 'false'))
  const rest = entries(optional).map(([type, parameter]) => parameterElement(parameter, type, undefined))
  return element(kind === 'function' ? 'Function' : 'Action', { Name: name, IsBound: boundTo && 'true' }, [
    ...row,
    ...required,
    ...rest,
    ...(returns ? [returnElement(returns)] : []),
  ])
}

/** An overload for each table. */
export function boundElements(operation: BoundOperation, tables: ReadonlyMap<string, Table>): string[] {
  return operation.boundTo.filter((table) => tables.has(table)).map((table) => operationElement(operation, table))
}

export function importElement({ kind, name }: Operation): string {
  const operation = `${NAMESPACE}.${name}`
  return kind === 'function' ? element('FunctionImport', { Name: name, Function: operation }) : element('ActionImport', { Name: name, Action: operation })
}

/**
 * Overloads, told apart by the set they are bound to. Pairs of an intersect table are written by associating rows, some rows by the
 * server itself, and there is but one organization.
 */
export function bulkWriteElements(table: Table): string[] {
  if (table.isIntersect || SERVERS_TABLES.has(table.logicalName) || table.logicalName === 'bulkdeleteoperation') return []
  const rows = `Collection(${table.logicalName})`
  const possible = table.logicalName === 'organization' ? BULK_WRITES.filter(({ name }) => name === 'UpdateMultiple') : BULK_WRITES
  return possible.map(({ name, returns }) => {
    const parameters = [parameterElement('entityset', rows, 'false'), parameterElement('Targets', rows, 'false')]
    return element('Action', { Name: name, IsBound: 'true' }, [...parameters, ...(returns ? [returnElement(returns)] : [])])
  })
}

function parameterElement(name: string, type: string, nullable: 'false' | undefined): string {
  return element('Parameter', { Name: name, Type: qualified(type), Nullable: nullable, ...facetsOf(type) })
}

function returnElement(type: string): string {
  return element('ReturnType', { Type: qualified(type), Nullable: 'false' })
}
