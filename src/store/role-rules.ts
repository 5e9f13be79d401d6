/**
 * Who may change and assign roles. A role is changed and deleted at its root; System Administrator is as it is. A user or a team gets the
 * roles of their own business unit, unless the organization lets them reach across units. Nobody gives what they do not have: neither a
 * role with a privilege that they lack, nor a place in a team that holds such a role, nor the privilege to a role.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Rights } from '../plan/rights.ts'
import type { ManyToMany } from '../schema/relationship.ts'
import { maskOf } from '../schema/privilege-depth.ts'
import { privilegeId } from '../schema/privileges.ts'
import { BASIC_USER, SYSTEM_ADMINISTRATOR, SYSTEM_CUSTOMIZER } from '../schema/standard-roles.ts'
import type { Table } from '../schema/table.ts'
import { demandPrivilege } from './access.ts'
import { refuseChangingMembers } from './default-team-members.ts'
import { heldPrivileges } from './held-privileges.ts'
import { switchesOf } from './organization-switches.ts'
import { ACCESS_TEAM } from './principal-roles.ts'
import { name, sql } from './sql/sql.ts'
import { unitsAtOrAbove } from './unit-tree.ts'
import { isLastAdministrator } from './vital-rows.ts'
import type { Work } from './write-work.ts'

/** `privilegedepthmask` of the caller's own rows, which lie in no part of the tree. */
const BASIC = maskOf('basic')

type Role = { readonly id: Guid; readonly unit: Guid; readonly root: Guid; readonly template: string | null }

export async function refuseEditingRole(table: Table, id: Guid, work: Work): Promise<void> {
  if (table.logicalName !== 'role') return
  const role = await readRole(id, work)
  if (role?.template === SYSTEM_ADMINISTRATOR) throw fail('AdministratorRoleEdit')
  if (role && role.root !== id) throw fail('InheritedRole', id, role.root)
}

export async function refuseDeletingRole(table: Table, id: Guid, work: Work): Promise<void> {
  if (table.logicalName !== 'role') return
  const role = await readRole(id, work)
  if (role?.template === SYSTEM_ADMINISTRATOR) throw fail('AdministratorRoleDeletion')
  if (role && role.root !== id) throw fail('InheritedRole', id, role.root)
  if (role?.template === SYSTEM_CUSTOMIZER) throw fail('CustomizerRoleDeletion')
  if (role?.template === BASIC_USER) throw fail('BasicUserRoleDeletion')
}

/** Before a client links or unlinks these two; `ids` in the order of the relationship's tables. */
export async function refusePair(relationship: ManyToMany, ids: readonly [Guid, Guid], kind: 'link' | 'unlink', work: Work): Promise<void> {
  const [id, role] = ids
  switch (relationship.schemaName) {
    case 'teammembership_association':
      await refuseChangingMembers(relationship, ids, kind, work)
      return kind === 'link' ? refuseJoining(id, work) : undefined
    case 'systemuserroles_association':
      demandPrivilege('prvAssignRole', work)
      if (kind === 'link') return refuseAssigning('systemuser', id, role, work)
      return refuseTakingLast(id, role, work)
    case 'teamroles_association':
      demandPrivilege('prvAssignRole', work)
      return kind === 'link' ? refuseAssigning('team', id, role, work) : undefined
    case 'teamprofiles_association':
      return kind === 'link' ? refuseAccessTeam(id, work) : undefined
    case 'roleprivileges_association':
      throw fail('PrivilegesLink')
    default:
      return
  }
}

async function refuseAssigning(principal: 'systemuser' | 'team', id: Guid, roleId: Guid, work: Work): Promise<void> {
  if (principal === 'team') await refuseAccessTeam(id, work)
  const role = await readRole(roleId, work)
  if (!role) return
  const found = await work.tx.get(sql`select "businessunitid" as "unit" from ${name(principal)} where ${name(`${principal}id`)} = ${id}`)
  const unit = found?.unit as Guid | undefined
  if (unit !== undefined && unit !== role.unit && !(await switchesOf(work)).ownsAcrossUnits) throw fail('RoleOfOtherUnit', roleId, unit)
  await refuseGiving(role, work)
}

/** Members have what their team's roles give. */
async function refuseJoining(team: Guid, work: Work): Promise<void> {
  const roles = await work.tx.all(sql`select "roleid" as "id" from "teamroles" where "teamid" = ${team}`)
  for (const { id } of roles) {
    const role = await readRole(id as Guid, work)
    if (role) await refuseGiving(role, work)
  }
}

async function refuseGiving({ id, unit, template }: Role, work: Work): Promise<void> {
  const rows = await work.tx.all(heldPrivileges({ kind: 'role', id: sql`${id}` }))
  await refuseEscalation(new Map(rows.map((row) => [String(row.name), Number(row.mask)])), unit, work)
  // Full rights are more than the privileges there are today.
  if (template === SYSTEM_ADMINISTRATOR) refuseUnlessFull(work)
}

/**
 * `wanted`: by a privilege's name, the depth it is to be given at. The caller, and who acts for them, has each at that depth or a wider one,
 * and not in another part of the tree: from `unit` or a unit above.
 */
export async function refuseEscalation(wanted: ReadonlyMap<string, number>, unit: Guid, work: Work): Promise<void> {
  const places = await unitsAtOrAbove(unit, work.tx.all)
  // Not by `userId`: who acts for an administrator has their own rights and no others.
  for (let rights: Rights | undefined = work.moment.caller.rights; rights; rights = rights.cutBy) {
    const [user] = rights.principals
    if (rights.isFull || user === undefined) continue
    const rows = await work.tx.all(heldPrivileges({ kind: 'systemuser', id: sql`${user}` }))
    const held = new Map(rows.map((row) => [String(row.name), Number(row.mask)]))
    for (const [privilege, mask] of wanted) {
      if ((held.get(privilege) ?? 0) < mask) throw lacks(user, privilege)
      const reach = rights.reaches.get(privilege)
      if (mask > BASIC && reach && !reach.isGlobal && !reach.units.some((one) => places.has(one))) throw lacks(user, privilege)
    }
  }
}

function refuseUnlessFull({ moment }: Work): void {
  for (let rights: Rights | undefined = moment.caller.rights; rights; rights = rights.cutBy) {
    if (!rights.isFull) throw lacks(rights.principals[0] ?? moment.caller.userId, 'prvAssignRole')
  }
}

function lacks(user: Guid, privilege: string): Error {
  return fail('MissingPrivilege', user, privilege, privilegeId(privilege), '')
}

async function refuseTakingLast(user: Guid, roleId: Guid, work: Work): Promise<void> {
  const role = await readRole(roleId, work)
  if (role?.template === SYSTEM_ADMINISTRATOR && (await isLastAdministrator(user, work))) throw fail('LastAdministratorRole')
}

/** An access team has what is shared with it, and nothing else. */
async function refuseAccessTeam(team: Guid, work: Work): Promise<void> {
  if (await work.tx.get(sql`select 1 as "one" from "team" where "teamid" = ${team} and "teamtype" = ${ACCESS_TEAM}`)) throw fail('AccessTeamRoles', team)
}

async function readRole(id: Guid, work: Work): Promise<Role | undefined> {
  const row = await work.tx.get(sql`
    select "businessunitid" as "unit", coalesce("parentrootroleid", "roleid") as "root", "roletemplateid" as "template" from "role" where "roleid" = ${id}`)
  return row && { id, unit: row.unit as Guid, root: row.root as Guid, template: row.template as string | null }
}
