/** The functions and actions about roles and teams, with their values. */
import type { TypeDeclaration } from './csdl-notation.ts'
import type { BoundOperation, Operation } from './csdl-operations.ts'

const GIVEN = { 'Collection(RolePrivilege)': 'Privileges' }
const USERS = { 'Collection(systemuser)': 'Members' }

export const SECURITY_OPERATIONS: readonly Operation[] = [
  { kind: 'function', name: 'RetrieveRolePrivilegesRole', parameters: { 'Edm.Guid': 'RoleId' }, returns: 'RetrieveRolePrivilegesRoleResponse' },
]

export const SECURITY_BOUND_OPERATIONS: readonly BoundOperation[] = [
  { kind: 'action', name: 'AddMembersTeam', boundTo: ['team'], parameters: USERS },
  { kind: 'action', name: 'AddPrivilegesRole', boundTo: ['role'], parameters: GIVEN },
  { kind: 'action', name: 'RemoveMembersTeam', boundTo: ['team'], parameters: USERS },
  { kind: 'action', name: 'RemovePrivilegeRole', boundTo: ['role'], parameters: { 'Edm.Guid': 'PrivilegeId' } },
  { kind: 'action', name: 'ReplacePrivilegesRole', boundTo: ['role'], parameters: GIVEN },
  { kind: 'function', name: 'RetrieveTeamPrivileges', boundTo: ['team'], returns: 'RetrieveTeamPrivilegesResponse' },
  { kind: 'function', name: 'RetrieveUserPrivileges', boundTo: ['systemuser'], returns: 'RetrieveUserPrivilegesResponse' },
]

const HELD = { 'Collection(RolePrivilege)': 'RolePrivileges' }

export const SECURITY_TYPES: readonly TypeDeclaration[] = [
  { kind: 'enum', name: 'PrivilegeDepth', members: 'Basic Local Deep Global' },
  {
    kind: 'complex',
    name: 'RolePrivilege',
    properties: { PrivilegeDepth: 'Depth', 'Edm.Guid': 'PrivilegeId BusinessUnitId RecordFilterId', 'Edm.String': 'PrivilegeName RecordFilterUniqueName' },
  },
  { kind: 'complex', name: 'RetrieveRolePrivilegesRoleResponse', properties: HELD },
  { kind: 'complex', name: 'RetrieveTeamPrivilegesResponse', properties: HELD },
  { kind: 'complex', name: 'RetrieveUserPrivilegesResponse', properties: HELD },
]
