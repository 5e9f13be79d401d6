/**
 * Users, teams and equipment belong to a business unit that is there and enabled. When a user or a team moves to another unit,
 * the rows it owns go with it: their `owningbusinessunit` follows, each with a new version (sync.md 5.3).
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { isReference, type Reference } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { readColumns } from './find-row.ts'
import { ownerOf } from './owner-columns.ts'
import type { Values } from './resolve-lookups.ts'
import { name, sql } from './sql/sql.ts'
import { storedName } from './sql/storage-names.ts'
import { updateRow } from './sql/write-row.ts'
import type { Work } from './write-work.ts'

const PAGE = 200

/** The unit a row of `systemuser`, `team`, `equipment` or `role` belongs to. */
export function unitColumn(table: Table): Column | undefined {
  return table.ownership === 'business' && table.logicalName !== 'businessunit' ? table.columns.get('businessunitid') : undefined
}

export async function refuseDisabledUnit(table: Table, values: Values, work: Work): Promise<void> {
  const column = unitColumn(table)
  const unit = column && values.get(column)
  const units = work.moment.schema.tables.get('businessunit')
  const isDisabled = units?.columns.get('isdisabled')
  if (!unit || !isReference(unit) || !units || !isDisabled) return
  const row = await readColumns(units, unit.id, [isDisabled], work)
  if (!row) throw fail('MissingBusinessUnit')
  if (row.get(isDisabled) === true) throw fail('UnitDisabled', unit.id)
}

/** A unit's default team stays with it. */
export async function refuseMovingDefaultTeam(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  const column = unitColumn(table)
  const unit = column && values.get(column)
  const isDefault = table.logicalName === 'team' ? table.columns.get('isdefault') : undefined
  if (!column || !unit || !isReference(unit) || !isDefault) return
  const row = await readColumns(table, id, [column, isDefault], work)
  const before = row?.get(column)
  const isMoving = !before || !isReference(before) || before.id !== unit.id
  if (isMoving && row?.get(isDefault) === true) throw fail('DefaultTeamUnit', id)
}

export async function refuseDeletingDefaultTeam(table: Table, id: Guid, work: Work): Promise<void> {
  const isDefault = table.logicalName === 'team' ? table.columns.get('isdefault') : undefined
  if (isDefault && (await readColumns(table, id, [isDefault], work))?.get(isDefault) === true) throw fail('DefaultTeamDeletion', id)
}

/** Of a user or a team that has moved. */
export async function moveOwnedRows(id: Guid, unit: Reference, work: Work): Promise<void> {
  for (const owned of work.moment.schema.tables.values()) await moveRowsOf(owned, id, unit, work)
}

async function moveRowsOf(table: Table, ownerId: Guid, unit: Reference, work: Work): Promise<void> {
  const columns = ownerOf(table)
  if (!columns?.unit) return
  const [id, owner, owningUnit] = [name(table.primaryIdColumn), name(columns.owner.logicalName), name(columns.unit.logicalName)]
  const changed = new Map([[columns.unit, unit]])
  let after = ''
  for (;;) {
    // By id, since there is no index on owners: one pass over the table however many pages.
    const page = await work.tx.all(sql`
      select ${id} from ${name(table.logicalName)}
      where ${owner} = ${ownerId} and (${owningUnit} is null or ${owningUnit} <> ${unit.id})${after === '' ? sql`` : sql` and ${id} > ${after}`}
      order by ${id} limit ${PAGE}`)
    for (const row of page) await updateRow(work.tx, table, row[storedName(table.primaryIdColumn)] as Guid, changed)
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last[storedName(table.primaryIdColumn)] as string
  }
}
