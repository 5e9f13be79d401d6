/**
 * `$filter` as an expression tree, parsed without a schema: names are names still. `and`/`or` are flat lists, so that
 * a long query is not a deep one. What this server does not do (lambdas, query functions, arithmetic) is refused by name here.
 */
import { unreachable } from '../base/assert.ts'
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { refusedFunction, refusedOperator, refusedSegment } from './filter-refusals.ts'
import { type Token, tokenAt } from './filter-tokens.ts'
import { isIdentifier } from './identifier.ts'
import { type Alias, formatValue, parseAlias } from './key-predicate.ts'
import { type Literal, parseLiteral } from './literal.ts'

/** `primarycontactid/fullname` is `['primarycontactid', 'fullname']`. */
export type PropertyPath = { readonly kind: 'path'; readonly path: readonly string[] }
export type Operand = PropertyPath | { readonly kind: 'literal'; readonly literal: Literal } | Alias

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
export type TextMatch = 'contains' | 'startswith' | 'endswith'

export type Filter =
  | { readonly op: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly op: 'not'; readonly term: Filter }
  | { readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'in'; readonly left: PropertyPath; readonly values: readonly (Literal | Alias)[] }
  | { readonly op: TextMatch; readonly left: PropertyPath; readonly right: Operand }
  /** A boolean column standing alone: `$filter=creditonhold`. */
  | { readonly op: 'is-true'; readonly left: PropertyPath }

/** Deeper than any query written or generated for Dataverse, and far from what the stack bears. */
const MAX_DEPTH = 100

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const TEXT_MATCHES: ReadonlySet<string> = new Set<TextMatch>(['contains', 'startswith', 'endswith'])
const TRUE: Operand = { kind: 'literal', literal: { kind: 'boolean', value: true } }

type Reader = { readonly text: string; token: Token; depth: number }

/** The text is percent-decoded already. Time is linear in its length. */
export function parseFilter(text: string): Filter {
  const reader: Reader = { text, token: tokenAt(text, 0), depth: 0 }
  const filter = readOr(reader)
  if (reader.token.kind !== 'end') throw unexpected(reader)
  return filter
}

/** The inverse, up to blanks and needless parentheses. */
export function formatFilter(filter: Filter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.terms.map((term) => (term.op === 'and' || term.op === 'or' ? `(${formatFilter(term)})` : formatFilter(term))).join(` ${filter.op} `)
    case 'not':
      return TEXT_MATCHES.has(filter.term.op) ? `not ${formatFilter(filter.term)}` : `not (${formatFilter(filter.term)})`
    case 'in':
      return `${formatOperand(filter.left)} in (${filter.values.map(formatValue).join(',')})`
    case 'contains':
    case 'startswith':
    case 'endswith':
      return `${filter.op}(${formatOperand(filter.left)},${formatOperand(filter.right)})`
    case 'is-true':
      return formatOperand(filter.left)
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return `${formatOperand(filter.left)} ${filter.op} ${formatOperand(filter.right)}`
    default:
      return unreachable(filter)
  }
}

function formatOperand(operand: Operand): string {
  if (operand.kind === 'path') return operand.path.join('/')
  return formatValue(operand.kind === 'alias' ? operand : operand.literal)
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
  const word = token.kind === 'word' ? token.text : ''
  if (TEXT_MATCHES.has(word) && tokenAt(reader.text, token.end).kind === '(') return readTruth(reader, readTextMatch(reader, word as TextMatch))
  return readComparison(reader, readOperand(reader))
}

function readComparison(reader: Reader, left: Operand): Filter {
  const { token } = reader
  if (token.kind === 'word' && COMPARISONS.has(token.text)) {
    advance(reader)
    return { op: token.text as Comparison, left, right: readOperand(reader) }
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
  if (comparison.kind !== 'word' || !COMPARISONS.has(comparison.text)) return filter
  advance(reader)
  const right = readOperand(reader)
  const isEquality = comparison.text === 'eq' || comparison.text === 'ne'
  if (!isEquality || right.kind !== 'literal' || right.literal.kind !== 'boolean') {
    throw fail('NotSupported', `A condition as the left side of '${comparison.text}' in $filter`)
  }
  return right.literal.value === (comparison.text === 'eq') ? filter : { op: 'not', term: filter }
}

function readTextMatch(reader: Reader, op: TextMatch): Filter {
  advance(reader)
  expect(reader, '(')
  const left = readOperand(reader)
  if (left.kind !== 'path') throw fail('NotSupported', `The function '${op}' with a first argument that is not a column`)
  expect(reader, ',')
  const right = readOperand(reader)
  expect(reader, ')')
  return { op, left, right }
}

function readValues(reader: Reader): readonly (Literal | Alias)[] {
  expect(reader, '(')
  const values = [readValue(reader)]
  while (reader.token.kind === ',') {
    advance(reader)
    values.push(readValue(reader))
  }
  expect(reader, ')')
  return values
}

function readValue(reader: Reader): Literal | Alias {
  const { token } = reader
  const operand = readOperand(reader)
  if (operand.kind === 'path') throw syntaxError(reader, token)
  return operand.kind === 'alias' ? operand : operand.literal
}

// Operands

function readOperand(reader: Reader): Operand {
  const { token } = reader
  if (token.kind === '(') {
    advance(reader)
    const inner = nested(reader, readOperand)
    expect(reader, ')')
    return inner
  }
  if (token.kind !== 'word' && token.kind !== 'quoted') throw unexpected(reader)
  advance(reader)
  if (token.kind === 'word' && reader.token.kind === '(') throw refusedFunction(token.text)
  return operandOf(token) ?? bad(reader, token)
}

function operandOf(token: Token): Operand | undefined {
  const { text } = token
  if (token.kind === 'word' && !looksLikeLiteral(text)) {
    const path = text.split('/')
    return path.every(isIdentifier) ? { kind: 'path', path } : parseAlias(text)
  }
  const literal = parseLiteral(text)
  return literal && { kind: 'literal', literal }
}

/** No name begins with a digit, a sign or a brace, and none holds the hyphen of a guid. */
function looksLikeLiteral(text: string): boolean {
  return /^[-\d{]|-/.test(text) || text === 'null' || text === 'true' || text === 'false'
}

function bad(reader: Reader, token: Token): never {
  for (const segment of token.text.split('/')) {
    const refusal = refusedSegment(segment)
    if (refusal) throw refusal
  }
  throw syntaxError(reader, token)
}

// The reader

function advance(reader: Reader): void {
  reader.token = tokenAt(reader.text, reader.token.end)
}

function isWord(reader: Reader, word: string): boolean {
  return reader.token.kind === 'word' && reader.token.text === word
}

function expect(reader: Reader, kind: Token['kind']): void {
  if (reader.token.kind !== kind) throw unexpected(reader)
  advance(reader)
}

function nested<T>(reader: Reader, read: (reader: Reader) => T): T {
  if (reader.depth >= MAX_DEPTH) throw fail('BadRequest', `The filter is nested more than ${MAX_DEPTH} levels deep.`)
  reader.depth++
  const result = read(reader)
  reader.depth--
  return result
}

function unexpected(reader: Reader): DataverseError {
  const { token } = reader
  return (token.kind === 'word' && refusedOperator(token.text)) || syntaxError(reader, token)
}

function syntaxError(reader: Reader, token: Token): DataverseError {
  return fail('BadRequest', `Syntax error at position ${token.at} in '${excerpt(reader.text)}'.`)
}
