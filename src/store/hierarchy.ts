/**
 * Trees of rows: a manager's people, a unit's units, an account's accounts. A row may not come to stand above itself.
 * The business units have one root, which has no parent and never gets one.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { isReference } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { readColumns } from './find-row.ts'
import { perTableIn } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import { name, sql } from './sql/sql.ts'
import { storedName } from './sql/storage-names.ts'
import type { Work } from './write-work.ts'
import { lockRow } from './row-locks.ts'

// The published definitions do not mark these as hierarchies, though loops in them are refused (sync.md 5.3).
const ALSO_HIERARCHICAL = new Set(['parentsystemuserid', 'parentaccountid'])

/** The lookups of a table by which its rows form trees. */
const hierarchiesOf = perTableIn((table, schema): readonly Column[] =>
  (schema.referencing.get(table.logicalName) ?? []).flatMap((one) => {
    if (one.referencedTable !== table.logicalName) return []
    if (!one.isHierarchical && !ALSO_HIERARCHICAL.has(one.referencingColumn)) return []
    return table.columns.get(one.referencingColumn) ?? []
  }),
)

/** Whether a lookup is set by which rows form trees: only then is there anything to ask. */
export function setsParent(table: Table, values: Values, schema: Schema): boolean {
  for (const column of hierarchiesOf(table, schema)) if (values.get(column)) return true
  return false
}

/**
 * Checks the parents among the new values of a row that exists; a new row is nobody's parent yet. Of two writes that together would close a
 * loop, each locks a row against being pointed at that the other has to point at, or to pass on its way up.
 */
export async function refuseLoops(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  for (const column of hierarchiesOf(table, work.moment.schema)) {
    const parent = values.get(column)
    if (!parent || !isReference(parent)) continue
    await lockRow(table, id, 'forDelete', work)
    if (await isAtOrAbove(table, column, id, parent.id, work)) throw loopIn(table, column)
  }
}

/** The trees that the original knows by name have codes of their own. */
function loopIn({ logicalName }: Table, column: Column): Error {
  if (column.logicalName === 'parentsystemuserid') return fail('UserLoop')
  if (column.logicalName === 'parentbusinessunitid') return fail('UnitLoop')
  return logicalName === 'account' ? fail('AccountLoop') : fail('LoopInHierarchy', logicalName)
}

/** Whether `id` is `start` or one of the rows above it. */
export async function isAtOrAbove(table: Table, column: Column, id: Guid, start: Guid, work: Work): Promise<boolean> {
  const seen = new Set<Guid>()
  let current: Guid | undefined = start
  // `seen`: a loop that is there already (older data) must not hold us.
  while (current !== undefined && !seen.has(current)) {
    if (current === id) return true
    seen.add(current)
    const row = await readColumns(table, current, [column], work, 'forReference')
    const parent = row?.get(column)
    current = parent && isReference(parent) ? parent.id : undefined
  }
  return false
}

/** A new unit without a parent hangs under the root; the very first one is the root. */
export async function fillParentUnit(table: Table, values: Values, work: Work): Promise<void> {
  const parent = parentUnitColumn(table)
  if (!parent || values.get(parent)) return
  const root = await work.tx.get(sql`select ${name(table.primaryIdColumn)} from ${name(table.logicalName)} where ${name(parent.logicalName)} is null`)
  if (root) values.set(parent, { table: table.logicalName, id: root[storedName(table.primaryIdColumn)] as Guid })
}

/** The root is not re-parented, and no other unit becomes a root. */
export async function refuseMovingRoot(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  const parent = parentUnitColumn(table)
  const wanted = parent && values.get(parent)
  if (!parent || wanted === undefined) return
  const row = await readColumns(table, id, [parent], work)
  const isRoot = row !== undefined && row.get(parent) === null
  // Null on the root changes nothing: it comes with a row that was read and is sent back.
  if (isRoot && wanted !== null) throw fail('RootBusinessUnit')
  if (!isRoot && wanted === null) throw fail('RequiredColumn', parent.logicalName)
}

export function parentUnitColumn(table: Table): Column | undefined {
  return table.logicalName === 'businessunit' ? table.columns.get('parentbusinessunitid') : undefined
}
