/** Refusals of what an Update does beside writing columns: new owners, moves of users, teams and units, states. */
import { codes, own, refusal } from './refusal.ts'

export const UPDATE_REFUSALS = {
  OwnerDisabled: refusal(400, '0x8004022b', codes, (id: string) => `The specified owner has been disabled (Id = ${id}).`),
  OwnerIsAccessTeam: refusal(
    400,
    '0x80048340',
    codes,
    (id: string) => `You cannot assign a record to the access team (TeamId = ${id}). You can assign a record to the owner team.`,
  ),
  OwnerTeamWithoutRoles: refusal(400, '0x80042f0a', codes, (id: string) => `The team has not been assigned any roles (TeamId = ${id}).`),
  OwnerUserWithoutRoles: refusal(400, '0x80042f09', codes, (id: string) => `The user (Id = ${id}) has not been assigned any roles.`),
  OwnerCannotRead: refusal(
    400,
    '0x80040299',
    codes,
    (id: string, privilege: string) => `Target user or team (Id = ${id}) does not hold the required read privilege to own the record: ${privilege}.`,
  ),
  UnitDisabled: refusal(400, '0x8004032d', codes, (id: string) => `The specified business unit (Id = ${id}) cannot be assigned to because it is disabled.`),
  UserLoop: refusal(
    400,
    '0x80041d25',
    codes,
    () => 'You cannot set the selected user as the manager: they are the user, or stand below the user in the hierarchy of managers.',
  ),
  UnitLoop: refusal(400, '0x80041d21', codes, () => 'Creating this parental association would create a loop in business hierarchy.'),
  AccountLoop: refusal(400, '0x80040507', codes, () => 'Creating this parental association would create a loop in Accounts hierarchy.'),
  LastAdministratorRole: refusal(
    400,
    '0x80041d30',
    codes,
    () => 'A user cannot be removed from the System Administrator Role if they are the only user that has the role.',
  ),
  DefaultTeamAddition: refusal(400, '0x8004830b', codes, (id: string) => `Can't add members to the default business unit team (TeamId = ${id}).`),
  DefaultTeamRemoval: refusal(400, '0x8004830c', codes, (id: string) => `Can't remove members from the default business unit team (TeamId = ${id}).`),
  ActivationTransition: refusal(
    400,
    '0x8004f857',
    codes,
    (from: number, to: number) => `You can't activate this record because of the status transition rules: status ${from} does not lead to ${to}.`,
  ),
  DeactivationTransition: refusal(
    400,
    '0x8004f858',
    codes,
    (from: number, to: number) => `You can't deactivate this record because of the status transition rules: status ${from} does not lead to ${to}.`,
  ),
  StatusTransition: refusal(
    400,
    '0x80048408',
    own,
    (from: number, to: number, table: string) => `The status transition rules of ${table} do not let status ${from} become ${to}.`,
  ),
  DeprecatedMessage: refusal(
    400,
    '0x80060888',
    own,
    (message: string, update: string) => `The message '${message}' is deprecated and not supported. Send an Update instead: ${update}.`,
  ),
} as const
