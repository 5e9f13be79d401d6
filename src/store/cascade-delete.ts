/**
 * The deletion of a row with all that goes with it: depth first on a stack of our own, children by pages. A row that is met again
 * while it is being deleted (rows in a ring) only loses its lookup. What has been deleted no longer matches, so each page is the first.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { type Column, isLookup } from '../schema/column.ts'
import type { ManyToMany, OneToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import { pointerOf } from './activity-pointer.ts'
import { auditDelete, beforeDelete, isAuditing } from './audit-changes.ts'
import { changeRow } from './change-row.ts'
import type { Afterwards } from './events.ts'
import { findRow } from './find-row.ts'
import { deletePair, intersectOf } from './link-pair.ts'
import { perTableIn } from './per-table.ts'
import { lockRows } from './row-locks.ts'
import { dropSharesOf } from './share-table.ts'
import { pointsAt } from './sql/address-sql.ts'
import { name, sql, verbatim } from './sql/sql.ts'
import { storedName } from './sql/storage-names.ts'
import { deleteRow, insertTombstone } from './sql/write-row.ts'
import type { Work } from './write-work.ts'

const PAGE = 100

/** A row being deleted. `next`: the relationship that is looked at next. */
type Frame = { readonly table: Table; readonly id: Guid; next: number; afterwards?: Afterwards | undefined }
/** One relationship through which rows point at a table. */
type Pointing = { readonly child: Table; readonly lookup: Column; readonly relationship: OneToMany }
type Facts = { readonly pointing: readonly Pointing[]; readonly linked: readonly ManyToMany[] }

export async function cascadeDelete(table: Table, id: Guid, work: Work): Promise<void> {
  const stack: Frame[] = [{ table, id, next: 0 }]
  const opened = new Set<string>()
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    if (!opened.has(frameName(frame.table, frame.id))) {
      opened.add(frameName(frame.table, frame.id))
      frame.afterwards = await work.moment.events?.begin({ message: 'Delete', table: frame.table, id: frame.id }, work)
    }
    const pointing = factsOf(frame.table, work.moment.schema).pointing[frame.next]
    if (pointing) {
      const children = await childrenOf(pointing, frame, work)
      if (children.length === 0) frame.next++
      else await handle(pointing, frame, children, stack, opened, work)
      continue
    }
    await deleteBare(frame, work)
    await frame.afterwards?.()
    opened.delete(frameName(frame.table, frame.id))
    stack.pop()
  }
}

async function handle(
  { child, lookup, relationship }: Pointing,
  frame: Frame,
  children: readonly Guid[],
  stack: Frame[],
  opened: Set<string>,
  work: Work,
): Promise<void> {
  if (relationship.cascade.delete === 'Restrict') throw fail('CannotDeleteReferenced', frame.table.logicalName, child.logicalName)
  for (const id of children) {
    const isCascading = relationship.cascade.delete === 'Cascade' && !opened.has(frameName(child, id))
    if (isCascading) stack.push({ table: child, id, next: 0 })
    else await clearLookup(child, id, lookup, work)
  }
}

function frameName(table: Table, id: Guid): string {
  return `${table.logicalName}:${id}`
}

/** The row itself, once nothing points at it any more. A sibling's cascade may have taken it already. */
async function deleteBare({ table, id }: Frame, work: Work): Promise<void> {
  const { tx, moment } = work
  for (const relationship of factsOf(table, moment.schema).linked) await deletePairs(relationship, table, id, work)
  const before = isAuditing(table, work) ? await beforeDelete(table, id, work) : undefined
  if (!(await deleteRow(tx, table, id))) return
  if (before) await auditDelete(table, id, before, work)
  await insertTombstone(tx, table, id, moment.now)
  await dropSharesOf(table, id, work)
  const pointer = pointerOf(table, moment.schema)
  if (pointer) await deleteBare({ table: pointer, id, next: 0 }, work)
  const settings = table.logicalName === 'systemuser' ? moment.schema.tables.get('usersettings') : undefined
  if (settings) await deleteBare({ table: settings, id, next: 0 }, work)
}

async function clearLookup(child: Table, id: Guid, lookup: Column, work: Work): Promise<void> {
  const found = await findRow({ by: 'id', table: child, id }, work)
  if (found) await changeRow(child, found, new Map([[lookup, null]]), work)
}

/** A page of them, locked: for their deletion, or for the change of their lookup. */
async function childrenOf({ child, lookup, relationship }: Pointing, { table, id }: Frame, work: Work): Promise<readonly Guid[]> {
  const childId = name(child.primaryIdColumn)
  // A row that points at itself is no obstacle to its deletion.
  const others = child === table ? sql` and ${childId} <> ${id}` : verbatim('')
  const condition = sql`${pointsAt(lookup, table, id)}${others}`
  const lock = relationship.cascade.delete === 'Cascade' ? 'forDelete' : 'forUpdate'
  for (;;) {
    const rows = await work.tx.all(sql`select ${childId} from ${name(child.logicalName)} where ${condition} limit ${PAGE}`)
    const ids = rows.map((row) => row[storedName(child.primaryIdColumn)] as Guid)
    const locked = await lockRows(child, ids, condition, lock, work)
    // Others may have taken the whole page off meanwhile: then there is another, or none.
    if (locked.length > 0 || ids.length === 0) return locked
  }
}

async function deletePairs(relationship: ManyToMany, table: Table, id: Guid, work: Work): Promise<void> {
  const intersect = intersectOf(relationship, work)
  const sides = [
    relationship.table1 === table.logicalName ? relationship.table1Column : undefined,
    relationship.table2 === table.logicalName ? relationship.table2Column : undefined,
  ]
  for (const side of sides) {
    if (side === undefined) continue
    for (;;) {
      const pairs = await work.tx.all(
        sql`select ${name(intersect.primaryIdColumn)} from ${name(intersect.logicalName)} where ${name(side)} = ${id} limit ${PAGE}`,
      )
      for (const pair of pairs) await deletePair(intersect, pair[storedName(intersect.primaryIdColumn)] as Guid, work)
      if (pairs.length < PAGE) break
    }
  }
}

/** Cascades first, so that what they take away restricts nobody; `NoCascade` leaves rows pointing at nothing. */
const ORDER = ['Cascade', 'RemoveLink', 'Restrict'] as const

const factsOf = perTableIn((table, schema): Facts => {
  const all = schema.referencedBy.get(table.logicalName) ?? []
  const pointing = ORDER.flatMap((kind) => all.filter((one) => one.cascade.delete === kind)).flatMap((relationship): Pointing[] => {
    const child = schema.tables.get(relationship.referencingTable)
    const lookup = child?.columns.get(relationship.referencingColumn)
    // Pointers are changed and deleted with their activities.
    return child && lookup && isLookup(lookup) && child.logicalName !== 'activitypointer' ? [{ child, lookup, relationship }] : []
  })
  const linked = [...schema.relationships.values()]
    .filter((one) => one.kind === 'many-to-many')
    .filter((one) => one.table1 === table.logicalName || one.table2 === table.logicalName)
  return { pointing, linked }
})
