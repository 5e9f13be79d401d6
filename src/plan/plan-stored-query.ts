/**
 * `accounts?savedQuery=<id>`: the query that stands in a row of `savedquery` or `userquery`, asked of the collection addressed. It takes
 * two plans: one finds the row, and with what it holds the other reads the answer. `$filter`, `$orderby` and `$top` may narrow and order
 * what a view shows: clients search and sort in views so.
 */
import { assert } from '../base/assert.ts'
import { fail } from '../protocol/errors.ts'
import type { FetchOrder, FetchQuery } from '../protocol/fetch-query.ts'
import type { OrderItem, StoredQuery } from '../protocol/query-options.ts'
import type { SkipToken } from '../protocol/skip-token.ts'
import type { Table } from '../schema/table.ts'
import { bindFetch } from './bind-fetch.ts'
import { bindFilter } from './bind-filter.ts'
import type { BoundFilter } from './bound-filter.ts'
import { getColumn } from './find-column.ts'
import type { Read } from './plan-read-row.ts'
import type { QueryContext } from './query-context.ts'
import type { ReadRow, Source } from './read-plan.ts'
import { refuseOptions, refuseOther } from './refuse-options.ts'
import type { ReadResults } from './results-plan.ts'
import { rowAnnotations } from './row-annotations.ts'
import { bindShape } from './row-shape.ts'

/** The row is to be read first; then the same request is planned with its query (`StoredQuery.query`). */
export type FindQuery = { readonly kind: 'find-query'; readonly row: ReadRow }

export function planStoredQuery(
  stored: StoredQuery,
  table: Table,
  source: Source,
  skip: SkipToken | undefined,
  read: Read,
  context: QueryContext,
): ReadResults | FindQuery {
  const { options, preferences } = read
  refuseOther(options.other)
  refuseOptions({ ...options, storedQuery: undefined }, ['$select', '$expand', '$deltatoken'])
  if (!stored.query) return { kind: 'find-query', row: rowOfQuery(stored, context) }
  const query = ordered(stored.query, options.orderby, table)
  const plan = bindFetch(
    options.top === undefined ? query : { ...query, top: options.top, count: undefined },
    table,
    source,
    {
      count: options.count === true,
      annotations: rowAnnotations(preferences.includeAnnotations, context.calendar.timeZone),
      paging: { by: 'link', token: skip, maxPageSize: preferences.maxPageSize },
    },
    context,
  )
  return options.filter ? { ...plan, filter: both(bindFilter(options.filter, table, context, options.aliases), plan.filter) } : plan
}

function rowOfQuery(stored: StoredQuery, context: QueryContext): ReadRow {
  const table = context.schema.tables.get(stored.table)
  assert(table, `there is no table ${stored.table}`)
  const shape = bindShape(table, { select: ['fetchxml'] }, undefined, context, undefined)
  return { kind: 'read-row', shape, address: { by: 'id', table, id: stored.id }, steps: [], unlessVersion: [], references: false }
}

/** First as `$orderby` says, then as the query does. */
function ordered(query: FetchQuery, items: readonly OrderItem[] | undefined, table: Table): FetchQuery {
  if (!items) return query
  const orders = items.map(({ path: [name = '', beyond], descending }): FetchOrder => {
    if (beyond !== undefined) throw fail('NotSupported', 'A path in $orderby of a stored query')
    return { attribute: getColumn(table, name).logicalName, descending }
  })
  return { ...query, entity: { ...query.entity, orders: [...orders, ...query.entity.orders] } }
}

function both(one: BoundFilter, other: BoundFilter | undefined): BoundFilter {
  return other ? { op: 'and', terms: [one, other] } : one
}
