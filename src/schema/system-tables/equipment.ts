/**
 * A facility or a piece of equipment: a thing that can be booked, where a person would be a user.
 * Follows the published table reference, page `equipment`.
 */
import { bigint, boolean, date, datetime, decimal, guid, integer, lookup, memo, string, type TableSeed } from './seed.ts'

export const equipment: TableSeed = {
  schemaName: 'Equipment',
  displayName: 'Facility/Equipment',
  displayCollectionName: 'Facilities/Equipment',
  collectionSchemaName: 'Equipments',
  entitySetName: 'equipments',
  ownership: 'business',
  objectTypeCode: 4000,
  primaryId: 'equipmentid',
  primaryName: 'name',
  hasNotes: true,
  columns: [
    lookup('BusinessUnitId', 'Business Unit', ['businessunit'], { required: 'SystemRequired' }),
    lookup('CalendarId', 'Calendar', ['calendar'], { required: 'SystemRequired' }),
    memo('Description', 'Description', 2000),
    boolean('DisplayInServiceViews', 'Display in Service Views', 'No', 'Yes', false),
    string('EMailAddress', 'Primary Email', 100, { format: 'Email' }),
    guid('EquipmentId', 'Facility/Equipment', { required: 'SystemRequired', update: false }),
    integer('ImportSequenceNumber', 'Import Sequence Number', -2147483648, 2147483647, { update: false }),
    boolean('IsDisabled', 'Is Disabled', 'No', 'Yes', false),
    string('Name', 'Name', 160, { required: 'SystemRequired' }),
    date('OverriddenCreatedOn', 'Record Created On', { update: false }),
    lookup('SiteId', 'Site', ['site']),
    string('Skills', 'Skills', 100),
    integer('TimeZoneCode', 'Time Zone', -1500, 1500, { format: 'TimeZone', required: 'SystemRequired' }),
    integer('TimeZoneRuleVersionNumber', 'Time Zone Rule Version Number', -1, 2147483647),
    lookup('TransactionCurrencyId', 'Currency', ['transactioncurrency']),
    integer('UTCConversionTimeZoneCode', 'UTC Conversion Time Zone Code', -1, 2147483647),

    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    decimal('ExchangeRate', 'Exchange Rate', 0.000000000001, 100000000000, 12, { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('OrganizationId', 'Organization', ['organization'], { required: 'SystemRequired', filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'business_unit_equipment', to: 'businessunit', column: 'businessunitid', one: 'businessunitid_businessunit', many: 'business_unit_equipment', cascade: { delete: 'Cascade' } },
    { schemaName: 'lk_equipment_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_equipment_createdby', cascade: { delete: 'NoCascade' } },
    { schemaName: 'lk_equipment_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_equipment_createdonbehalfby', cascade: { delete: 'NoCascade' } },
    { schemaName: 'lk_equipment_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_equipment_modifiedby', cascade: { delete: 'NoCascade' } },
    {
      schemaName: 'lk_equipment_modifiedonbehalfby',
      to: 'systemuser',
      column: 'modifiedonbehalfby',
      one: 'modifiedonbehalfby',
      many: 'lk_equipment_modifiedonbehalfby',
      cascade: { delete: 'NoCascade' },
    },
    { schemaName: 'organization_equipment', to: 'organization', column: 'organizationid', one: 'organizationid', many: 'organization_equipment', cascade: { delete: 'NoCascade' } },
    {
      schemaName: 'TransactionCurrency_Equipment',
      to: 'transactioncurrency',
      column: 'transactioncurrencyid',
      one: 'transactioncurrencyid',
      many: 'TransactionCurrency_Equipment',
      cascade: { delete: 'Restrict' },
    },
  ],
}
