/**
 * Who may read, give and change secured columns: a profile is given to users and teams, and has a permission for each column.
 * Follows the published table references, pages `fieldsecurityprofile` and `fieldpermission`.
 */
import { bigint, boolean, choice, date, datetime, entityname, guid, lookup, memo, string, type TableSeed } from './seed.ts'

const COMPONENT_STATES = { 0: 'Published', 1: 'Unpublished', 2: 'Deleted', 3: 'Deleted Unpublished' }
const ALLOWED = { 0: 'Not Allowed', 4: 'Allowed' }
const KEPT = { filledBy: 'server' } as const
const NEEDED = { filledBy: 'server', required: 'SystemRequired' } as const
const ONCE = { required: 'SystemRequired', update: false } as const
const KEEP = { delete: 'NoCascade' }

const byUser = (column: string) => {
  const schemaName = `lk_fieldsecurityprofile_${column}`
  return { schemaName, to: 'systemuser', column, one: column, many: schemaName, cascade: KEEP }
}

export const fieldsecurityprofile: TableSeed = {
  schemaName: 'FieldSecurityProfile',
  displayName: 'Field Security Profile',
  displayCollectionName: 'Field Security Profiles',
  collectionSchemaName: 'FieldSecurityProfiles',
  entitySetName: 'fieldsecurityprofiles',
  ownership: 'organization',
  objectTypeCode: 1200,
  primaryId: 'fieldsecurityprofileid',
  primaryName: 'name',
  columns: [
    memo('Description', 'Description', 2000),
    guid('FieldSecurityProfileId', 'Field Security Profile', ONCE),
    string('Name', 'Name', 100, { required: 'SystemRequired' }),

    choice('ComponentState', 'Component State', COMPONENT_STATES, 0, NEEDED),
    lookup('CreatedBy', 'Created By', ['systemuser'], KEPT),
    datetime('CreatedOn', 'Created On', KEPT),
    lookup('CreatedOnBehalfBy', 'Created By Impersonator', ['systemuser'], KEPT),
    guid('FieldSecurityProfileIdUnique', 'Field Security Profile', NEEDED),
    boolean('IsManaged', 'Is Managed', 'Unmanaged', 'Managed', false, NEEDED),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], KEPT),
    datetime('ModifiedOn', 'Modified On', KEPT),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], KEPT),
    lookup('OrganizationId', 'Organization', ['organization'], NEEDED),
    date('OverwriteTime', 'Record Overwrite Time', NEEDED),
    guid('SolutionId', 'Solution', NEEDED),
    bigint('VersionNumber', '', KEPT),
  ],
  relationships: [
    ...['createdby', 'createdonbehalfby', 'modifiedby', 'modifiedonbehalfby'].map(byUser),
    {
      schemaName: 'lk_fieldsecurityprofile_organizationid',
      to: 'organization',
      column: 'organizationid',
      one: 'organizationid',
      many: 'lk_fieldsecurityprofile_organizationid',
      cascade: KEEP,
    },
  ],
  manyToMany: [
    {
      schemaName: 'systemuserprofiles_association',
      intersect: 'systemuserprofiles',
      table1: 'systemuser',
      column1: 'systemuserid',
      navigation1: 'systemuserprofiles_association',
      table2: 'fieldsecurityprofile',
      column2: 'fieldsecurityprofileid',
      navigation2: 'systemuserprofiles_association',
    },
    {
      schemaName: 'teamprofiles_association',
      intersect: 'teamprofiles',
      table1: 'team',
      column1: 'teamid',
      navigation1: 'teamprofiles_association',
      table2: 'fieldsecurityprofile',
      column2: 'fieldsecurityprofileid',
      navigation2: 'teamprofiles_association',
    },
  ],
}

export const fieldpermission: TableSeed = {
  schemaName: 'FieldPermission',
  displayName: 'Field Permission',
  displayCollectionName: 'Field Permissions',
  collectionSchemaName: 'FieldPermissions',
  entitySetName: 'fieldpermissions',
  ownership: 'none',
  objectTypeCode: 1201,
  primaryId: 'fieldpermissionid',
  columns: [
    string('AttributeLogicalName', 'Name of the attribute for which this privilege is defined', 128, ONCE),
    choice('CanCreate', 'Can create the attribute', ALLOWED, 0, { required: 'SystemRequired' }),
    choice('CanRead', 'Can Read the attribute', ALLOWED, 0, { required: 'SystemRequired' }),
    choice('CanUpdate', 'Can Update the attribute', ALLOWED, 0, { required: 'SystemRequired' }),
    entityname('EntityName', 'Name of the Entity for which this privilege is defined', ONCE),
    guid('FieldPermissionId', 'Field Permission', ONCE),
    lookup('FieldSecurityProfileId', 'Profile', ['fieldsecurityprofile'], ONCE),

    choice('ComponentState', 'Component State', COMPONENT_STATES, 0, NEEDED),
    guid('FieldPermissionIdUnique', 'Field Permission', NEEDED),
    boolean('IsManaged', 'Is Managed', 'Unmanaged', 'Managed', false, NEEDED),
    guid('OrganizationId', 'Organization Id', KEPT),
    date('OverwriteTime', 'Record Overwrite Time', NEEDED),
    guid('SolutionId', 'Solution', NEEDED),
    bigint('VersionNumber', '', KEPT),
  ],
  relationships: [
    {
      schemaName: 'lk_fieldpermission_fieldsecurityprofileid',
      to: 'fieldsecurityprofile',
      column: 'fieldsecurityprofileid',
      one: 'fieldsecurityprofileid',
      many: 'lk_fieldpermission_fieldsecurityprofileid',
      cascade: { delete: 'Cascade' },
    },
  ],
}
