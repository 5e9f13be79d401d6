/**
 * The organization: its one row holds what is set for everyone.
 * Follows the published table reference, page `organization`.
 */
import { organizationSettings } from './organization-settings.ts'
import { organizationSwitches } from './organization-switches.ts'
import { bigint, datetime, guid, integer, lookup, string, type TableSeed } from './seed.ts'

export const organization: TableSeed = {
  schemaName: 'Organization',
  displayName: 'Organization',
  displayCollectionName: 'Organizations',
  collectionSchemaName: 'Organizations',
  entitySetName: 'organizations',
  ownership: 'none',
  objectTypeCode: 1019,
  primaryId: 'organizationid',
  primaryName: 'name',
  isAudited: true,
  columns: [
    guid('OrganizationId', 'Organization', { required: 'SystemRequired', filledBy: 'server' }),
    string('Name', 'Organization Name', 160, { required: 'SystemRequired', update: false }),
    lookup('BaseCurrencyId', 'Currency', ['transactioncurrency'], { update: false }),
    integer('BaseCurrencyPrecision', 'Base Currency Precision', 0, 10, { required: 'SystemRequired', filledBy: 'server' }),
    string('BaseCurrencySymbol', 'Base Currency Symbol', 5, { required: 'SystemRequired', filledBy: 'server' }),
    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
    ...organizationSettings,
    ...organizationSwitches,
  ],
  relationships: [
    { schemaName: 'basecurrency_organization', to: 'transactioncurrency', column: 'basecurrencyid', one: 'basecurrencyid', many: 'basecurrency_organization', cascade: { delete: 'Restrict' } },
    {
      schemaName: 'lk_organization_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby',
      one: 'createdonbehalfby', many: 'lk_organization_createdonbehalfby', cascade: { delete: 'NoCascade' },
    },
    {
      schemaName: 'lk_organization_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby',
      one: 'modifiedonbehalfby', many: 'lk_organization_modifiedonbehalfby', cascade: { delete: 'NoCascade' },
    },
    { schemaName: 'lk_organizationbase_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_organizationbase_createdby', cascade: { delete: 'NoCascade' } },
    { schemaName: 'lk_organizationbase_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_organizationbase_modifiedby', cascade: { delete: 'NoCascade' } },
  ],
}
