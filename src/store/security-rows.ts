/**
 * The rows that say who may do what when nobody has said anything yet: the standard roles and their privileges, in every business unit,
 * with the first user as System Administrator. A database of an older program gets them when the server starts, and its own roles
 * their places; at every start come the privileges that a newer program has added.
 */
import { Guid } from '../base/guid.ts'
import { STANDARD_ROLES, SYSTEM_ADMINISTRATOR } from '../schema/standard-roles.ts'
import { insertBare, valuesOf } from './bare-rows.ts'
import { joinDefaultTeam } from './default-team-members.ts'
import { linkPair, pairsIn } from './link-pair.ts'
import { insertMissingPrivileges } from './privilege-rows.ts'
import { syncBelow } from './role-copies.ts'
import { sql } from './sql/sql.ts'
import { updateRow } from './sql/write-row.ts'
import type { Work } from './write-work.ts'

/** Of a schema without these tables (in tests) nothing is asked. */
export async function keepSecurityRows(work: Work): Promise<void> {
  if (!work.moment.schema.tables.has('roletemplate')) return
  const isNew = (await work.tx.get(sql`select 1 as "one" from "roletemplate" limit 1`)) === undefined
  if (isNew) await insertRoles(work)
  await insertMissingPrivileges(work)
  if (!isNew) return
  await copyToUnits(work)
  await joinTeams(work)
}

/** In the root unit, which is the caller's here. */
async function insertRoles(work: Work): Promise<void> {
  await adoptRoles(work)
  const { userId, businessUnitId } = work.moment.caller
  for (const { name, template } of STANDARD_ROLES) {
    const id = Guid.fromName(`role:${name}`)
    await insertBare('roletemplate', { roletemplateid: template, name }, work)
    await insertBare(
      'role',
      {
        roleid: id,
        roleidunique: id,
        name,
        businessunitid: { table: 'businessunit', id: businessUnitId },
        parentrootroleid: { table: 'role', id },
        roletemplateid: { table: 'roletemplate', id: template },
        canbedeleted: false,
        iscustomizable: template !== SYSTEM_ADMINISTRATOR,
        issytemgenerated: true,
      },
      work,
    )
    const holding = pairsIn('systemuserroles', work)
    if (template === SYSTEM_ADMINISTRATOR && holding) await linkPair(holding, 1, userId, id, work)
  }
}

/** Roles from before they were copied: each is a root. */
async function adoptRoles(work: Work): Promise<void> {
  const table = work.moment.schema.tables.get('role')
  if (!table) return
  for (const row of await work.tx.all(sql`select "roleid" from "role" where "parentrootroleid" is null`)) {
    const id = row.roleid as Guid
    await updateRow(work.tx, table, id, valuesOf(table, { parentrootroleid: { table: 'role', id } }))
  }
}

async function copyToUnits(work: Work): Promise<void> {
  const roots = await work.tx.all(sql`select "businessunitid" as "id" from "businessunit" where "parentbusinessunitid" is null`)
  for (const { id } of roots) await syncBelow(id as Guid, work)
}

async function joinTeams(work: Work): Promise<void> {
  const users = await work.tx.all(sql`select "systemuserid" as "id", "businessunitid" as "unit" from "systemuser"`)
  for (const { id, unit } of users) await joinDefaultTeam(id as Guid, { table: 'businessunit', id: unit as Guid }, work)
}
