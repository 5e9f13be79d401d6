/** An aggregate of a result in SQL: `count(*)`, `money_sum(r."revenue")`, `max(r."createdon")`, as JSON text with what stands beside it. */
import { assert, unreachable } from '../../base/assert.ts'
import { MONEY_SCALE } from '../../plan/value.ts'
import type { ColumnPath } from '../../plan/bound-filter.ts'
import type { ResultValue } from '../../plan/results-plan.ts'
import { fail } from '../../protocol/errors.ts'
import type { Column } from '../../schema/column.ts'
import { columnOf, isText } from './folded.ts'
import { baseSymbol, formattedStored, quoted, TEXT } from './formatted-values.ts'
import type { JoinedPaths } from './joined-paths.ts'
import { jsonUnlessNull } from './json-text.ts'
import type { ReadScope } from './read-scope.ts'
import { nothing, type Sql, sql, verbatim } from './sql.ts'

export type AggregateValue = Extract<ResultValue, { readonly kind: 'aggregate' }>
/** `json`, `formatted`: null where there is nothing to aggregate. `order`: what the result is ordered by. */
export type AggregateSql = { readonly json: Sql; readonly formatted: Sql | undefined; readonly attribute: string | undefined; readonly order: Sql }

export function aggregateSql(value: AggregateValue, paths: JoinedPaths, scope: ReadScope): AggregateSql {
  const { path, distinct } = value
  if (value.function === 'count') return countSql(sql`count(*)`, path, scope)
  assert(path, `${value.function} is of a column`)
  const distinctly = distinct ? verbatim('distinct ') : nothing
  switch (value.function) {
    case 'countcolumn':
      return countSql(sql`count(${distinctly}${paths.comparable(path)})`, path, scope)
    case 'sum':
    case 'avg':
      return exactSql(value.function, path, distinctly, paths, scope)
    case 'min':
    case 'max':
      return extremeSql(value.function, path, paths, scope)
    default:
      return unreachable(value.function)
  }
}

function countSql(count: Sql, path: ColumnPath | undefined, { dialect }: ReadScope): AggregateSql {
  return { json: sql`(${count} || '')`, formatted: quoted(dialect.grouped(count)), attribute: path?.column.logicalName, order: count }
}

function exactSql(what: 'sum' | 'avg', path: ColumnPath, distinctly: Sql, paths: JoinedPaths, scope: ReadScope): AggregateSql {
  const { column } = path
  const precision = precisionOf(column)
  if (precision === undefined) throw fail('NotSupported', `The aggregate ${what} of the column '${column.logicalName}', which holds no numbers,`)
  const json = scope.dialect.exact(what, column, sql`${distinctly}${columnOf(paths.rowOf(path), column.logicalName)}`)
  const text = scope.dialect.formatNumber(json, precision)
  return {
    json,
    formatted: column.type === 'money' ? amount(text, scope) : quoted(text),
    attribute: column.logicalName,
    order: scope.dialect.exactOrder(json),
  }
}

/** Digits behind the point in which people read it; undefined: it is no number. */
function precisionOf(column: Column): number | undefined {
  switch (column.type) {
    case 'money':
      return Math.min(Math.max(column.precision, 0), MONEY_SCALE)
    case 'decimal':
    case 'double':
      return column.precision
    case 'integer':
    case 'bigint':
    case 'choice':
    case 'state':
    case 'status':
      return 0
    default:
      return undefined
  }
}

/** `-$1,234.50` of `-1,234.50`. */
function amount(text: Sql, { schema, dialect }: ReadScope): Sql {
  const symbol = baseSymbol(schema)
  const shown = sql`case when ${text} like '-%' then '-' || ${symbol} || substr(${text}, 2) else ${symbol} || ${text} end`
  // A symbol is a client's text, and may hold what JSON escapes.
  return sql`case when ${text} is not null then ${dialect.jsonOf(TEXT, shown)} end`
}

function extremeSql(what: 'min' | 'max', path: ColumnPath, paths: JoinedPaths, scope: ReadScope): AggregateSql {
  const { column } = path
  const { dialect } = scope
  const values = columnOf(paths.rowOf(path), column.logicalName)
  const found = isText(column) ? dialect.extremeText(what, values) : sql`${verbatim(what)}(${values})`
  return {
    json: jsonUnlessNull(column, found, dialect),
    formatted: formattedStored(column, found, () => baseSymbol(scope.schema), scope),
    attribute: column.logicalName,
    order: isText(column) ? dialect.fold(found) : found,
  }
}
