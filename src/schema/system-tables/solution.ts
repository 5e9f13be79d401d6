/**
 * The solution table: a set of customizations that is installed and exported as one, with its version.
 * Follows the page «Solution table/entity reference» of the published Dataverse table reference.
 */
import { bigint, boolean, choice, date, datetime, guid, integer, lookup, memo, string, type TableSeed } from './seed.ts'

/** The relationships on which deleting the referenced row does nothing here. */
const KEEP = { delete: 'NoCascade' }
const PART_OF = { assign: 'Cascade', delete: 'Restrict', reparent: 'Cascade', share: 'Cascade', unshare: 'Cascade' }

export const solution: TableSeed = {
  schemaName: 'Solution',
  displayName: 'Solution',
  displayCollectionName: 'Solutions',
  collectionSchemaName: 'Solutions',
  entitySetName: 'solutions',
  ownership: 'organization',
  objectTypeCode: 7100,
  primaryId: 'solutionid',
  primaryName: 'friendlyname',
  columns: [
    lookup('ConfigurationPageId', 'Configuration Page', ['webresource']),
    string('Description', 'Description', 2000, { format: 'TextArea' }),
    boolean('EnabledForSourceControlIntegration', 'Enabled for Source Control Integration', 'No', 'Yes', false, { required: 'SystemRequired' }),
    string('FriendlyName', 'Display Name', 256, { required: 'SystemRequired' }),
    lookup('PublisherId', 'Publisher', ['publisher'], { required: 'SystemRequired' }),
    guid('SolutionId', 'Solution Identifier', { required: 'SystemRequired', update: false }),
    string('SolutionPackageVersion', 'Solution Package Version', 256, { format: 'VersionNumber' }),
    choice('SolutionType', 'Solution Type', { 0: 'None', 1: 'Snapshot', 2: 'Internal' }, 0, { update: false }),
    choice('SourceControlSyncStatus', 'Source Control Sync Status', {
      0: 'Not started', 1: 'Initial sync in progress', 2: 'Errors in initial sync', 3: 'Pending changes to be committed', 4: 'Committed',
    }, 0, { required: 'SystemRequired' }),
    string('TemplateSuffix', 'Suffix', 65, { update: false }),
    string('Thumbprint', 'Thumbprint', 65, { update: false }),
    string('UniqueName', 'Name', 65, { required: 'SystemRequired', update: false }),
    string('Version', 'Version', 256, { format: 'VersionNumber', required: 'SystemRequired' }),

    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    date('InstalledOn', 'Installed On', { filledBy: 'server' }),
    boolean('IsApiManaged', 'Is Api Managed Solution', 'No', 'Yes', false, { required: 'SystemRequired', filledBy: 'server' }),
    boolean('IsManaged', 'Package Type', 'Unmanaged', 'Managed', false, { filledBy: 'server' }),
    boolean('IsVisible', 'Is Visible Outside Platform', 'No', 'Yes', true, { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('OrganizationId', 'Organization', ['organization'], { required: 'SystemRequired', filledBy: 'server' }),
    lookup('ParentSolutionId', 'Parent Solution', ['solution'], { filledBy: 'server' }),
    string('PinpointAssetId', '', 255, { filledBy: 'server' }),
    bigint('PinpointPublisherId', '', { filledBy: 'server' }),
    string('PinpointSolutionDefaultLocale', '', 16, { filledBy: 'server' }),
    bigint('PinpointSolutionId', '', { filledBy: 'server' }),
    integer('PublisherIdOptionValuePrefix', '', undefined, undefined, { filledBy: 'server' }),
    string('PublisherIdPrefix', '', 256, { filledBy: 'server' }),
    datetime('UpdatedOn', 'Updated On', { filledBy: 'server' }),
    memo('UpgradeInfo', '', 1073741823, { filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'lk_solution_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_solution_createdby', cascade: KEEP },
    { schemaName: 'lk_solution_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_solution_modifiedby', cascade: KEEP },
    {
      schemaName: 'lk_solutionbase_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_solutionbase_createdonbehalfby', cascade: KEEP,
    },
    {
      schemaName: 'lk_solutionbase_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby', many: 'lk_solutionbase_modifiedonbehalfby', cascade: KEEP,
    },
    { schemaName: 'organization_solution', to: 'organization', column: 'organizationid', one: 'organizationid', many: 'organization_solution', cascade: KEEP },
    { schemaName: 'publisher_solution', to: 'publisher', column: 'publisherid', one: 'publisherid', many: 'publisher_solution', cascade: PART_OF },
    { schemaName: 'solution_parent_solution', to: 'solution', column: 'parentsolutionid', one: 'parentsolutionid', many: 'solution_parent_solution', cascade: PART_OF },
  ],
}
