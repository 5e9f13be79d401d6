/**
 * The rows of `privilege`: those on the rows of every table, and those that are about no table. They come and go with the tables. A new
 * one is given to the standard roles that are to hold it (`standard-roles.ts`), once: what an administrator takes away stays away.
 */
import { Guid } from '../base/guid.ts'
import { SHARE_BITS } from '../plan/rights.ts'
import { DEPTHS, maskOf } from '../schema/privilege-depth.ts'
import { type Depth, OTHER_PRIVILEGES, type Privilege, privilegeId, privilegeName, privilegesOf, rightsOn } from '../schema/privileges.ts'
import { STANDARD_ROLES, type StandardRole } from '../schema/standard-roles.ts'
import type { Table } from '../schema/table.ts'
import { insertBare } from './bare-rows.ts'
import { cascadeDelete } from './cascade-delete.ts'
import { join, sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'

/** Only the roots: copies in other business units hold what their roots do. */
type Holder = { readonly role: StandardRole; readonly id: Guid }
/** `right`: undefined for what is about no table. */
type NewPrivilege = { readonly name: string; readonly id: Guid; readonly right: Privilege['right'] | undefined; readonly depths: readonly Depth[] }

/** The privileges of these tables that are not there yet. */
export async function insertPrivileges(tables: readonly Table[], work: Work): Promise<void> {
  const names = new Set(tables.flatMap(namesOn))
  if (names.size === 0 || !work.moment.schema.tables.has('privilege')) return
  const rows = await work.tx.all(sql`select "name" from "privilege" where "name" in (${join([...names].map((name) => sql`${name}`))})`)
  await insertAll(tables, new Set(rows.map((row) => String(row.name))), work)
}

/** Those of all tables and of none: at every start, since each version of the program can bring some. */
export async function insertMissingPrivileges(work: Work): Promise<void> {
  const { tables } = work.moment.schema
  if (!tables.has('privilege')) return
  const there = new Set((await work.tx.all(sql`select "name" from "privilege"`)).map((row) => String(row.name)))
  await insertAll(
    [...tables.values()].filter((table) => namesOn(table).some((name) => !there.has(name))),
    there,
    work,
  )
  const others = OTHER_PRIVILEGES.filter((name) => !there.has(name))
  if (others.length === 0) return
  const holders = await holdersOf(work)
  for (const name of others) {
    const privilege: NewPrivilege = { name, id: privilegeId(name), right: undefined, depths: ['global'] }
    await insertOne(privilege, (role) => (role.others(name) ? 'global' : undefined), holders, work)
  }
}

/** `table`: one that is gone. Privileges that it shared with others stay. */
export async function deletePrivileges(table: Table, work: Work): Promise<void> {
  const { tables } = work.moment.schema
  const privileges = tables.get('privilege')
  if (!privileges) return
  const used = new Set([...tables.values()].flatMap(namesOn))
  for (const { name, id } of privilegesOf(table)) if (!used.has(name)) await cascadeDelete(privileges, id, work)
}

async function insertAll(tables: readonly Table[], there: Set<string>, work: Work): Promise<void> {
  let holders: readonly Holder[] | undefined
  for (const table of tables) {
    for (const privilege of privilegesOf(table)) {
      if (there.has(privilege.name)) continue
      there.add(privilege.name)
      holders ??= await holdersOf(work)
      await insertOne(privilege, (role) => role.depthOn(table, privilege), holders, work)
    }
  }
}

async function insertOne(privilege: NewPrivilege, depthOf: (role: StandardRole) => Depth | undefined, holders: readonly Holder[], work: Work): Promise<void> {
  const { id, name, right, depths } = privilege
  const reaches = Object.fromEntries(DEPTHS.map(({ depth }) => [`canbe${depth}`, depths.includes(depth)]))
  await insertBare('privilege', { privilegeid: id, privilegerowid: id, name, accessright: right ? SHARE_BITS[right] : 0, ...reaches }, work)
  for (const holder of holders) {
    const depth = depthOf(holder.role)
    if (depth) await insertRolePrivilege(holder.id, id, maskOf(depth), work)
  }
}

/** `role`: a root. The row's id is made from the pair, as every pair's is. */
export async function insertRolePrivilege(role: Guid, privilege: Guid, mask: number, work: Work): Promise<void> {
  const id = Guid.fromName(`roleprivileges_association ${privilege} ${role}`)
  await insertBare('roleprivileges', { roleprivilegeid: id, roleid: role, privilegeid: privilege, privilegedepthmask: mask }, work)
}

async function holdersOf(work: Work): Promise<readonly Holder[]> {
  const rows = await work.tx.all(sql`select "roleid", "roletemplateid" from "role" where "parentrootroleid" = "roleid" and "roletemplateid" is not null`)
  return rows.flatMap((row) => {
    const role = STANDARD_ROLES.find((one) => one.template === row.roletemplateid)
    return role ? [{ role, id: row.roleid as Guid }] : []
  })
}

function namesOn(table: Table): readonly string[] {
  return rightsOn(table).map((right) => privilegeName(table, right))
}
