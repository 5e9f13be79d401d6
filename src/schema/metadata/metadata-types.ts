/**
 * The types of definitions and the members of each, as `$select`, `$filter` and `$expand` may name them. Members of a derived type
 * are known only behind a cast: `Attributes?$select=MaxLength` is refused, `Attributes/Microsoft.Dynamics.CRM.StringAttributeMetadata?$select=MaxLength` is not.
 */

export type MetadataType = {
  /** `StringAttributeMetadata` */
  readonly name: string
  /** The members of its base are among them. */
  readonly properties: ReadonlySet<string>
  readonly navigations: ReadonlyMap<string, Navigation>
  /** What a cast may lead to, by name; empty for a type without derived ones. */
  readonly derived: ReadonlyMap<string, MetadataType>
}

type Navigation = { readonly type: MetadataType; readonly isCollection: boolean }

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

function typeOf(
  name: string,
  properties: string,
  navigations: { readonly [name: string]: Navigation } = {},
  derived: readonly MetadataType[] = [],
): MetadataType {
  return {
    name,
    properties: new Set(words(properties)),
    navigations: new Map(Object.entries(navigations)),
    derived: new Map(derived.map((type) => [type.name, type])),
  }
}

const one = (type: MetadataType): Navigation => ({ type, isCollection: false })
const many = (type: MetadataType): Navigation => ({ type, isCollection: true })

// Choices

const OPTION_SET_BASE = `MetadataId HasChanged IsCustomOptionSet IsGlobal IsManaged Name ExternalTypeName OptionSetType IntroducedVersion
  Description DisplayName IsCustomizable`
const OPTION_SET = typeOf('OptionSetMetadata', `${OPTION_SET_BASE} ParentOptionSetName Options`)
const BOOLEAN_OPTION_SET = typeOf('BooleanOptionSetMetadata', `${OPTION_SET_BASE} TrueOption FalseOption`)
export const OPTION_SET_TYPE = typeOf('OptionSetMetadataBase', OPTION_SET_BASE, {}, [OPTION_SET, BOOLEAN_OPTION_SET])

// Columns

const ATTRIBUTE = `MetadataId HasChanged AttributeOf AttributeType ColumnNumber DeprecatedVersion IntroducedVersion EntityLogicalName IsCustomAttribute
  IsPrimaryId IsValidODataAttribute IsPrimaryName IsValidForCreate IsValidForRead IsValidForUpdate CanBeSecuredForRead CanBeSecuredForCreate
  CanBeSecuredForUpdate IsSecured IsRetrievable IsFilterable IsSearchable IsManaged LinkedAttributeId LogicalName IsValidForForm IsRequiredForForm
  IsValidForGrid SchemaName ExternalName IsLogical IsDataSourceSecret InheritsFrom CreatedOn ModifiedOn SourceType AutoNumberFormat AttributeTypeName
  Description DisplayName IsAuditEnabled IsGlobalFilterEnabled IsSortableEnabled IsCustomizable IsRenameable IsValidForAdvancedFind RequiredLevel
  CanModifyAdditionalSettings Settings`
const COMPUTABLE = 'FormulaDefinition SourceTypeMask'
const RANGE = 'MinValue MaxValue'

function attribute(name: string, more: string, optionSet?: MetadataType): MetadataType {
  return typeOf(`${name}AttributeMetadata`, `${ATTRIBUTE} ${more}`, optionSet && { OptionSet: one(optionSet), GlobalOptionSet: one(optionSet) })
}

const PICKLIST = `DefaultFormValue ${COMPUTABLE} ParentPicklistLogicalName ChildPicklistLogicalNames`

const LOOKUP = attribute('Lookup', 'Targets Format')

export const ATTRIBUTE_TYPE = typeOf('AttributeMetadata', ATTRIBUTE, {}, [
  attribute('String', `Format ImeMode MaxLength YomiOf IsLocalizable DatabaseLength FormatName ${COMPUTABLE}`),
  attribute('Memo', 'Format ImeMode MaxLength IsLocalizable FormatName'),
  attribute('Integer', `Format ${RANGE} ${COMPUTABLE}`),
  attribute('BigInt', RANGE),
  attribute('Decimal', `${RANGE} Precision ImeMode ${COMPUTABLE}`),
  attribute('Double', `${RANGE} Precision ImeMode`),
  attribute('Money', `${RANGE} Precision PrecisionSource ImeMode CalculationOf IsBaseCurrency ${COMPUTABLE}`),
  attribute('Boolean', `DefaultValue ${COMPUTABLE}`, BOOLEAN_OPTION_SET),
  attribute('DateTime', `MinSupportedValue MaxSupportedValue Format ImeMode DateTimeBehavior CanChangeDateTimeBehavior ${COMPUTABLE}`),
  attribute('Picklist', PICKLIST, OPTION_SET),
  attribute('MultiSelectPicklist', PICKLIST, OPTION_SET),
  attribute('State', 'DefaultFormValue', OPTION_SET),
  attribute('Status', 'DefaultFormValue', OPTION_SET),
  attribute('EntityName', 'DefaultFormValue IsEntityReferenceStored', OPTION_SET),
  LOOKUP,
  attribute('UniqueIdentifier', ''),
  attribute('Image', 'IsPrimaryImage MaxHeight MaxWidth MaxSizeInKB CanStoreFullImage'),
  attribute('File', 'MaxSizeInKB'),
  attribute('ManagedProperty', 'ManagedPropertyLogicalName ParentComponentType ParentAttributeName ValueAttributeTypeCode'),
])

