/** Writes, decided: everything that can be known without looking at data. */
import type { Guid } from '../base/guid.ts'
import type { HeldPrivilege } from './audit-data.ts'
import type { Precondition } from '../protocol/precondition.ts'
import type { Column } from '../schema/column.ts'
import type { Right } from '../schema/privileges.ts'
import type { ManyToMany, OneToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import type { ChildLink, ReadRow } from './read-plan.ts'
import type { RowAddress } from './row-address.ts'
import type { Value } from './value.ts'

/** `find`: a lookup bound by key (or by id: it must exist), resolved inside the transaction. */
export type Assignment =
  | { readonly column: Column; readonly value: Value }
  | { readonly column: Column; readonly find: RowAddress }
  /** A single-valued deep insert: created first, in the same transaction. */
  | { readonly column: Column; readonly create: WriteRow }

/** Rows created under the new row (deep insert), or existing ones hung on it (`nav@odata.bind: […]`). */
export type Attachment =
  | { readonly kind: 'create-child'; readonly relationship: OneToMany; readonly child: WriteRow }
  | { readonly kind: 'bind-child'; readonly relationship: OneToMany; readonly child: RowAddress }
  | { readonly kind: 'create-linked'; readonly relationship: ManyToMany; readonly side: 1 | 2; readonly other: WriteRow }
  | { readonly kind: 'bind-linked'; readonly relationship: ManyToMany; readonly side: 1 | 2; readonly other: RowAddress }

export type WriteRow = {
  readonly kind: 'write-row'
  readonly table: Table
  readonly verb: 'create' | 'update' | 'upsert'
  /** Undefined only for a create. An upsert addressed by id creates that id. */
  readonly address: RowAddress | undefined
  readonly precondition: Precondition
  readonly assignments: readonly Assignment[]
  readonly attachments: readonly Attachment[]
  /** The id a created row gets when neither address nor body names one. */
  readonly newId: Guid
  /** The row to give back (`return=representation`), read after the write in the same transaction. Its address is replaced by the row's id. */
  readonly returns: ReadRow | undefined
}

export type DeleteRow = { readonly kind: 'delete-row'; readonly table: Table; readonly address: RowAddress; readonly precondition: Precondition }

/** Adds `other` to a collection-valued navigation of `row`, or takes it out. Either fails if a row is missing. */
export type Link = {
  readonly kind: 'link' | 'unlink'
  readonly row: RowAddress
  readonly other: RowAddress
  readonly link: ChildLink
}

/** Of two rows for one thing, `target` stays (with what `update` gives it) and `subordinate` gives way. */
export type Merge = {
  readonly kind: 'merge'
  readonly table: Table
  readonly target: RowAddress
  readonly subordinate: RowAddress
  readonly update: WriteRow
  /** The lookup to the parent, which has to be the same of both where that is checked. */
  readonly parent: Column
  readonly checksParent: boolean
}

/** What `principal`, a user or a team, may do with a row: `grant` adds to it, `modify` says it anew, `revoke` ends it. */
export type Share = {
  readonly kind: 'share'
  readonly change: 'grant' | 'modify' | 'revoke'
  readonly row: RowAddress
  readonly principal: RowAddress
  readonly rights: readonly Right[]
}

/** What is kept of a row's changes is forgotten. */
export type DeleteHistory = { readonly kind: 'delete-history'; readonly row: RowAddress }

/** What a role lets people do. `replace`: these and no others. */
export type ChangePrivileges = {
  readonly kind: 'change-privileges'
  readonly row: RowAddress
  readonly change: 'add' | 'replace' | 'remove'
  readonly privileges: readonly HeldPrivilege[]
}

/** Users join a team or leave it. */
export type ChangeMembers = {
  readonly kind: 'change-members'
  readonly row: RowAddress
  readonly change: 'add' | 'remove'
  readonly members: readonly RowAddress[]
}

/** A job that deletes what its queries find, one after the other. */
export type StartBulkDelete = {
  readonly kind: 'start-bulk-delete'
  readonly jobId: Guid
  readonly operationId: Guid
  readonly name: string
  /** Of the first query. */
  readonly table: Table
  /** FetchXML. */
  readonly queries: readonly string[]
  /** Undefined: at once. */
  readonly startAt: string | undefined
}

/** CreateMultiple, UpdateMultiple, UpsertMultiple, DeleteMultiple: all or nothing. */
export type Bulk =
  | { readonly kind: 'bulk'; readonly action: 'create' | 'update' | 'upsert'; readonly table: Table; readonly rows: readonly WriteRow[] }
  | { readonly kind: 'bulk'; readonly action: 'delete'; readonly table: Table; readonly rows: readonly DeleteRow[] }
