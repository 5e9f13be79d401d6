/**
 * `$filter` bound to a table: names become columns, literals values typed by the column they are compared with.
 * `5 lt line` is turned to `line gt 5`; what needs no row (`null eq null`) becomes a constant. An alias without a value is null.
 */
import { assert, unreachable } from '../base/assert.ts'
import { type Comparison, TURNED } from '../protocol/comparison.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import type { Filter, Operand, PropertyPath, TextMatch } from '../protocol/filter.ts'
import type { Alias } from '../protocol/key-predicate.ts'
import type { Literal } from '../protocol/literal.ts'
import { refuseNegated } from '../protocol/query-call.ts'
import { type Column, wireName } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { bindLambda } from './bind-lambda.ts'
import { bindLiteral } from './bind-literal.ts'
import { bindQueryFunction } from './bind-query-function.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import { familyOf } from './column-family.ts'
import { compareLiterals } from './compare-literals.ts'
import { countCondition, countValues, followPath, literalOf, rootScope, type Scope } from './filter-scope.ts'
import type { QueryContext } from './query-context.ts'
import type { Value } from './value.ts'

/** What the parser lets through is less deep; this is for filters made otherwise. */
const MAX_DEPTH = 200

export function bindFilter(filter: Filter, table: Table, context: QueryContext, aliases: ReadonlyMap<string, string> | undefined): BoundFilter {
  return bind(filter, rootScope(table, context, aliases), 0)
}

function bind(filter: Filter, scope: Scope, depth: number): BoundFilter {
  if (depth > MAX_DEPTH) throw fail('BadRequest', `The filter is nested more than ${MAX_DEPTH} levels deep.`)
  switch (filter.op) {
    case 'and':
    case 'or':
      return { op: filter.op, terms: filter.terms.map((term) => bind(term, scope, depth + 1)) }
    case 'not':
      refuseNegated(filter.term)
      return { op: 'not', term: bind(filter.term, scope, depth + 1) }
    case 'any':
    case 'all':
      countCondition(scope)
      return bindLambda(filter, scope, (condition, inner) => bind(condition, inner, depth + 1))
    default:
      countCondition(scope)
      return bindCondition(filter, scope)
  }
}

type Condition = Exclude<Filter, { readonly op: 'and' | 'or' } | { readonly op: 'not' } | { readonly op: 'any' | 'all' }>

function bindCondition(filter: Condition, scope: Scope): BoundFilter {
  switch (filter.op) {
    case 'in':
      return bindIn(filter.left, filter.values, scope)
    case 'contains':
    case 'startswith':
    case 'endswith':
      return bindTextMatch(filter.op, filter.left, filter.right, scope)
    case 'query-function':
      return bindQueryFunction(filter, scope)
    case 'is-true':
      return { op: 'eq', left: booleanPath(filter.left, scope), right: true }
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return bindComparison(filter.op, filter.left, filter.right, scope)
    default:
      return unreachable(filter)
  }
}

function bindComparison(op: Comparison, left: Operand, right: Operand, scope: Scope): BoundFilter {
  if (left.kind !== 'path') {
    if (right.kind === 'path') return bindComparison(TURNED[op], right, left, scope)
    return { op: 'constant', value: compareLiterals(op, operandLiteral(left, scope), operandLiteral(right, scope)) }
  }
  const path = followPath(left, scope)
  if (right.kind !== 'path') return compareWithValue(op, path, bindLiteral(path.column, operandLiteral(right, scope), 'lenient'))
  const other = followPath(right, scope)
  if (familyOf(path.column) !== familyOf(other.column)) throw incompatible(path.column, other.column)
  return { op, left: path, right: other }
}

/** Nothing is greater or less than null. */
function compareWithValue(op: Comparison, left: ColumnPath, right: Value): BoundFilter {
  return right === null && op !== 'eq' && op !== 'ne' ? { op: 'constant', value: false } : { op, left, right }
}

function bindIn(left: PropertyPath, literals: readonly (Literal | Alias)[], scope: Scope): BoundFilter {
  const path = followPath(left, scope)
  countValues(literals.length, scope)
  const bound = literals.map((one) => bindLiteral(path.column, literalOf(one, scope), 'lenient'))
  const values = bound.filter((value) => value !== null)
  const filter: BoundFilter = { op: 'in', left: path, values }
  return values.length === bound.length ? filter : { op: 'or', terms: [{ op: 'eq', left: path, right: null }, filter] }
}

function bindTextMatch(op: TextMatch, left: PropertyPath, right: Operand, scope: Scope): BoundFilter {
  const path = followPath(left, scope)
  if (familyOf(path.column) !== 'text') throw fail('BadRequest', `The function '${op}' takes text; '${wireName(path.column)}' is no text column.`)
  if (right.kind === 'path') throw fail('NotSupported', `The function '${op}' with a second argument that is a column`)
  const text = bindLiteral(path.column, operandLiteral(right, scope))
  if (text === null) return { op: 'constant', value: false }
  assert(typeof text === 'string', 'a text column has text')
  return { op, left: path, text }
}

function booleanPath(path: PropertyPath, scope: Scope): ColumnPath {
  const bound = followPath(path, scope)
  if (bound.column.type !== 'boolean') throw fail('BadRequest', `'${wireName(bound.column)}' is not a condition: only a boolean column can stand alone.`)
  return bound
}

function operandLiteral(operand: Exclude<Operand, PropertyPath>, scope: Scope): Literal {
  return literalOf(operand.kind === 'alias' ? operand : operand.literal, scope)
}

function incompatible(left: Column, right: Column): DataverseError {
  return fail('BadRequest', `'${wireName(left)}' and '${wireName(right)}' cannot be compared: the one is ${familyOf(left)}, the other ${familyOf(right)}.`)
}
