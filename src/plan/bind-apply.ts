/**
 * `$apply` bound to a table: `groupby((primarycontactid/fullname),aggregate(revenue with sum as total))` answers rows of
 * `contact_fullname` and `total`. A column behind a lookup goes by its table's name and its own (webapi.md 6.6).
 * `$filter` beside it chooses the rows that are grouped; `$orderby` may name what is grouped by, never an aggregate.
 */
import type { Apply, ApplyAggregate } from '../protocol/apply.ts'
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { Filter } from '../protocol/filter.ts'
import type { OrderItem, QueryOptions } from '../protocol/query-options.ts'
import type { SkipToken } from '../protocol/skip-token.ts'
import { wireName } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { refuseAggregate } from './aggregate-types.ts'
import { bindFilter } from './bind-filter.ts'
import { bindPath, samePath } from './bind-path.ts'
import type { ColumnPath } from './bound-filter.ts'
import { AGGREGATE_LIMIT, MAX_COUNT } from './limits.ts'
import { rowsPage } from './next-page.ts'
import { refuseManyLinks } from './path-links.ts'
import type { QueryContext } from './query-context.ts'
import type { RowAnnotations, Source } from './read-plan.ts'
import { refuseOptions, refuseOther } from './refuse-options.ts'
import type { AggregateFunction, ReadResults, ResultColumn, ResultOrder } from './results-plan.ts'

/** What is asked for beside `$apply`. */
export type BesideApply = {
  readonly options: QueryOptions
  readonly skip: SkipToken | undefined
  readonly maxPageSize: number | undefined
  readonly annotations: RowAnnotations
}

type Group = { readonly name: string; readonly path: ColumnPath }

const FUNCTIONS: Record<Exclude<ApplyAggregate['method'], 'count'>, AggregateFunction> = {
  sum: 'sum',
  average: 'avg',
  min: 'min',
  max: 'max',
  countdistinct: 'countcolumn',
}

export function bindApply(
  apply: Apply,
  table: Table,
  source: Source,
  { options, skip, maxPageSize, annotations }: BesideApply,
  context: QueryContext,
): ReadResults {
  refuseOther(options.other)
  refuseOptions({ ...options, apply: undefined }, ['$select', '$expand', '$deltatoken'])
  const groups = (apply.groups ?? []).map((path) => bindGroup(path, table, context))
  const aggregates = apply.aggregates.map((aggregate) => bindAggregate(aggregate, table, context))
  refuseSameNames([...groups, ...aggregates])
  refuseManyLinks([...groups.map(({ path }) => path), ...aggregates.flatMap(pathOf)])
  const isDistinct = aggregates.length === 0
  const filter = rowFilter(apply, options.filter)
  const { limit, pages, pageNumber } = rowsPage(skip, options.top, maxPageSize, [])
  return {
    kind: 'read-results',
    table,
    source,
    joins: [],
    filter: filter && bindFilter(filter, table, context, options.aliases),
    columns: [...groups.map((group) => groupColumn(group, isDistinct ? 'column' : 'group')), ...aggregates],
    form: isDistinct ? 'distinct' : 'groups',
    aggregateLimit: AGGREGATE_LIMIT,
    order: (options.orderby ?? []).map((item) => bindGroupOrder(item, groups, apply.aggregates, table, context)),
    page: { number: pageNumber, size: limit, pages, after: undefined, skip: (pageNumber - 1) * (skip?.pageSize ?? limit) },
    countLimit: options.count ? MAX_COUNT + 1 : undefined,
    annotations,
  }
}

/** One filter, so that limits count all conditions of the query. */
function rowFilter(apply: Apply, beside: Filter | undefined): Filter | undefined {
  const terms = beside ? [beside, ...apply.filters] : apply.filters
  return terms.length > 1 ? { op: 'and', terms } : terms[0]
}

function bindGroup(names: readonly string[], table: Table, context: QueryContext): Group {
  const path = bindPath(names, table, context.schema)
  // The original's own limit, in its words only on the page that documents it.
  if (path.column.type === 'datetime') throw fail('NotSupported', `Grouping by the date and time column '${path.column.logicalName}' in $apply`)
  return { name: groupName(path), path }
}

/** `statuscode`, `_primarycontactid_value`, `contact_fullname`. */
function groupName({ steps, table, column }: ColumnPath): string {
  return steps.length === 0 ? wireName(column) : `${table.logicalName}_${column.logicalName}`
}

function groupColumn({ name, path }: Group, kind: 'column' | 'group'): ResultColumn {
  return { name, value: { kind, path }, isAlias: path.steps.length > 0 }
}

function bindAggregate(aggregate: ApplyAggregate, table: Table, context: QueryContext): ResultColumn {
  const { method, alias: name } = aggregate
  if (method === 'count') return { name, value: { kind: 'aggregate', function: 'count', path: undefined, distinct: false }, isAlias: true }
  const path = bindPath(aggregate.path, table, context.schema)
  refuseAggregate(FUNCTIONS[method], path.column, { aggregate: method, column: wireName(path.column) })
  return { name, value: { kind: 'aggregate', function: FUNCTIONS[method], path, distinct: method === 'countdistinct' }, isAlias: true }
}

function pathOf({ value }: ResultColumn): readonly ColumnPath[] {
  return value.kind === 'aggregate' && value.path ? [value.path] : []
}

function refuseSameNames(columns: readonly { readonly name: string }[]): void {
  const names = new Set<string>()
  for (const { name } of columns) {
    if (names.has(name)) throw fail('BadRequest', `The answer to $apply would have two properties '${excerpt(name)}'.`)
    names.add(name)
  }
}

function bindGroupOrder(
  { path: names, descending }: OrderItem,
  groups: readonly Group[],
  aggregates: readonly ApplyAggregate[],
  table: Table,
  context: QueryContext,
): ResultOrder {
  const [name = ''] = names
  // Aliases are open properties to OData; the original does not order by them.
  const isAlias =
    names.length === 1 && (aggregates.some((one) => one.alias === name) || groups.some((group) => group.path.steps.length > 0 && group.name === name))
  if (isAlias) throw fail('UnsupportedClause', 'The query node SingleValueOpenPropertyAccess is not supported')
  const path = bindPath(names, table, context.schema)
  const group = groups.find((one) => samePath(one.path, path))
  if (!group) throw fail('BadRequest', `$orderby names '${excerpt(names.join('/'))}', which $apply does not group by.`)
  return { by: group.name, descending }
}
