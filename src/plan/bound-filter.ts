/**
 * A filter whose names have become columns and whose literals have become values: what conditions of `$filter`, FetchXML and SQL
 * all are bound to. Relative dates are ranges here, users and teams ids.
 * Logic is two-valued, as OData has it: a comparison with null is false (but `eq null`, `ne`), so `not` of it is true.
 */
import type { Guid } from '../base/guid.ts'
import type { Comparison } from '../protocol/comparison.ts'
import type { Column, LookupColumn } from '../schema/column.ts'
import type { OneToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import type { Calendar } from './calendar.ts'
import type { Join } from './join.ts'
import type { ChildLink } from './read-plan.ts'
import type { Value } from './value.ts'

/** One step along a lookup to the row it points at: `primarycontactid/…`. */
export type LookupStep = { readonly column: LookupColumn; readonly target: Table; readonly relationship: OneToMany }
/** How paths inside related rows name the row that the whole query is about. */
export const ROOT_ROW = '$it'

export type ColumnPath = {
  /** The alias of the join it starts from, or of a row around (`RelatedRows.alias`, `ROOT_ROW`); undefined: the row itself. */
  readonly from?: string | undefined
  readonly steps: readonly LookupStep[]
  /** Of `column`. */
  readonly table: Table
  readonly column: Column
}

export type BoundFilter =
  | { readonly op: 'and' | 'or'; readonly terms: readonly BoundFilter[] }
  | { readonly op: 'not'; readonly term: BoundFilter }
  | { readonly op: Comparison; readonly left: ColumnPath; readonly right: Value | ColumnPath }
  | { readonly op: 'in'; readonly left: ColumnPath; readonly values: readonly Value[] }
  /** `text` may hold the wildcards `% _ [] [^]` (webapi.md 6.3). `like`: the whole of the column is as `text` says. */
  | { readonly op: TextMatch; readonly left: ColumnPath; readonly text: string }
  /** A multi-select choice holds at least one of these options. */
  | { readonly op: 'contains-values'; readonly left: ColumnPath; readonly values: readonly number[] }
  /** A date lies in this fiscal period, of whatever year. `calendar.timeZone`: in which what the column stores is told. */
  | { readonly op: 'fiscal-period'; readonly left: ColumnPath; readonly period: number; readonly calendar: Calendar }
  /** At least one related row meets the filter. `all`, `not any` and the like are made of it and `not`. */
  | { readonly op: 'exists'; readonly rows: RelatedRows }
  /** `left` is the id of a row above or under the row `id` in the tree that the lookup `parent` of `table` makes. */
  | {
      readonly op: 'above' | 'under'
      readonly left: ColumnPath
      readonly table: Table
      readonly parent: Column
      readonly id: Guid
      /** The row itself counts too. */
      readonly orEqual: boolean
    }
  /** True or false whatever the row: `null eq null`. */
  | { readonly op: 'constant'; readonly value: boolean }

export type TextMatch = 'contains' | 'startswith' | 'endswith' | 'like'

/** Rows of another table that belong to the row asked about. Paths in `joins` and `filter` start from such a row. */
export type RelatedRows = {
  readonly table: Table
  /** How paths of rows related to these in turn name them; unique in its query. Never a word of the SQL. */
  readonly alias?: string | undefined
  readonly link:
    | ChildLink
    /** Rows whose column `inner` equals `outer`, a path of the row asked about. */
    | { readonly kind: 'equal'; readonly inner: Column; readonly outer: ColumnPath }
  readonly joins: readonly Join[]
  readonly filter: BoundFilter | undefined
  /** About the caller alone, who may know it whatever they may read: which teams they are in. */
  readonly isCallers?: boolean | undefined
}

export function isColumnPath(operand: Value | ColumnPath): operand is ColumnPath {
  return typeof operand === 'object' && operand !== null && 'steps' in operand
}
