/**
 * Two rows for one thing become one, in one transaction: the target takes what it is given, rows that point at the subordinate point at
 * the target from now on where their relationship cascades merges, pairs go over, and the subordinate is left inactive with
 * `merged` and a `masterid` that says where it went. Each row that is touched gets a new version.
 */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import { type RowAddress, rowMissing } from '../plan/row-address.ts'
import { isReference } from '../plan/value.ts'
import type { Merge } from '../plan/write-plan.ts'
import { isLookup } from '../schema/column.ts'
import type { ManyToMany, OneToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import { demandAccess, demandPrivilege } from './access.ts'
import { changeRow } from './change-row.ts'
import { createNested } from './create-row.ts'
import { type FoundRow, findRow, readColumns } from './find-row.ts'
import { isAtOrAbove } from './hierarchy.ts'
import { movePairs } from './link-pair.ts'
import type { Values } from './resolve-lookups.ts'
import { demandReadable } from './secured-writes.ts'
import { pointsAt } from './sql/address-sql.ts'
import { name, sql } from './sql/sql.ts'
import { storedName } from './sql/storage-names.ts'
import { statesOf } from './state-rules.ts'
import { updateFound } from './update-row.ts'
import type { Work } from './write-work.ts'
import { lockRows, type RowLock } from './row-locks.ts'

const PAGE = 100
/** Of both rows. What hangs on them follows. */
const NEEDED = ['Read', 'Write', 'Append', 'AppendTo'] as const

export async function mergeRows(plan: Merge, work: Work): Promise<WriteOutcome> {
  const { table, update } = plan
  if (plan.checksParent) demandReadable(table, plan.parent, work)
  demandPrivilege('prvMerge', work)
  const target = await findActive(plan.target, 'forUpdate', work)
  // Nothing comes to hang on it while what hangs there is moved.
  const subordinate = await findActive(plan.subordinate, 'forDelete', work)
  if (target.id === subordinate.id) throw fail('MergeIdentical')
  if (plan.checksParent) await refuseOtherParent(plan, target.id, subordinate.id, work)
  const version = await updateFound(update, target, createNested, work)
  assert(version !== undefined, 'a row that was just found is there')
  // Children of the subordinate would come to stand under the target, and so above themselves.
  if (await isAtOrAbove(table, plan.parent, subordinate.id, target.id, work)) throw fail('MergeCycle')
  await moveChildren(table, subordinate.id, target.id, work)
  await moveLinks(table, subordinate.id, target.id, work)
  await retire(table, subordinate, target.id, work)
  return { kind: 'merged' }
}

async function findActive(address: RowAddress, lock: RowLock, work: Work): Promise<FoundRow> {
  const row = await findRow(address, work, lock)
  if (!row) throw rowMissing(address)
  // Before its state is told.
  for (const right of NEEDED) await demandAccess(address.table, row.id, right, work)
  const states = statesOf(address.table)
  if (states && row.state !== undefined && row.state !== states.first) throw fail('MergeInactive', address.table.logicalName, row.id)
  return row
}

async function refuseOtherParent({ table, parent }: Merge, target: Guid, subordinate: Guid, work: Work): Promise<void> {
  const [kept, lost] = [await parentOf(target), await parentOf(subordinate)]
  if (lost !== undefined && kept === undefined) throw fail('MergeLosesParent')
  if (lost !== kept) throw fail('MergeChangesParent')

  async function parentOf(id: Guid): Promise<Guid | undefined> {
    const value = (await readColumns(table, id, [parent], work))?.get(parent) ?? null
    return isReference(value) ? value.id : undefined
  }
}

async function moveChildren(table: Table, from: Guid, to: Guid, work: Work): Promise<void> {
  const { schema } = work.moment
  for (const relationship of schema.referencedBy.get(table.logicalName) ?? []) {
    const child = schema.tables.get(relationship.referencingTable)
    // Pointers are changed with their activities.
    if (!child || child.logicalName === 'activitypointer' || relationship.cascade.merge === 'NoCascade') continue
    await moveThrough(relationship, child, table, from, to, work)
  }
}

/** A row that was moved no longer matches, so each page is the first. */
async function moveThrough(relationship: OneToMany, child: Table, table: Table, from: Guid, to: Guid, work: Work): Promise<void> {
  const lookup = child.columns.get(relationship.referencingColumn)
  if (!lookup || !isLookup(lookup)) return
  const id = name(child.primaryIdColumn)
  for (;;) {
    const condition = pointsAt(lookup, table, from)
    const page = await work.tx.all(sql`select ${id} from ${name(child.logicalName)} where ${condition} limit ${PAGE}`)
    const ids = page.map((row) => row[storedName(child.primaryIdColumn)] as Guid)
    // Where rows of one table hang on each other, they come under another one: see `refuseLoops`.
    const locked = await lockRows(child, ids, condition, child === table ? 'forDelete' : 'forUpdate', work)
    for (const childId of locked) {
      const found = await findRow({ by: 'id', table: child, id: childId }, work)
      assert(found, 'a row that was just locked is there')
      await changeRow(child, found, new Map([[lookup, { table: table.logicalName, id: to }]]), work)
    }
    if (page.length < PAGE) return
  }
}

async function moveLinks(table: Table, from: Guid, to: Guid, work: Work): Promise<void> {
  for (const relationship of work.moment.schema.relationships.values()) {
    if (relationship.kind !== 'many-to-many') continue
    for (const side of sidesOf(relationship, table)) await movePairs(relationship, side, from, to, work)
  }
}

/** A table may be linked with itself: then it stands on both. */
function sidesOf({ table1, table2 }: ManyToMany, { logicalName }: Table): readonly (1 | 2)[] {
  return [...(table1 === logicalName ? ([1] as const) : []), ...(table2 === logicalName ? ([2] as const) : [])]
}

async function retire(table: Table, row: FoundRow, target: Guid, work: Work): Promise<void> {
  const values: Values = new Map()
  const states = statesOf(table)
  const inactive = states?.state.options.find(({ value }) => value !== states.first)
  if (states && inactive) values.set(states.state, inactive.value)
  const [merged, master] = [table.columns.get('merged'), table.columns.get('masterid')]
  if (merged) values.set(merged, true)
  if (master) values.set(master, { table: table.logicalName, id: target })
  await changeRow(table, row, values, work)
}
