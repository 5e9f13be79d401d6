/**
 * A security role: what those who hold it may do, within which part of the tree of business units.
 * Follows the published table reference, page `role`.
 */
import { bigint, boolean, choice, date, datetime, guid, integer, lookup, memo, string, type TableSeed } from './seed.ts'

export const role: TableSeed = {
  schemaName: 'Role',
  displayName: 'Security Role',
  displayCollectionName: 'Security Roles',
  collectionSchemaName: 'Roles',
  entitySetName: 'roles',
  ownership: 'business',
  objectTypeCode: 1036,
  primaryId: 'roleid',
  primaryName: 'name',
  isAudited: true,
  columns: [
    guid('ApplicationId', 'Application Id'),
    string('AppliesTo', 'Applies To', 2000, { required: 'ApplicationRequired' }),
    lookup('BusinessUnitId', 'Business Unit', ['businessunit'], { required: 'SystemRequired', update: false }),
    boolean('CanBeDeleted', 'Can Be Deleted', 'False', 'True', true, { required: 'SystemRequired' }),
    string('Description', 'Description', 2000, { required: 'ApplicationRequired' }),
    integer('ImportSequenceNumber', 'Import Sequence Number', -2147483648, 2147483647, { update: false }),
    choice('IsAutoAssigned', 'Is Auto Assigned', { 0: 'No', 1: 'Yes' }, undefined, { required: 'ApplicationRequired' }),
    boolean('IsCustomizable', 'Customizable', 'False', 'True', true, { required: 'SystemRequired' }),
    choice('IsInherited', 'Is Inherited', { 0: 'Team privileges only', 1: 'Direct User (Basic) access level and Team privileges' }, 1, { required: 'SystemRequired' }),
    // The reference spells the schema name IsSystemGenerated, but the logical name, which is what is on the wire, like this.
    boolean('IsSytemGenerated', 'Is System Generated', 'No', 'Yes', false, { required: 'SystemRequired' }),
    string('Name', 'Name', 100, { required: 'SystemRequired' }),
    date('OverriddenCreatedOn', 'Record Created On', { update: false }),
    guid('RoleId', 'Role', { required: 'SystemRequired', update: false }),
    memo('SummaryofCoreTablePermissions', 'Summary of Core Table Permissions', 2000, { required: 'ApplicationRequired' }),

    choice('ComponentState', 'Component State', { 0: 'Published', 1: 'Unpublished', 2: 'Deleted', 3: 'Deleted Unpublished' }, undefined, {
      required: 'SystemRequired',
      filledBy: 'server',
    }),
    lookup('CreatedBy', 'Created By', ['systemuser'], { filledBy: 'server' }),
    datetime('CreatedOn', 'Created On', { filledBy: 'server' }),
    lookup('CreatedOnBehalfBy', 'Created By Impersonator', ['systemuser'], { filledBy: 'server' }),
    boolean('IsManaged', 'State', 'Unmanaged', 'Managed', false, { required: 'SystemRequired', filledBy: 'server' }),
    lookup('ModifiedBy', 'Modified By', ['systemuser'], { filledBy: 'server' }),
    datetime('ModifiedOn', 'Modified On', { filledBy: 'server' }),
    lookup('ModifiedOnBehalfBy', 'Modified By (Delegate)', ['systemuser'], { filledBy: 'server' }),
    guid('OrganizationId', 'Organization', { required: 'SystemRequired', filledBy: 'server' }),
    date('OverwriteTime', 'Record Overwrite Time', { required: 'SystemRequired', filledBy: 'server' }),
    lookup('ParentRoleId', 'Parent Role', ['role'], { filledBy: 'server' }),
    lookup('ParentRootRoleId', 'Parent Root Role', ['role'], { required: 'SystemRequired', filledBy: 'server' }),
    guid('RoleIdUnique', 'Unique Id', { required: 'SystemRequired', filledBy: 'server' }),
    lookup('RoleTemplateId', 'Role Template', ['roletemplate'], { filledBy: 'server' }),
    guid('SolutionId', 'Solution', { required: 'SystemRequired', filledBy: 'server' }),
    bigint('VersionNumber', 'Version Number', { filledBy: 'server' }),
  ],
  relationships: [
    { schemaName: 'business_unit_roles', to: 'businessunit', column: 'businessunitid', one: 'businessunitid', many: 'business_unit_roles', cascade: { delete: 'Cascade' } },
    { schemaName: 'lk_role_createdonbehalfby', to: 'systemuser', column: 'createdonbehalfby', one: 'createdonbehalfby', many: 'lk_role_createdonbehalfby', cascade: { delete: 'NoCascade' } },
    { schemaName: 'lk_role_modifiedonbehalfby', to: 'systemuser', column: 'modifiedonbehalfby', one: 'modifiedonbehalfby', many: 'lk_role_modifiedonbehalfby', cascade: { delete: 'NoCascade' } },
    { schemaName: 'lk_rolebase_createdby', to: 'systemuser', column: 'createdby', one: 'createdby', many: 'lk_rolebase_createdby', cascade: { delete: 'NoCascade' } },
    { schemaName: 'lk_rolebase_modifiedby', to: 'systemuser', column: 'modifiedby', one: 'modifiedby', many: 'lk_rolebase_modifiedby', cascade: { delete: 'NoCascade' } },
    { schemaName: 'organization_roles', to: 'organization', column: 'organizationid', one: 'organizationid_organization', many: 'organization_roles', cascade: { delete: 'NoCascade' } },
    { schemaName: 'role_parent_role', to: 'role', column: 'parentroleid', one: 'parentroleid', many: 'role_parent_role', cascade: { delete: 'NoCascade' } },
    { schemaName: 'role_parent_root_role', to: 'role', column: 'parentrootroleid', one: 'parentrootroleid', many: 'role_parent_root_role', cascade: { delete: 'Cascade' } },
    { schemaName: 'role_template_roles', to: 'roletemplate', column: 'roletemplateid', one: 'roletemplateid', many: 'role_template_roles', cascade: { delete: 'NoCascade' } },
    { schemaName: 'solution_role', to: 'solution', column: 'solutionid', one: 'solution_role', many: 'solution_role', cascade: { delete: 'Cascade' } },
  ],
}
