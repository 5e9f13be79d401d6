/** The catalogue's part about roles, teams and privileges. */
import { codes, own, refusal } from './refusal.ts'

export const SECURITY_REFUSALS = {
  AdministratorRoleDeletion: refusal(400, '0x80041d2e', codes, () => 'The System Administrator Role cannot be deleted.'),
  AdministratorRoleEdit: refusal(400, '0x80041d31', codes, () => 'The System Administrator Role cannot be modified.'),
  CustomizerRoleDeletion: refusal(400, '0x80041d4a', codes, () => 'The System Customizer Role cannot be deleted.'),
  BasicUserRoleDeletion: refusal(400, '0x80041d5a', codes, () => 'The Basic User Role cannot be deleted.'),
  InheritedRole: refusal(
    400,
    '0x80040203',
    own,
    (id: string, root: string) => `The role ${id} is the copy that a business unit has of the role ${root}. Change or delete that one: its copies follow.`,
  ),
  RoleOfOtherUnit: refusal(
    400,
    '0x80040203',
    own,
    (role: string, unit: string) => `The role ${role} belongs to another business unit than the user or team. Assign its copy in the business unit ${unit}.`,
  ),
  AccessTeamRoles: refusal(400, '0x80048331', codes, (team: string) => `Cannot assign roles or profiles to an access team (TeamId = ${team}).`),
  PrivilegeDepth: refusal(400, '0x80040203', own, (name: string, depth: string) => `The privilege '${name}' cannot have the depth '${depth}'.`),
  PrivilegesLink: refusal(
    400,
    '0x80040800',
    own,
    () => 'Privileges are given to a role with AddPrivilegesRole, and taken away with RemovePrivilegeRole or ReplacePrivilegesRole.',
  ),
} as const
