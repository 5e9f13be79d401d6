/**
 * The territory table: sales regions, each with a manager, arranged in a tree.
 * Follows the page «Territory table/entity reference» of the published Dataverse table reference.
 */
import { bigint, date, datetime, decimal, guid, integer, lookup, memo, string, type TableSeed } from './seed.ts'

/** The relationships on which deleting the referenced row does nothing here. */
const KEEP = { delete: 'NoCascade' }

export const territory: TableSeed = {
  schemaName: 'Territory',
  displayName: 'Territory',
  displayCollectionName: 'Territories',
  collectionSchemaName: 'Territories',
  entitySetName: 'territories',
  ownership: 'organization',
  objectTypeCode: 2013,
  primaryId: 'territoryid',
  primaryName: 'name',
  columns: [
    memo('Description', 'Description', 2000),
    integer('ImportSequenceNumber', 'Import Sequence Number', undefined, undefined, { update: false }),
    lookup('ManagerId', 'Manager', ['systemuser']),
    string('Name', 'Territory Name', 200, { required: 'SystemRequired' }),
    date('OverriddenCreatedOn', 'Record Created On', { update: false }),
    lookup('ParentTerritoryId', 'Parent', ['territory']),
    guid('TerritoryId', 'Territory', { required: 'SystemRequired', update: false }),
    integer('TimeZoneRuleVersionNumber', 'Time Zone Rule Version Number', -1),
    lookup('TransactionCurrencyId', 'Currency', ['transactioncurrency']),
    integer('UTCConversionTimeZoneCode', 'UTC Conversion Time Zone Code', -1),

    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    bigint('EntityImage_Timestamp', '', { filledBy: 'server' }),
    string('EntityImage_URL', '', 200, { format: 'Url', filledBy: 'server' }),
    guid('EntityImageId', '', { filledBy: 'server' }),
    decimal('ExchangeRate', 'Exchange Rate', 0.000000000001, 100000000000, 12, { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('OrganizationId', 'Organization Id', ['organization'], { required: 'SystemRequired', filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'lk_territory_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_territory_createdonbehalfby', cascade: KEEP },
    { schemaName: 'lk_territory_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby', many: 'lk_territory_modifiedonbehalfby', cascade: KEEP },
    { schemaName: 'lk_territorybase_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_territorybase_createdby', cascade: KEEP },
    { schemaName: 'lk_territorybase_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_territorybase_modifiedby', cascade: KEEP },
    { schemaName: 'organization_territories', to: 'organization', column: 'organizationid', one: 'organizationid', many: 'organization_territories', cascade: KEEP },
    { schemaName: 'system_user_territories', to: 'systemuser', column: 'managerid', one: 'managerid', many: 'system_user_territories', cascade: KEEP },
    {
      schemaName: 'territory_parent_territory', to: 'territory', column: 'parentterritoryid', one: 'parentterritoryid', many: 'territory_parent_territory', isHierarchical: true,
    },
    {
      schemaName: 'TransactionCurrency_Territory', to: 'transactioncurrency', column: 'transactioncurrencyid', one: 'transactioncurrencyid', many: 'TransactionCurrency_Territory',
      cascade: { delete: 'Restrict' },
    },
  ],
}
