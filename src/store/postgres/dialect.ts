/**
 * PostgreSQL's values: `text collate "C"`, `bigint`, `double precision`, `numeric`. What it says of a row, in JSON or to a condition, is what
 * SQLite says of it: `test/dialects/` compares the two.
 */
import { unreachable } from '../../base/assert.ts'
import type { Guid } from '../../base/guid.ts'
import { nameOffset, periodsInYear } from '../../plan/fiscal-calendar.ts'
import type { DateGrouping } from '../../plan/results-plan.ts'
import { isReference, type Value } from '../../plan/value.ts'
import { Decimal } from '../../base/decimal.ts'
import type { Column } from '../../schema/column.ts'
import type { Dialect } from '../sql/dialect.ts'
import { literal } from '../sql/json-text.ts'
import { join, name, type Sql, sql, type SqlValue, verbatim } from '../sql/sql.ts'
import { matchesSql, patternOf } from './pattern.ts'
import { XID_COLUMN } from './xid-column.ts'

export const postgresDialect: Dialect = {
  engine: 'postgres',
  placeholder: (position) => `$${position}`,
  // The protocol could send twice as many; whether a query is too large is the same on both engines.
  maxValues: 32_766,
  // FUNC_MAX_ARGS, also of a variadic function.
  maxArguments: 100,
  // A regular expression of 43,500 characters is "too complex" for it.
  maxPatternBytes: 40_000,
  stamp: { column: XID_COLUMN, definition: sql`xid8 not null default pg_current_xact_id()`, value: sql`pg_current_xact_id()` },
  // The first rows name each other: a first start looks at its commit.
  referenceMode: sql` deferrable initially immediate`,
  // Rows that only point at it need not wait.
  forUpdate: sql` for no key update`,
  forReference: sql` for key share`,
  forDelete: sql` for update`,
  columnType,
  textType: 'text collate "C"',
  // The text is bound as it is: an object would be put into JSON a second time by the driver.
  recordset: (alias, columns, json) =>
    sql`json_to_recordset(cast(${json} as json)) as ${verbatim(alias)}(${join(columns.map((column) => sql`${name(column.name)} ${verbatim(column.type)}`))})`,
  encode,
  decode,
  jsonOf,
  text: (value) => sql`(cast(${value} as text) collate "C")`,
  // Whatever the database's own collation is, folded texts are in the order of their bytes.
  fold: (text) => sql`(tidemark_fold(${text}) collate "C")`,
  // It keeps statistics of how often a value comes.
  oftenTrue: (condition) => condition,
  sometimesTrue: (condition) => condition,
  patternOf,
  matches: matchesSql,
  // It hashes what a function gives.
  runOnce: undefined,
  nulls: (descending) => verbatim(descending ? ' nulls last' : ' nulls first'),
  comparesRows: true,
  limit: (rows) => verbatim(` limit ${Math.trunc(rows)}`),
  grouped: (integer) => sql`to_char(${integer}, 'FM9,999,999,999,999,999,999')`,
  isOneOf: (expression, ids) => sql`${expression} = any(${arrayText(ids)}::text[])`,
  rowIdentity: undefined,
  // Statements end by the connection's `statement_timeout`.
  withinBudget: () => verbatim('true'),
  datePart,
  exact,
  exactOrder: (json) => sql`cast(${json} as numeric)`,
  extremeText: (what, texts) => sql`${verbatim(`tidemark_text_${what}`)}(${texts})`,
  formatNumber: (json, precision) => sql`tidemark_format_number(${json}, ${verbatim(String(Math.trunc(precision)))})`,
  choiceLabels: (values, labels) =>
    sql`(select string_agg(coalesce(cast(${labels} as jsonb) ->> o.v, o.v), '; ' order by o.n) from unnest(string_to_array(${values}, ',')) with ordinality as o (v, n))`,
  localTime: (instant, zone) => sql`tidemark_local_time(${instant}, ${zone})`,
}

