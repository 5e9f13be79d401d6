/** What came of a plan. Answers that are not failures of ours (a missing row) are values here, not exceptions. */
import type { Guid } from '../base/guid.ts'
import type { Right } from '../schema/privileges.ts'
import type { AuditData } from './audit-data.ts'
import type { RowAddress } from './row-address.ts'
import type { Reference } from './value.ts'
import type { ChangePlace } from './change-plan.ts'

/** JSON text the database wrote: rows joined by commas, without brackets. As text, or as bytes in the pieces in which they came. */
export type JsonText = string | readonly Uint8Array[]

export type ReadOutcome =
  | { readonly kind: 'row'; readonly version: bigint; readonly json: JsonText }
  | { readonly kind: 'not-modified'; readonly version: bigint }
  /** The addressed row, or the one its lookup points at (`through`), is not there. */
  | { readonly kind: 'missing'; readonly address: RowAddress }
  /** The lookup or value is null: 204. */
  | { readonly kind: 'empty' }
  /** `formatted`: the value as people read it, as JSON text, where it was asked for and there is one. */
  | { readonly kind: 'value'; readonly json: string; readonly formatted?: string | undefined }
  | {
      readonly kind: 'rows'
      readonly json: JsonText
      readonly rowCount: number
      /** Order values of the first and last row, where another page follows. */
      readonly next: { readonly first: readonly (string | number | null)[]; readonly last: readonly (string | number | null)[] } | undefined
      readonly count: number | undefined
    }
  /** Of `ReadResults`. `next`: values of its `order` in the first and last row, in that order; there are more rows behind them. */
  | {
      readonly kind: 'results'
      readonly json: JsonText
      readonly rowCount: number
      readonly next: { readonly first: readonly (string | number | null)[]; readonly last: readonly (string | number | null)[] } | undefined
      /** Up to `countLimit`. */
      readonly count: number | undefined
    }
  /** `token`: the store's part of the delta token. `version`: its number for people. */
  | {
      readonly kind: 'tracked-rows'
      readonly json: JsonText
      readonly count: number | undefined
      readonly token: TokenPart
      readonly nextAfterId: string | undefined
    }
  | {
      readonly kind: 'changes'
      readonly rows: JsonText
      readonly deletedIds: readonly Guid[]
      readonly token: TokenPart
      readonly nextAfter: ChangePlace | undefined
    }
  | { readonly kind: 'count'; readonly count: number; readonly limitExceeded: boolean }
  | { readonly kind: 'counts'; readonly counts: readonly number[] }
  | { readonly kind: 'shares'; readonly shares: readonly SharedWith[] }
  | { readonly kind: 'access'; readonly rights: readonly Right[] }
  /** `last`: the version of the last entry, where there are more. */
  | { readonly kind: 'history'; readonly entries: readonly AuditEntry[]; readonly total: number | undefined; readonly last: bigint | undefined }
  /** `RolePrivilege` values, joined by commas. */
  | { readonly kind: 'privileges'; readonly json: string }

/** One thing that happened to a row. */
export type AuditEntry = { readonly action: number; readonly table: string; readonly objectId: Guid; readonly data: AuditData | Record<string, never> }

/** A user or a team with what a row is shared with them for. */
export type SharedWith = { readonly principal: Reference; readonly rights: readonly Right[] }

export type TokenPart = { readonly version: bigint; readonly storePart: string }

export type WriteOutcome =
  | { readonly kind: 'created' | 'updated'; readonly id: Guid; readonly version: bigint; readonly row: JsonText | undefined }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'missing'; readonly address: RowAddress }
  | { readonly kind: 'linked' | 'unlinked' | 'merged' | 'shared' }
  | { readonly kind: 'history-deleted'; readonly count: number }
  | { readonly kind: 'job-started'; readonly jobId: Guid }
  | { readonly kind: 'bulk-done'; readonly ids: readonly Guid[] }
