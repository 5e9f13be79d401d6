/**
 * Lookups bound to rows become references, inside the transaction: the row has to be there. A row named by id that is missing has
 * its own error for the columns that hold the organization together: a user's manager and unit, a unit's parent (sync.md 5.3).
 */
import { fail } from '../protocol/errors.ts'
import { type RowAddress, rowMissing } from '../plan/row-address.ts'
import type { Reference, Value } from '../plan/value.ts'
import type { Assignment, WriteRow } from '../plan/write-plan.ts'
import { type Column, isLookup } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { findId } from './find-row.ts'
import type { Work } from './write-work.ts'

export type Values = Map<Column, Value>
/** Creates the row of a single-valued deep insert and names it. */
export type CreateNested = (plan: WriteRow, work: Work) => Promise<Reference>

/** The values where nothing is to be looked up, which most rows of a bulk action are: spared the wait. */
export function plainValues(assignments: readonly Assignment[]): Values | undefined {
  const values: Values = new Map()
  for (const one of assignments) {
    if (!('value' in one)) return undefined
    values.set(one.column, one.value)
  }
  return values
}

export async function resolveAssignments(table: Table, assignments: readonly Assignment[], createNested: CreateNested, work: Work): Promise<Values> {
  const values: Values = new Map()
  for (const one of assignments) {
    if ('value' in one) values.set(one.column, one.value)
    else if ('find' in one) values.set(one.column, await refer(table, one.column, one.find, work))
    else values.set(one.column, await createNested(one.create, work))
  }
  return values
}

/**
 * A created row takes the values of its key from the URL where the body does not give them (sync.md 3.1).
 * A lookup in a key is its target's bare id there.
 */
export async function addKeyValues(address: Extract<RowAddress, { by: 'key' }>, values: Values, work: Work): Promise<void> {
  for (const { column, value } of address.parts) {
    if (values.has(column)) continue
    values.set(column, isLookup(column) ? await referToId(address.table, column, value, work) : value)
  }
}

async function referToId(table: Table, column: Column, id: Value, work: Work): Promise<Value> {
  const target = isLookup(column) ? work.moment.schema.tables.get(column.targets[0] ?? '') : undefined
  if (!target || typeof id !== 'string') return id
  return refer(table, column, { by: 'id', table: target, id: id as Reference['id'] }, work)
}

async function refer(table: Table, column: Column, address: RowAddress, work: Work): Promise<Reference> {
  const id = await findId(address, work)
  if (id === undefined) throw targetMissing(table, column, address)
  return { table: address.table.logicalName, id }
}

function targetMissing(table: Table, column: Column, address: RowAddress): Error {
  if (address.by === 'key') return rowMissing(address)
  if (table.logicalName === 'systemuser' && column.logicalName === 'parentsystemuserid') return fail('ParentUserMissing', address.id)
  if (table.logicalName === 'businessunit' && column.logicalName === 'parentbusinessunitid') return fail('ParentBusinessUnitMissing', address.id)
  if (table.ownership === 'business' && column.logicalName === 'businessunitid') return fail('MissingBusinessUnit')
  return fail('LookupTargetMissing', address.table.logicalName, address.id)
}
