/**
 * The savedquery table: a view, which everyone in the organization sees. `fetchxml` is its query, `layoutxml` its columns.
 * Follows the page «View (SavedQuery) table/entity reference» of the published Dataverse table reference.
 */
import { bigint, boolean, choice, date, datetime, entityname, guid, integer, lookup, memo, state, status, string, type TableSeed } from './seed.ts'

/** The relationships on which deleting the referenced row does nothing here. */
const KEEP = { delete: 'NoCascade' }
const XML_LENGTH = 1073741823

export const savedquery: TableSeed = {
  schemaName: 'SavedQuery',
  displayName: 'View',
  displayCollectionName: 'Views',
  collectionSchemaName: 'SavedQueries',
  entitySetName: 'savedqueries',
  ownership: 'organization',
  objectTypeCode: 1039,
  primaryId: 'savedqueryid',
  primaryName: 'name',
  columns: [
    string('AdvancedGroupBy', 'Advanced Group By', 2000, { format: 'TextArea' }),
    boolean('CanBeDeleted', 'Can Be Deleted', 'False', 'True', true, { required: 'SystemRequired' }),
    memo('ColumnSetXml', 'Column Set XML', XML_LENGTH),
    memo('ConditionalFormatting', 'Conditional formatting', XML_LENGTH, { create: false }),
    memo('Description', 'Description', 2000),
    memo('FetchXml', 'Fetch XML', XML_LENGTH),
    string('IntroducedVersion', 'Introduced Version', 48, { format: 'VersionNumber', update: false }),
    boolean('IsCustomizable', 'Customizable', 'False', 'True', true, { required: 'SystemRequired' }),
    boolean('IsDefault', 'Default', 'No', 'Yes', false, { required: 'SystemRequired' }),
    boolean('IsQuickFindQuery', 'Quick Find Compatible', 'No', 'Yes', false, { required: 'SystemRequired' }),
    memo('LayoutJson', 'Layout data in JSON format.', XML_LENGTH),
    memo('LayoutXml', 'Layout XML', XML_LENGTH),
    string('Name', 'Name', 200, { required: 'SystemRequired' }),
    memo('OfflineSqlQuery', 'Offline SQL Query', XML_LENGTH),
    integer('QueryAppUsage', 'Query Application Usage', 0, 1000000000),
    integer('QueryType', 'Query Type', 0, 1000000000, { required: 'SystemRequired' }),
    entityname('ReturnedTypeCode', 'Entity Name', { required: 'SystemRequired' }),
    guid('SavedQueryId', 'View', { required: 'SystemRequired', update: false }),
    state({ 0: ['Active', 1], 1: ['Inactive', 2] }, { required: 'SystemRequired', create: false }),
    status({ 1: ['Active', 0], 2: ['Inactive', 1] }),

    choice('ComponentState', 'Component State', { 0: 'Published', 1: 'Unpublished', 2: 'Deleted', 3: 'Deleted Unpublished' }, 0, {
      required: 'SystemRequired',
      filledBy: 'server',
    }),
    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    boolean('IsCustom', 'Is Custom', 'No', 'Yes', true, { required: 'SystemRequired', filledBy: 'server' }),
    boolean('IsManaged', 'State', 'Unmanaged', 'Managed', false, { required: 'SystemRequired', filledBy: 'server' }),
    boolean('IsPrivate', 'Is Private', 'No', 'Yes', false, { required: 'SystemRequired', filledBy: 'server' }),
    boolean('IsUserDefined', 'User Defined', 'No', 'Yes', true, { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('OrganizationId', 'Organization', ['organization'], { required: 'SystemRequired', filledBy: 'server' }),
    integer('OrganizationTabOrder', 'Default Organization tab order', 0, 2147483647, { filledBy: 'server' }),
    date('OverwriteTime', 'Record Overwrite Time', { required: 'SystemRequired', filledBy: 'server' }),
    string('QueryAPI', 'Query API', 100, { filledBy: 'server' }),
    guid('SavedQueryIdUnique', '', { required: 'SystemRequired', filledBy: 'server' }),
    guid('SolutionId', 'Solution', { required: 'SystemRequired', filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'lk_savedquery_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_savedquery_createdonbehalfby', cascade: KEEP },
    { schemaName: 'lk_savedquery_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby', many: 'lk_savedquery_modifiedonbehalfby', cascade: KEEP },
    { schemaName: 'lk_savedquerybase_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_savedquerybase_createdby', cascade: KEEP },
    { schemaName: 'lk_savedquerybase_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_savedquerybase_modifiedby', cascade: KEEP },
    { schemaName: 'organization_saved_queries', to: 'organization', column: 'organizationid', one: 'organizationid', many: 'organization_saved_queries', cascade: KEEP },
  ],
}
