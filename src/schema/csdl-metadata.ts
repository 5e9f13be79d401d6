/**
 * The definitions of tables, columns, keys, relationships and choices as entity types: what `EntityDefinitions` and its like answer.
 * The members of `metadata/metadata-types.ts`, with their types; those of columns are in `csdl-metadata-columns.ts`.
 */
import { COLUMN_TYPES } from './csdl-metadata-columns.ts'
import { METADATA_COMPLEX_TYPES, METADATA_ENUMS } from './csdl-metadata-enums.ts'
import type { ComplexDeclaration, EntityDeclaration, TypeDeclaration } from './csdl-notation.ts'

/** Sets of definitions, beside those of rows: set → type. */
export const METADATA_SETS: { readonly [set: string]: string } = {
  EntityDefinitions: 'EntityMetadata',
  GlobalOptionSetDefinitions: 'OptionSetMetadataBase',
  ManagedPropertyDefinitions: 'ManagedPropertyMetadata',
  RelationshipDefinitions: 'RelationshipMetadataBase',
}

const TABLE: EntityDeclaration = {
  kind: 'entity',
  name: 'EntityMetadata',
  base: 'MetadataBase',
  alternateKey: 'LogicalName',
  properties: {
    'Edm.Boolean':
      'AutoCreateAccessTeams AutoRouteToOwnerQueue CanTriggerWorkflow ChangeTrackingEnabled EnforceStateTransitions EntityHelpUrlEnabled HasActivities ' +
      'HasEmailAddresses HasFeedback HasNotes IsAIRUpdated IsActivity IsActivityParty IsArchivalEnabled IsAvailableOffline IsBPFEntity ' +
      'IsBusinessProcessEnabled IsChildEntity IsCustomEntity IsDocumentManagementEnabled IsDocumentRecommendationsEnabled IsEnabledForCharts ' +
      'IsEnabledForExternalChannels IsEnabledForTrace IsImportable IsInteractionCentricEnabled IsIntersect IsKnowledgeManagementEnabled IsLogicalEntity ' +
      'IsMSTeamsIntegrationEnabled IsManaged IsOneNoteIntegrationEnabled IsOptimisticConcurrencyEnabled IsPrivate IsQuickCreateEnabled ' +
      'IsReadingPaneEnabled IsRetentionEnabled IsRetrieveAuditEnabled IsRetrieveMultipleAuditEnabled IsSLAEnabled IsSolutionAware IsStateModelAware ' +
      'IsValidForAdvancedFind SyncToExternalSearchIndex UsesBusinessDataLabelTable',
    'Edm.Int32': 'ActivityTypeMask DaysSinceRecordLastModified ObjectTypeCode OwnerIdType',
    'Edm.Guid': 'DataProviderId DataSourceId OwnerId OwningBusinessUnit',
    'Edm.String':
      'CollectionSchemaName EntityColor EntityHelpUrl EntitySetName ExternalCollectionName ExternalName IconLargeName IconMediumName IconSmallName ' +
      'IconVectorName IntroducedVersion LogicalCollectionName LogicalName MobileOfflineFilters PrimaryIdAttribute PrimaryImageAttribute ' +
      'PrimaryNameAttribute RecurrenceBaseEntityLogicalName ReportViewName SchemaName SettingOf TableType',
    'Edm.DateTimeOffset': 'CreatedOn ModifiedOn',
    BooleanManagedProperty:
      'CanBeInCustomEntityAssociation CanBeInManyToMany CanBePrimaryEntityInRelationship CanBeRelatedEntityInRelationship ' +
      'CanChangeHierarchicalRelationship CanChangeTrackingBeEnabled CanCreateAttributes CanCreateCharts CanCreateForms CanCreateViews ' +
      'CanEnableSyncToExternalSearchIndex CanModifyAdditionalSettings IsAuditEnabled IsConnectionsEnabled IsCustomizable IsDuplicateDetectionEnabled ' +
      'IsMailMergeEnabled IsMappable IsOfflineInMobileClient IsReadOnlyInMobileClient IsRenameable IsValidForQueue IsVisibleInMobile ' +
      'IsVisibleInMobileClient',
    Label: 'Description DisplayCollectionName DisplayName',
    OwnershipTypes: 'OwnershipType',
    'Collection(SecurityPrivilegeMetadata)': 'Privileges',
    'Collection(EntitySetting)': 'Settings',
  },
  parts: { 'Collection(AttributeMetadata)': 'Attributes', 'Collection(EntityKeyMetadata)': 'Keys' },
  links: {
    'Collection(OneToManyRelationshipMetadata)': 'OneToManyRelationships ManyToOneRelationships',
    'Collection(ManyToManyRelationshipMetadata)': 'ManyToManyRelationships',
  },
}

const KEY: EntityDeclaration = {
  kind: 'entity',
  name: 'EntityKeyMetadata',
  base: 'MetadataBase',
  alternateKey: 'LogicalName',
  properties: {
    'Edm.String': 'EntityLogicalName IntroducedVersion LogicalName SchemaName',
    'Collection(Edm.String)': 'KeyAttributes',
    'Edm.Boolean': 'IsExportKey IsManaged IsSynchronous',
    // The job that builds it, by id.
    'Edm.Guid': 'AsyncJob',
    Label: 'DisplayName',
    BooleanManagedProperty: 'IsCustomizable',
    EntityKeyIndexStatus: 'EntityKeyIndexStatus',
  },
}

