/**
 * Queries that are an option of their own: `accounts?fetchXml=…`, `?sql=SELECT …`, `?$apply=…`. Beside one stands `$count`, and the skip
 * token of its own next link; whatever else chooses rows or columns is refused by name.
 */
import type { FetchQuery } from '../protocol/fetch-query.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import type { SkipToken } from '../protocol/skip-token.ts'
import { parseSqlSelect } from '../protocol/sql-select.ts'
import type { Table } from '../schema/table.ts'
import { bindApply } from './bind-apply.ts'
import { bindFetch } from './bind-fetch.ts'
import type { FetchPaging } from './bind-fetch-page.ts'
import type { Read } from './plan-read-row.ts'
import type { QueryContext } from './query-context.ts'
import type { Source } from './read-plan.ts'
import { refuseOptions, refuseOther, type SystemOption } from './refuse-options.ts'
import type { ReadResults } from './results-plan.ts'
import { rowAnnotations } from './row-annotations.ts'

const NOT_BESIDE: readonly SystemOption[] = ['$select', '$filter', '$orderby', '$top', '$expand', '$deltatoken']

type Asked = Pick<Read, 'options' | 'preferences'>

/** Undefined: no such option is given. */
export function planResults(
  table: Table,
  source: Source,
  token: SkipToken | undefined,
  { options, preferences }: Asked,
  context: QueryContext,
): ReadResults | undefined {
  const annotations = rowAnnotations(preferences.includeAnnotations, context.calendar.timeZone)
  const { maxPageSize } = preferences
  if (options.apply) return bindApply(options.apply, table, source, { options, skip: token, maxPageSize, annotations }, context)
  const bind = (query: FetchQuery, rest: QueryOptions, paging: FetchPaging): ReadResults => {
    refuseOther(rest.other)
    refuseOptions(rest, paging.by === 'cookie' ? [...NOT_BESIDE, '$skiptoken'] : NOT_BESIDE)
    return bindFetch(query, table, source, { count: options.count === true, annotations, paging }, context)
  }
  if (options.fetchXml) return bind(options.fetchXml, { ...options, fetchXml: undefined }, { by: 'cookie' })
  const paging: FetchPaging = { by: 'link', token, maxPageSize }
  if (options.sql !== undefined) return bind(parseSqlSelect(options.sql, context.now), { ...options, sql: undefined }, paging)
  return undefined
}
