/** Change tracking: the first read that ends in a delta link, its later pages, and the changes since a delta token. */
import type { Table } from '../schema/table.ts'
import type { RowShape } from './read-plan.ts'

/**
 * The first, tracked read of a whole table. C3: the position is taken with page one and rides in the skip token;
 * later pages go on by primary id and end in that position's delta link.
 */
export type ReadTracked = {
  readonly kind: 'read-tracked'
  readonly shape: RowShape
  readonly limit: number
  readonly pageNumber: number
  /** Later pages: the store's part of the token made on page one, and the last id. */
  readonly from: { readonly storePart: string; readonly afterId: string } | undefined
  readonly countLimit: number | undefined
}

/** Rows and tombstones since a token; pages after the first are bounded by the position fixed on the first. */
export type ReadChanges = {
  readonly kind: 'read-changes'
  readonly shape: RowShape
  readonly limit: number
  readonly pageNumber: number
  /** The store's part of the delta token; its time stamp is for people alone. */
  readonly storePart: string
  /** Later pages: the store's part of the token that the last page will give, and where the page before ended. */
  readonly from: { readonly until: string; readonly after: ChangePlace } | undefined
}

/** All rows come before all tombstones. `at`: where in the store's order of them a page ended, digits and points; a change stands behind it. */
export type ChangePlace = { readonly part: 'rows' | 'tombstones'; readonly at: string }

export type CountChanges = { readonly kind: 'count-changes'; readonly table: Table; readonly storePart: string }
