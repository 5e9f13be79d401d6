/**
 * Gives a user or a team rights on one row, or takes them back. Who shares needs the Share right on the row, and can give only what
 * they may do with it themselves. What hangs on the row follows (`cascade-share.ts`).
 */
import { fail } from '../protocol/errors.ts'
import { maskOf } from '../plan/access-mask.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Reference } from '../plan/value.ts'
import type { Share } from '../plan/write-plan.ts'
import type { Table } from '../schema/table.ts'
import { demandAccess } from './access.ts'
import { cascadeShare, sumOf } from './cascade-share.ts'
import { type FoundRow, findId, findRow, readColumns } from './find-row.ts'
import { findShare, saveShare } from './share-table.ts'
import type { Work } from './write-work.ts'

export async function shareRows(plan: Share, work: Work): Promise<WriteOutcome> {
  const { change, rights } = plan
  const address = await activityOf(plan.row, work)
  // Who hangs a row on it meanwhile would not see what it inherits.
  const row = await findRow(address, work, 'forDelete')
  if (!row) return { kind: 'missing', address: plan.row }
  await demandAccess(address.table, row.id, 'Share', work)
  for (const right of rights) await demandAccess(address.table, row.id, right, work)
  const principalId = await findId(plan.principal, work)
  if (!principalId) return { kind: 'missing', address: plan.principal }
  const principal: Reference = { table: plan.principal.table.logicalName, id: principalId }
  if (change !== 'revoke' && row.owner?.id === principal.id) throw fail('CannotShareWithOwner')
  await applyChange(address.table, row, principal, change, maskOf(rights), work)
  return { kind: 'shared' }
}

/** `mask` is added to what this principal has on the row, and passed on: nobody's rights are asked for. */
export async function shareRow(table: Table, row: FoundRow, principal: Reference, mask: number, work: Work): Promise<void> {
  await applyChange(table, row, principal, 'grant', mask, work)
}

async function applyChange(table: Table, row: FoundRow, principal: Reference, change: Share['change'], mask: number, work: Work): Promise<void> {
  const shared: Reference = { table: table.logicalName, id: row.id }
  const share = await findShare(shared, principal, work)
  const own = change === 'grant' ? share.own | mask : change === 'modify' ? mask : 0
  await saveShare(shared, share, own, share.inherited, work)
  const start = { table, id: row.id, owner: row.owner?.id }
  await cascadeShare(start, principal, sumOf({ ...share, own }), change === 'revoke' ? 'unshare' : 'share', work)
}

/** A pointer stands for an activity of some kind: that is what is shared. */
async function activityOf(address: RowAddress, work: Work): Promise<RowAddress> {
  const { table } = address
  const kind = table.logicalName === 'activitypointer' ? table.columns.get('activitytypecode') : undefined
  const found = kind && (await findRow(address, work, 'forReference'))
  const named = found && (await readColumns(table, found.id, [kind], work))?.get(kind)
  const activity = typeof named === 'string' ? work.moment.schema.tables.get(named) : undefined
  return found && activity ? { by: 'id', table: activity, id: found.id } : address
}
