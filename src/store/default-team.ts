/** Each business unit has a team of its name: made with the unit, gone with it, and moved or deleted by nobody (`unit-rules.ts`). */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Value } from '../plan/value.ts'
import type { Assignment } from '../plan/write-plan.ts'
import type { Table } from '../schema/table.ts'
import { cascadeDelete } from './cascade-delete.ts'
import { readColumns } from './find-row.ts'
import type { CreateNested, Values } from './resolve-lookups.ts'
import { name, sql } from './sql/sql.ts'
import { ownedTable } from './vital-rows.ts'
import { asServer, type Work } from './write-work.ts'
import { lockRow } from './row-locks.ts'

/** `unit`: a business unit that has just been created with these values. */
export async function createDefaultTeam(unit: Table, id: Guid, values: Values, createNested: CreateNested, work: Work): Promise<void> {
  const team = work.moment.schema.tables.get('team')
  const named = unit.columns.get('name')
  if (!team || !named) return
  const given: { readonly [column: string]: Value } = {
    name: values.get(named) ?? null,
    teamtype: 0,
    isdefault: true,
    businessunitid: { table: unit.logicalName, id },
  }
  const assignments = Object.entries(given).flatMap(([columnName, value]): Assignment[] => {
    const column = team.columns.get(columnName)
    return column ? [{ column, value }] : []
  })
  // The same team for the same unit, as often as a write of it is tried.
  const newId = Guid.fromName(`default team of ${id}`)
  const precondition = { kind: 'none' } as const
  await createNested(
    { kind: 'write-row', table: team, verb: 'create', address: undefined, precondition, assignments, attachments: [], newId, returns: undefined },
    asServer(work),
  )
}

/** Before its unit is deleted, which it would hold back. */
export async function deleteDefaultTeam(unitId: Guid, work: Work): Promise<void> {
  const team = work.moment.schema.tables.get('team')
  const isDefault = team?.columns.get('isdefault')
  if (!team || !isDefault) return
  const teams = await work.tx.all(sql`select ${name(team.primaryIdColumn)} from team where businessunitid = ${unitId}`)
  for (const row of teams) {
    const id = row[team.primaryIdColumn] as Guid
    await lockRow(team, id, 'forDelete', work)
    if ((await readColumns(team, id, [isDefault], work))?.get(isDefault) !== true) continue
    if (await ownedTable(id, work)) throw fail('DefaultTeamOwnsRows', unitId)
    await cascadeDelete(team, id, work)
  }
}
