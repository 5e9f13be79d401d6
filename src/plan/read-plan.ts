/** Reads, decided: which rows, which columns of them, in which order, with what beside them. */
import type { Column, LookupColumn } from '../schema/column.ts'
import type { ManyToMany, OneToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import type { Rights } from './rights.ts'
import type { RowAddress } from './row-address.ts'

export type RowShape = {
  readonly table: Table
  /** In the order in which they are written; the primary id is always among them. */
  readonly columns: readonly Column[]
  readonly expands: readonly BoundExpand[]
  readonly annotations: RowAnnotations
}

/** Which annotations `odata.include-annotations` asks for. `lookups`: associatednavigationproperty, lookuplogicalname. */
export type RowAnnotations = {
  readonly formattedValues: boolean
  readonly associatedNavigation: boolean
  readonly lookupTable: boolean
  /** Of a column under another name: which it is. */
  readonly attributeName: boolean
  /** In which formatted values tell instants; undefined: UTC. */
  readonly timeZone?: string | undefined
}

export type BoundOrder = { readonly path: ColumnPath; readonly descending: boolean }

/** How the rows of a collection-valued navigation belong to their row. */
export type ChildLink =
  | { readonly kind: 'one-to-many'; readonly relationship: OneToMany }
  /** `side`: on which side the parent stands. */
  | { readonly kind: 'many-to-many'; readonly relationship: ManyToMany; readonly side: 1 | 2 }

/** One row or null. */
export type ExpandOne = {
  readonly kind: 'one'
  readonly navigation: string
  readonly column: LookupColumn
  readonly shape: RowShape
  /** A row that does not meet it is shown as null. */
  readonly filter: BoundFilter | undefined
  /** Only its `@odata.id`. */
  readonly references: boolean
}

/** `ownerid`, a user or a team: one row or null, whose table its `@odata.type` tells. */
export type ExpandOwner = { readonly kind: 'owner'; readonly navigation: string; readonly column: LookupColumn; readonly choices: readonly ExpandOne[] }

export type ExpandMany = {
  readonly kind: 'many'
  readonly navigation: string
  /** The same as a segment of a URL: with the cast, where there is one. */
  readonly segment: string
  readonly link: ChildLink
  readonly shape: RowShape
  readonly filter: BoundFilter | undefined
  readonly order: readonly BoundOrder[]
  /** Rows at the most. */
  readonly top: number
  /** Where an `$expand` stands inside another, a collection is a page: its next link leads to the next, and is there only if one is. */
  readonly pages: boolean
  /** Options of the child collection's own URL, for its `@odata.nextLink`: `$select=subject`, or ''. */
  readonly query: string
}

export type BoundExpand = ExpandOne | ExpandOwner | ExpandMany

/** One step of a path from a row to another: along a lookup, `primarycontactid`, or to a row of a collection, `Account_Tasks(key)`. */
export type PathStep =
  | { readonly kind: 'lookup'; readonly segment: string; readonly column: LookupColumn; readonly target: Table }
  | { readonly kind: 'child'; readonly link: ChildLink; readonly address: RowAddress }

/** A row by a path: the one addressed, or, after steps, the one they lead to. */
export type RowPlace = { readonly address: RowAddress; readonly steps: readonly PathStep[] }

/** The rows of a set, or those that hang on one row by a navigation property. */
export type Source = { readonly kind: 'set' } | { readonly kind: 'children'; readonly parent: RowPlace; readonly link: ChildLink }

export type ReadRows = {
  readonly kind: 'read-rows'
  readonly shape: RowShape
  readonly source: Source
  readonly filter: BoundFilter | undefined
  /** Ends with the primary id, so that it is total. */
  readonly order: readonly BoundOrder[]
  /** Rows in this answer at the most. */
  readonly limit: number
  /** Whether a next link follows when there are more (`$top` has none). */
  readonly pages: boolean
  /** The values of `order`'s columns in the last row of the page before: SQL-encoded, as the page gave them. */
  readonly after: readonly (string | number | null)[] | undefined
  readonly pageNumber: number
  /** `$count=true`: counted up to this number, else undefined. */
  readonly countLimit: number | undefined
  /** `/$ref`: only `{"@odata.id":…}` of each row. */
  readonly references: boolean
}

export type ReadRow = RowPlace & {
  readonly kind: 'read-row'
  readonly shape: RowShape
  /** 304 where the row's version is one of these. */
  readonly unlessVersion: readonly bigint[]
  readonly references: boolean
}

/** `set(key)/ownerid`: a user or a team. */
export type ReadOwner = RowPlace & { readonly kind: 'read-owner'; readonly owner: ExpandOwner }

/** `set(key)/column` and `/$value`: one value, as JSON text. */
export type ReadValue = RowPlace & {
  readonly kind: 'read-value'
  readonly column: Column
  readonly annotations: Pick<RowAnnotations, 'formattedValues' | 'timeZone'>
}

/** `set/$count`: capped unless it counts changes. */
export type CountRows = {
  readonly kind: 'count-rows'
  readonly table: Table
  readonly source: Source
  readonly filter: BoundFilter | undefined
  readonly limit: number
}

/** Exact row counts of whole tables (RetrieveTotalRecordCount). */
export type CountTables = { readonly kind: 'count-tables'; readonly tables: readonly Table[] }

/** With whom a row is shared, and what for (RetrieveSharedPrincipalsAndAccess). */
export type ReadShares = { readonly kind: 'read-shares'; readonly address: RowAddress }

/** The privileges of a role, or those that a user or a team has through roles (RetrieveRolePrivilegesRole and its like). */
export type ReadPrivileges = { readonly kind: 'read-privileges'; readonly address: RowAddress }

/** What happened to a row, or to one column of it (RetrieveRecordChangeHistory, RetrieveAttributeChangeHistory). */
export type ReadHistory = { readonly kind: 'read-history'; readonly address: RowAddress; readonly column: string | undefined; readonly page: HistoryPage }
/** `after`: the version of the last entry of the page before; without it pages are counted off. */
export type HistoryPage = { readonly number: number; readonly count: number; readonly isCounted: boolean; readonly after: bigint | undefined }

/** `address`: of a row of `audit` (RetrieveAuditDetails). */
export type ReadAuditDetail = { readonly kind: 'read-audit-detail'; readonly address: RowAddress }

/** What somebody may do with a row, who has these rights (RetrievePrincipalAccess). */
export type ReadAccess = { readonly kind: 'read-access'; readonly address: RowAddress; readonly rights: Rights }
