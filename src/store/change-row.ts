/**
 * Changes a row that has been found: completes what follows from the given values (owner, state, amounts, derived columns), writes it
 * once with a new version, and does what the change brings with it. Every update goes through here, a client's or a cascade's.
 */
import type { Guid } from '../base/guid.ts'
import { isReference } from '../plan/value.ts'
import type { Table } from '../schema/table.ts'
import { updatePointer } from './activity-pointer.ts'
import { auditChange, beforeChange, isAuditing } from './audit-changes.ts'
import { cascadeAssign } from './cascade-assign.ts'
import { inheritShares, setsInheritance } from './cascade-share.ts'
import { computeColumns, hasComputed } from './computed-columns.ts'
import { type FoundRow, readColumns } from './find-row.ts'
import { fillBaseAmounts, hasAmounts } from './money-base.ts'
import { followLookups, followOwner, ownerOf } from './owner-columns.ts'
import { switchesOf } from './organization-switches.ts'
import type { Values } from './resolve-lookups.ts'
import { followInCopies } from './role-copies.ts'
import { updateRow } from './sql/write-row.ts'
import { completeState } from './state-rules.ts'
import { stampModified } from './system-columns.ts'
import { asRefusal } from './unique-violation.ts'
import type { Work } from './write-work.ts'

/** The new version; undefined where the row is gone, or no longer has one of `versions`. */
export async function changeRow(table: Table, found: FoundRow, values: Values, work: Work, versions?: readonly bigint[]): Promise<bigint | undefined> {
  followLookups(table, values)
  const owner = ownerOf(table)?.owner
  const isAssigned = owner !== undefined && values.has(owner)
  if (isAssigned) await followOwner(table, values, work, await keepsUnit(table, found.id, work))
  completeState(table, values)
  if (hasAmounts(table)) await fillBaseAmounts(table, found.id, values, work)
  if (hasComputed(table)) await computeColumns(table, found.id, values, work)
  stampModified(table, values, work.moment)
  const before = isAuditing(table, work) ? await beforeChange(table, found.id, values, work) : undefined
  const version = await write(table, found, values, work, versions)
  if (version === undefined) return undefined
  if (before) await auditChange(table, found.id, before, values, work)
  if (table.isActivity) await updatePointer(table, found.id, values, work)
  if (setsInheritance(table, values, work.moment.schema)) await inheritShares(table, found.id, values, work)
  if (table.ownership === 'business') await followInCopies(table, found.id, values, work)
  if (isAssigned) await assignChildren(table, found, values, work)
  return version
}

/** The unit of a row that is assigned stays where rows are owned across units and the organization does not want them to follow. */
async function keepsUnit(table: Table, id: Guid, work: Work): Promise<boolean> {
  const column = ownerOf(table)?.unit
  const { ownsAcrossUnits, movesRowsToOwnersUnit } = await switchesOf(work)
  if (!column || !ownsAcrossUnits || movesRowsToOwnersUnit !== false) return false
  return ((await readColumns(table, id, [column], work))?.get(column) ?? null) !== null
}

async function write(table: Table, found: FoundRow, values: Values, work: Work, versions: readonly bigint[] | undefined): Promise<bigint | undefined> {
  try {
    return await updateRow(work.tx, table, found.id, values, versions)
  } catch (error) {
    throw asRefusal(table, error)
  }
}

async function assignChildren(table: Table, found: FoundRow, values: Values, work: Work): Promise<void> {
  const owner = ownerOf(table)?.owner
  const after = owner && values.get(owner)
  if (!after || !found.owner || !isReference(after)) return
  if (after.id === found.owner.id) return
  await cascadeAssign(table, found.id, found.owner, after, work)
}