/** `{"a","b"}`, as an array of texts is written. */
function arrayText(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

function columnType(column: Column): string {
  switch (column.type) {
    case 'integer':
    case 'bigint':
    case 'money':
    case 'boolean':
    case 'choice':
    case 'state':
    case 'status':
      return 'bigint'
    case 'double':
      return 'double precision'
    case 'decimal':
      return 'numeric'
    default:
      return 'text collate "C"'
  }
}

function encode(_column: Column, value: Value): SqlValue {
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  return isReference(value) ? value.id : value
}

/** A polymorphic lookup comes back with its first target as table: see the other dialect. */
function decode(column: Column, stored: SqlValue): Value {
  if (stored === null) return null
  switch (column.type) {
    case 'boolean':
      return Number(stored) === 1
    case 'integer':
    case 'choice':
    case 'state':
    case 'status':
    case 'double':
      return Number(stored)
    case 'bigint':
    case 'money':
      return BigInt(stored as number | bigint)
    case 'decimal':
      return Decimal.parse(String(stored)) ?? '0'
    case 'lookup':
    case 'customer':
    case 'owner':
      return { table: column.targets[0] ?? '', id: stored as Guid }
    default:
      return stored as string
  }
}

function jsonOf(column: Column, stored: Sql): Sql {
  switch (column.type) {
    case 'string':
    case 'memo':
    case 'entityname':
      return sql`coalesce(cast(to_json(${stored}) as text), 'null')`
    case 'guid':
    case 'lookup':
    case 'customer':
    case 'owner':
    case 'datetime':
    case 'choices':
      // Digits, letters and signs that JSON never escapes.
      return sql`coalesce('"' || ${stored} || '"', 'null')`
    case 'integer':
    case 'choice':
    case 'state':
    case 'status':
    case 'bigint':
      return sql`coalesce(cast(${stored} as text), 'null')`
    case 'boolean':
      return sql`case ${stored} when 1 then 'true' when 0 then 'false' else 'null' end`
    case 'decimal':
      return sql`coalesce(cast(trim_scale(${stored}) as text), 'null')`
    case 'double':
      return sql`coalesce(${doubleJson(stored)}, 'null')`
    case 'money':
      // A product has as many decimals as its factors together.
      return sql`coalesce(cast(${stored} * 0.0001 as text), 'null')`
    default:
      return unreachable(column)
  }
}

/** PostgreSQL's text of a double is the shortest that reads back as the same one. A point is put in as SQLite has it: `100.0`, `1.0e+21`. */
function doubleJson(stored: Sql): Sql {
  const text = sql`cast(${stored} as text)`
  return sql`case when ${stored} = 0 then '0.0' when strpos(${text}, '.') > 0 then ${text} else regexp_replace(${text}, '^-?[0-9]+', '\\&.0') end`
}

/**
 * Sums of numbers that are exact stay so. Doubles are summed as the decimals that they are written as: the result does not hang on the order
 * of the rows, which no one knows beforehand.
 */
function exact(what: 'sum' | 'avg', column: Column, values: Sql): Sql {
  const sum = sql`sum(${values})`
  const count = sql`count(${values})`
  switch (column.type) {
    case 'double': {
      const double = sql`tidemark_double_sum(${values})`
      return doubleJson(what === 'sum' ? double : sql`(${double} / nullif(${count}, 0))`)
    }
    case 'decimal':
      return what === 'sum' ? sql`tidemark_nine_decimals(coalesce(${sum}, 0))` : sql`tidemark_average(${sum}, ${count})`
    case 'money':
      return what === 'sum' ? sql`tidemark_nine_decimals(coalesce(${sum}, 0) * 0.0001)` : sql`tidemark_average(${sum} * 0.0001, ${count})`
    default:
      // Cut off to a whole number, as SQL Server does it.
      return what === 'sum' ? sql`cast(coalesce(${sum}, 0) as text)` : sql`cast(div(${sum}, nullif(${count}, 0)) as text)`
  }
}

/** All of it constant: PostgreSQL takes an expression for that of a group only where it has the same parameters. */
function datePart({ part, calendar: { timeZone, weekStart, fiscal } }: DateGrouping, stored: Sql): Sql {
  const numbers = [weekStart, fiscal.start.month, fiscal.start.day, periodsInYear(fiscal), nameOffset(fiscal)]
  return sql`tidemark_date_part(${literal(part)}, ${stored}, ${literal(timeZone)}${verbatim(numbers.map((number) => `, ${number}`).join(''))})`
}
