/**
 * Rows of named values, as FetchXML, `?sql=`, `$apply` and saved queries answer them: columns of a table and of what is joined to it,
 * or groups and aggregates. (Rows of one table with what is expanded below them are `ReadRows`.)
 */
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import type { Calendar } from './calendar.ts'
import type { Join } from './join.ts'
import type { RowAnnotations, Source } from './read-plan.ts'

export type AggregateFunction = 'count' | 'countcolumn' | 'sum' | 'avg' | 'min' | 'max'
export type DatePart = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'fiscal-period' | 'fiscal-year'

/** What is told of a date. `calendar.timeZone`: in which what the column stores is told. */
export type DateGrouping = { readonly part: DatePart; readonly calendar: Calendar }

export type ResultValue =
  | { readonly kind: 'column'; readonly path: ColumnPath }
  /** A group's value. */
  | { readonly kind: 'group'; readonly path: ColumnPath; readonly date?: DateGrouping | undefined }
  /** `path` undefined: rows are counted. `distinct`: equal values count once. */
  | { readonly kind: 'aggregate'; readonly function: AggregateFunction; readonly path: ColumnPath | undefined; readonly distinct: boolean }
  /** How many rows stand directly under this one in its table's hierarchy (`rowaggregate="CountChildren"`). */
  | { readonly kind: 'children'; readonly parent: Column }

export type ResultColumn = {
  /** The property: `name`, `_primarycontactid_value`, `c.fullname`, or an alias. */
  readonly name: string
  readonly value: ResultValue
  /** The name was given by the query: then the property says which column it is (`…AttributeName`). */
  readonly isAlias: boolean
}

export type ResultOrder = {
  /** A path, or the name of a column of the result (aggregates, groups). */
  readonly by: ColumnPath | string
  readonly descending: boolean
  /** Of a path to a choice: its values in the order of their labels, which they are to come in. */
  readonly ranks?: readonly number[] | undefined
}

/** Which page. `after`: order values of the last row before it; `skip`: so many rows stand before it. */
export type ResultPage = {
  readonly number: number
  readonly size: number
  /** Whether a next link and a paging cookie follow when there are more rows. */
  readonly pages: boolean
  readonly after: readonly (string | number | null)[] | undefined
  readonly skip: number
}

export type ReadResults = {
  readonly kind: 'read-results'
  readonly table: Table
  readonly source: Source
  readonly joins: readonly Join[]
  readonly filter: BoundFilter | undefined
  readonly columns: readonly ResultColumn[]
  /** `rows`: each with its etag. `distinct`: equal rows once. `groups`: one row a group; there is one where nothing groups. */
  readonly form: 'rows' | 'distinct' | 'groups'
  /** Of `groups`: more rows than this are refused (50,000). */
  readonly aggregateLimit: number
  /** For `rows` made total by `totalOrder`. Else rows that it leaves equal come in the order of all their columns. */
  readonly order: readonly ResultOrder[]
  readonly page: ResultPage
  readonly countLimit: number | undefined
  readonly annotations: RowAnnotations
}
