/**
 * The userquery table: a personal view, owned by a user or a team. `fetchxml` is its query, `layoutxml` its columns.
 * Follows the page «Saved View (UserQuery) table/entity reference» of the published Dataverse table reference.
 */
import { bigint, datetime, entityname, guid, integer, lookup, memo, owner, state, status, string, type TableSeed } from './seed.ts'

/** The relationships on which deleting the referenced row does nothing here. */
const KEEP = { delete: 'NoCascade' }
const XML_LENGTH = 1073741823

export const userquery: TableSeed = {
  schemaName: 'UserQuery',
  displayName: 'Saved View',
  displayCollectionName: 'Saved Views',
  collectionSchemaName: 'UserQueries',
  entitySetName: 'userqueries',
  ownership: 'user',
  objectTypeCode: 4230,
  primaryId: 'userqueryid',
  primaryName: 'name',
  columns: [
    string('AdvancedGroupBy', 'Advanced Group By', 20),
    memo('ColumnSetXml', 'Column Set XML', XML_LENGTH),
    memo('ConditionalFormatting', 'User Group By', XML_LENGTH),
    memo('Description', 'Description', 2000),
    memo('FetchXml', 'Fetch XML', XML_LENGTH, { required: 'SystemRequired' }),
    memo('LayoutJson', 'Layout data in JSON format.', XML_LENGTH),
    memo('LayoutXml', 'Layout XML', XML_LENGTH),
    string('Name', 'Name', 200, { required: 'SystemRequired' }),
    memo('OfflineSqlQuery', 'Offline SQL Query', XML_LENGTH),
    owner({ required: 'SystemRequired' }),
    entityname('OwnerIdType', '', { required: 'SystemRequired' }),
    lookup('ParentQueryId', 'Parent Query', []),
    integer('QueryType', 'Query Type', 0, 1000000000, { required: 'SystemRequired' }),
    entityname('ReturnedTypeCode', 'Returned Type', { required: 'SystemRequired' }),
    state({ 0: ['Active', 1], 1: ['Inactive', 2] }, { required: 'SystemRequired', create: false }),
    status({ 1: ['Active', 0], 2: ['Inactive', 1], 3: ['All', 0] }),
    guid('UserQueryId', 'User Query', { required: 'SystemRequired', update: false }),

    lookup('CreatedBy', 'Created By', ['systemuser'], { required: 'SystemRequired', filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { required: 'SystemRequired', filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { required: 'SystemRequired', filledBy: 'server' }),
    datetime('ModifiedOn', 'Last Modified', { required: 'SystemRequired', filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('OwningBusinessUnit', 'Owning Business Unit', ['businessunit'], { filledBy: 'server' }),
    lookup('OwningTeam', 'Owning Team', ['team'], { filledBy: 'server' }),
    lookup('OwningUser', 'Owning User', ['systemuser'], { filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'business_unit_userquery', to: 'businessunit', column: 'owningbusinessunit', one: 'owningbusinessunit', many: 'business_unit_userquery', cascade: KEEP },
    { schemaName: 'lk_userquery_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_userquery_createdby', cascade: KEEP },
    { schemaName: 'lk_userquery_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_userquery_createdonbehalfby', cascade: KEEP },
    { schemaName: 'lk_userquery_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_userquery_modifiedby', cascade: KEEP },
    { schemaName: 'lk_userquery_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby', many: 'lk_userquery_modifiedonbehalfby', cascade: KEEP },
    { schemaName: 'team_userquery', to: 'team', column: 'owningteam', one: 'owningteam', many: 'team_userquery', cascade: KEEP },
    { schemaName: 'user_userquery', to: 'systemuser', column: 'owninguser', one: 'owninguser', many: 'user_userquery', cascade: KEEP },
  ],
}