// Relationships

const RELATIONSHIP = `MetadataId HasChanged IsCustomRelationship IsValidForAdvancedFind SchemaName SecurityTypes IsManaged RelationshipType IntroducedVersion
  IsCustomizable`
const ONE_TO_MANY_TYPE = typeOf(
  'OneToManyRelationshipMetadata',
  `${RELATIONSHIP} ReferencedAttribute ReferencedEntity ReferencingAttribute ReferencingEntity IsHierarchical EntityKey IsRelationshipAttributeDenormalized
  ReferencedEntityNavigationPropertyName ReferencingEntityNavigationPropertyName RelationshipBehavior IsDenormalizedLookup DenormalizedAttributeName
  AssociatedMenuConfiguration CascadeConfiguration RelationshipAttributes`,
  { Lookup: one(LOOKUP) },
)
const MANY_TO_MANY_TYPE = typeOf(
  'ManyToManyRelationshipMetadata',
  `${RELATIONSHIP} Entity1LogicalName Entity2LogicalName IntersectEntityName Entity1IntersectAttribute Entity2IntersectAttribute
  Entity1NavigationPropertyName Entity2NavigationPropertyName Entity1AssociatedMenuConfiguration Entity2AssociatedMenuConfiguration`,
)
export const RELATIONSHIP_TYPE = typeOf('RelationshipMetadataBase', RELATIONSHIP, {}, [ONE_TO_MANY_TYPE, MANY_TO_MANY_TYPE])

// Keys and tables

export const KEY_TYPE = typeOf(
  'EntityKeyMetadata',
  `MetadataId HasChanged KeyAttributes LogicalName SchemaName EntityLogicalName EntityKeyIndexStatus AsyncJob IsManaged IntroducedVersion IsExportKey
  IsSynchronous DisplayName IsCustomizable`,
)

export const ENTITY_TYPE = typeOf(
  'EntityMetadata',
  `ActivityTypeMask AutoRouteToOwnerQueue CanTriggerWorkflow EntityHelpUrlEnabled EntityHelpUrl IsDocumentManagementEnabled IsOneNoteIntegrationEnabled
  IsInteractionCentricEnabled IsKnowledgeManagementEnabled IsSLAEnabled IsBPFEntity IsDocumentRecommendationsEnabled IsMSTeamsIntegrationEnabled SettingOf
  DataProviderId DataSourceId AutoCreateAccessTeams IsActivity IsActivityParty IsRetrieveAuditEnabled IsRetrieveMultipleAuditEnabled IsArchivalEnabled
  IsRetentionEnabled IsAvailableOffline IsChildEntity IsAIRUpdated IconLargeName IconMediumName IconSmallName IconVectorName IsCustomEntity
  IsBusinessProcessEnabled SyncToExternalSearchIndex IsOptimisticConcurrencyEnabled ChangeTrackingEnabled IsImportable IsIntersect IsManaged
  IsEnabledForCharts IsEnabledForTrace IsValidForAdvancedFind DaysSinceRecordLastModified MobileOfflineFilters IsReadingPaneEnabled IsQuickCreateEnabled
  LogicalName ObjectTypeCode OwnershipType PrimaryNameAttribute PrimaryImageAttribute PrimaryIdAttribute RecurrenceBaseEntityLogicalName ReportViewName
  SchemaName IntroducedVersion IsStateModelAware EnforceStateTransitions ExternalName EntityColor LogicalCollectionName ExternalCollectionName
  CollectionSchemaName EntitySetName IsEnabledForExternalChannels IsPrivate UsesBusinessDataLabelTable IsLogicalEntity HasNotes HasActivities HasFeedback
  IsSolutionAware CreatedOn ModifiedOn HasEmailAddresses OwnerId OwnerIdType OwningBusinessUnit TableType MetadataId HasChanged Description
  DisplayCollectionName DisplayName IsAuditEnabled IsValidForQueue IsConnectionsEnabled IsCustomizable IsRenameable IsMappable
  IsDuplicateDetectionEnabled CanCreateAttributes CanCreateForms CanCreateViews CanCreateCharts CanBeRelatedEntityInRelationship
  CanBePrimaryEntityInRelationship CanBeInManyToMany CanBeInCustomEntityAssociation CanEnableSyncToExternalSearchIndex CanModifyAdditionalSettings
  CanChangeHierarchicalRelationship CanChangeTrackingBeEnabled IsMailMergeEnabled IsVisibleInMobile IsVisibleInMobileClient IsReadOnlyInMobileClient
  IsOfflineInMobileClient Privileges Settings`,
  {
    Attributes: many(ATTRIBUTE_TYPE),
    Keys: many(KEY_TYPE),
    OneToManyRelationships: many(ONE_TO_MANY_TYPE),
    ManyToOneRelationships: many(ONE_TO_MANY_TYPE),
    ManyToManyRelationships: many(MANY_TO_MANY_TYPE),
  },
)

/** The entity set of managed properties exists, and is empty: managed properties of their own are made by solutions alone. */
export const MANAGED_PROPERTY_TYPE = typeOf(
  'ManagedPropertyMetadata',
  `MetadataId HasChanged LogicalName DisplayName Description ManagedPropertyType Operation IsPrivate IsGlobalForOperation EvaluationPriority
  EnablesEntityName EnablesAttributeName ErrorCode IntroducedVersion`,
)

/** The derived type of this name, or the type itself. */
export function castOf(type: MetadataType, name: string): MetadataType | undefined {
  return type.name === name ? type : type.derived.get(name)
}
