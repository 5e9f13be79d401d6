/**
 * Creates a row: the values of the body, then those of the key in the URL, then what the server gives, one insert, and what hangs on
 * the row (deep insert). Under an upsert the insert yields to a row that came in between: then there is nothing, and the caller looks again.
 */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import { fold } from '../base/fold.ts'
import { primaryId } from '../plan/find-column.ts'
import { isReference, type Reference, type Value } from '../plan/value.ts'
import type { Assignment, WriteRow } from '../plan/write-plan.ts'
import { type Column, isStateColumn } from '../schema/column.ts'
import { securedColumns } from '../schema/secured-columns.ts'
import type { Table } from '../schema/table.ts'
import { insertPointer } from './activity-pointer.ts'
import { attachAll } from './attach-rows.ts'
import { auditCreate, isAuditing } from './audit-changes.ts'
import { inheritShares, setsInheritance } from './cascade-share.ts'
import { checkColumnSecurity } from './column-permission-rules.ts'
import { demandRight } from './access.ts'
import { computeColumns, hasComputed } from './computed-columns.ts'
import { createDefaultTeam } from './default-team.ts'
import { demandNewRow, demandPointing } from './demand-write.ts'
import { fillParentUnit } from './hierarchy.ts'
import { fillBaseAmounts, hasAmounts } from './money-base.ts'
import { followLookups, followOwner, ownerOf } from './owner-columns.ts'
import { refuseIdentity } from './user-identity.ts'
import { refuseUnableOwner } from './owner-rules.ts'
import { refuseTakenId } from './principal-id.ts'
import { addKeyValues, plainValues, resolveAssignments, type Values } from './resolve-lookups.ts'
import { copyRoles, rootItself } from './role-copies.ts'
import { demandColumns } from './secured-writes.ts'
import { insertRow, type Yielding } from './sql/write-row.ts'
import { fillState } from './state-rules.ts'
import { fillDefaults, refuseMissing, stampCreated } from './system-columns.ts'
import { asRefusal } from './unique-violation.ts'
import { refuseDisabledUnit, unitColumn } from './unit-rules.ts'
import { gatherMembers, joinDefaultTeam } from './default-team-members.ts'
import { insertSettings } from './user-settings.ts'
import type { Work } from './write-work.ts'
import { isPrincipal } from '../schema/principal.ts'

type CreatedRow = { readonly id: Guid; readonly version: bigint }

/** `given`: what a parent gives to a row nested in it. Undefined: an upsert's insert yielded. */
export async function createRow(plan: WriteRow, work: Work, given?: ReadonlyMap<Column, Value>): Promise<CreatedRow | undefined> {
  const { table, address } = plan
  const { rights } = work.moment.caller
  // Before anything is looked up for somebody who may not create it.
  if (!rights.isFull) demandRight(table, 'Create', rights)
  const assignments = plan.assignments.filter((one) => isCreatable(plan, one))
  if (securedColumns(table).length > 0 && !isServersOwn(plan)) demandColumns(table, 'create', givenColumns(assignments, given), work)
  const values = plainValues(assignments) ?? (await resolveAssignments(table, assignments, createNested, work))
  if (address?.by === 'key') await addKeyValues(address, values, work)
  if (given) for (const [column, value] of given) values.set(column, value)
  const id = idOf(plan, values)
  const asked = rights.isFull ? undefined : new Map(values)
  const { events } = work.moment
  const afterwards = events && !isServersOwn(plan) ? await events.begin({ message: 'Create', table, id, values }, work) : undefined
  await complete(plan, values, work)
  if (table.logicalName === 'role') rootItself(table, id, values)
  if (asked) demandNewRow(table, asked, values, work)
  const version = await insert(plan, values, work)
  if (version === undefined) return undefined
  if (asked) await demandPointing(table, id, asked, work)
  if (isAuditing(table, work)) await auditCreate(table, id, values, work)
  if (table.isActivity) await insertPointer(table, values, work)
  if (table.logicalName === 'businessunit' && !isServersOwn(plan)) await createDefaultTeam(table, id, values, createNested, work)
  if (table.logicalName === 'systemuser') await welcomeUser(table, id, values, work)
  if (table.logicalName === 'team') await gatherMembers(id, work)
  if (table.ownership === 'business') await copyRoles(table, id, values, work)
  if (setsInheritance(table, values, work.moment.schema)) await inheritShares(table, id, values, work, 'new')
  if (plan.attachments.length > 0) await attachAll(plan.attachments, { table: table.logicalName, id }, createNested, work)
  if (afterwards) await afterwards()
  return { id, version }
}

function givenColumns(assignments: readonly Assignment[], given: ReadonlyMap<Column, Value> | undefined): readonly Column[] {
  return [...assignments.map(({ column }) => column), ...(given?.keys() ?? [])]
}

