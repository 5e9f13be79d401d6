/** What an engine's driver gives to the code above it. Answers may be immediate (SQLite) or promised: always `await` them. */
import type { Guid } from '../../base/guid.ts'
import type { JsonText } from '../../plan/outcome.ts'
import type { Positions } from '../positions.ts'
import type { Table } from '../../schema/table.ts'
import type { StoredColumn } from './recordset.ts'
import type { Sql, SqlValue } from './sql.ts'
import type { Dialect } from './dialect.ts'

export type SqlRow = { readonly [column: string]: SqlValue }

/**
 * A query whose first result column is JSON text of one row; the others are what paging needs.
 * The driver joins the texts of the first `limit` rows by commas, so that they are copied once.
 */
export type PageQuery = {
  readonly sql: Sql
  readonly limit: number
  /** Its rows may be of any size: they are taken one by one, so that reading ends where the answer becomes too large. */
  readonly isWide?: boolean | undefined
}
export type Page = {
  readonly json: JsonText
  readonly rowCount: number
  /** There was at least one row beyond `limit`. */
  readonly more: boolean
  /** The result columns after the first, of the first and the last row within `limit`. */
  readonly first: readonly SqlValue[]
  readonly last: readonly SqlValue[]
}

export type Readable = {
  readonly dialect: Dialect
  readonly positions: Positions
  /** Statements over many rows have to carry the condition `Dialect.withinBudget`. */
  readonly isBudgeted?: boolean
  /** All queries see one snapshot. */
  readonly pages: (queries: readonly PageQuery[]) => Page[] | Promise<Page[]>
}

/** Rows of a statement, as they are committed or as an open transaction sees them. */
export type Ask = (statement: Sql) => SqlRow[] | Promise<SqlRow[]>

/**
 * `yieldsTo`: the index (null: the primary key's) in which a row that another has put there meanwhile is no error, but is met when the whole is
 * done again. `order`: rows go in by it, so that of two writes that put the same rows in, one waits for the other and not both.
 */
export type InsertPlace = { readonly yieldsTo: string | null | undefined; readonly order: string }

/** Gives the row's new version; `columns` is the same object for rows of one shape, `values` are in its order. */
export type WriteBehind = {
  readonly insert: (table: Table, columns: readonly StoredColumn[], values: readonly SqlValue[], id: Guid, place: InsertPlace) => Promise<bigint>
  /** Undefined: the row is not one of those that are known to be locked, and has to be written at once. */
  readonly update: (table: Table, columns: readonly StoredColumn[], values: readonly SqlValue[], id: Guid) => Promise<bigint | undefined>
}

/** An open write transaction. Its own reads see its own writes. */
export type Transaction = Readable & {
  readonly get: (statement: Sql) => SqlRow | undefined | Promise<SqlRow | undefined>
  readonly all: Ask
  /** The number of rows changed. */
  readonly run: (statement: Sql) => number | Promise<number>
  /** A new version number for one row write, as SQL: a bound value on SQLite, `nextval(…)` on PostgreSQL. */
  readonly nextVersion: () => Sql
  /** What rights are put together from has been written: whoever keeps rights has to load them anew. */
  readonly securityChanged: () => void
  /** Whether the organization has changes kept (`isauditenabled`), as it is in this transaction. */
  readonly audits: () => boolean
  readonly setAudits: (isOn: boolean) => void
  /** The same for all that is done in one job: a request, a change set. */
  readonly jobId: () => Guid
  /** From here to the commit nobody else writes; where somebody may, the job is begun again when nobody does. For what is seldom done. */
  readonly keepOthersOut?: () => void
  /** As many new version numbers as are asked for, ascending; undefined where statements cost too little to gather what they write. */
  readonly takeVersions?: ((count: number) => Promise<bigint[]>) | undefined
  /** Only in a bulk write: what is written is gathered there. */
  readonly behind?: WriteBehind | undefined
  /** Undoes what `work` did, and nothing else, when it throws. */
  readonly savepoint: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * An engine's words for its failures; nothing above a driver sees the engine's own. `serializationFailure`: what was done met another's
 * write, and may well be done when it is done again. `unavailable`: the database cannot be reached, or does not take writes now.
 */
export type EngineFailure = 'uniqueViolation' | 'serializationFailure' | 'busy' | 'tooLarge' | 'timedOut' | 'staleSchema' | 'unavailable'
export class EngineError extends Error {
  readonly failure: EngineFailure
  /** The violated index's name, where the engine tells. */
  readonly index: string | undefined
  constructor(failure: EngineFailure, index: string | undefined, cause: unknown) {
    super(`${failure}${index ? ` of ${index}` : ''}`, { cause })
    this.name = 'EngineError'
    this.failure = failure
    this.index = index
  }
}
