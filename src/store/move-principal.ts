/**
 * What follows when a user or a team moves to another business unit: the rows it owns go with it, its roles are taken away, since roles
 * belong to a unit, a user changes from one unit's default team to the other's, and direct reports that are left outside the new unit
 * and those below it have no manager any more (sync.md 5.3). What the organization has switched on keeps roles, and rows where they are.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { isReference, type Reference } from '../plan/value.ts'
import type { ManyToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import { changeRow } from './change-row.ts'
import { findRow } from './find-row.ts'
import { changeDefaultTeam } from './default-team-members.ts'
import { deletePair, intersectOf, linkPair, pairsIn } from './link-pair.ts'
import { switchesOf } from './organization-switches.ts'
import type { Values } from './resolve-lookups.ts'
import { name, sql } from './sql/sql.ts'
import { moveOwnedRows, unitColumn } from './unit-rules.ts'
import { unitsAtOrBelow } from './unit-tree.ts'
import { moveSettings } from './user-settings.ts'
import { isLastAdministrator } from './vital-rows.ts'
import type { Work } from './write-work.ts'
import { isPrincipal } from '../schema/principal.ts'

const PAGE = 200

/** The unit that a user or a team moves to, where `values` move it: repeating the unit it is in moves nothing. */
export async function movesTo(table: Table, id: Guid, values: Values, work: Work): Promise<Reference | undefined> {
  if (!isPrincipal(table)) return undefined
  const column = unitColumn(table)
  const unit = column && values.get(column)
  if (!unit || !isReference(unit)) return undefined
  const row = await work.tx.get(sql`select businessunitid from ${name(table.logicalName)} where ${name(table.primaryIdColumn)} = ${id}`)
  if (row?.businessunitid === unit.id) return undefined
  // Whoever creates a row in their name has looked up already which unit it belongs to.
  work.tx.keepOthersOut?.()
  return unit
}

/** Before the row is written: with its roles the last administrator would lose that one. */
export async function refuseMovingLastAdministrator(table: Table, id: Guid, work: Work): Promise<void> {
  if (table.logicalName !== 'systemuser' || (await switchesOf(work)).keepsRoles) return
  if (await isLastAdministrator(id, work)) throw fail('LastAdministratorRole')
}

/** After the row was written. */
export async function followMove(table: Table, id: Guid, unit: Reference, work: Work): Promise<void> {
  const { ownsAcrossUnits, keepsRoles, movesRowsToOwnersUnit } = await switchesOf(work)
  work.units.set(`${table.logicalName}:${id}`, unit)
  if (!ownsAcrossUnits || movesRowsToOwnersUnit === true) await moveOwnedRows(id, unit, work)
  if (!ownsAcrossUnits) await moveRoles(table, id, unit, keepsRoles, work)
  if (table.logicalName !== 'systemuser') return
  await moveSettings(id, unit.id, work)
  await changeDefaultTeam(id, unit, work)
  await releaseReports(table, id, unit, work)
}

/** A role that is kept becomes the new unit's copy of it; one that the new unit does not have is lost. */
async function moveRoles(table: Table, id: Guid, unit: Reference, keeps: boolean, work: Work): Promise<void> {
  const relationship = pairsIn(table.logicalName === 'team' ? 'teamroles' : 'systemuserroles', work)
  if (!relationship) return
  const intersect = intersectOf(relationship, work)
  const roles = await work.tx.all(sql`
    select h.${name(intersect.primaryIdColumn)} as pair, r.roleid, r.businessunitid, coalesce(r.parentrootroleid, r.roleid) as root
    from ${name(intersect.logicalName)} as h join role as r on r.roleid = h.roleid where h.${name(table.primaryIdColumn)} = ${id}`)
  for (const role of roles) {
    if (role.businessunitid === unit.id) continue
    await deletePair(intersect, role.pair as Guid, work)
    const copy = keeps
      ? await work.tx.get(
          sql`select roleid from role where businessunitid = ${unit.id} and (parentrootroleid = ${role.root as Guid} or roleid = ${role.root as Guid})`,
        )
      : undefined
    if (copy && !roles.some((other) => other.roleid === copy.roleid)) await linkPair(relationship, sideOf(relationship, table), id, copy.roleid as Guid, work)
  }
}

async function releaseReports(table: Table, managerId: Guid, unit: Reference, work: Work): Promise<void> {
  const manager = table.columns.get('parentsystemuserid')
  if (!manager) return
  const below = await unitsAtOrBelow(unit.id, work.tx.all)
  let after = ''
  for (;;) {
    const page = await work.tx.all(sql`
      select systemuserid, businessunitid from systemuser where parentsystemuserid = ${managerId} and systemuserid > ${after} order by systemuserid limit ${PAGE}`)
    for (const row of page) {
      if (below.has(row.businessunitid as Guid)) continue
      const found = await findRow({ by: 'id', table, id: row.systemuserid as Guid }, work)
      if (found) await changeRow(table, found, new Map([[manager, null]]), work)
    }
    if (page.length < PAGE) return
    after = page.at(-1)?.systemuserid as string
  }
}

function sideOf({ table1 }: ManyToMany, { logicalName }: Table): 1 | 2 {
  return table1 === logicalName ? 1 : 2
}
