/** Where engines differ, as values. */
import type { DateGrouping } from '../../plan/results-plan.ts'
import type { Value } from '../../plan/value.ts'
import type { Column } from '../../schema/column.ts'
import type { StoredColumn } from './recordset.ts'
import type { Sql, SqlValue } from './sql.ts'
import type { PatternPart } from './text-pattern.ts'

export type Dialect = {
  readonly engine: 'sqlite' | 'postgres'
  readonly placeholder: (position: number) => string
  /** Values that one statement binds at the most. */
  readonly maxValues: number
  /** The engine's column type, for DDL: `text`, `integer`. */
  readonly columnType: (column: Column) => string
  /** Of columns of our own: folded texts, the tables that lookups point at. Compared as bytes. */
  readonly textType: string
  /** Arguments that `concat` takes at the most. */
  readonly maxArguments: number
  /** Of a pattern that a text is compared with. */
  readonly maxPatternBytes: number
  /**
   * The column by which the engine knows when a row was last written, where the version does not say it: its name, its type with a default that
   * is right for an insert, and what every update sets it to.
   */
  readonly stamp: { readonly column: string; readonly definition: Sql; readonly value: Sql } | undefined
  /** What stands behind `references …`; undefined: a table may refer to one that is not there yet, and be checked as it is. */
  readonly referenceMode: Sql | undefined
  /**
   * What a select inside a write ends with, where others may write at the same time. Of rows that are to be changed: they stay as they were read
   * until the commit, or the statement waits and reads them as they are then.
   */
  readonly forUpdate: Sql
  /** Of rows that are pointed at: they are not deleted meanwhile. */
  readonly forReference: Sql
  /** Of rows that are to be deleted, or whose change concerns what points at them: nobody comes to point at them meanwhile. */
  readonly forDelete: Sql
  /** Rows of a JSON text as a table of that alias; undefined where each row goes by a statement of its own. */
  readonly recordset: ((alias: string, columns: readonly StoredColumn[], json: string) => Sql) | undefined
  /** A value as this engine stores it. A polymorphic lookup's table is stored in a second column: see `storage-names.ts`. */
  readonly encode: (column: Column, value: Value) => SqlValue
  readonly decode: (column: Column, stored: SqlValue) => Value
  /** An expression giving a stored value as JSON text, `null` as the text `null`. `stored` is the column's expression. */
  readonly jsonOf: (column: Column, stored: Sql) => Sql
  /** A bound text on its own, `select ?`: of the type that texts of columns have. */
  readonly text: (value: string) => Sql
  /** A text expression folded for comparison (NFC, then lower case). */
  readonly fold: (text: Sql) => Sql
  /**
   * A condition that many rows meet, `statecode eq 0`: an engine that takes every equality for a rare one would read and sort the whole
   * table for a page that an index on its order gives at once (a million rows: 600 ms, not 0.1).
   */
  readonly oftenTrue: (condition: Sql) => Sql
  /** Says to the planner that an index which answers the condition is worth its width. */
  readonly sometimesTrue: (condition: Sql) => Sql
  /** Wildcards as this engine writes them: `a*[x-z]`. */
  readonly patternOf: (parts: readonly PatternPart[]) => string
  /** Whether a text is, as a whole, what such a pattern says. */
  readonly matches: (text: Sql, pattern: string) => Sql
  /**
   * A query inside another that is run once, not merged with the one around; undefined where the engine finds rows by what a function gives
   * without asking it again for every row around.
   */
  readonly runOnce: ((query: Sql) => Sql) | undefined
  /** What a term of an order ends with, so that null stands below every value: nothing, or `nulls first`. */
  readonly nulls: (descending: boolean) => Sql
  /**
   * Whether what comes after a row is said as `(a, b) > (?, ?)`: a planner that multiplies the shares of two conditions on one column takes the
   * other form for few rows, and sorts them.
   */
  readonly comparesRows: boolean
  /** ` limit …` of a page: bound, or written out where the planner of a statement that is prepared once would take it for a tenth of the rows. */
  readonly limit: (rows: number) => Sql
  /** A whole number as people read it, `1,234,567`: by the engine's own function, as one of ours would take ten times as long. */
  readonly grouped: (integer: Sql) => Sql
  /** True, or an error once the time is up: what `Readable.isBudgeted` is about. `row`: the alias of the rows that are looked at. */
  readonly withinBudget: (row: string) => Sql
  /** Whether an expression is one of these ids, however many. */
  readonly isOneOf: (expression: Sql, ids: readonly string[]) => Sql
  /** What a subselect of rows has to hand on beside their columns; undefined: nothing. */
  readonly rowIdentity: ((alias: string) => Sql) | undefined
  /** A part of a date as a whole number, null of null; a fiscal period is `year * 100 + period`. */
  readonly datePart: (grouping: DateGrouping, stored: Sql) => Sql
  /** The exact sum or average of a group's values of a number column, as a JSON number. A sum of nothing is 0, an average null. */
  readonly exact: (what: 'sum' | 'avg', column: Column, values: Sql) => Sql
  /** What an `exact` result is compared by. */
  readonly exactOrder: (json: Sql) => Sql
  /** The first or last of a group's texts in the order of their folded forms. */
  readonly extremeText: (what: 'min' | 'max', texts: Sql) => Sql
  /** The JSON text of a number as people read it, `1,234.50`, rounded half away from zero; null of null and `null`. */
  readonly formatNumber: (json: Sql, precision: number) => Sql
  /** `Swimming; Camping` of `1,9`. `labels`: JSON, `{"1":"Swimming","9":"Camping"}`. */
  readonly choiceLabels: (values: Sql, labels: string) => Sql
  /** What the clock of a zone, an IANA name, shows at an instant: `2024-05-01T12:00:00Z` of `2024-05-01T10:00:00Z`. */
  readonly localTime: (instant: Sql, zone: string) => Sql
}
