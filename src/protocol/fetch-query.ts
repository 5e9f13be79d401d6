/**
 * A FetchXML query as a tree, names still names (webapi.md 7). `?sql=` and the QueryExpression of BulkDelete are read into the same tree.
 * What changes no answer (`no-lock`, `latematerialize`, `options`, `version`, `mapping`, `output-format`) is not kept.
 */
import type { AGGREGATES, DATE_GROUPINGS, FILTER_TYPES, LINK_TYPES } from './fetch-words.ts'

export type FetchQuery = {
  /** Excludes paging; up to 5,000. */
  readonly top?: number | undefined
  /** So many rows are passed over before the first: SQL's `OFFSET`, which FetchXML has no word for. */
  readonly skip?: number | undefined
  /** Rows a page. */
  readonly count?: number | undefined
  readonly page?: number | undefined
  /** The inner cookie, as XML: `<cookie page="1">…</cookie>`. */
  readonly pagingCookie?: string | undefined
  readonly distinct: boolean
  readonly aggregate: boolean
  readonly aggregateLimit?: number | undefined
  readonly returnTotalRecordCount: boolean
  /** `useraworderby`: choices are ordered by their numbers, not by their labels. */
  readonly rawOrder: boolean
  readonly entity: FetchEntity
}

export type FetchEntity = {
  readonly name: string
  /** `all-attributes`. At the root also where no column is named and no `no-attrs` stands: then the original answers every column. */
  readonly allAttributes: boolean
  readonly attributes: readonly FetchAttribute[]
  readonly orders: readonly FetchOrder[]
  /** All of them hold. */
  readonly filters: readonly FetchFilter[]
  readonly links: readonly FetchLink[]
}

export type FetchAttribute = {
  /** `*` where rows are counted: SQL's `COUNT(*)`. */
  readonly name: string
  readonly alias?: string | undefined
  readonly aggregate?: FetchAggregate | undefined
  readonly groupBy: boolean
  readonly distinct: boolean
  readonly dateGrouping?: FetchDateGrouping | undefined
  /** Undefined: as if true. */
  readonly userTimeZone?: boolean | undefined
  readonly rowAggregate?: 'CountChildren' | undefined
}

/** A column as it stands: neither grouped nor aggregated. */
export function plainAttribute(name: string, alias?: string | undefined): FetchAttribute {
  return { name, alias, aggregate: undefined, groupBy: false, distinct: false, dateGrouping: undefined, userTimeZone: undefined, rowAggregate: undefined }
}

export type FetchAggregate = (typeof AGGREGATES)[number]
export type FetchDateGrouping = (typeof DATE_GROUPINGS)[number]

export type FetchOrder = {
  readonly attribute?: string | undefined
  /** Of an attribute of the query; what aggregates are ordered by. */
  readonly alias?: string | undefined
  /** Alias of the link whose attribute it is. */
  readonly entityName?: string | undefined
  readonly descending: boolean
}

export type FetchFilter = {
  readonly type: (typeof FILTER_TYPES)[number]
  readonly conditions: readonly FetchCondition[]
  readonly filters: readonly FetchFilter[]
  /** `any`, `not any`, `all`, `not all`. */
  readonly links: readonly FetchLink[]
}

export type FetchCondition = {
  readonly attribute: string
  /** As written, lower case: `eq`, `last-x-hours`. Known to `plan/` alone. */
  readonly operator: string
  /** Alias of the link whose attribute it is. */
  readonly entityName?: string | undefined
  readonly value?: string | undefined
  /** `<value>` elements. */
  readonly values: readonly string[]
  /** A column to compare with: `name`, or `alias.name`. */
  readonly valueOf?: string | undefined
}

export type FetchLinkType = (typeof LINK_TYPES)[number]

export type FetchLink = FetchEntity & {
  /** Of the linked table. Undefined: its primary id, or what the relationship with the parent says. */
  readonly from?: string | undefined
  /** Of the parent. */
  readonly to?: string | undefined
  readonly alias?: string | undefined
  readonly type: FetchLinkType
  readonly intersect: boolean
}
