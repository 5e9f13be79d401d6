/** The state in which `$filter` is read: the token that comes next, how deep the reader is, which range variables are in scope. */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { refusedOperator } from './filter-refusals.ts'
import type { Aliases } from './key-predicate.ts'
import { type Token, tokenAt } from './filter-tokens.ts'
import { nesting } from './nesting.ts'

export type Reader = {
  readonly text: string
  token: Token
  depth: number
  /** Of the lambdas around, the innermost last. */
  readonly variables: string[]
  /** Those of the query: one that stands for a column is read as that column. */
  readonly aliases: Aliases
}

export function readerOf(text: string, aliases: Aliases): Reader {
  return { text, token: tokenAt(text, 0), depth: 0, variables: [], aliases }
}

export function advance(reader: Reader): void {
  reader.token = tokenAt(reader.text, reader.token.end)
}

export function isWord(reader: Reader, word: string): boolean {
  return reader.token.kind === 'word' && reader.token.text === word
}

/** Whether the token after the one that comes next is an opening parenthesis. */
export function isCall(reader: Reader): boolean {
  return tokenAt(reader.text, reader.token.end).kind === '('
}

export function expect(reader: Reader, kind: Token['kind']): void {
  if (reader.token.kind !== kind) throw unexpected(reader)
  advance(reader)
}

export const nested = nesting('filter')

export function unexpected(reader: Reader): DataverseError {
  const { token } = reader
  return (token.kind === 'word' && refusedOperator(token.text)) || syntaxError(reader, token)
}

export function syntaxError(reader: Reader, token: Token): DataverseError {
  return fail('BadRequest', `Syntax error at position ${token.at} in '${excerpt(reader.text)}'.`)
}
