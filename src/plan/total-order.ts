/**
 * An order in which no two rows of a result are equal, so that a page can begin behind any of them: `name, accountid, c.contactid`.
 * A row of the queried table comes several times where a join finds several for it: then their ids tell them apart.
 */
import type { Table } from '../schema/table.ts'
import type { ColumnPath } from './bound-filter.ts'
import { primaryId } from './find-column.ts'
import type { Join } from './join.ts'
import type { ResultOrder } from './results-plan.ts'

/** `order` and what it lacks. */
export function totalOrder(order: readonly ResultOrder[], table: Table, joins: readonly Join[]): readonly ResultOrder[] {
  const ids = [idOf(table), ...joins.filter(findsSeveral).map((join) => idOf(join.table, join.alias))]
  const missing = ids.filter((id) => !order.some(({ by }) => typeof by !== 'string' && isSame(by, id)))
  return [...order, ...missing.map((by) => ({ by, descending: false }))]
}

function idOf(table: Table, from?: string): ColumnPath {
  return { from, steps: [], table, column: primaryId(table) }
}

function findsSeveral({ type, inner, table }: Join): boolean {
  return type !== 'first' && inner.logicalName !== table.primaryIdColumn
}

function isSame(path: ColumnPath, id: ColumnPath): boolean {
  return path.steps.length === 0 && path.from === id.from && path.column.logicalName === id.column.logicalName
}
