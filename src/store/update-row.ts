/**
 * Updates a row that has been found. One Update does everything (sync.md 5.2): ordinary columns, owner, unit, parent and state are
 * checked and written part by part. The columns of the key in the URL cannot be changed through that key: they are dropped.
 */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { isReference, type Reference } from '../plan/value.ts'
import type { Assignment, WriteRow } from '../plan/write-plan.ts'
import { isStateColumn } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { changeRow } from './change-row.ts'
import { checkColumnSecurity } from './column-permission-rules.ts'
import type { FoundRow } from './find-row.ts'
import { refuseIdentity } from './user-identity.ts'
import { refuseLoops, refuseMovingRoot, setsParent } from './hierarchy.ts'
import { demandUpdate } from './demand-write.ts'
import { followMove, movesTo, refuseMovingLastAdministrator } from './move-principal.ts'
import { refuseBaseRate } from './money-base.ts'
import { ownerOf } from './owner-columns.ts'
import { refuseOwner, shareWithPrevious } from './owner-rules.ts'
import { perTable } from './per-table.ts'
import { type CreateNested, plainValues, resolveAssignments, type Values } from './resolve-lookups.ts'
import { refuseEditingRole } from './role-rules.ts'
import { demandColumns } from './secured-writes.ts'
import { refuseInactive, statesOf } from './state-rules.ts'
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
  const [first, ...more] = parts
  assert(first, 'an update without a part')
  if (!work.moment.caller.rights.isFull) await demandUpdate(table, found, parts, work)
  const version = await writePart(table, first, found, work, versions)
  return version === undefined || more.length === 0 ? version : await writeMore(table, more, rowAfter(table, found, first, version), work)
}

/** The parts behind the first, each with the row as the one before has left it. */
async function writeMore(table: Table, parts: readonly Part[], found: FoundRow, work: Work): Promise<bigint> {
  let row = found
  for (const part of parts) {
    const version = await writePart(table, part, row, work)
    if (version === undefined) throw fail('RowNotFound', table.logicalName, row.id)
    row = rowAfter(table, row, part, version)
  }
  return row.version
}

/** One part, with the row as it is before it. */
async function writePart(table: Table, { kind, values }: Part, found: FoundRow, work: Work, versions?: readonly bigint[]): Promise<bigint | undefined> {
  const { events, schema } = work.moment
  const afterwards = events && (await events.begin({ message: 'Update', table, id: found.id, values }, work))
  refuseInactive(table, found.state, values)
  if (kind === 'state' && table.enforcesTransitions) await refuseTransition(table, found, values, work)
  if (hasOwnRules(table)) await refuseByTable(table, found.id, values, work)
  if (setsParent(table, values, schema)) await refuseLoops(table, found.id, values, work)
  const unit = table.ownership === 'business' ? await movesTo(table, found.id, values, work) : undefined
  if (unit) await refuseMovingLastAdministrator(table, found.id, work)
  const owner = newOwnerOf(table, found, values)
  if (owner) await refuseOwner(table, owner, work)
  const version = await changeRow(table, found, values, work, versions)
  if (version === undefined) return undefined
  if (owner) await shareWithPrevious(table, found, work)
  if (unit) await followMove(table, found.id, unit, work)
  if (afterwards) await afterwards()
  return version
}

/** Most tables have none: their rows are spared the waits. */
const hasOwnRules = perTable(({ ownership, logicalName }) => ownership === 'business' || RULED.has(logicalName))
const RULED: ReadonlySet<string> = new Set(['transactioncurrency', 'fieldsecurityprofile', 'fieldpermission'])

async function refuseByTable(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  await refuseBaseRate(table, id, values, work)
  await checkColumnSecurity(table, id, values, work)
  if (table.ownership !== 'business') return
  await refuseDisabledUnit(table, values, work)
  await refuseMovingDefaultTeam(table, id, values, work)
  await refuseMovingRoot(table, id, values, work)
  await refuseDisablingVital(table, id, values, work)
  await refuseEditingRole(table, id, work)
  await refuseIdentity(table, id, values, work)
}

/** Another owner than the row has. */
function newOwnerOf(table: Table, found: FoundRow, values: Values): Reference | undefined {
  const column = ownerOf(table)?.owner
  const owner = column && values.get(column)
  return owner && isReference(owner) && owner.id !== found.owner?.id ? owner : undefined
}

function rowAfter(table: Table, row: FoundRow, { values }: Part, version: bigint): FoundRow {
  const state = statesOf(table)?.state
  const given = state && values.get(state)
  const owner = ownerOf(table)?.owner
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
