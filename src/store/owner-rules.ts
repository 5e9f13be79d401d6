/**
 * Who may come to own a row: a user who is enabled, or a team that owns rows (no access team). Whom a row is assigned to needs a role
 * that lets them read the table. Asked where a client names an owner; what a cascade assigns follows.
 */
import { fail } from '../protocol/errors.ts'
import { ALL_RIGHTS, maskOf } from '../plan/access-mask.ts'
import type { Reference } from '../plan/value.ts'
import { privilegeName } from '../schema/privileges.ts'
import type { Table } from '../schema/table.ts'
import { SYSTEM_ADMINISTRATOR } from '../schema/standard-roles.ts'
import { type FoundRow, findRow } from './find-row.ts'
import { switchesOf } from './organization-switches.ts'
import { ACCESS_TEAM, rolesOf } from './principal-roles.ts'
import { shareRow } from './share-rows.ts'
import { sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'

/** A row that is there is not created any more. */
const ALL_MASK = maskOf(ALL_RIGHTS.filter((right) => right !== 'Create'))

/** In one write the same owner is asked for but once: `systemuser:id prvReadAccount`. */
const known = new WeakMap<Work, Set<string>>()

export async function refuseOwner(table: Table, owner: Reference, work: Work): Promise<void> {
  const privilege = privilegeName(table, 'Read')
  const asked = `${owner.table}:${owner.id} ${privilege}`
  const good = known.get(work) ?? new Set()
  known.set(work, good)
  if (good.has(asked)) return
  await refuseUnableOwner(owner, work)
  await refuseBlind(owner, privilege, work)
  good.add(asked)
}

/** Who has lost the row keeps all rights on it as a share, where the organization wants that. `before`: the row as it was. */
export async function shareWithPrevious(table: Table, before: FoundRow, work: Work): Promise<void> {
  if (!before.owner || !(await switchesOf(work)).sharesWithPreviousOwner) return
  const now = await findRow({ by: 'id', table, id: before.id }, work, 'forDelete')
  if (now) await shareRow(table, now, before.owner, ALL_MASK, work)
}

/** Of a row that is created with this owner, too. */
export async function refuseUnableOwner({ table, id }: Reference, { tx }: Work): Promise<void> {
  if (table === 'systemuser') {
    if (await tx.get(sql`select 1 as "one" from systemuser where systemuserid = ${id} and isdisabled = 1`)) throw fail('OwnerDisabled', id)
  } else if (table === 'team') {
    if (await tx.get(sql`select 1 as "one" from team where teamid = ${id} and teamtype = ${ACCESS_TEAM}`)) throw fail('OwnerIsAccessTeam', id)
  }
}

async function refuseBlind(owner: Reference, privilege: string, { tx }: Work): Promise<void> {
  const roles = rolesOf({ kind: owner.table, id: sql`${owner.id}` })
  const some = await tx.get(
    sql`select count(*) as held, max(case when r.roletemplateid = ${SYSTEM_ADMINISTRATOR} then 1 else 0 end) as isfull from role as r where r.roleid in (${roles})`,
  )
  if (Number(some?.held ?? 0) === 0) throw fail(owner.table === 'team' ? 'OwnerTeamWithoutRoles' : 'OwnerUserWithoutRoles', owner.id)
  if (Number(some?.isfull ?? 0) === 1) return
  const reading = await tx.get(sql`
    select 1 as "one" from role as r join roleprivileges as g on g.roleid = coalesce(r.parentrootroleid, r.roleid) join privilege as p on p.privilegeid = g.privilegeid
    where r.roleid in (${roles}) and p.name = ${privilege} limit 1`)
  if (!reading) throw fail('OwnerCannotRead', owner.id, privilege)
}
