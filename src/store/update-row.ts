/**
 * Updates a row that has been found. One Update does everything (sync.md 5.2): ordinary columns, owner, unit, parent and state are
 * checked and written part by part. The columns of the key in the URL cannot be changed through that key: they are dropped.
 */
import { assert } from '../base/assert.ts'
import { fail } from '../protocol/errors.ts'
import { isReference } from '../plan/value.ts'
import type { Assignment, WriteRow } from '../plan/write-plan.ts'
import { isStateColumn } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { changeRow } from './change-row.ts'
import { checkColumnSecurity } from './column-permission-rules.ts'
import type { FoundRow } from './find-row.ts'
import { refuseApplicationId } from './application-id.ts'
import { refuseLoops, refuseMovingRoot, setsParent } from './hierarchy.ts'
import { demandUpdate } from './demand-write.ts'
import { followMove, movesTo, refuseMovingLastAdministrator } from './move-principal.ts'
import { refuseBaseRate } from './money-base.ts'
import { ownerOf } from './owner-columns.ts'
import { refuseOwner, shareWithPrevious } from './owner-rules.ts'
import { type CreateNested, plainValues, resolveAssignments, type Values } from './resolve-lookups.ts'
import { refuseEditingRole } from './role-rules.ts'
import { demandColumns } from './secured-writes.ts'
import { refuseInactive } from './state-rules.ts'
import { refuseTransition } from './status-transitions.ts'
import { type Part, partsOf } from './update-parts.ts'
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

/**
 * A client's change of a row, part by part: with all the rules for what clients may change. What follows from it is added to `values`.
 * The versions that are demanded are those of the row as it was before the first part.
 */
export async function setOrdinary(table: Table, found: FoundRow, values: Values, work: Work, versions?: readonly bigint[]): Promise<bigint | undefined> {
  demandColumns(table, 'update', values.keys(), work)
  const parts = partsOf(table, values, found.state)
  const [first, ...rest] = parts
  assert(first, 'an update without a part')
  if (!work.moment.caller.rights.isFull) await demandUpdate(table, found, parts, work)
  let version = await writePart(table, first, found, work, versions)
  let [row, before] = [found, first]
  for (const part of rest) {
    if (version === undefined) return undefined
    row = rowAfter(table, row, before, version)
    version = await writePart(table, part, row, work)
    if (version === undefined) throw fail('RowNotFound', table.logicalName, found.id)
    before = part
  }
  return version
}

/** One part, with the row as it is before it. */
async function writePart(table: Table, { kind, values }: Part, found: FoundRow, work: Work, versions?: readonly bigint[]): Promise<bigint | undefined> {
  const afterwards = await work.moment.events?.begin({ message: 'Update', table, id: found.id, values }, work)
  refuseInactive(table, found.state, values)
  if (kind === 'state' && table.enforcesTransitions) await refuseTransition(table, found, values, work)
  if (table.ownership === 'business') {
    await refuseDisabledUnit(table, values, work)
    await refuseMovingDefaultTeam(table, found.id, values, work)
    await refuseMovingRoot(table, found.id, values, work)
    await refuseDisablingVital(table, found.id, values, work)
    await refuseEditingRole(table, found.id, work)
    await refuseApplicationId(table, found.id, values, work)
  }
  await refuseBaseRate(table, found.id, values, work)
  await checkColumnSecurity(table, found.id, values, work)
  if (setsParent(table, values, work.moment.schema)) await refuseLoops(table, found.id, values, work)
  const unit = table.ownership === 'business' ? await movesTo(table, found.id, values, work) : undefined
  if (unit) await refuseMovingLastAdministrator(table, found.id, work)
  const isAssigned = await checkNewOwner(table, found, values, work)
  const version = await changeRow(table, found, values, work, versions)
  if (isAssigned && version !== undefined) await shareWithPrevious(table, found, work)
  if (unit && version !== undefined) await followMove(table, found.id, unit, work)
  if (version !== undefined) await afterwards?.()
  return version
}

/** Whether the row gets another owner than it has. */
async function checkNewOwner(table: Table, found: FoundRow, values: Values, work: Work): Promise<boolean> {
  const column = ownerOf(table)?.owner
  const owner = column && values.get(column)
  if (!owner || !isReference(owner) || owner.id === found.owner?.id) return false
  await refuseOwner(table, owner, work)
  return true
}

function rowAfter(table: Table, row: FoundRow, { values }: Part, version: bigint): FoundRow {
  const state = table.columns.get('statecode')
  const given = state && values.get(state)
  const owner = table.columns.get('ownerid')
  const assigned = owner && values.get(owner)
  return {
    id: row.id,
    version,
    state: typeof given === 'number' ? given : row.state,
    owner: assigned && isReference(assigned) ? assigned : row.owner,
  }
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
