/** The words that the attributes of FetchXML take; the types of `fetch-query.ts` as lists. */
import type { FetchAggregate, FetchDateGrouping, FetchFilter, FetchLinkType } from './fetch-query.ts'

export const AGGREGATES: readonly FetchAggregate[] = ['avg', 'count', 'countcolumn', 'max', 'min', 'sum']
export const DATE_GROUPINGS: readonly FetchDateGrouping[] = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-period', 'fiscal-year']
export const FILTER_TYPES: readonly FetchFilter['type'][] = ['and', 'or']
export const LINK_TYPES: readonly FetchLinkType[] = ['inner', 'outer', 'any', 'not any', 'all', 'not all', 'exists', 'in', 'matchfirstrowusingcrossapply']
