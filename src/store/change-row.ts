/**
 * Changes a row that has been found: completes what follows from the given values (owner, state, amounts, derived columns), writes it
 * once with a new version, and does what the change brings with it. Every update goes through here, a client's or a cascade's.
 */
import { isReference } from '../plan/value.ts'
import type { Table } from '../schema/table.ts'
import { updatePointer } from './activity-pointer.ts'
import { cascadeAssign } from './cascade-assign.ts'
import { computeColumns } from './computed-columns.ts'
import type { FoundRow } from './find-row.ts'
import { fillBaseAmounts } from './money-base.ts'
import { followLookups, followOwner, ownerOf } from './owner-columns.ts'
import type { Values } from './resolve-lookups.ts'
import { updateRow } from './sql/write-row.ts'
import { completeState } from './state-rules.ts'
import { stampModified } from './system-columns.ts'
import { asRefusal } from './unique-violation.ts'
import { moveOwnedRows } from './unit-rules.ts'
import type { Work } from './write-work.ts'

/** The new version; undefined where the row is gone, or no longer has one of `versions`. */
export async function changeRow(table: Table, found: FoundRow, values: Values, work: Work, versions?: readonly bigint[]): Promise<bigint | undefined> {
  followLookups(table, values)
  await followOwner(table, values, work)
  completeState(table, values)
  await fillBaseAmounts(table, found.id, values, work)
  await computeColumns(table, found.id, values, work)
  stampModified(table, values, work.moment)
  const version = await asRefusal(table, () => updateRow(work.tx, table, found.id, values, versions))
  if (version === undefined) return undefined
  await updatePointer(table, found.id, values, work)
  await moveOwnedRows(table, found.id, values, work)
  await assignChildren(table, found, values, work)
  return version
}

async function assignChildren(table: Table, found: FoundRow, values: Values, work: Work): Promise<void> {
  const owner = ownerOf(table)?.owner
  const after = owner && values.get(owner)
  if (!after || !found.owner || !isReference(after)) return
  if (after.id === found.owner.id) return
  await cascadeAssign(table, found.id, found.owner, after, work)
}
