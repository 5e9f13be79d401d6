/**
 * What `$filter` compares: paths, literals, parameter aliases. In a lambda a path begins with a range variable:
 * `o/statecode` in `Account_Tasks/any(o:o/statecode eq 0)`; `$it` is the row that the whole filter is about.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import type { Operand, PropertyPath } from './filter.ts'
import { advance, expect, nested, type Reader, syntaxError, unexpected } from './filter-reader.ts'
import { refusedFunction, refusedWord } from './filter-refusals.ts'
import type { Token } from './filter-tokens.ts'
import { isIdentifier } from './identifier.ts'
import { badList } from './json-list.ts'
import { type Alias, parseAlias, pathOfAlias } from './key-predicate.ts'
import { type Literal, parseLiteral } from './literal.ts'
import { typeNameOf } from './names.ts'

export function readOperand(reader: Reader): Operand {
  const { token } = reader
  if (token.kind === '(') {
    advance(reader)
    const inner = nested(reader, readOperand)
    expect(reader, ')')
    return inner
  }
  if (token.kind === 'list') throw fail('NotSupported', 'A list of values as an operand in $filter')
  if (token.kind !== 'word' && token.kind !== 'quoted') throw unexpected(reader)
  advance(reader)
  if (token.kind === 'word' && reader.token.kind === '(') throw refusedFunction(token.text)
  return operandOf(reader, token) ?? bad(reader, token)
}

/** A literal or an alias: no path. */
export function readValue(reader: Reader): Literal | Alias {
  const { token } = reader
  const operand = readOperand(reader)
  if (operand.kind === 'path') throw syntaxError(reader, token)
  return operand.kind === 'alias' ? operand : operand.literal
}

/** A literal, an alias, or a list of values as JSON. */
export function readArgument(reader: Reader): Literal | Alias {
  const { token } = reader
  if (token.kind !== 'list') return readValue(reader)
  advance(reader)
  const list = parseLiteral(token.text)
  if (list) return list
  throw badList(token.text)
}

/** Names of navigation properties and casts, such as stand before `/any(…)`. None at all is the row itself. */
export function rowPath(reader: Reader, names: readonly string[], token: Token): PropertyPath {
  const inner = reader.variables.at(-1)
  if (names.length > 0) return pathOf(reader, names) ?? bad(reader, token)
  if (inner !== undefined) throw withoutVariable(inner, token.text)
  return { kind: 'path', path: names }
}

function operandOf(reader: Reader, token: Token): Operand | undefined {
  const { text } = token
  if (token.kind === 'word' && !looksLikeLiteral(text)) {
    const alias = parseAlias(text)
    if (alias) return columnOfAlias(reader, alias) ?? alias
    const path = pathOf(reader, text.split('/'))
    if (path?.path.length === 0) throw fail('BadRequest', `'${excerpt(text)}' is a row; $filter compares its columns: '${excerpt(text)}/createdon'.`)
    return path && isIdentifier(path.path.at(-1) ?? '') ? path : undefined
  }
  const literal = parseLiteral(text)
  return literal && { kind: 'literal', literal }
}

/** An alias is given outside every lambda: its column is one of the row that the whole filter is about. */
function columnOfAlias(reader: Reader, alias: Alias): PropertyPath | undefined {
  const path = pathOfAlias(alias, reader.aliases)
  return path && { kind: 'path', ...(reader.variables.length > 0 && { from: '$it' }), path }
}

function pathOf(reader: Reader, names: readonly string[]): PropertyPath | undefined {
  const [first = '', ...rest] = names
  if (!rest.every(isSegment) || !(first === '$it' || isSegment(first))) return undefined
  const inner = reader.variables.at(-1)
  if (inner === undefined) return { kind: 'path', path: first === '$it' ? rest : names }
  if (first === '$it' || reader.variables.includes(first)) return { kind: 'path', from: first, path: rest }
  throw withoutVariable(inner, names.join('/'))
}

function withoutVariable(inner: string, path: string): DataverseError {
  return fail('BadRequest', `In 'any' and 'all' a path begins with a range variable: '${inner}/${excerpt(path)}', not '${excerpt(path)}'.`)
}

/** A name, or a cast to a table's type: `Microsoft.Dynamics.CRM.systemuser`. */
export function isSegment(name: string): boolean {
  return isIdentifier(name) || isIdentifier(typeNameOf(name) ?? '')
}

/** No name begins with a digit, a sign or a brace, and none holds the hyphen of a guid. */
function looksLikeLiteral(text: string): boolean {
  return /^[-\d{]|-/.test(text) || text === 'null' || text === 'true' || text === 'false'
}

function bad(reader: Reader, token: Token): never {
  throw refusedWord(token.text) ?? syntaxError(reader, token)
}
