/**
 * A table as `EntityMetadata`. What Tidemark has no part in (forms, mobile …) is shown as it is on a new table of a new organization.
 * Source: the recorded definitions on the pages «Create and update table definitions» and «Web API metadata operations sample».
 */
import { canBeAudited } from '../auditing.ts'
import type { Ownership, Table } from '../table.ts'
import { labelJson } from './label-json.ts'
import { managedProperty, type MetadataObject, once } from './metadata-object.ts'
import { privilegeMetadata } from './privilege-metadata.ts'

const OWNERSHIP_TYPES: { readonly [K in Ownership]: string } = {
  user: 'UserOwned',
  business: 'BusinessOwned',
  organization: 'OrganizationOwned',
  none: 'None',
}

export const entityMetadata = once((table: Table): MetadataObject => {
  const stateful = table.columns.has('statecode')
  return {
    ActivityTypeMask: table.isActivity ? 1 : 0,
    ...FIRST,
    IsActivity: table.isActivity,
    ...SECOND,
    IsCustomEntity: table.isCustom,
    IsBusinessProcessEnabled: false,
    SyncToExternalSearchIndex: false,
    IsOptimisticConcurrencyEnabled: true,
    ChangeTrackingEnabled: table.tracksChanges,
    IsImportable: true,
    IsIntersect: table.isIntersect,
    IsManaged: !table.isCustom,
    IsEnabledForCharts: true,
    IsEnabledForTrace: false,
    IsValidForAdvancedFind: true,
    DaysSinceRecordLastModified: 0,
    MobileOfflineFilters: '',
    IsReadingPaneEnabled: true,
    IsQuickCreateEnabled: false,
    ...namesOf(table),
    IsStateModelAware: stateful,
    EnforceStateTransitions: table.enforcesTransitions ?? false,
    EntityColor: null,
    IsEnabledForExternalChannels: false,
    IsPrivate: false,
    UsesBusinessDataLabelTable: false,
    IsLogicalEntity: false,
    HasNotes: table.hasNotes,
    HasActivities: table.hasActivities,
    HasFeedback: false,
    IsSolutionAware: false,
    CreatedOn: table.createdOn,
    ModifiedOn: table.modifiedOn,
    HasEmailAddresses: [...table.columns.values()].some((column) => column.type === 'string' && column.format === 'Email'),
    OwnerId: null,
    OwnerIdType: 8,
    OwningBusinessUnit: null,
    TableType: table.isActivity ? 'Activity' : 'Standard',
    MetadataId: table.metadataId,
    HasChanged: null,
    Description: labelJson(table.description, table, 'Description'),
    DisplayCollectionName: labelJson(table.displayCollectionName, table, 'DisplayCollectionName'),
    DisplayName: labelJson(table.displayName, table, 'DisplayName'),
    ...managedOf(table),
    Privileges: privilegeMetadata(table),
    Settings: [],
  }
})

function namesOf(table: Table): MetadataObject {
  return {
    LogicalName: table.logicalName,
    ObjectTypeCode: table.objectTypeCode,
    OwnershipType: OWNERSHIP_TYPES[table.ownership],
    PrimaryNameAttribute: table.primaryNameColumn ?? null,
    PrimaryImageAttribute: null,
    PrimaryIdAttribute: table.primaryIdColumn,
    RecurrenceBaseEntityLogicalName: null,
    ReportViewName: table.isIntersect ? null : `Filtered${table.schemaName}`,
    SchemaName: table.schemaName,
    IntroducedVersion: table.isCustom ? '1.0.0.0' : '5.0.0.0',
    ExternalName: null,
    // Airbyte's older versions read rows by this name, so it is the entity set's on every table.
    LogicalCollectionName: table.entitySetName,
    ExternalCollectionName: null,
    CollectionSchemaName: table.collectionSchemaName,
    EntitySetName: table.entitySetName,
  }
}

const FIRST: MetadataObject = {
  AutoRouteToOwnerQueue: false,
  CanTriggerWorkflow: true,
  EntityHelpUrlEnabled: false,
  EntityHelpUrl: null,
  IsDocumentManagementEnabled: false,
  IsOneNoteIntegrationEnabled: false,
  IsInteractionCentricEnabled: false,
  IsKnowledgeManagementEnabled: false,
  IsSLAEnabled: false,
  IsBPFEntity: false,
  IsDocumentRecommendationsEnabled: false,
  IsMSTeamsIntegrationEnabled: false,
  SettingOf: null,
  DataProviderId: null,
  DataSourceId: null,
  AutoCreateAccessTeams: false,
}

const SECOND: MetadataObject = {
  IsActivityParty: false,
  IsRetrieveAuditEnabled: false,
  IsRetrieveMultipleAuditEnabled: false,
  IsArchivalEnabled: false,
  IsRetentionEnabled: false,
  IsAvailableOffline: false,
  IsChildEntity: false,
  IsAIRUpdated: false,
  IconLargeName: null,
  IconMediumName: null,
  IconSmallName: null,
  IconVectorName: null,
}

/** Member, value on a new table, the managed property's own name where it is not the member's. */
const MANAGED: readonly (readonly [member: string, value: boolean, logicalName?: string])[] = [
  ['IsAuditEnabled', false, 'canmodifyauditsettings'],
  ['IsValidForQueue', false, 'canmodifyqueuesettings'],
  ['IsConnectionsEnabled', false, 'canmodifyconnectionsettings'],
  ['IsCustomizable', true],
  ['IsRenameable', true],
  ['IsMappable', true],
  ['IsDuplicateDetectionEnabled', false, 'canmodifyduplicatedetectionsettings'],
  ['CanCreateAttributes', true],
  ['CanCreateForms', true],
  ['CanCreateViews', true],
  ['CanCreateCharts', true],
  ['CanBeRelatedEntityInRelationship', true],
  ['CanBePrimaryEntityInRelationship', true],
  ['CanBeInManyToMany', true],
  ['CanBeInCustomEntityAssociation', true],
  ['CanEnableSyncToExternalSearchIndex', true],
  ['CanModifyAdditionalSettings', true],
  ['CanChangeHierarchicalRelationship', true],
  ['CanChangeTrackingBeEnabled', true],
  ['IsMailMergeEnabled', false, 'canmodifymailmergesettings'],
  ['IsVisibleInMobile', false, 'canmodifymobilevisibility'],
  ['IsVisibleInMobileClient', false, 'canmodifymobileclientvisibility'],
  ['IsReadOnlyInMobileClient', false, 'canmodifymobileclientreadonly'],
  ['IsOfflineInMobileClient', false, 'canmodifymobileclientoffline'],
]

/** Recorded with `CanBeChanged` false even on a table of one's own. */
const FIXED: ReadonlySet<string> = new Set(['IsMappable', 'CanCreateAttributes'])
/** An intersect table takes no columns, relationships or names of anyone. */
const NOT_OF_INTERSECTS = /^(IsCustomizable|IsRenameable|IsMappable|Can(Create|Be))/

function managedOf(table: Table): MetadataObject {
  const members = MANAGED.map(([member, standard, logicalName]) => {
    if (member === 'IsAuditEnabled') return [member, managedProperty(table.isAudited ?? false, canBeAudited(table), logicalName ?? '')] as const
    const value = member === 'CanChangeTrackingBeEnabled' ? table.canTrackChanges : standard && !(table.isIntersect && NOT_OF_INTERSECTS.test(member))
    return [member, managedProperty(value, table.isCustom && !FIXED.has(member), logicalName ?? member.toLowerCase())] as const
  })
  return Object.fromEntries(members)
}
