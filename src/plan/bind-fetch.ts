/**
 * A query by names (FetchXML, `?sql=`, saved queries) bound to the tables there are: names become columns, links joins, conditions
 * filters. `<fetch><entity name="account"><attribute name="name"/></entity></fetch>` sent to `accounts` reads two columns: its key too.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { FetchQuery } from '../protocol/fetch-query.ts'
import type { Table } from '../schema/table.ts'
import { bindColumns } from './bind-fetch-columns.ts'
import { bindRows, type BoundRows } from './bind-fetch-filter.ts'
import { bindGroups } from './bind-fetch-groups.ts'
import { fetchBinder } from './bind-fetch-links.ts'
import { bindGroupOrder, bindRowOrder } from './bind-fetch-order.ts'
import { type FetchPaging, fetchPage } from './bind-fetch-page.ts'
import type { ColumnPath } from './bound-filter.ts'
import { AGGREGATE_LIMIT, MAX_COLUMNS, MAX_COUNT } from './limits.ts'
import type { QueryContext } from './query-context.ts'
import type { RowAnnotations, Source } from './read-plan.ts'
import type { ReadResults, ResultOrder } from './results-plan.ts'
import { totalOrder } from './total-order.ts'

/** What is asked for beside the query. */
export type BesideFetch = {
  /** `$count=true`. */
  readonly count: boolean
  readonly annotations: RowAnnotations
  readonly paging: FetchPaging
}

/** `table`: the one addressed, which the query has to be about. */
export function bindFetch(query: FetchQuery, table: Table, source: Source, beside: BesideFetch, context: QueryContext): ReadResults {
  const { entity } = query
  if (entity.name !== table.logicalName) throw fail('FetchTableMismatch', excerpt(entity.name), table.logicalName)
  const bound = bindRows({ from: undefined, alias: undefined, entity, table }, fetchBinder(context))
  const { columns, form, order } = shapeOf(query, bound, context)
  if (columns.length > MAX_COLUMNS) throw fail('InvalidArgument', `The query names ${columns.length} columns: the limit is ${MAX_COLUMNS}.`)
  const keys = form === 'rows' ? order.map(({ by }) => by as ColumnPath) : undefined
  return {
    kind: 'read-results',
    table,
    source,
    joins: bound.joins,
    filter: bound.filter,
    columns,
    form,
    aggregateLimit: aggregateLimit(query),
    order,
    page: fetchPage(query, keys, beside.paging),
    countLimit: beside.count || query.returnTotalRecordCount ? MAX_COUNT + 1 : undefined,
    annotations: beside.annotations,
  }
}

type Shape = Pick<ReadResults, 'columns' | 'form'> & { readonly order: readonly ResultOrder[] }

function shapeOf({ aggregate, distinct, rawOrder, entity }: FetchQuery, { rows, joins }: BoundRows, { schema, calendar }: QueryContext): Shape {
  if (aggregate) {
    const columns = bindGroups(rows, calendar)
    return { columns, form: 'groups', order: bindGroupOrder(rows, columns) }
  }
  const columns = bindColumns(rows, distinct, schema)
  const order = bindRowOrder(rows, rawOrder, schema)
  if (distinct && columns.length === 0) throw fail('InvalidArgument', `A distinct query on '${excerpt(entity.name)}' names no columns.`)
  return distinct ? { columns, form: 'distinct', order } : { columns, form: 'rows', order: totalOrder(order, rows.own.table, joins) }
}

/** A query may lower the limit, never raise it. */
function aggregateLimit({ aggregateLimit: own }: FetchQuery): number {
  if (own !== undefined && own < 1) throw fail('NotAboveZero', 'aggregatelimit')
  return Math.min(own ?? AGGREGATE_LIMIT, AGGREGATE_LIMIT)
}
