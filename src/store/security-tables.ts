/**
 * The tables that say who may do what, and whose settings are which. A transaction that writes one of them makes what is known of callers
 * out of date.
 * Shares (`principalobjectaccess`) are not among them: every read looks at those itself.
 */
export const SECURITY_TABLES: ReadonlySet<string> = new Set([
  'systemuser',
  'usersettings',
  'team',
  'businessunit',
  'role',
  'privilege',
  'roleprivileges',
  'systemuserroles',
  'teamroles',
  'teammembership',
  'fieldsecurityprofile',
  'fieldpermission',
  'systemuserprofiles',
  'teamprofiles',
  'organization',
  'position',
])
