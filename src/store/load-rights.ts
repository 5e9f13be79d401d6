/**
 * Puts together what a user may do, from rows: their roles and those of their teams, each privilege's depth made into the business units
 * and owners that it reaches. Roles belong to a business unit, and reach from there; copies of a role have the privileges of their root.
 */
import type { Guid } from '../base/guid.ts'
import type { Reach, Rights } from '../plan/rights.ts'
import { maskOf } from '../schema/privilege-depth.ts'
import type { Schema } from '../schema/schema.ts'
import { SYSTEM_ADMINISTRATOR } from '../schema/standard-roles.ts'
import { loadColumnRights } from './column-rights.ts'
import { reportsOf } from './reports-of.ts'
import { ACCESS_TEAM } from './principal-roles.ts'
import type { Ask, SqlRow } from './sql/connection.ts'
import { join, sql } from './sql/sql.ts'
import { unitsAtOrBelow } from './unit-tree.ts'

type Team = { readonly id: Guid; readonly canOwn: boolean }
type HeldRole = { readonly root: Guid; readonly unit: Guid; readonly template: string | null; readonly holder: Guid; readonly isMembers: boolean }

const [LOCAL, DEEP, GLOBAL] = [maskOf('local'), maskOf('deep'), maskOf('global')]
const ROLE_COLUMNS = sql`coalesce(r.parentrootroleid, r.roleid) as root, r.businessunitid as unit, r.roletemplateid as template, r.isinherited`

export async function loadRights(userId: Guid, schema: Schema, ask: Ask): Promise<Rights> {
  const teams = await teamsOf(userId, ask)
  const roles = await rolesOf(userId, ask)
  const principals = [userId, ...teams.map(({ id }) => id)]
  const owning = [userId, ...teams.filter(({ canOwn }) => canOwn).map(({ id }) => id)]
  return {
    isFull: roles.some(({ template }) => template === SYSTEM_ADMINISTRATOR),
    reaches: await reachesOf(roles, owning, userId, ask),
    principals,
    reports: await reportsOf(userId, schema, ask),
    columns: await loadColumnRights(principals, ask),
    cutBy: undefined,
  }
}

/** What a team may do by itself: nothing that its members have from elsewhere. */
export async function loadTeamRights(teamId: Guid, ask: Ask): Promise<Rights> {
  const rows = await ask(sql`select ${ROLE_COLUMNS} from teamroles as h join role as r on r.roleid = h.roleid where h.teamid = ${teamId}`)
  const roles = rows.map((row) => heldRole(row, teamId, false))
  return {
    isFull: roles.some(({ template }) => template === SYSTEM_ADMINISTRATOR),
    reaches: await reachesOf(roles, [teamId], teamId, ask),
    principals: [teamId],
    reports: { direct: [], all: [] },
    columns: await loadColumnRights([teamId], ask),
    cutBy: undefined,
  }
}

async function teamsOf(userId: Guid, ask: Ask): Promise<readonly Team[]> {
  const rows = await ask(sql`select t.teamid, t.teamtype from teammembership as m join team as t on t.teamid = m.teamid where m.systemuserid = ${userId}`)
  return rows.map(({ teamid, teamtype }) => ({ id: teamid as Guid, canOwn: Number(teamtype) !== ACCESS_TEAM }))
}

async function rolesOf(userId: Guid, ask: Ask): Promise<readonly HeldRole[]> {
  const own = await ask(sql`select ${ROLE_COLUMNS} from systemuserroles as h join role as r on r.roleid = h.roleid where h.systemuserid = ${userId}`)
  const theirs = await ask(
    sql`select ${ROLE_COLUMNS}, h.teamid as holder from teammembership as m join teamroles as h on h.teamid = m.teamid join role as r on r.roleid = h.roleid where m.systemuserid = ${userId}`,
  )
  return [...own.map((row) => heldRole(row, userId, false)), ...theirs.map((row) => heldRole(row, row.holder as Guid, Number(row.isinherited ?? 1) !== 0))]
}

function heldRole(row: SqlRow, holder: Guid, isMembers: boolean): HeldRole {
  return { root: row.root as Guid, unit: row.unit as Guid, template: row.template as string | null, holder, isMembers }
}

type OpenReach = { isGlobal: boolean; readonly units: Set<Guid>; readonly owners: Set<Guid> }

async function reachesOf(roles: readonly HeldRole[], owning: readonly Guid[], userId: Guid, ask: Ask): Promise<ReadonlyMap<string, Reach>> {
  const reaches = new Map<string, OpenReach>()
  if (roles.length === 0) return new Map()
  const roots = [...new Set(roles.map(({ root }) => root))]
  const granted = await ask(
    sql`select g.roleid, p.name, g.privilegedepthmask as depth from roleprivileges as g join privilege as p on p.privilegeid = g.privilegeid where g.roleid in (${join(roots.map((root) => sql`${root}`))})`,
  )
  const below: Below = new Map()
  for (const { unit } of roles) if (!below.has(unit)) below.set(unit, await unitsAtOrBelow(unit, ask))
  for (const row of granted) {
    const name = row.name as string
    const depth = Number(row.depth)
    const reach = reaches.get(name) ?? { isGlobal: false, units: new Set(), owners: new Set() }
    reaches.set(name, reach)
    for (const role of roles) if (role.root === row.roleid) extend(reach, depth, role, owning, userId, below)
  }
  return new Map([...reaches].map(([name, { isGlobal, units, owners }]) => [name, { isGlobal, units: [...units], owners: [...owners] }]))
}

/** Each role's unit, with all that are below it. */
type Below = Map<Guid, ReadonlySet<Guid>>

/** A team's role reaches the team's rows, and the members' own where it is inherited by them. */
function extend(reach: OpenReach, depth: number, { unit, holder, isMembers }: HeldRole, owning: readonly Guid[], userId: Guid, below: Below): void {
  if (depth >= GLOBAL) reach.isGlobal = true
  if (depth >= LOCAL) reach.units.add(unit)
  if (depth >= DEEP) for (const one of below.get(unit) ?? []) reach.units.add(one)
  reach.owners.add(holder)
  if (isMembers || holder === userId) for (const owner of owning) reach.owners.add(owner)
}
