/** The functions and actions about sharing rows, with their values. */
import type { TypeDeclaration } from './csdl-notation.ts'
import type { BoundOperation, Operation } from './csdl-operations.ts'

export const SHARE_OPERATIONS: readonly Operation[] = [
  { kind: 'action', name: 'GrantAccess', parameters: { crmbaseentity: 'Target', PrincipalAccess: 'PrincipalAccess' } },
  { kind: 'action', name: 'ModifyAccess', parameters: { crmbaseentity: 'Target', PrincipalAccess: 'PrincipalAccess' } },
  {
    kind: 'function',
    name: 'RetrieveSharedPrincipalsAndAccess',
    parameters: { crmbaseentity: 'Target' },
    returns: 'RetrieveSharedPrincipalsAndAccessResponse',
  },
  { kind: 'action', name: 'RevokeAccess', parameters: { crmbaseentity: 'Target', principal: 'Revokee' } },
]

export const SHARE_BOUND_OPERATIONS: readonly BoundOperation[] = [
  {
    kind: 'function',
    name: 'RetrievePrincipalAccess',
    boundTo: ['systemuser', 'team', 'organization'],
    parameters: { crmbaseentity: 'Target' },
    returns: 'RetrievePrincipalAccessResponse',
  },
]

export const SHARE_TYPES: readonly TypeDeclaration[] = [
  {
    kind: 'enum',
    name: 'AccessRights',
    isFlags: true,
    members: {
      None: 0,
      ReadAccess: 1,
      WriteAccess: 2,
      AppendAccess: 4,
      AppendToAccess: 16,
      CreateAccess: 32,
      DeleteAccess: 65_536,
      ShareAccess: 262_144,
      AssignAccess: 524_288,
    },
  },
  { kind: 'complex', name: 'PrincipalAccess', properties: { AccessRights: 'AccessMask' }, links: { principal: 'Principal' } },
  { kind: 'complex', name: 'RetrieveSharedPrincipalsAndAccessResponse', properties: { 'Collection(PrincipalAccess)': 'PrincipalAccesses' } },
  { kind: 'complex', name: 'RetrievePrincipalAccessResponse', properties: { AccessRights: 'AccessRights' } },
]
