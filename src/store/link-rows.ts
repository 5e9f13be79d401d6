/** `$ref` on a collection: adds a row to it, or takes one out. One-to-many sets the other row's lookup, many-to-many writes a pair. */
import { fail } from '../protocol/errors.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { RowAddress } from '../plan/row-address.ts'
import { isReference, type Reference } from '../plan/value.ts'
import type { Link } from '../plan/write-plan.ts'
import type { OneToMany } from '../schema/relationship.ts'
import { demandAccess } from './access.ts'
import { lookupOf } from './attach-rows.ts'
import type { PairEvent } from './events.ts'
import { demandPairing } from './demand-write.ts'
import { type FoundRow, findRow, readColumns } from './find-row.ts'
import { linkPair, unlinkPair } from './link-pair.ts'
import { refusePair } from './role-rules.ts'
import { demandColumns } from './secured-writes.ts'
import { setOrdinary } from './update-row.ts'
import type { Work } from './write-work.ts'

export async function linkRows(plan: Link, work: Work): Promise<WriteOutcome> {
  const row = await findRow(plan.row, work, 'forReference')
  if (!row) return { kind: 'missing', address: plan.row }
  const other = await findRow(plan.other, work, plan.link.kind === 'many-to-many' ? 'forReference' : 'forUpdate')
  if (!other) return { kind: 'missing', address: plan.other }
  const { link } = plan
  const afterwards = await work.moment.events?.begin(eventOf(plan, row, other), work)
  if (link.kind === 'many-to-many') {
    const ids = link.side === 1 ? ([row.id, other.id] as const) : ([other.id, row.id] as const)
    await demandPairing(link.relationship, ids, work)
    await refusePair(link.relationship, ids, plan.kind, work)
    await (plan.kind === 'link' ? linkPair : unlinkPair)(link.relationship, link.side, row.id, other.id, work)
  } else {
    await setChild(plan, link.relationship, { table: plan.row.table.logicalName, id: row.id }, other, work)
  }
  await afterwards?.()
  return { kind: plan.kind === 'link' ? 'linked' : 'unlinked' }
}

function eventOf({ kind, link, row: { table }, other }: Link, row: FoundRow, related: FoundRow): PairEvent {
  const message = kind === 'link' ? 'Associate' : 'Disassociate'
  return { message, table, id: row.id, other: { table: other.table.logicalName, id: related.id }, relationship: link.relationship.schemaName }
}

async function setChild({ kind, other }: Link, relationship: OneToMany, parent: Reference, child: FoundRow, work: Work): Promise<void> {
  const lookup = lookupOf(relationship, work)
  // Before anything is compared with what the lookup holds.
  demandColumns(other.table, 'update', [lookup], work)
  if (kind === 'unlink') {
    // Where a row out of reach hangs is told to nobody.
    await demandAccess(other.table, child.id, 'Write', work)
    await refuseUnlinked(other, child, relationship, parent, work)
    if (lookup.requiredLevel === 'SystemRequired') throw fail('RequiredColumn', lookup.logicalName)
  }
  await setOrdinary(other.table, child, new Map([[lookup, kind === 'link' ? parent : null]]), work)
}

/** Only a row that hangs here can be taken off here. */
async function refuseUnlinked(address: RowAddress, child: FoundRow, relationship: OneToMany, parent: Reference, work: Work): Promise<void> {
  const lookup = lookupOf(relationship, work)
  const value = (await readColumns(address.table, child.id, [lookup], work))?.get(lookup)
  const isLinked = value !== undefined && isReference(value) && value.id === parent.id && value.table === parent.table
  if (!isLinked) throw fail('RowNotFound', address.table.logicalName, child.id)
}
