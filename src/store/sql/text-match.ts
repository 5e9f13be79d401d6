/**
 * `contains`, `startswith`, `endswith` and `like` (the whole text), whose text may hold SQL Server's wildcards: `%` any text, `_` one character, `[a-f]` one of
 * these, `[^a-f]` none of these; a `[` that is never closed is itself. The texts are folded on both sides.
 * A text without wildcards, the usual case, is looked for with LIKE, or as a range where an index can help.
 */
import type { TextMatch } from '../../plan/bound-filter.ts'
import { fail } from '../../protocol/errors.ts'
import { type Sql, sql, verbatim } from './sql.ts'

type PatternPart =
  | { readonly kind: 'any' | 'one' }
  | { readonly kind: 'text'; readonly text: string }
  /** `members` as written, ranges in it: `a-f`. Empty: no character, or with `negated`, each. */
  | { readonly kind: 'set'; readonly members: string; readonly negated: boolean }

const ANY: PatternPart = { kind: 'any' }
const NEVER = verbatim('false')

// SQLite refuses longer ones (SQLITE_MAX_LIKE_PATTERN_LENGTH) with an error of its own.
const MAX_PATTERN_BYTES = 50_000

/** `column` is folded text, `text` too. `isStored`: the column is a stored one, not a function's value. */
export function textMatchSql(op: TextMatch, column: Sql, text: string, isStored: boolean): Sql {
  // No stored text holds U+0000, and SQLite would take it for the pattern's end.
  if (text.includes('\0')) return NEVER
  const parts = parsePattern(text)
  if (parts.every((part) => part.kind === 'text')) return plainMatch(op, column, text, isStored)
  if (parts.some((part) => part.kind === 'set' && part.members === '' && !part.negated)) return NEVER
  const opens = op === 'contains' || op === 'endswith'
  const continues = op === 'contains' || op === 'startswith'
  const all = [...(opens ? [ANY] : []), ...parts, ...(continues ? [ANY] : [])]
  return sql`${column} glob ${bounded(globOf(all))}`
}

function plainMatch(op: TextMatch, column: Sql, text: string, isStored: boolean): Sql {
  const literal = text.replace(/[\\%_]/g, '\\$&')
  switch (op) {
    case 'contains':
      return sql`${column} like ${bounded(`%${literal}%`)} escape '\\'`
    case 'endswith':
      return sql`${column} like ${bounded(`%${literal}`)} escape '\\'`
    case 'like':
      return sql`${column} = ${text}`
    case 'startswith': {
      const end = isStored ? prefixEnd(text) : undefined
      return end === undefined ? sql`${column} like ${bounded(`${literal}%`)} escape '\\'` : sql`(${column} >= ${text} and ${column} < ${end})`
    }
  }
}

function bounded(pattern: string): string {
  if (Buffer.byteLength(pattern) > MAX_PATTERN_BYTES) throw fail('BadRequest', 'The text to search for is too long.')
  return pattern
}

/** The least text, by code points, above all that begin with `prefix`; undefined where there is none. */
function prefixEnd(prefix: string): string | undefined {
  const points = [...prefix].map((char) => char.codePointAt(0) ?? 0)
  while (points.at(-1) === 0x10ffff) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  // Surrogates are no characters.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}

function parsePattern(text: string): readonly PatternPart[] {
  const parts: PatternPart[] = []
  let plain = ''
  const push = (part: PatternPart) => {
    if (plain !== '') parts.push({ kind: 'text', text: plain })
    plain = ''
    parts.push(part)
  }
  // Asked once, or a text of brackets that are never closed would be searched again from each.
  const lastEnd = text.lastIndexOf(']')
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    const end = char === '[' && at < lastEnd ? text.indexOf(']', at) : -1
    if (char === '%') push(ANY)
    else if (char === '_') push({ kind: 'one' })
    else if (end > 0) {
      const negated = text[at + 1] === '^'
      push({ kind: 'set', members: text.slice(at + (negated ? 2 : 1), end), negated })
      at = end
    } else plain += char
  }
  if (plain !== '') parts.push({ kind: 'text', text: plain })
  return parts
}

/** SQLite's GLOB compares as it stands, with sets as LIKE of SQL Server has them. */
function globOf(parts: readonly PatternPart[]): string {
  return parts.map(globPart).join('')
}

function globPart(part: PatternPart): string {
  switch (part.kind) {
    case 'any':
      return '*'
    case 'one':
      return '?'
    case 'text':
      return part.text.replace(/[*?[]/g, '[$&]')
    case 'set':
      return part.members === '' ? '?' : `[${part.negated ? '^' : ''}${part.members}]`
  }
}
