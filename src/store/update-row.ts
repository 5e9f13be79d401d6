/**
 * Updates a row that has been found. One Update does everything (sync.md 5.2): ordinary columns, owner, unit, parent and state are
 * checked in that order and written together. The columns of the key in the URL cannot be changed through that key: they are dropped.
 */
import { fail } from '../protocol/errors.ts'
import type { Assignment, WriteRow } from '../plan/write-plan.ts'
import { isStateColumn } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { changeRow } from './change-row.ts'
import type { FoundRow } from './find-row.ts'
import { refuseLoops, refuseMovingRoot, setsParent } from './hierarchy.ts'
import { refuseBaseRate } from './money-base.ts'
import { type CreateNested, plainValues, resolveAssignments, type Values } from './resolve-lookups.ts'
import { refuseInactive } from './state-rules.ts'
import { refuseDisabledUnit, refuseMovingDefaultTeam } from './unit-rules.ts'
import { refuseDisablingVital } from './vital-rows.ts'
import type { Work } from './write-work.ts'

/** The new version; undefined where the row vanished, or changed under a version that was demanded. */
export async function updateFound(plan: WriteRow, found: FoundRow, createNested: CreateNested, work: Work): Promise<bigint | undefined> {
  const { table, precondition } = plan
  const assignments = plan.assignments.filter((one) => isUpdatable(plan, one, found))
  const values = plainValues(assignments) ?? (await resolveAssignments(table, assignments, createNested, work))
  return await setOrdinary(table, found, values, work, precondition.kind === 'version-is' ? precondition.versions : undefined)
}

/** A client's change of a row: with all the rules for what clients may change. What follows from it is added to `values`. */
export async function setOrdinary(table: Table, found: FoundRow, values: Values, work: Work, versions?: readonly bigint[]): Promise<bigint | undefined> {
  refuseInactive(table, found.state, values)
  if (table.ownership === 'business') {
    await refuseDisabledUnit(table, values, work)
    await refuseMovingDefaultTeam(table, found.id, values, work)
    await refuseMovingRoot(table, found.id, values, work)
    await refuseDisablingVital(table, found.id, values, work)
  }
  await refuseBaseRate(table, found.id, values, work)
  if (setsParent(table, values, work.moment.schema)) await refuseLoops(table, found.id, values, work)
  return await changeRow(table, found, values, work, versions)
}

/** The id may be repeated, not changed. Which columns updates may set the plan knows, but of an upsert it could not. */
function isUpdatable({ table, verb, address }: WriteRow, assignment: Assignment, found: FoundRow): boolean {
  const { column } = assignment
  if (column.logicalName === table.primaryIdColumn) {
    if ('value' in assignment && assignment.value !== found.id)
      throw fail('BadRequest', `The '${table.primaryIdColumn}' in the body is not that of the row in the URL.`)
    return false
  }
  if (address?.by === 'key' && address.key.columns.includes(column.logicalName)) return false
  return verb !== 'upsert' || column.isValidForUpdate || isStateColumn(column)
}
