/**
 * `$filter` cut into tokens, one at a time: `name eq 'O''Neil'` is word, word, quoted, end; `["a","b"]` is one list.
 * Lazily, so that a function is refused by its name before the lexer meets its arguments.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'

export type Token = {
  /** `quoted` includes the type before the quotes: `Microsoft.Dynamics.CRM.X'Member'`. `other` is a character that begins nothing. */
  readonly kind: 'word' | 'quoted' | 'list' | '(' | ')' | ',' | '=' | 'other' | 'end'
  readonly text: string
  readonly at: number
  readonly end: number
}

const BLANKS = /\s*/y
const WORD = /[^\s(),='"[\]]+/y
const VARIABLE = /([^\s():,='"[\]/]+)\s*:/y

export function tokenAt(text: string, from: number): Token {
  const at = endOf(BLANKS, text, from)
  if (at >= text.length) return { kind: 'end', text: '', at, end: at }
  const char = text.charAt(at)
  if (char === '(' || char === ')' || char === ',' || char === '=') return { kind: char, text: char, at, end: at + 1 }
  if (char === '[') {
    const end = endOfList(text, at)
    return { kind: 'list', text: text.slice(at, end), at, end }
  }
  const wordEnd = endOf(WORD, text, at)
  if (text.charAt(wordEnd) === "'") {
    const end = endOfQuoted(text, wordEnd)
    return { kind: 'quoted', text: text.slice(at, end), at, end }
  }
  if (wordEnd === at) return { kind: 'other', text: char, at, end: at + 1 }
  return { kind: 'word', text: text.slice(at, wordEnd), at, end: wordEnd }
}

/** The range variable that a lambda begins with, where there is one at `from`: `o` and the position behind its colon. */
export function variableAt(text: string, from: number): { readonly name: string; readonly end: number } | undefined {
  VARIABLE.lastIndex = from
  const name = VARIABLE.exec(text)?.[1]
  return name === undefined ? undefined : { name, end: VARIABLE.lastIndex }
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

/** The position behind the closing quote; a doubled quote is one character of the text. */
function endOfQuoted(text: string, open: number): number {
  let at = text.indexOf("'", open + 1)
  while (at !== -1 && text.charAt(at + 1) === "'") at = text.indexOf("'", at + 2)
  if (at === -1) throw unterminated(text)
  return at + 1
}

/** The position behind the closing bracket. Texts inside stand in either quote: `["O'Neil",'A']`. */
function endOfList(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '[') depth++
    else if (char === ']' && --depth === 0) return at + 1
    else if (char === "'") at = endOfQuoted(text, at) - 1
    else if (char === '"') at = endOfDoubleQuoted(text, at) - 1
  }
  throw fail('BadRequest', `There is a list without an end at position ${open} in '${excerpt(text)}'.`)
}

function endOfDoubleQuoted(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\') at++
    else if (char === '"') return at + 1
  }
  throw unterminated(text)
}

function unterminated(text: string): DataverseError {
  return fail('BadRequest', `There is an unterminated literal at position ${text.length} in '${excerpt(text)}'.`)
}
