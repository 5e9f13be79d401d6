/** `$orderby` bound to a table, and made total: where no one orders by the primary id, it comes last. */
import type { OrderItem } from '../protocol/query-options.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindPath, samePath } from './bind-path.ts'
import { primaryId } from './find-column.ts'
import type { BoundOrder } from './read-plan.ts'

const BY_ID = new WeakMap<Table, BoundOrder>()

export function bindOrder(items: readonly OrderItem[] | undefined, table: Table, schema: Schema): readonly BoundOrder[] {
  const order: BoundOrder[] = []
  for (const item of items ?? []) {
    const path = bindPath(item.path, table, schema)
    // A column that orders already orders nothing a second time.
    if (!order.some((one) => samePath(one.path, path))) order.push({ path, descending: item.descending })
  }
  const last = byId(table)
  if (!order.some((one) => samePath(one.path, last.path))) order.push(last)
  return order
}

function byId(table: Table): BoundOrder {
  const known = BY_ID.get(table)
  if (known) return known
  const order: BoundOrder = { path: { steps: [], table, column: primaryId(table) }, descending: false }
  BY_ID.set(table, order)
  return order
}
