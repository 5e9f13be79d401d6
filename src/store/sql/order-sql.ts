/**
 * Order, and what comes after a row in it (keyset paging). Null stands below every value, as Dataverse's SQL Server has it: first
 * ascending, last descending. Text is in the order of its folded form.
 * An order value is the comparable form of a column: what the next page is compared with, exactly.
 */
import type { ColumnPath } from '../../plan/bound-filter.ts'
import type { BoundOrder } from '../../plan/read-plan.ts'
import type { ResultOrder } from '../../plan/results-plan.ts'
import { fail } from '../../protocol/errors.ts'
import type { Column } from '../../schema/column.ts'
import type { Dialect } from './dialect.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { hasFoldedColumn } from './folded.ts'
import type { JoinedPaths } from './joined-paths.ts'
import { join, nothing, type Sql, type SqlValue, sql, verbatim } from './sql.ts'

/** `isNeverNull`: an engine whose order has to say where nulls stand finds it in an index that does not. */
export type OrderTerm = { readonly value: Sql; readonly descending: boolean; readonly column: Column; readonly isNeverNull?: boolean }
type OrderValue = string | number | null

// The value of the last row travels in the next link's URL, which servers limit to some thousand bytes.
const MAX_ORDER_TEXT = 250

/** `ranks`: see `ResultOrder`. */
export function orderTerms(order: readonly (BoundOrder & Pick<ResultOrder, 'ranks'>)[], paths: JoinedPaths): readonly OrderTerm[] {
  return order.map(({ path, descending, ranks }) => {
    const { column, table } = path
    const value = paths.comparable(path)
    if (ranks) return { value: rankSql(value, ranks), descending, column }
    const isLong = (column.type === 'string' || column.type === 'memo') && column.maxLength > MAX_ORDER_TEXT && !hasFoldedColumn(table, column)
    if (isLong) return { value: sql`substr(${value}, 1, ${verbatim(String(MAX_ORDER_TEXT))})`, descending, column }
    return { value, descending, column, isNeverNull: isNeverNull(path) }
  })
}

function isNeverNull({ from, steps, table, column }: ColumnPath): boolean {
  return from === undefined && steps.length === 0 && (column.logicalName === table.primaryIdColumn || column.logicalName === VERSION_COLUMN)
}

/** `case r."industrycode" when 7 then 0 when 3 then 1 else … end`; what is null stays it. */
export function rankSql(value: Sql, ranks: readonly number[]): Sql {
  const cases = ranks.map((option, rank) => verbatim(` when ${option} then ${rank}`))
  return cases.length === 0 ? value : sql`case ${value}${join(cases, '')} else ${value} + ${verbatim(String(ranks.length))} end`
}

export function orderBy(terms: readonly Pick<OrderTerm, 'value' | 'descending' | 'isNeverNull'>[], { nulls }: Dialect): Sql {
  return join(
    terms.map(({ value, descending, isNeverNull }) => sql`${value}${verbatim(descending ? ' desc' : '')}${isNeverNull ? nothing : nulls(descending)}`),
  )
}

/** Rows after the one with these order values: `(a, b) > (1, 2)`, or `a > 1 or (a = 1 and (b > 2 or …))`. */
export function afterSql(terms: readonly OrderTerm[], values: readonly OrderValue[], dialect: Dialect): Sql {
  const bound = terms.map(({ column }, index) => bindable(column, values[index] ?? null))
  // Null is below every value: where all ascend, no row with one comes after a row without.
  const isPlain = terms.length > 1 && terms.every(({ descending }, index) => !descending && bound[index] !== null)
  if (dialect.comparesRows && isPlain) return sql`(${join(terms.map(({ value }) => value))}) > (${join(bound.map((value) => sql`${value}`))})`
  return afterEach(terms, bound)
}

function afterEach(terms: readonly OrderTerm[], values: readonly SqlValue[]): Sql {
  const [first, ...rest] = terms
  if (!first) return verbatim('false')
  const value = values[0] ?? null
  const later = beyond(first, value)
  if (rest.length === 0) return later
  const same = sql`(${equal(first, value)} and ${afterEach(rest, values.slice(1))})`
  // The engine begins at the right place of an index only by a condition that stands alone.
  return sql`(${atOrBeyond(first, value)} and (${later} or ${same}))`
}

function equal({ value: column }: OrderTerm, value: SqlValue): Sql {
  return value === null ? sql`${column} is null` : sql`${column} = ${value}`
}

function beyond({ value: column, descending }: OrderTerm, value: SqlValue): Sql {
  if (descending) return value === null ? verbatim('false') : sql`(${column} < ${value} or ${column} is null)`
  return value === null ? sql`${column} is not null` : sql`${column} > ${value}`
}

function atOrBeyond({ value: column, descending }: OrderTerm, value: SqlValue): Sql {
  if (descending) return value === null ? sql`${column} is null` : sql`(${column} <= ${value} or ${column} is null)`
  return value === null ? verbatim('true') : sql`${column} >= ${value}`
}

const INT64 = 2n ** 63n

/** A whole number that a double cannot hold comes back from the token as text. */
function bindable(column: Column, value: OrderValue): SqlValue {
  if (typeof value !== 'string') return value
  switch (column.type) {
    case 'integer':
    case 'bigint':
    case 'money':
    case 'choice':
    case 'state':
    case 'status':
    case 'boolean': {
      const number = /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined
      if (number === undefined || number < -INT64 || number >= INT64)
        throw fail('BadToken', `The skip token's value '${value.slice(0, 40)}' is no whole number.`)
      return number
    }
    default:
      return value
  }
}
