/** Every user of a business unit is a member of its default team, and of no other unit's. The server sees to it; clients cannot. */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Reference } from '../plan/value.ts'
import type { ManyToMany } from '../schema/relationship.ts'
import { deletePair, intersectOf, linkPair, pairsIn } from './link-pair.ts'
import { name, sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'

const MEMBERSHIP = 'teammembership'

export async function joinDefaultTeam(userId: Guid, unit: Reference, work: Work): Promise<void> {
  const team = await work.tx.get(sql`select teamid from team where businessunitid = ${unit.id} and isdefault = 1`)
  if (team) await join(userId, team.teamid as Guid, work)
}

/** Of a user who is in this unit now. */
export async function changeDefaultTeam(userId: Guid, unit: Reference, work: Work): Promise<void> {
  const membership = pairsIn(MEMBERSHIP, work)
  if (!membership) return
  const intersect = intersectOf(membership, work)
  const pairs = await work.tx.all(sql`
    select m.${name(intersect.primaryIdColumn)} as id from teammembership as m join team as t on t.teamid = m.teamid
    where m.systemuserid = ${userId} and t.isdefault = 1 and t.businessunitid <> ${unit.id}`)
  for (const pair of pairs) await deletePair(intersect, pair.id as Guid, work)
  await joinDefaultTeam(userId, unit, work)
}

/** A team that has just been made: where it is a unit's default one, the unit's users are its members. */
export async function gatherMembers(teamId: Guid, work: Work): Promise<void> {
  const users = await work.tx.all(sql`
    select u.systemuserid as id from systemuser as u join team as t on t.businessunitid = u.businessunitid where t.teamid = ${teamId} and t.isdefault = 1`)
  for (const user of users) await join(user.id as Guid, teamId, work)
}

/** `row` and `other` are to be linked, or unlinked, by a client. */
export async function refuseChangingMembers(relationship: ManyToMany, ids: readonly Guid[], kind: 'link' | 'unlink', work: Work): Promise<void> {
  if (relationship.intersectTable !== MEMBERSHIP) return
  for (const id of ids) {
    if (!(await work.tx.get(sql`select 1 as "one" from team where teamid = ${id} and isdefault = 1`))) continue
    throw fail(kind === 'link' ? 'DefaultTeamAddition' : 'DefaultTeamRemoval', id)
  }
}

async function join(userId: Guid, teamId: Guid, work: Work): Promise<void> {
  const membership = pairsIn(MEMBERSHIP, work)
  if (!membership || (await work.tx.get(sql`select 1 as "one" from teammembership where teamid = ${teamId} and systemuserid = ${userId}`))) return
  await linkPair(membership, membership.table1 === 'systemuser' ? 1 : 2, userId, teamId, work)
}
