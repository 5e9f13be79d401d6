/**
 * The SQL of `?sql=` cut into tokens, one at a time: `a.name <> N'it''s'` is word, `.`, word, `<>`, text, end.
 * Lazily, so that a clause which is not supported is refused by its name before the lexer meets what follows it. Comments count as blanks.
 */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'

export type SqlToken = {
  /** `name`: in brackets or double quotes. `mark`: an operator or a separator. `other`: a character that begins nothing. */
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'mark' | 'other' | 'end'
  /** Of a name or a text what stands between the quotes; of a word in lower case: SQL's words and logical names alike. */
  readonly text: string
  /** As it was written. */
  readonly source: string
  readonly at: number
  readonly end: number
}

const BLANKS = /\s*/y
const WORD = /[\p{L}\p{Nl}_@#][\p{L}\p{Nl}\p{Nd}\p{M}_@#$]*/uy
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const MARK = /<>|!=|<=|>=|[(),.;*=<>+\-/%]/y
const LINE_COMMENT = /--[^\r\n]*/y
const COMMENT_OPENS = /\/\*/y
const COMMENT_EDGE = /\/\*|\*\//g

export function sqlTokenAt(text: string, from: number): SqlToken {
  const at = afterBlanks(text, from)
  if (at >= text.length) return { kind: 'end', text: '', source: '', at, end: at }
  const char = text.charAt(at)
  if (char === "'") return quoted('text', text, at, at, "'")
  if ((char === 'N' || char === 'n') && text.charAt(at + 1) === "'") return quoted('text', text, at, at + 1, "'")
  if (char === '"') return quoted('name', text, at, at, '"')
  if (char === '[') return quoted('name', text, at, at, ']')
  const wordEnd = endOf(WORD, text, at)
  if (wordEnd !== at) return { kind: 'word', text: text.slice(at, wordEnd).toLowerCase(), source: text.slice(at, wordEnd), at, end: wordEnd }
  const numberEnd = endOf(NUMBER, text, at)
  if (numberEnd !== at) return plain('number', text, at, numberEnd)
  const markEnd = endOf(MARK, text, at)
  return markEnd === at ? plain('other', text, at, at + 1) : plain('mark', text, at, markEnd)
}

function plain(kind: SqlToken['kind'], text: string, at: number, end: number): SqlToken {
  const source = text.slice(at, end)
  return { kind, text: source, source, at, end }
}

/** A doubled closing quote is one character of the text. */
function quoted(kind: 'text' | 'name', text: string, at: number, open: number, close: string): SqlToken {
  let end = text.indexOf(close, open + 1)
  while (end !== -1 && text.charAt(end + 1) === close) end = text.indexOf(close, end + 2)
  if (end === -1) throw fail('BadRequest', `Unclosed quotation mark at position ${at} in '${excerpt(text)}'.`)
  const content = text.slice(open + 1, end).replaceAll(close + close, close)
  return { kind, text: content, source: text.slice(at, end + 1), at, end: end + 1 }
}

function afterBlanks(text: string, from: number): number {
  for (let at = from; ; ) {
    const behind = afterComment(text, endOf(LINE_COMMENT, text, endOf(BLANKS, text, at)))
    if (behind === at) return at
    at = behind
  }
}

/** Comments nest, as in T-SQL: `/* a /* b *\/ c *\/`. */
function afterComment(text: string, at: number): number {
  if (endOf(COMMENT_OPENS, text, at) === at) return at
  COMMENT_EDGE.lastIndex = at
  let depth = 0
  for (let edge = COMMENT_EDGE.exec(text); edge; edge = COMMENT_EDGE.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1
    if (depth === 0) return COMMENT_EDGE.lastIndex
  }
  throw fail('BadRequest', `The comment at position ${at} is not closed in '${excerpt(text)}'.`)
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}
