/**
 * `$orderby` bound to a table, and made total: where no one orders by the primary id, it comes last, in the direction before it. Ids
 * rise with time, so `createdon desc` begins with the newest row also among those of one second (the samples look for jobs that way).
 */
import type { OrderItem } from '../protocol/query-options.ts'
import { wireName } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { bindPath, samePath } from './bind-path.ts'
import { primaryId } from './find-column.ts'
import { orderedByName } from './order-by-name.ts'
import { refuseManyLinks } from './path-links.ts'
import type { BoundOrder } from './read-plan.ts'

export function bindOrder(items: readonly OrderItem[] | undefined, table: Table, schema: Schema): readonly BoundOrder[] {
  const order: BoundOrder[] = []
  for (const item of items ?? []) {
    const bound = bindPath(item.path, table, schema)
    // `primarycontactid/contactid` is the lookup's own value too, but asks for the id.
    const name = item.path.at(-1)
    const isNamed = name === wireName(bound.column) || name === bound.column.logicalName
    const path = isNamed ? orderedByName(bound, schema) : bound
    // A column that orders already orders nothing a second time.
    if (!order.some((one) => samePath(one.path, path))) order.push({ path, descending: item.descending })
  }
  refuseManyLinks(order.map(({ path }) => path))
  const byId = { steps: [], table, column: primaryId(table) }
  if (!order.some((one) => samePath(one.path, byId))) order.push({ path: byId, descending: order.at(-1)?.descending ?? false })
  return order
}
