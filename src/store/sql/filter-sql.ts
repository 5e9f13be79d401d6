/**
 * A bound filter as SQL. `name eq 'Litware'` is `"r"."name$fold" = ?` with `litware`.
 *
 * Two-valued logic from a three-valued engine: a condition that is null counts as false, which `and` and `or` keep, and `not x` is
 * `(x) is not true`. So `not (city eq 'x')` and `city ne 'x'` hold for rows without a city.
 */
import { unreachable } from '../../base/assert.ts'
import { fold } from '../../base/fold.ts'
import { type BoundFilter, type ColumnPath, isColumnPath, type RelatedRows } from '../../plan/bound-filter.ts'
import type { ChildLink } from '../../plan/read-plan.ts'
import { FULL_RIGHTS } from '../../plan/rights.ts'
import type { Value } from '../../plan/value.ts'
import type { Comparison } from '../../protocol/comparison.ts'
import type { Column } from '../../schema/column.ts'
import { childSql } from './address-sql.ts'
import { columnOf, hasFoldedColumn, isText } from './folded.ts'
import { type JoinedPaths, joinedPaths } from './joined-paths.ts'
import { rowsOf } from './visible-rows.ts'
import { rowsFoundBy } from './rows-by-text.ts'
import type { Sight } from './read-scope.ts'
import { join, nothing, type Sql, type SqlValue, sql, verbatim } from './sql.ts'
import { textMatchSql } from './text-match.ts'

const OPERATORS: Record<Comparison, string> = { eq: '=', ne: 'is distinct from', gt: '>', ge: '>=', lt: '<', le: '<=' }
/** Between columns: null equals null. */
const COLUMN_OPERATORS: Record<Comparison, string> = { ...OPERATORS, eq: 'is not distinct from' }

/** A condition whose null counts as false. Rows that paths lead to are asked for in `paths`. */
export function filterSql(filter: BoundFilter, paths: JoinedPaths, sight: Sight): Sql {
  switch (filter.op) {
    case 'and':
    case 'or':
      return combined(
        filter.terms.map((term) => filterSql(term, paths, sight)),
        filter.op,
      )
    case 'not':
      return negated(filter.term, paths, sight)
    case 'constant':
      return verbatim(String(filter.value))
    case 'in':
      return inList(filter.left, filter.values, paths, sight)
    case 'contains':
    case 'startswith':
    case 'endswith':
    case 'like':
      return textMatchSql(filter.op, paths.comparable(filter.left), fold(filter.text), hasFoldedColumn(filter.left.table, filter.left.column), sight.dialect)
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return comparison(filter.op, filter.left, filter.right, paths, sight)
    case 'contains-values':
      return containsValues(paths.comparable(filter.left), filter.values)
    case 'fiscal-period':
      // `year * 100 + period`
      return sql`${sight.dialect.datePart({ part: 'fiscal-period', calendar: filter.calendar }, paths.comparable(filter.left))} % 100 = ${filter.period}`
    case 'exists':
      return existsSql(filter.rows, paths, sight)
    case 'above':
    case 'under':
      return treeSql(filter, paths, sight)
    default:
      return unreachable(filter)
  }
}

function negated(term: BoundFilter, paths: JoinedPaths, sight: Sight): Sql {
  return term.op === 'not' ? filterSql(term.term, paths, sight) : sql`((${filterSql(term, paths, sight)}) is not true)`
}

/** Halved until eight are left: a chain of 500 conditions would take half of SQLite's depth of 1,000, and one of 2,000 options more than all of it. */
function combined(terms: readonly Sql[], op: 'and' | 'or'): Sql {
  if (terms.length === 0) return verbatim(String(op === 'and'))
  if (terms.length <= 8) return sql`(${join(terms, ` ${op} `)})`
  const half = terms.length >> 1
  return sql`(${combined(terms.slice(0, half), op)} ${verbatim(op)} ${combined(terms.slice(half), op)})`
}