const RELATIONSHIPS: readonly EntityDeclaration[] = [
  {
    kind: 'entity',
    name: 'RelationshipMetadataBase',
    base: 'MetadataBase',
    isAbstract: true,
    alternateKey: 'SchemaName',
    properties: {
      'Edm.Boolean': 'IsCustomRelationship IsManaged IsValidForAdvancedFind',
      'Edm.String': 'IntroducedVersion SchemaName',
      BooleanManagedProperty: 'IsCustomizable',
      RelationshipType: 'RelationshipType',
      SecurityTypes: 'SecurityTypes',
    },
  },
  {
    kind: 'entity',
    name: 'OneToManyRelationshipMetadata',
    base: 'RelationshipMetadataBase',
    properties: {
      'Edm.String':
        'DenormalizedAttributeName EntityKey ReferencedAttribute ReferencedEntity ReferencedEntityNavigationPropertyName ReferencingAttribute ReferencingEntity ' +
        'ReferencingEntityNavigationPropertyName',
      'Edm.Boolean': 'IsDenormalizedLookup IsHierarchical IsRelationshipAttributeDenormalized',
      'Edm.Int32': 'RelationshipBehavior',
      AssociatedMenuConfiguration: 'AssociatedMenuConfiguration',
      CascadeConfiguration: 'CascadeConfiguration',
      'Collection(RelationshipAttribute)': 'RelationshipAttributes',
    },
    parts: { LookupAttributeMetadata: 'Lookup' },
  },
  {
    kind: 'entity',
    name: 'ManyToManyRelationshipMetadata',
    base: 'RelationshipMetadataBase',
    properties: {
      'Edm.String':
        'Entity1IntersectAttribute Entity1LogicalName Entity1NavigationPropertyName Entity2IntersectAttribute Entity2LogicalName Entity2NavigationPropertyName ' +
        'IntersectEntityName',
      AssociatedMenuConfiguration: 'Entity1AssociatedMenuConfiguration Entity2AssociatedMenuConfiguration',
    },
  },
]

const CHOICES: readonly EntityDeclaration[] = [
  {
    kind: 'entity',
    name: 'OptionSetMetadataBase',
    base: 'MetadataBase',
    isAbstract: true,
    alternateKey: 'Name',
    properties: {
      'Edm.String': 'ExternalTypeName IntroducedVersion Name',
      'Edm.Boolean': 'IsCustomOptionSet IsGlobal IsManaged',
      BooleanManagedProperty: 'IsCustomizable',
      Label: 'Description DisplayName',
      OptionSetType: 'OptionSetType',
    },
  },
  {
    kind: 'entity',
    name: 'OptionSetMetadata',
    base: 'OptionSetMetadataBase',
    properties: { 'Collection(OptionMetadata)': 'Options', 'Edm.String': 'ParentOptionSetName' },
  },
  { kind: 'entity', name: 'BooleanOptionSetMetadata', base: 'OptionSetMetadataBase', properties: { OptionMetadata: 'TrueOption FalseOption' } },
]

/** Its set is empty: solutions alone make managed properties of their own. */
const MANAGED_PROPERTY: EntityDeclaration = {
  kind: 'entity',
  name: 'ManagedPropertyMetadata',
  base: 'MetadataBase',
  alternateKey: 'LogicalName',
  properties: {
    'Edm.String': 'EnablesAttributeName EnablesEntityName IntroducedVersion LogicalName',
    'Edm.Boolean': 'IsGlobalForOperation IsPrivate',
    'Edm.Int32': 'ErrorCode',
    Label: 'Description DisplayName',
    ManagedPropertyEvaluationPriority: 'EvaluationPriority',
    ManagedPropertyOperation: 'Operation',
    ManagedPropertyType: 'ManagedPropertyType',
  },
}

const ENTITIES: readonly EntityDeclaration[] = [
  {
    kind: 'entity',
    name: 'MetadataBase',
    base: 'crmmodelbaseentity',
    isAbstract: true,
    key: 'MetadataId',
    properties: { 'Edm.Guid': 'MetadataId', 'Edm.Boolean': 'HasChanged' },
  },
  TABLE,
  ...COLUMN_TYPES,
  KEY,
  ...RELATIONSHIPS,
  ...CHOICES,
  MANAGED_PROPERTY,
]

export const METADATA_TYPES: readonly TypeDeclaration[] = [...METADATA_ENUMS, ...METADATA_COMPLEX_TYPES, ...ENTITIES, ...ENTITIES.map(complexTypeOf)]

/**
 * The same definition as a value: parameters and answers of operations cannot hold entities by value, so each type has a complex
 * twin, `ComplexLookupAttributeMetadata` (webapi.md 9.1).
 */
function complexTypeOf(entity: EntityDeclaration): ComplexDeclaration {
  const properties: { [type: string]: string } = { ...entity.properties }
  for (const [type, names] of [...Object.entries(entity.parts ?? {}), ...Object.entries(entity.links ?? {})]) {
    const twin = type.replace(/\w+(?=\)?$)/, 'Complex$&')
    properties[twin] = `${properties[twin] ?? ''} ${names}`
  }
  const base = entity.base !== undefined && entity.base !== 'crmmodelbaseentity' ? { base: `Complex${entity.base}` } : {}
  return { kind: 'complex', name: `Complex${entity.name}`, ...base, properties }
}
