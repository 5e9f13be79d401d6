/**
 * `$filter` cut into tokens, one at a time: `name eq 'O''Neil'` is word, word, quoted, end.
 * Lazily, so that a query function is refused by its name before the lexer meets its arguments.
 */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'

export type Token = {
  /** `quoted` includes the type before the quotes: `Microsoft.Dynamics.CRM.X'Member'`. `other` is a character that begins nothing. */
  readonly kind: 'word' | 'quoted' | '(' | ')' | ',' | 'other' | 'end'
  readonly text: string
  readonly at: number
  readonly end: number
}

const BLANKS = /\s*/y
const WORD = /[^\s(),'"[\]]+/y

export function tokenAt(text: string, from: number): Token {
  const at = endOf(BLANKS, text, from)
  if (at >= text.length) return { kind: 'end', text: '', at, end: at }
  const char = text.charAt(at)
  if (char === '(' || char === ')' || char === ',') return { kind: char, text: char, at, end: at + 1 }
  const wordEnd = endOf(WORD, text, at)
  if (text.charAt(wordEnd) === "'") {
    const end = endOfQuoted(text, wordEnd)
    return { kind: 'quoted', text: text.slice(at, end), at, end }
  }
  if (wordEnd === at) return { kind: 'other', text: char, at, end: at + 1 }
  return { kind: 'word', text: text.slice(at, wordEnd), at, end: wordEnd }
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

/** The position behind the closing quote; a doubled quote is one character of the text. */
function endOfQuoted(text: string, open: number): number {
  let at = text.indexOf("'", open + 1)
  while (at !== -1 && text.charAt(at + 1) === "'") at = text.indexOf("'", at + 2)
  if (at === -1) throw fail('BadRequest', `There is an unterminated literal at position ${text.length} in '${excerpt(text)}'.`)
  return at + 1
}
