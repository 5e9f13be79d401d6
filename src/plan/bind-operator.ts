/**
 * A condition by one of FetchXML's operators, bound: `createdon last-x-days 7`, `name begins-with Lit`, `ownerid eq-userid`.
 * FetchXML, `?sql=` and the query functions of `$filter` all come here. Values are plain text: `5`, `1` (true), `{6F0C…}`, `2024-05-01`.
 *
 * The negated ones (`ne`, `not-in`, `not-like`, `not-begin-with`, `not-between`, `not-under` …) hold for rows in which the column is null,
 * as Dataverse has it.
 */
import type { Comparison } from '../protocol/comparison.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { ColumnKind } from '../schema/column.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import { bindDateOperator, type DatePath, dateOperatorValues, needsTime } from './date-operators.ts'
import { MAX_VALUES } from './limits.ts'
import { bindText, idOf, unfit } from './operator-value.ts'
import { bindPrincipal, isPrincipalOperator } from './principal-operators.ts'
import type { QueryContext } from './query-context.ts'
import { bindTree, TREE_OPERATORS } from './tree-operators.ts'
import type { Value } from './value.ts'

const TEXT: readonly ColumnKind[] = ['string', 'memo', 'entityname']
const IDS: readonly ColumnKind[] = ['guid', 'lookup', 'customer', 'owner']
const LANGUAGES: readonly ColumnKind[] = ['integer', 'choice']
/** For all languages. */
const ANY_LANGUAGE = -1

type Condition = { readonly operator: string; readonly left: ColumnPath; readonly values: readonly string[]; readonly context: QueryContext }
type Binder = (condition: Condition) => BoundFilter

const COMPARISONS: Readonly<Record<string, Comparison>> = { eq: 'eq', ne: 'ne', neq: 'ne', gt: 'gt', ge: 'ge', lt: 'lt', le: 'le' }

/** Undefined where the operator of FetchXML is no comparison. */
export function comparisonOf(operator: string): Comparison | undefined {
  return Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined
}

/** What is neither about dates nor about who asks nor about trees. */
const BINDERS: Readonly<Record<string, Binder>> = {
  ...Object.fromEntries(Object.entries(COMPARISONS).map(([name, op]) => [name, (one: Condition): BoundFilter => ({ op, left: one.left, right: only(one) })])),
  in: bindIn,
  'not-in': (one) => not(bindIn(one)),
  between: bindBetween,
  'not-between': (one) => not(bindBetween(one)),
  null: (one) => ({ op: 'eq', left: withoutValues(one), right: null }),
  'not-null': (one) => ({ op: 'ne', left: withoutValues(one), right: null }),
  like: match('like'),
  'not-like': (one) => not(match('like')(one)),
  'begins-with': match('startswith'),
  'not-begin-with': (one) => not(match('startswith')(one)),
  'ends-with': match('endswith'),
  'not-end-with': (one) => not(match('endswith')(one)),
  // No operator of FetchXML's text; `Contains` of a query function and of QueryExpression.
  contains: match('contains'),
  'not-contains': (one) => not(match('contains')(one)),
  'contain-values': bindContainValues,
  'not-contain-values': (one) => not(bindContainValues(one)),
  'eq-userlanguage': bindLanguage,
}

/** `operator`: as FetchXML writes it. */
export function bindOperator(operator: string, left: ColumnPath, values: readonly string[], context: QueryContext): BoundFilter {
  const condition = { operator, left, values, context }
  const binder = Object.hasOwn(BINDERS, operator) ? BINDERS[operator] : undefined
  if (binder) return binder(condition)
  if (isPrincipalOperator(operator)) {
    withoutValues(condition)
    return bindPrincipal(operator, ofType(condition, IDS), context.caller, context.schema)
  }
  if (TREE_OPERATORS.has(operator)) return bindTree(operator, ofType(condition, IDS), idOf(left, text(condition)), context.schema)
  const count = dateOperatorValues(operator)
  if (count === undefined) throw fail('UnknownOperator', excerpt(operator))
  takes(condition, count)
  return bindDateOperator(operator, datePath(condition), values, context)
}

function not(term: BoundFilter): BoundFilter {
  return { op: 'not', term }
}

function bindIn(condition: Condition): BoundFilter {
  const { left, context } = condition
  return { op: 'in', left, values: listOf(condition).map((value) => bindText(left, value, context)) }
}

function bindBetween(condition: Condition): BoundFilter {
  takes(condition, 2)
  const { left, context } = condition
  const [from, to] = condition.values.map((value): Value => bindText(left, value, context))
  return {
    op: 'and',
    terms: [
      { op: 'ge', left, right: from ?? null },
      { op: 'le', left, right: to ?? null },
    ],
  }
}

function match(op: 'like' | 'startswith' | 'endswith' | 'contains'): Binder {
  return (condition) => ({ op, left: ofType(condition, TEXT), text: text(condition) })
}

function bindContainValues(condition: Condition): BoundFilter {
  const left = ofType(condition, ['choices'])
  return { op: 'contains-values', left, values: listOf(condition).map((value) => option(left, value)) }
}

function listOf(condition: Condition): readonly string[] {
  const { values } = condition
  if (values.length === 0) throw wrongNumber(condition, 'at least one value')
  if (values.length > MAX_VALUES) throw wrongNumber(condition, `at the most ${MAX_VALUES} values`)
  return values
}

function option(left: ColumnPath, value: string): number {
  if (!/^\s*-?\d{1,10}\s*$/.test(value)) throw unfit(left, value, 'System.Int32')
  return Number(value)
}

/** What is for all languages is for the caller's too. */
function bindLanguage(condition: Condition): BoundFilter {
  withoutValues(condition)
  return { op: 'in', left: ofType(condition, LANGUAGES), values: [condition.context.calendar.language, ANY_LANGUAGE] }
}

function datePath(condition: Condition): DatePath {
  const { column } = condition.left
  if (column.type !== 'datetime' || (column.behavior === 'DateOnly' && needsTime(condition.operator))) throw unsuited(condition)
  return { ...condition.left, column }
}

function ofType(condition: Condition, kinds: readonly ColumnKind[]): ColumnPath {
  if (!kinds.includes(condition.left.column.type)) throw unsuited(condition)
  return condition.left
}

function only(condition: Condition): Value {
  return bindText(condition.left, text(condition), condition.context)
}

function text(condition: Condition): string {
  takes(condition, 1)
  return condition.values[0] ?? ''
}

function withoutValues(condition: Condition): ColumnPath {
  takes(condition, 0)
  return condition.left
}

function takes(condition: Condition, count: number): void {
  if (condition.values.length !== count) throw wrongNumber(condition, count === 1 ? '1 value' : `${count} values`)
}

function wrongNumber({ operator, left, values }: Condition, wanted: string): DataverseError {
  const column = `${left.table.logicalName}.${left.column.logicalName}`
  return fail('InvalidArgument', `Condition for attribute '${column}': the operator '${operator}' takes ${wanted} but received ${values.length}.`)
}

function unsuited({ operator, left }: Condition): DataverseError {
  const { column, table } = left
  const type = column.type === 'datetime' ? `datetime (${column.behavior})` : column.type
  return fail('OperatorNotForColumn', operator, `${table.logicalName}.${column.logicalName}`, type)
}
