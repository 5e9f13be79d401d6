/**
 * The time zones that `usersettings.timezonecode` may name, for clients that let a user choose one.
 * Follows the published table reference, page `timezonedefinition`.
 */
import { bigint, datetime, guid, integer, lookup, string, type TableSeed } from './seed.ts'

const KEEP = { delete: 'NoCascade' }

export const timezonedefinition: TableSeed = {
  schemaName: 'TimeZoneDefinition',
  displayName: 'Time Zone Definition',
  displayCollectionName: 'Time Zone Definitions',
  collectionSchemaName: 'TimeZoneDefinitions',
  entitySetName: 'timezonedefinitions',
  ownership: 'none',
  objectTypeCode: 4810,
  primaryId: 'timezonedefinitionid',
  primaryName: 'userinterfacename',
  columns: [
    integer('Bias', 'Bias'),
    string('DaylightName', 'Daylight Name', 100),
    integer('RetiredOrder', 'Retired Order', -2147483648, 2147483647, { required: 'SystemRequired' }),
    string('StandardName', 'Standard Name', 100, { required: 'SystemRequired' }),
    integer('TimeZoneCode', 'Time Zone Code', -2147483648, 2147483647, { required: 'SystemRequired' }),
    guid('TimeZoneDefinitionId', 'Time Zone Definition', { required: 'SystemRequired', update: false }),
    string('UserInterfaceName', 'User Interface Name', 100, { required: 'SystemRequired' }),

    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    lookup('OrganizationId', 'Organization', ['organization'], { filledBy: 'server' }),
    bigint('VersionNumber', '', { filledBy: 'server' }),
  ],
  relationships: [
    {
      schemaName: 'lk_timezonedefinition_createdby',
      to: 'systemuser',
      column: 'createdby',
      one: 'createdby',
      many: 'lk_timezonedefinition_createdby',
      cascade: KEEP,
    },
    {
      schemaName: 'lk_timezonedefinition_createdonbehalfby',
      to: 'systemuser',
      column: 'createdonbehalfby',
      one: 'createdonbehalfby',
      many: 'lk_timezonedefinition_createdonbehalfby',
      cascade: KEEP,
    },
    {
      schemaName: 'lk_timezonedefinition_modifiedby',
      to: 'systemuser',
      column: 'modifiedby',
      one: 'modifiedby',
      many: 'lk_timezonedefinition_modifiedby',
      cascade: KEEP,
    },
    {
      schemaName: 'lk_timezonedefinition_modifiedonbehalfby',
      to: 'systemuser',
      column: 'modifiedonbehalfby',
      one: 'modifiedonbehalfby',
      many: 'lk_timezonedefinition_modifiedonbehalfby',
      cascade: KEEP,
    },
  ],
}