/** With a calendar and a language of their own, and a member of their unit's default team. */
async function welcomeUser(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  const column = unitColumn(table)
  const unit = column && values.get(column)
  const known = unit && isReference(unit) ? unit : undefined
  await insertSettings(id, known?.id ?? null, work)
  if (known) await joinDefaultTeam(id, known, work)
}

async function insert(plan: WriteRow, values: Values, work: Work): Promise<bigint | undefined> {
  try {
    return await insertRow(work.tx, plan.table, values, yieldingOf(plan, values))
  } catch (error) {
    throw asRefusal(plan.table, error)
  }
}

/** A nested row has no address, so its insert cannot yield. */
export async function createNested(plan: WriteRow, work: Work, given?: ReadonlyMap<Column, Value>): Promise<Reference> {
  const created = await createRow(plan, work, given)
  assert(created, 'a row without an address yielded to another')
  return { table: plan.table.logicalName, id: created.id }
}

/** Which columns creates may set the plan knows, but of an upsert it could not: those for updates alone are passed over, as in Dataverse. */
function isCreatable({ table, verb }: WriteRow, { column }: Assignment): boolean {
  return verb !== 'upsert' || column.isValidForCreate || isStateColumn(column) || column.logicalName === table.primaryIdColumn
}

/** The server's own rows (an empty database's first ones, jobs) have an address and no precondition; no request is planned so. */
function isServersOwn({ verb, address, precondition }: WriteRow): boolean {
  return verb === 'create' && address !== undefined && precondition.kind === 'none'
}

/** The body's id, else the URL's, else a new one. */
function idOf({ table, address, newId }: WriteRow, values: Values): Guid {
  const column = primaryId(table)
  const id = (values.get(column) as Guid | null | undefined) ?? (address?.by === 'id' ? address.id : newId)
  values.set(column, id)
  return id
}

async function complete(plan: WriteRow, values: Values, work: Work): Promise<void> {
  const { table } = plan
  const { moment } = work
  fillDefaults(table, values)
  fillOwner(table, values, work)
  if (table.logicalName === 'businessunit') await fillParentUnit(table, values, work)
  if (!isServersOwn(plan)) {
    refuseMissing(table, values, moment.schema)
    if (unitColumn(table)) await refuseDisabledUnit(table, values, work)
    if (table.logicalName === 'systemuser') await refuseIdentity(table, undefined, values, work)
    if (isPrincipal(table)) await refuseTakenId(table, values.get(primaryId(table)) as Guid, plan.newId, work)
    if (table.logicalName === 'fieldpermission') await checkColumnSecurity(table, undefined, values, work)
    const other = otherOwner(table, values, work)
    if (other) await refuseUnableOwner(other, work)
  }
  followLookups(table, values)
  if (ownerOf(table)) await followOwner(table, values, work)
  fillState(table, values)
  stampCreated(table, values, moment)
  if (hasAmounts(table)) await fillBaseAmounts(table, undefined, values, work)
  if (hasComputed(table)) await computeColumns(table, undefined, values, work)
}

/** Callers may own what they may create. */
function otherOwner(table: Table, values: Values, { moment }: Work): Reference | undefined {
  const column = ownerOf(table)?.owner
  const owner = column && values.get(column)
  return owner && isReference(owner) && owner.id !== moment.caller.userId ? owner : undefined
}

/** Rows belong to whoever creates them unless the body says otherwise; a team without an administrator gets its creator. */
function fillOwner(table: Table, values: Values, { moment }: Work): void {
  const caller = { table: 'systemuser', id: moment.caller.userId }
  const owner = ownerOf(table)?.owner
  if (owner && !values.has(owner)) values.set(owner, caller)
  const administrator = table.logicalName === 'team' ? table.columns.get('administratorid') : undefined
  if (administrator && !values.get(administrator)) values.set(administrator, caller)
}

/**
 * An insert at an address yields to a row that is there, as long as the address is what it inserts: the body's value of a key column
 * beats the URL's, and a clash with that value is an error (sync.md 3.1). The caller then finds the row, to update it or to refuse.
 */
function yieldingOf({ address, table }: WriteRow, values: Values): Yielding {
  if (!address) return 'none'
  if (address.by === 'id') return values.get(primaryId(table)) === address.id ? 'id' : 'none'
  return address.parts.every(({ column, value }) => isSame(values.get(column), value)) ? address.key : 'none'
}

function isSame(inserted: Value | undefined, addressed: Value): boolean {
  if (typeof inserted === 'string' && typeof addressed === 'string') return inserted === addressed || fold(inserted) === fold(addressed)
  if (typeof inserted === 'object' && inserted !== null) return inserted.id === addressed
  return inserted === addressed
}
