/**
 * `$filter` as an expression tree, parsed without a schema: names are names still. `and`/`or` are flat lists, so that
 * a long query is not a deep one. What Dataverse does not do (arithmetic, `tolower` and its like) is refused by name here.
 * `filter-format.ts` is the inverse.
 */
import { type Comparison, isComparison } from './comparison.ts'
import { fail } from './errors.ts'
import { readCall } from './filter-call.ts'
import { readArgument, readOperand, readValue } from './filter-operand.ts'
import { advance, expect, isCall, isWord, nested, type Reader, readerOf, unexpected } from './filter-reader.ts'
import { listItems } from './json-list.ts'
import type { Alias, Aliases, KeyPart } from './key-predicate.ts'
import type { Literal } from './literal.ts'

/**
 * `primarycontactid/fullname` is `['primarycontactid', 'fullname']`; a name may be a cast, `Microsoft.Dynamics.CRM.systemuser`.
 * `from`: the range variable it begins with, or `$it`; undefined: the row that the whole filter is about.
 */
export type PropertyPath = { readonly kind: 'path'; readonly from?: string; readonly path: readonly string[] }
export type Operand = PropertyPath | { readonly kind: 'literal'; readonly literal: Literal } | Alias

export type TextMatch = 'contains' | 'startswith' | 'endswith'

export type Filter =
  | { readonly op: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly op: 'not'; readonly term: Filter }
  | { readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'in'; readonly left: PropertyPath; readonly values: readonly (Literal | Alias)[] }
  | { readonly op: TextMatch; readonly left: PropertyPath; readonly right: Operand }
  /** A boolean column standing alone: `$filter=creditonhold`. */
  | { readonly op: 'is-true'; readonly left: PropertyPath }
  /** `rows` ends with a collection-valued navigation property. Only `any()` may have no condition. */
  | { readonly op: 'any' | 'all'; readonly rows: PropertyPath; readonly condition: { readonly variable: string; readonly filter: Filter } | undefined }
  /** `Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)`: `name` is `LastXDays`, `row` what stands before it. */
  | { readonly op: 'query-function'; readonly row: PropertyPath; readonly name: string; readonly parameters: readonly KeyPart[] }

const TRUE: Operand = { kind: 'literal', literal: { kind: 'boolean', value: true } }

const NO_ALIASES: Aliases = new Map()

/**
 * The text is percent-decoded already. Time is linear in its length. An alias that stands for a column (`$filter=@p1 ne null&@p1=revenue`)
 * becomes that column here, for columns may stand where values may not; one that stands for a value is left to the binder.
 */
export function parseFilter(text: string, aliases: Aliases = NO_ALIASES): Filter {
  const reader = readerOf(text, aliases)
  const filter = readOr(reader)
  if (reader.token.kind !== 'end') throw unexpected(reader)
  return filter
}

// Conditions, from the weakest operator to the strongest

function readOr(reader: Reader): Filter {
  return readList(reader, 'or', readAnd)
}

function readAnd(reader: Reader): Filter {
  return readList(reader, 'and', readNot)
}

/** Clients nest to the left, `((a or b) or c) or d`: a term that is such a list itself is taken apart. */
function readList(reader: Reader, op: 'and' | 'or', readTerm: (reader: Reader) => Filter): Filter {
  const first = readTerm(reader)
  if (!isWord(reader, op)) return first
  const terms: Filter[] = first.op === op ? [...first.terms] : [first]
  while (isWord(reader, op)) {
    advance(reader)
    const term = readTerm(reader)
    if (term.op !== op) terms.push(term)
    else for (const inner of term.terms) terms.push(inner)
  }
  return { op, terms }
}

function readNot(reader: Reader): Filter {
  if (!isWord(reader, 'not')) return readPrimary(reader)
  advance(reader)
  return { op: 'not', term: nested(reader, readNot) }
}

function readPrimary(reader: Reader): Filter {
  const { token } = reader
  if (token.kind === '(') {
    advance(reader)
    const inner = nested(reader, readOr)
    expect(reader, ')')
    return inner.op === 'is-true' ? readComparison(reader, inner.left) : readTruth(reader, inner)
  }
  const call = token.kind === 'word' && isCall(reader) ? readCall(reader, readOr) : undefined
  return call ? readTruth(reader, call) : readComparison(reader, readOperand(reader))
}

function readComparison(reader: Reader, left: Operand): Filter {
  const { token } = reader
  if (token.kind === 'word' && isComparison(token.text)) {
    advance(reader)
    return { op: token.text, left, right: readOperand(reader) }
  }
  if (isWord(reader, 'in')) {
    if (left.kind !== 'path') throw unexpected(reader)
    advance(reader)
    return { op: 'in', left, values: readValues(reader) }
  }
  if (left.kind === 'path') return { op: 'is-true', left }
  // `$filter=true`, and a parameter that stands for a condition.
  if (left.kind === 'alias' || left.literal.kind === 'boolean') return { op: 'eq', left, right: TRUE }
  throw unexpected(reader)
}

/** `contains(a,'x') eq true` says no more than `contains(a,'x')`; generated queries write it so. */
function readTruth(reader: Reader, filter: Filter): Filter {
  const comparison = reader.token
  if (comparison.kind !== 'word' || !isComparison(comparison.text)) return filter
  advance(reader)
  const right = readOperand(reader)
  const isEquality = comparison.text === 'eq' || comparison.text === 'ne'
  if (!isEquality || right.kind !== 'literal' || right.literal.kind !== 'boolean') {
    throw fail('NotSupported', `A condition as the left side of '${comparison.text}' in $filter`)
  }
  return right.literal.value === (comparison.text === 'eq') ? filter : { op: 'not', term: filter }
}

/** `('a','b')`, or as JSON: `["a","b"]`. */
function readValues(reader: Reader): readonly (Literal | Alias)[] {
  if (reader.token.kind === 'list') {
    if (/^\[\s*\]$/.test(reader.token.text)) throw unexpected(reader)
    const list = readArgument(reader)
    const items = list.kind === 'json' ? listItems(list.text) : undefined
    if (!items) throw fail('NotSupported', "A list of lists or objects behind 'in' in $filter")
    return items
  }
  expect(reader, '(')
  const values = [readValue(reader)]
  while (reader.token.kind === ',') {
    advance(reader)
    values.push(readValue(reader))
  }
  expect(reader, ')')
  return values
}
