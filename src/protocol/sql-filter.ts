/**
 * A condition of SQL as a filter of a query tree. NOT is carried down to the tests, and a test that would hold of null there but not in SQL
 * is joined by `not-null`: `a <> 5` is `a ne 5 and a not-null`.
 */
import { type Comparison, TURNED } from './comparison.ts'
import type { FetchCondition, FetchFilter } from './fetch-query.ts'
import type { SqlColumn, SqlCondition, SqlOperator } from './sql-syntax.ts'

/** The alias of the joined table that the column is of; undefined: the table that the filter stands in. */
type AliasOf = (column: SqlColumn) => string | undefined

const NEGATED: Readonly<Record<SqlOperator, SqlOperator>> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'le',
  le: 'gt',
  lt: 'ge',
  ge: 'lt',
  like: 'not-like',
  'not-like': 'like',
  in: 'not-in',
  'not-in': 'in',
  between: 'not-between',
  'not-between': 'between',
  null: 'not-null',
  'not-null': 'null',
}
const HOLDS_OF_NULL: ReadonlySet<SqlOperator> = new Set<SqlOperator>(['ne', 'not-like', 'not-in', 'not-between'])

export function sqlFilter(condition: SqlCondition, aliasOf: AliasOf): FetchFilter {
  return filterOf(condition, false, aliasOf)
}

function filterOf(condition: SqlCondition, isNegated: boolean, aliasOf: AliasOf): FetchFilter {
  switch (condition.op) {
    case 'not':
      return filterOf(condition.term, !isNegated, aliasOf)
    case 'and':
    case 'or':
      return listOf((condition.op === 'and') !== isNegated ? 'and' : 'or', condition.terms, isNegated, aliasOf)
    case 'test':
    case 'compare':
      return all(conditionsOf(condition, isNegated, aliasOf))
  }
}

/** Single conditions, and lists of the same kind, stand in the list itself. */
function listOf(type: 'and' | 'or', terms: readonly SqlCondition[], isNegated: boolean, aliasOf: AliasOf): FetchFilter {
  const conditions: FetchCondition[] = []
  const filters: FetchFilter[] = []
  for (const term of terms) {
    const inner = filterOf(term, isNegated, aliasOf)
    const isOne = inner.conditions.length + inner.filters.length === 1
    if (inner.type !== type && !isOne) {
      filters.push(inner)
      continue
    }
    for (const condition of inner.conditions) conditions.push(condition)
    for (const filter of inner.filters) filters.push(filter)
  }
  return { type, conditions, filters, links: [] }
}

function conditionsOf(term: SqlCondition & { readonly op: 'test' | 'compare' }, isNegated: boolean, aliasOf: AliasOf): FetchCondition[] {
  const operator = isNegated ? NEGATED[term.operator] : term.operator
  const entityName = aliasOf(term.column)
  if (term.op === 'test') {
    const isList = term.values.length !== 1 || operator === 'in' || operator === 'not-in'
    const values = isList ? { value: undefined, values: term.values } : { value: term.values[0], values: [] }
    const condition: FetchCondition = { attribute: term.column.name, operator, entityName, ...values, valueOf: undefined }
    return HOLDS_OF_NULL.has(operator) ? [condition, notNull(term.column, entityName)] : [condition]
  }
  return compared(term.column, operator as Comparison, term.other, aliasOf)
}

/**
 * `valueof` names a column of the same table, or `alias.column`; the base table has no alias, so its column stands on the left.
 * No such comparison holds of null, in FetchXML as in SQL.
 */
function compared(left: SqlColumn, operator: Comparison, right: SqlColumn, aliasOf: AliasOf): FetchCondition[] {
  const [leftAlias, rightAlias] = [aliasOf(left), aliasOf(right)]
  if (leftAlias !== undefined && rightAlias === undefined) return compared(right, TURNED[operator], left, aliasOf)
  const other = rightAlias === undefined ? right.name : `${rightAlias}.${right.name}`
  return [{ attribute: left.name, operator, entityName: leftAlias, value: undefined, values: [], valueOf: other }]
}

function notNull(column: SqlColumn, entityName: string | undefined): FetchCondition {
  return { attribute: column.name, operator: 'not-null', entityName, value: undefined, values: [], valueOf: undefined }
}

function all(conditions: readonly FetchCondition[]): FetchFilter {
  return { type: 'and', conditions, filters: [], links: [] }
}