function comparison(op: Comparison, left: ColumnPath, right: Value | ColumnPath, paths: JoinedPaths, sight: Sight): Sql {
  const column = paths.comparable(left)
  if (isColumnPath(right)) return sql`${column} ${verbatim(COLUMN_OPERATORS[op])} ${paths.comparable(right)}`
  if (right === null) return nullComparison(op, column)
  const condition = sql`${column} ${verbatim(OPERATORS[op])} ${operand(left.column, right, sight)}`
  return op === 'eq' && hasFewValues(left.column) ? sight.dialect.oftenTrue(condition) : condition
}

/** Whether a value of the column is one of few, which many rows share. */
function hasFewValues({ type }: Column): boolean {
  return type === 'boolean' || type === 'state' || type === 'status' || type === 'choice'
}

function nullComparison(op: Comparison, column: Sql): Sql {
  if (op === 'eq') return sql`${column} is null`
  return op === 'ne' ? sql`${column} is not null` : verbatim('false')
}

function inList(left: ColumnPath, values: readonly Value[], paths: JoinedPaths, sight: Sight): Sql {
  if (values.length === 0) return verbatim('false')
  return sql`${paths.comparable(left)} in (${join(values.map((value) => sql`${operand(left.column, value, sight)}`))})`
}

/** Options are stored as `1,9`. */
function containsValues(column: Sql, values: readonly number[]): Sql {
  return combined(
    values.map((value) => sql`',' || ${column} || ',' like ${`%,${value},%`}`),
    'or',
  )
}

function existsSql({ table, alias: name, link, joins, filter, isCallers }: RelatedRows, outer: JoinedPaths, callers: Sight): Sql {
  const sight = isCallers ? { ...callers, rights: FULL_RIGHTS } : callers
  const alias = `${outer.root}e`
  const paths = joinedPaths(alias, sight, joins, { alias: name, paths: outer })
  const condition = filter ? sql` and ${filterSql(filter, paths, sight)}` : nothing
  const related = (rows: Sql, belongs: Sql) => sql`exists (select 1 from ${rows}${paths.joins()} where ${belongs}${condition})`
  if (link.kind !== 'equal') return related(rowsOf(table, alias, sight), childSql(link, table, alias, columnOf(outer.root, parentId(link))))
  const { rows, key } = rowsFoundBy(table, link.inner, alias, sight)
  return related(rows, sql`${key} = ${outer.comparable(link.outer)}`)
}

/** The primary id of the table on the parent's side. */
function parentId(link: ChildLink): string {
  if (link.kind === 'one-to-many') return link.relationship.referencedColumn
  return link.side === 1 ? link.relationship.table1Column : link.relationship.table2Column
}

type TreeFilter = Extract<BoundFilter, { readonly op: 'above' | 'under' }>

/** `union` drops what was seen, so that a loop in the data ends. */
function treeSql({ op, left, table, parent, id, orEqual }: TreeFilter, paths: JoinedPaths, sight: Sight): Sql {
  const own = columnOf('t', table.primaryIdColumn)
  const up = columnOf('t', parent.logicalName)
  // A row that is not seen leads nowhere: what stands above or under it is not told.
  const rows = rowsOf(table, 't', sight)
  const next =
    op === 'under'
      ? sql`select ${own} from ${rows} join tree on ${up} = tree.id`
      : sql`select ${up} from ${rows} join tree on ${own} = tree.id where ${up} is not null`
  const tree = sql`with recursive tree (id) as (select ${sight.dialect.text(id)} union ${next}) select id from tree`
  const column = paths.comparable(left)
  return orEqual ? sql`${column} in (${tree})` : sql`(${column} in (${tree}) and ${column} <> ${id})`
}

/** A value as the column's comparable form has it. */
function operand(column: Column, value: Value, sight: Sight): SqlValue {
  return isText(column) && typeof value === 'string' ? fold(value) : sight.dialect.encode(column, value)
}
