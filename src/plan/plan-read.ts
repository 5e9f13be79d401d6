/**
 * A GET below an entity set → plan: `accounts`, `accounts(key)`, `accounts(key)/primarycontactid/createdby`, `accounts(key)/Account_Tasks(key)`,
 * `…/$ref`, `…/$count`, `accounts(key)/name/$value`. Metadata, functions and batches never come here.
 * An option that the addressed resource has no use for is refused by name.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import { typeNameOf } from '../protocol/names.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { parseSkipToken, type SkipToken } from '../protocol/skip-token.ts'
import type { Table } from '../schema/table.ts'
import { bindFilter } from './bind-filter.ts'
import { bindOrder } from './bind-order.ts'
import { MAX_COUNT } from './limits.ts'
import { castTo } from './navigation.ts'
import { rowsPage } from './next-page.ts'
import { planChanges, planCountChanges } from './plan-changes.ts'
import type { ReadPlan } from './plan.ts'
import { planBelowRow, type Read } from './plan-read-row.ts'
import { planResults } from './plan-results.ts'
import { type FindQuery, planStoredQuery } from './plan-stored-query.ts'
import type { QueryContext } from './query-context.ts'
import type { CountRows, ReadRows, Source } from './read-plan.ts'
import { refuseOptions, refuseOther } from './refuse-options.ts'
import type { ReadResults } from './results-plan.ts'
import { bindShape, referenceShape } from './row-shape.ts'

const SET: Source = { kind: 'set' }

export function planRead(read: Read, context: QueryContext): ReadPlan | FindQuery {
  const first = read.segments[0]
  const table = first && context.schema.sets.get(first.name)
  if (!first || !table) throw fail('UnknownResource', excerpt(first?.name ?? ''))
  if (!first.predicate) return planSet(table, read, context)
  const below = planBelowRow(table, first.predicate, read, context)
  return below.kind === 'children' ? planCollection(below.table, below, below.rest, read, context) : below
}

function planSet(table: Table, read: Read, context: QueryContext): ReadPlan | FindQuery {
  const { options, preferences } = read
  const suffix = read.segments[1]
  const cast = suffix && !suffix.predicate ? typeNameOf(suffix.name) : undefined
  if (cast !== undefined) return planCollection(castTo(context.schema, table, cast), SET, read.segments.slice(2), read, context)
  if (read.segments.length > 2) throw fail('UnknownResource', excerpt(read.segments[2]?.name ?? ''))
  if (suffix?.name === '$count' && options.deltatoken !== undefined) return planCountChanges(table, options, options.deltatoken, context)
  if (suffix) return planCollection(table, SET, [suffix], read, context)
  const skip = skipOf(options)
  if (preferences.trackChanges || options.deltatoken !== undefined || skip?.state !== undefined) return planChanges(table, options, preferences, skip, context)
  return planQuery(table, SET, skip, read, context)
}

/** `rest`: what follows the set or the navigation property: nothing, `$count` or `$ref`. */
function planCollection(
  table: Table,
  source: Source,
  [suffix, beyond]: readonly PathSegment[],
  read: Read,
  context: QueryContext,
): ReadRows | ReadResults | CountRows | FindQuery {
  if (!suffix) return planQuery(table, source, skipOf(read.options), read, context)
  if (suffix.predicate) throw fail('UnknownResource', excerpt(suffix.name))
  if (beyond) throw fail('UnknownResource', excerpt(beyond.name))
  if (suffix.name === '$count') return planCount(table, source, read.options, context)
  if (suffix.name === '$ref') return planRows(table, source, true, skipOf(read.options), read, context)
  throw fail('UnknownResource', excerpt(suffix.name))
}

/** Rows, or what a query that is an option of its own answers. */
function planQuery(table: Table, source: Source, skip: SkipToken | undefined, read: Read, context: QueryContext): ReadRows | ReadResults | FindQuery {
  const { storedQuery } = read.options
  if (storedQuery) return planStoredQuery(storedQuery, table, source, skip, read, context)
  return planResults(table, source, skip, read, context) ?? planRows(table, source, false, skip, read, context)
}

function planRows(table: Table, source: Source, references: boolean, skip: SkipToken | undefined, read: Read, context: QueryContext): ReadRows {
  const { options, preferences } = read
  refuseOther(options.other)
  refuseOptions(options, references ? ['$deltatoken', '$select', '$expand'] : ['$deltatoken'])
  const order = bindOrder(options.orderby, table, context.schema)
  const { limit, pages, after, pageNumber } = rowsPage(skip, options.top, preferences.maxPageSize, order)
  return {
    kind: 'read-rows',
    shape: references ? referenceShape(table) : bindShape(table, options, preferences.includeAnnotations, context, preferences.maxPageSize ?? skip?.pageSize),
    source,
    filter: options.filter && bindFilter(options.filter, table, context, options.aliases),
    order,
    limit,
    pages,
    after,
    pageNumber,
    // One more than is shown: so the answer can say that there are more.
    countLimit: options.count ? MAX_COUNT + 1 : undefined,
    references,
  }
}

/** As OData has it, `$select`, `$orderby`, `$top` and `$expand` do not touch a count. */
function planCount(table: Table, source: Source, options: QueryOptions, context: QueryContext): CountRows {
  if (options.fetchXml ?? options.storedQuery)
    throw fail('UnsupportedClause', 'Count Segment is not supported when SavedQuery or UserQuery or FetchXml option is provided')
  refuseOther(options.other)
  refuseOptions(options, ['$deltatoken', '$skiptoken'])
  return { kind: 'count-rows', table, source, filter: options.filter && bindFilter(options.filter, table, context, options.aliases), limit: MAX_COUNT }
}

function skipOf(options: QueryOptions): SkipToken | undefined {
  return options.skiptoken === undefined ? undefined : parseSkipToken(options.skiptoken)
}
