/**
 * A bound filter as SQL. `name eq 'Litware'` is `"r"."name$fold" = ?` with `litware`.
 *
 * Two-valued logic from a three-valued engine: a condition that is null counts as false, which `and` and `or` keep, and `not x` is
 * `(x) is not true`. So `not (city eq 'x')` and `city ne 'x'` hold for rows without a city.
 */
import { unreachable } from '../../base/assert.ts'
import { fold } from '../../base/fold.ts'
import { type BoundFilter, type ColumnPath, isColumnPath } from '../../plan/bound-filter.ts'
import type { Value } from '../../plan/value.ts'
import type { Column } from '../../schema/column.ts'
import type { Dialect } from './dialect.ts'
import { hasFoldedColumn, isText } from './folded.ts'
import type { JoinedPaths } from './joined-paths.ts'
import { join, type Sql, type SqlValue, sql, verbatim } from './sql.ts'
import { textMatchSql } from './text-match.ts'

type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

const OPERATORS: Record<Comparison, string> = { eq: '=', ne: 'is distinct from', gt: '>', ge: '>=', lt: '<', le: '<=' }
/** Between columns: null equals null. */
const COLUMN_OPERATORS: Record<Comparison, string> = { ...OPERATORS, eq: 'is not distinct from' }

/** A condition whose null counts as false. Rows that paths lead to are asked for in `paths`. */
export function filterSql(filter: BoundFilter, paths: JoinedPaths, dialect: Dialect): Sql {
  switch (filter.op) {
    case 'and':
    case 'or':
      return combined(
        filter.terms.map((term) => filterSql(term, paths, dialect)),
        filter.op,
      )
    case 'not':
      return negated(filter.term, paths, dialect)
    case 'constant':
      return verbatim(String(filter.value))
    case 'in':
      return inList(filter.left, filter.values, paths, dialect)
    case 'contains':
    case 'startswith':
    case 'endswith':
      return textMatchSql(filter.op, paths.comparable(filter.left), fold(filter.text), hasFoldedColumn(filter.left.table, filter.left.column))
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return comparison(filter.op, filter.left, filter.right, paths, dialect)
    default:
      return unreachable(filter)
  }
}

function negated(term: BoundFilter, paths: JoinedPaths, dialect: Dialect): Sql {
  return term.op === 'not' ? filterSql(term.term, paths, dialect) : sql`((${filterSql(term, paths, dialect)}) is not true)`
}

/** Halved until two are left: 500 conditions in a chain would take half of SQLite's depth of 1,000. */
function combined(terms: readonly Sql[], op: 'and' | 'or'): Sql {
  if (terms.length === 0) return verbatim(String(op === 'and'))
  if (terms.length <= 8) return sql`(${join(terms, ` ${op} `)})`
  const half = terms.length >> 1
  return sql`(${combined(terms.slice(0, half), op)} ${verbatim(op)} ${combined(terms.slice(half), op)})`
}

function comparison(op: Comparison, left: ColumnPath, right: Value | ColumnPath, paths: JoinedPaths, dialect: Dialect): Sql {
  const column = paths.comparable(left)
  if (isColumnPath(right)) return sql`${column} ${verbatim(COLUMN_OPERATORS[op])} ${paths.comparable(right)}`
  if (right === null) return nullComparison(op, column)
  return sql`${column} ${verbatim(OPERATORS[op])} ${operand(left.column, right, dialect)}`
}

function nullComparison(op: Comparison, column: Sql): Sql {
  if (op === 'eq') return sql`${column} is null`
  return op === 'ne' ? sql`${column} is not null` : verbatim('false')
}

function inList(left: ColumnPath, values: readonly Value[], paths: JoinedPaths, dialect: Dialect): Sql {
  if (values.length === 0) return verbatim('false')
  return sql`${paths.comparable(left)} in (${join(values.map((value) => sql`${operand(left.column, value, dialect)}`))})`
}

/** A value as the column's comparable form has it. */
function operand(column: Column, value: Value, dialect: Dialect): SqlValue {
  return isText(column) && typeof value === 'string' ? fold(value) : dialect.encode(column, value)
}
