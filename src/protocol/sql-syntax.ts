/** A SELECT statement as it was written, names still as they stand there; `sql-select.ts` makes a query tree of it. */
import type { Comparison } from './comparison.ts'
import type { FetchAggregate } from './fetch-query.ts'

/** `a.name`. Names of tables and columns are in lower case, as all logical names are. */
export type SqlColumn = { readonly table?: string | undefined; readonly name: string }

export type SqlItem =
  | { readonly kind: 'column'; readonly column: SqlColumn; readonly alias?: string | undefined }
  | {
      readonly kind: 'aggregate'
      readonly function: FetchAggregate
      /** Undefined: `COUNT(*)`. */
      readonly column: SqlColumn | undefined
      readonly distinct: boolean
      readonly alias?: string | undefined
    }

export type SqlCondition =
  | { readonly op: 'and' | 'or'; readonly terms: readonly SqlCondition[] }
  | { readonly op: 'not'; readonly term: SqlCondition }
  | { readonly op: 'test'; readonly column: SqlColumn; readonly operator: SqlOperator; readonly values: readonly string[] }
  | { readonly op: 'compare'; readonly column: SqlColumn; readonly operator: Comparison; readonly other: SqlColumn }

/** As FetchXML calls them. */
export type SqlOperator = Comparison | 'like' | 'not-like' | 'in' | 'not-in' | 'between' | 'not-between' | 'null' | 'not-null'

export type SqlTable = {
  readonly name: string
  /** Its own name where it was given none. */
  readonly alias: string
}

export type SqlJoin = SqlTable & { readonly type: 'inner' | 'outer'; readonly on: SqlCondition }

export type SqlOrder = { readonly column: SqlColumn; readonly descending: boolean }

export type SqlStatement = {
  readonly distinct: boolean
  readonly top?: number | undefined
  readonly items: readonly SqlItem[]
  readonly from: SqlTable
  readonly joins: readonly SqlJoin[]
  readonly where?: SqlCondition | undefined
  readonly groupBy: readonly SqlColumn[]
  readonly orderBy: readonly SqlOrder[]
  readonly skip?: number | undefined
}
