/**
 * The transactioncurrency table: the currencies in which amounts are given, with their rate to the base currency.
 * Follows the page «Currency (TransactionCurrency) table/entity reference» of the published Dataverse table reference.
 */
import { bigint, choice, date, datetime, decimal, guid, integer, lookup, state, status, string, type TableSeed } from './seed.ts'

/** The relationships on which deleting the referenced row does nothing here. */
const KEEP = { delete: 'NoCascade' }

export const transactioncurrency: TableSeed = {
  schemaName: 'TransactionCurrency',
  displayName: 'Currency',
  displayCollectionName: 'Currencies',
  collectionSchemaName: 'TransactionCurrencies',
  entitySetName: 'transactioncurrencies',
  ownership: 'organization',
  objectTypeCode: 9105,
  primaryId: 'transactioncurrencyid',
  primaryName: 'currencyname',
  columns: [
    string('CurrencyName', 'Currency Name', 100, { required: 'SystemRequired' }),
    integer('CurrencyPrecision', 'Currency Precision', 0, 10, { required: 'SystemRequired' }),
    string('CurrencySymbol', 'Currency Symbol', 10, { required: 'SystemRequired' }),
    choice('CurrencyType', 'Currency Type', { 0: 'System', 1: 'Custom' }, 0, { required: 'SystemRequired' }),
    decimal('ExchangeRate', 'Exchange Rate', 0.000000000001, 100000000000, 12, { required: 'SystemRequired' }),
    integer('ImportSequenceNumber', 'Import Sequence Number', undefined, undefined, { update: false }),
    string('ISOCurrencyCode', 'Currency Code', 5, { required: 'SystemRequired', update: false }),
    date('OverriddenCreatedOn', 'Record Created On', { update: false }),
    state({ 0: ['Active', 1], 1: ['Inactive', 2] }, { required: 'SystemRequired', create: false }),
    status({ 1: ['Active', 0], 2: ['Inactive', 1] }),
    guid('TransactionCurrencyId', 'Transaction Currency', { required: 'SystemRequired', update: false }),

    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    bigint('EntityImage_Timestamp', '', { filledBy: 'server' }),
    string('EntityImage_URL', '', 200, { format: 'Url', filledBy: 'server' }),
    guid('EntityImageId', 'Entity Image Id', { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('OrganizationId', 'Organization', ['organization'], { required: 'SystemRequired', filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    {
      schemaName: 'lk_transactioncurrency_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_transactioncurrency_createdonbehalfby',
      cascade: KEEP,
    },
    {
      schemaName: 'lk_transactioncurrency_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby', many: 'lk_transactioncurrency_modifiedonbehalfby',
      cascade: KEEP,
    },
    { schemaName: 'lk_transactioncurrencybase_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_transactioncurrencybase_createdby', cascade: KEEP },
    { schemaName: 'lk_transactioncurrencybase_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_transactioncurrencybase_modifiedby', cascade: KEEP },
    {
      schemaName: 'organization_transactioncurrencies', to: 'organization', column: 'organizationid', one: 'organizationid', many: 'organization_transactioncurrencies', cascade: KEEP,
    },
  ],
}
