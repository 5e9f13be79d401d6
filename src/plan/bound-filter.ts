/**
 * A filter whose names have become columns and whose literals have become values.
 * Logic is two-valued, as OData has it: a comparison with null is false (but `eq null`, `ne`), so `not` of it is true.
 */
import type { Column, LookupColumn } from '../schema/column.ts'
import type { OneToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import type { Value } from './value.ts'

/** One step along a lookup to the row it points at: `primarycontactid/…`. */
export type LookupStep = { readonly column: LookupColumn; readonly target: Table; readonly relationship: OneToMany }
export type ColumnPath = { readonly steps: readonly LookupStep[]; readonly table: Table; readonly column: Column }

export type BoundFilter =
  | { readonly op: 'and' | 'or'; readonly terms: readonly BoundFilter[] }
  | { readonly op: 'not'; readonly term: BoundFilter }
  | { readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'; readonly left: ColumnPath; readonly right: Value }
  | { readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'; readonly left: ColumnPath; readonly right: ColumnPath }
  | { readonly op: 'in'; readonly left: ColumnPath; readonly values: readonly Value[] }
  /** `text` may hold the wildcards `% _ [] [^]` (webapi.md 6.3). */
  | { readonly op: 'contains' | 'startswith' | 'endswith'; readonly left: ColumnPath; readonly text: string }
  /** True or false whatever the row: `null eq null`. */
  | { readonly op: 'constant'; readonly value: boolean }

export function isColumnPath(operand: Value | ColumnPath): operand is ColumnPath {
  return typeof operand === 'object' && operand !== null && 'steps' in operand
}
