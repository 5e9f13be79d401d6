/** A table joined to a query by two equal columns: a FetchXML `link-entity`, a `join` of `?sql=`. */
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'

export type Join = {
  /** As paths name it (`ColumnPath.from`); unique in its query. Never a word of the SQL. */
  readonly alias: string
  /** `first`: at most one row, of those that match the least by id (`matchfirstrowusingcrossapply`). */
  readonly type: 'inner' | 'outer' | 'first'
  readonly table: Table
  readonly inner: Column
  /** Of the query's own row, or of a join before this one. */
  readonly outer: ColumnPath
  /** Which rows of the table are joined at all; an outer join goes on without them. */
  readonly filter: BoundFilter | undefined
}
