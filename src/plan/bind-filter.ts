/**
 * `$filter` bound to a table: names become columns, literals values typed by the column they are compared with.
 * `5 lt line` is turned to `line gt 5`; what needs no row (`null eq null`) becomes a constant. An alias without a value is null.
 * Limits as Dataverse has them: 500 conditions, 15 links to other tables.
 */
import { assert, unreachable } from '../base/assert.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import type { Comparison, Filter, Operand, PropertyPath, TextMatch } from '../protocol/filter.ts'
import { type Alias, literalOfAlias } from '../protocol/key-predicate.ts'
import type { Literal } from '../protocol/literal.ts'
import { type Column, wireName } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { bindLiteral } from './bind-literal.ts'
import { bindPath, linkText } from './bind-path.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import { familyOf } from './column-family.ts'
import { compareLiterals } from './compare-literals.ts'
import type { QueryContext } from './query-context.ts'
import type { Value } from './value.ts'

const MAX_CONDITIONS = 500
const MAX_VALUES = 2000
const MAX_LINKS = 15
/** What the parser lets through is less deep; this is for filters made otherwise. */
const MAX_DEPTH = 200

const FLIPPED: Record<Comparison, Comparison> = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' }
const NULL: Literal = { kind: 'null' }

type Binder = {
  readonly table: Table
  readonly context: QueryContext
  /** Undefined where aliases may not stand: inside `$expand`. */
  readonly aliases: ReadonlyMap<string, string> | undefined
  conditions: number
  values: number
  links: Set<string> | undefined
}

export function bindFilter(filter: Filter, table: Table, context: QueryContext, aliases: ReadonlyMap<string, string> | undefined): BoundFilter {
  return bind(filter, { table, context, aliases, conditions: 0, values: 0, links: undefined }, 0)
}

function bind(filter: Filter, binder: Binder, depth: number): BoundFilter {
  if (depth > MAX_DEPTH) throw fail('BadRequest', `The filter is nested more than ${MAX_DEPTH} levels deep.`)
  switch (filter.op) {
    case 'and':
    case 'or':
      return { op: filter.op, terms: filter.terms.map((term) => bind(term, binder, depth + 1)) }
    case 'not':
      return { op: 'not', term: bind(filter.term, binder, depth + 1) }
    default:
      if (++binder.conditions > MAX_CONDITIONS) throw fail('BadRequest', `The number of conditions in the query exceeds the limit of ${MAX_CONDITIONS}.`)
      return bindCondition(filter, binder)
  }
}

type Condition = Exclude<Filter, { readonly op: 'and' | 'or' } | { readonly op: 'not' }>

function bindCondition(filter: Condition, binder: Binder): BoundFilter {
  switch (filter.op) {
    case 'in':
      return bindIn(filter.left, filter.values, binder)
    case 'contains':
    case 'startswith':
    case 'endswith':
      return bindTextMatch(filter.op, filter.left, filter.right, binder)
    case 'is-true':
      return { op: 'eq', left: booleanPath(filter.left, binder), right: true }
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return bindComparison(filter.op, filter.left, filter.right, binder)
    default:
      return unreachable(filter)
  }
}

function bindComparison(op: Comparison, left: Operand, right: Operand, binder: Binder): BoundFilter {
  if (left.kind !== 'path') {
    if (right.kind === 'path') return bindComparison(FLIPPED[op], right, left, binder)
    return { op: 'constant', value: compareLiterals(op, literalOf(left, binder), literalOf(right, binder)) }
  }
  const path = followPath(left, binder)
  if (right.kind !== 'path') return compareWithValue(op, path, bindLiteral(path.column, literalOf(right, binder), 'lenient'))
  const other = followPath(right, binder)
  if (familyOf(path.column) !== familyOf(other.column)) throw incompatible(path.column, other.column)
  return { op, left: path, right: other }
}

/** Nothing is greater or less than null. */
function compareWithValue(op: Comparison, left: ColumnPath, right: Value): BoundFilter {
  return right === null && op !== 'eq' && op !== 'ne' ? { op: 'constant', value: false } : { op, left, right }
}

function bindIn(left: PropertyPath, literals: readonly (Literal | Alias)[], binder: Binder): BoundFilter {
  const path = followPath(left, binder)
  binder.values += literals.length
  if (binder.values > MAX_VALUES) throw fail('BadRequest', `The number of values behind 'in' exceeds the limit of ${MAX_VALUES}.`)
  const bound = literals.map((one) => bindLiteral(path.column, one.kind === 'alias' ? aliasOf(one, binder) : one, 'lenient'))
  const values = bound.filter((value) => value !== null)
  const filter: BoundFilter = { op: 'in', left: path, values }
  return values.length === bound.length ? filter : { op: 'or', terms: [{ op: 'eq', left: path, right: null }, filter] }
}

function bindTextMatch(op: TextMatch, left: PropertyPath, right: Operand, binder: Binder): BoundFilter {
  const path = followPath(left, binder)
  if (familyOf(path.column) !== 'text') throw fail('BadRequest', `The function '${op}' takes text; '${wireName(path.column)}' is no text column.`)
  if (right.kind === 'path') throw fail('NotSupported', `The function '${op}' with a second argument that is a column`)
  const text = bindLiteral(path.column, literalOf(right, binder))
  if (text === null) return { op: 'constant', value: false }
  assert(typeof text === 'string', 'a text column has text')
  return { op, left: path, text }
}

function booleanPath(path: PropertyPath, binder: Binder): ColumnPath {
  const bound = followPath(path, binder)
  if (bound.column.type !== 'boolean') throw fail('BadRequest', `'${wireName(bound.column)}' is not a condition: only a boolean column can stand alone.`)
  return bound
}

function followPath(path: PropertyPath, binder: Binder): ColumnPath {
  const bound = bindPath(path.path, binder.table, binder.context.schema)
  if (bound.steps.length > 0) countLinks(bound, binder)
  return bound
}

/** Paths that begin alike share their links. */
function countLinks(path: ColumnPath, binder: Binder): void {
  binder.links ??= new Set()
  for (let length = 1; length <= path.steps.length; length++) binder.links.add(linkText(path.steps.slice(0, length)))
  if (binder.links.size > MAX_LINKS) throw fail('BadRequest', `The number of links to other tables in the query exceeds the limit of ${MAX_LINKS}.`)
}

function literalOf(operand: Exclude<Operand, PropertyPath>, binder: Binder): Literal {
  return operand.kind === 'alias' ? aliasOf(operand, binder) : operand.literal
}

function aliasOf(alias: Alias, binder: Binder): Literal {
  if (!binder.aliases) throw fail('NotSupported', `The parameter alias '@${alias.name}' inside $expand`)
  return literalOfAlias(alias, binder.aliases) ?? NULL
}

function incompatible(left: Column, right: Column): DataverseError {
  return fail('BadRequest', `'${wireName(left)}' and '${wireName(right)}' cannot be compared: the one is ${familyOf(left)}, the other ${familyOf(right)}.`)
}
