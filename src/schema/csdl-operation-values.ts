/** The values that operations take and give, other than definitions (`csdl-metadata.ts`). */
import type { TypeDeclaration } from './csdl-notation.ts'

export const OPERATION_TYPES: readonly TypeDeclaration[] = [
  { kind: 'complex', name: 'WhoAmIResponse', properties: { 'Edm.Guid': 'BusinessUnitId UserId OrganizationId' } },
  { kind: 'complex', name: 'RetrieveVersionResponse', properties: { 'Edm.String': 'Version' } },

  // RetrieveCurrentOrganization
  { kind: 'enum', name: 'EndpointAccessType', members: 'Default Internet Intranet' },
  { kind: 'enum', name: 'EndpointType', members: 'OrganizationService OrganizationDataService WebApplication' },
  { kind: 'enum', name: 'OrganizationState', members: 'Enabled Disabled' },
  {
    kind: 'enum',
    name: 'OrganizationType',
    members:
      'Customer Monitoring Support BackEnd Secondary CustomerTest CustomerFreeTest CustomerPreview Placeholder TestDrive MsftInvestigation EmailTrial Default ' +
      'Developer Trial Teams',
  },
  { kind: 'complex', name: 'EndpointCollection', properties: { ...listOf('EndpointType'), 'Collection(Edm.String)': 'Values' } },
  {
    kind: 'complex',
    name: 'OrganizationDetail',
    properties: {
      'Edm.Guid': 'OrganizationId DatacenterId',
      'Edm.String': 'FriendlyName OrganizationVersion EnvironmentId Geo TenantId UrlName UniqueName SchemaType',
      OrganizationState: 'State',
      OrganizationType: 'OrganizationType',
      EndpointCollection: 'Endpoints',
    },
  },
  { kind: 'complex', name: 'RetrieveCurrentOrganizationResponse', properties: { OrganizationDetail: 'Detail' } },

  // Functions that need no rows
  { kind: 'complex', name: 'FormatAddressResponse', properties: { 'Edm.String': 'Address' } },
  { kind: 'complex', name: 'GetTimeZoneCodeByLocalizedNameResponse', properties: { 'Edm.Int32': 'TimeZoneCode' } },
  { kind: 'complex', name: 'LocalTimeFromUtcTimeResponse', properties: { 'Edm.DateTimeOffset': 'LocalTime' } },
  { kind: 'complex', name: 'UtcTimeFromLocalTimeResponse', properties: { 'Edm.DateTimeOffset': 'UtcTime' } },

  // Functions about one row
  { kind: 'enum', name: 'TargetFieldType', members: 'All ValidForCreate ValidForUpdate ValidForRead' },
  { kind: 'complex', name: 'IsValidStateTransitionResponse', properties: { 'Edm.Boolean': 'IsValid' } },

  // RetrieveTotalRecordCount
  {
    kind: 'complex',
    name: 'EntityRecordCountCollection',
    properties: { 'Edm.Int32': 'Count', 'Edm.Boolean': 'IsReadOnly', 'Collection(Edm.String)': 'Keys', 'Collection(Edm.Int64)': 'Values' },
  },
  { kind: 'complex', name: 'RetrieveTotalRecordCountResponse', properties: { EntityRecordCountCollection: 'EntityRecordCountCollection' } },

  // RetrieveMetadataChanges
  { kind: 'enum', name: 'LogicalOperator', members: 'And Or' },
  { kind: 'enum', name: 'MetadataConditionOperator', members: 'Equals NotEquals In NotIn GreaterThan LessThan' },
  {
    kind: 'enum',
    name: 'DeletedMetadataFilters',
    isFlags: true,
    members: { Default: 1, Entity: 1, Attribute: 2, Relationship: 4, Label: 8, OptionSet: 16, All: 31 },
  },
  {
    kind: 'complex',
    name: 'MetadataConditionExpression',
    properties: { 'Edm.String': 'PropertyName', MetadataConditionOperator: 'ConditionOperator', Object: 'Value' },
  },
  {
    kind: 'complex',
    name: 'MetadataFilterExpression',
    properties: {
      LogicalOperator: 'FilterOperator',
      'Collection(MetadataConditionExpression)': 'Conditions',
      'Collection(MetadataFilterExpression)': 'Filters',
    },
  },
  { kind: 'complex', name: 'MetadataPropertiesExpression', properties: { 'Edm.Boolean': 'AllProperties', 'Collection(Edm.String)': 'PropertyNames' } },
  { kind: 'complex', name: 'MetadataQueryExpression', properties: { MetadataFilterExpression: 'Criteria', MetadataPropertiesExpression: 'Properties' } },
  { kind: 'complex', name: 'AttributeQueryExpression', base: 'MetadataQueryExpression', properties: {} },
  { kind: 'complex', name: 'EntityKeyQueryExpression', base: 'MetadataQueryExpression', properties: {} },
  { kind: 'complex', name: 'RelationshipQueryExpression', base: 'MetadataQueryExpression', properties: {} },
  { kind: 'complex', name: 'LabelQueryExpression', properties: { 'Collection(Edm.Int32)': 'FilterLanguages', 'Edm.Int32': 'MissingLabelBehavior' } },
  {
    kind: 'complex',
    name: 'EntityQueryExpression',
    base: 'MetadataQueryExpression',
    properties: {
      AttributeQueryExpression: 'AttributeQuery',
      EntityKeyQueryExpression: 'KeyQuery',
      RelationshipQueryExpression: 'RelationshipQuery',
      LabelQueryExpression: 'LabelQuery',
    },
  },
  { kind: 'complex', name: 'GuidCollection', properties: { 'Collection(Edm.Guid)': 'Items' } },
  { kind: 'complex', name: 'DeletedMetadataCollection', properties: { ...listOf('DeletedMetadataFilters'), 'Collection(GuidCollection)': 'Values' } },
  {
    kind: 'complex',
    name: 'RetrieveMetadataChangesResponse',
    properties: { 'Collection(ComplexEntityMetadata)': 'EntityMetadata', 'Edm.String': 'ServerVersionStamp', DeletedMetadataCollection: 'DeletedMetadata' },
  },

  // Other functions about definitions
  { kind: 'enum', name: 'EntityFilters', isFlags: true, members: { Default: 1, Entity: 1, Attributes: 2, Privileges: 4, Relationships: 8, All: 15 } },
  {
    kind: 'complex',
    name: 'RetrieveAllEntitiesResponse',
    properties: { 'Collection(ComplexEntityMetadata)': 'EntityMetadata', 'Edm.String': 'Timestamp' },
  },
  { kind: 'complex', name: 'RetrieveEntityResponse', properties: { ComplexEntityMetadata: 'EntityMetadata' } },
  { kind: 'complex', name: 'RetrieveTimestampResponse', properties: { 'Edm.String': 'Timestamp' } },
  { kind: 'complex', name: 'GetValidManyToManyResponse', properties: { 'Collection(Edm.String)': 'EntityNames' } },
  { kind: 'complex', name: 'GetValidReferencedEntitiesResponse', properties: { 'Collection(Edm.String)': 'EntityNames' } },
  { kind: 'complex', name: 'GetValidReferencingEntitiesResponse', properties: { 'Collection(Edm.String)': 'EntityNames' } },
  { kind: 'complex', name: 'CanBeReferencedResponse', properties: { 'Edm.Boolean': 'CanBeReferenced' } },
  { kind: 'complex', name: 'CanBeReferencingResponse', properties: { 'Edm.Boolean': 'CanBeReferencing' } },
  { kind: 'complex', name: 'CanManyToManyResponse', properties: { 'Edm.Boolean': 'CanManyToMany' } },

  // Schema edits
  { kind: 'complex', name: 'InsertOptionValueResponse', properties: { 'Edm.Int32': 'NewOptionValue' } },
  { kind: 'complex', name: 'InsertStatusValueResponse', properties: { 'Edm.Int32': 'NewOptionValue' } },
  { kind: 'complex', name: 'CreateCustomerRelationshipsResponse', properties: { 'Collection(Edm.Guid)': 'RelationshipIds', 'Edm.Guid': 'AttributeId' } },
  { kind: 'complex', name: 'CreatePolymorphicLookupAttributeResponse', properties: { 'Collection(Edm.Guid)': 'RelationshipIds', 'Edm.Guid': 'AttributeId' } },

  // Bulk writes
  { kind: 'complex', name: 'BulkDeleteResponse', properties: { 'Edm.Guid': 'JobId' } },
  { kind: 'complex', name: 'CreateMultipleResponse', properties: { 'Collection(Edm.Guid)': 'Ids' } },
]

/** A dictionary as Dataverse writes it: keys here, values at the same place in `Values`. */
function listOf(key: string): { readonly [type: string]: string } {
  return { 'Edm.Int32': 'Count', 'Edm.Boolean': 'IsReadOnly', [`Collection(${key})`]: 'Keys' }
}
