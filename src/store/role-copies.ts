/**
 * Every business unit has every role of the units above it: as a copy that its users and teams are given. A copy follows its root in all
 * but its unit, and holds the privileges of its root. Units that are made or moved get and lose copies accordingly.
 */
import { Guid } from '../base/guid.ts'
import { isReference, type Value } from '../plan/value.ts'
import type { Table } from '../schema/table.ts'
import { insertBare, valuesOf } from './bare-rows.ts'
import { cascadeDelete } from './cascade-delete.ts'
import { readColumns } from './find-row.ts'
import { parentUnitColumn } from './hierarchy.ts'
import type { Values } from './resolve-lookups.ts'
import { sql } from './sql/sql.ts'
import { updateRow } from './sql/write-row.ts'
import { stampModified } from './system-columns.ts'
import type { Work } from './write-work.ts'
import { lockRow, takeTurn } from './row-locks.ts'

/** What a copy has from its root. */
const COPIED: readonly string[] = [
  'name',
  'description',
  'appliesto',
  'isinherited',
  'isautoassigned',
  'iscustomizable',
  'canbedeleted',
  'summaryofcoretablepermissions',
  'roletemplateid',
]

type Role = { readonly id: Guid; readonly parent: Guid | null; readonly root: Guid | null }

/** A new role is the root of its copies. */
export function rootItself(table: Table, id: Guid, values: Values): void {
  for (const [column, value] of valuesOf(table, { parentrootroleid: { table: 'role', id }, roleidunique: id })) values.set(column, value)
}

/** What comes of a new role, or of a new unit. */
export async function copyRoles(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  if (table.logicalName !== 'businessunit' && table.logicalName !== 'role') return
  // A unit and a role that come at the same time would not see each other.
  await takeTurn(work)
  if (table.logicalName === 'businessunit') return syncRoles(id, work)
  const unit = table.columns.get('businessunitid')
  const place = unit && values.get(unit)
  if (place && isReference(place)) await syncBelow(place.id, work)
}

/** What comes of a change of a role, or of a unit. */
export async function followInCopies(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  if (table.logicalName === 'role') await followRoot(table, id, values, work)
  const parent = parentUnitColumn(table)
  if (!parent || !values.has(parent)) return
  await takeTurn(work)
  await syncRoles(id, work)
}

/** Copies of `unit` and of all units below it are those of the roles in the units above. */
async function syncRoles(unit: Guid, work: Work): Promise<void> {
  const parent = await work.tx.get(sql`select "parentbusinessunitid" as "id" from "businessunit" where "businessunitid" = ${unit}`)
  if (parent?.id) await syncOne(unit, await rolesOf(parent.id as Guid, work), work)
  await syncBelow(unit, work)
}

export async function syncBelow(unit: Guid, work: Work): Promise<void> {
  const waiting = [unit]
  for (let above = waiting.pop(); above !== undefined; above = waiting.pop()) {
    const roles = await rolesOf(above, work)
    const units = await work.tx.all(sql`select "businessunitid" as "id" from "businessunit" where "parentbusinessunitid" = ${above}`)
    for (const { id } of units) {
      await syncOne(id as Guid, roles, work)
      waiting.push(id as Guid)
    }
  }
}

/** `wanted`: the roles of the unit above. */
async function syncOne(unit: Guid, wanted: readonly Role[], work: Work): Promise<void> {
  const table = work.moment.schema.tables.get('role')
  if (!table) return
  const copies = new Map((await rolesOf(unit, work)).filter(({ id, root }) => root !== null && root !== id).map((one) => [one.root, one]))
  for (const above of wanted) {
    const root = above.root ?? above.id
    const copy = copies.get(root)
    copies.delete(root)
    if (!copy) await insertCopy(table, unit, root, above.id, work)
    else if (copy.parent !== above.id) await updateRow(work.tx, table, copy.id, valuesOf(table, { parentroleid: { table: 'role', id: above.id } }))
  }
  for (const { id } of copies.values()) {
    await lockRow(table, id, 'forDelete', work)
    await cascadeDelete(table, id, work)
  }
}

async function insertCopy(table: Table, unit: Guid, root: Guid, above: Guid, work: Work): Promise<void> {
  const columns = COPIED.flatMap((name) => table.columns.get(name) ?? [])
  const values = await readColumns(table, root, columns, work)
  const copied: Record<string, Value> = {}
  for (const [column, value] of values ?? []) copied[column.logicalName] = value
  // The same copy in the same unit, as often as a write is tried.
  const id = Guid.fromName(`role ${root} in ${unit}`)
  const places = {
    parentroleid: { table: 'role', id: above },
    parentrootroleid: { table: 'role', id: root },
    businessunitid: { table: 'businessunit', id: unit },
  }
  await insertBare('role', { ...copied, ...places, roleid: id, roleidunique: id }, work)
}

/** `values`: what has been changed of a root. */
async function followRoot(table: Table, root: Guid, values: Values, work: Work): Promise<void> {
  const copied: Values = new Map([...values].filter(([column]) => COPIED.includes(column.logicalName)))
  if (copied.size === 0) return
  await takeTurn(work)
  stampModified(table, copied, work.moment)
  const copies = await work.tx.all(sql`select "roleid" from "role" where "parentrootroleid" = ${root} and "roleid" <> ${root}`)
  for (const copy of copies) await updateRow(work.tx, table, copy.roleid as Guid, copied)
}

async function rolesOf(unit: Guid, work: Work): Promise<readonly Role[]> {
  const rows = await work.tx.all(sql`select "roleid", "parentroleid", "parentrootroleid" from "role" where "businessunitid" = ${unit}`)
  return rows.map((row) => ({ id: row.roleid as Guid, parent: row.parentroleid as Guid | null, root: row.parentrootroleid as Guid | null }))
}
