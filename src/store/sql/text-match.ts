/**
 * `contains`, `startswith`, `endswith` and `like` (the whole text), whose text may hold wildcards (`text-pattern.ts`). The texts are folded on both sides.
 * A text without wildcards, the usual case, is looked for with LIKE, or as a range where an index can help.
 */
import type { TextMatch } from '../../plan/bound-filter.ts'
import { fail } from '../../protocol/errors.ts'
import type { Dialect } from './dialect.ts'
import { type Sql, sql, verbatim } from './sql.ts'
import { ANY, parsePattern } from './text-pattern.ts'

const NEVER = verbatim('false')

/** `column` is folded text, `text` too. `isStored`: the column is a stored one, not a function's value. */
export function textMatchSql(op: TextMatch, column: Sql, text: string, isStored: boolean, dialect: Dialect): Sql {
  // No stored text holds U+0000, and SQLite would take it for the pattern's end.
  if (text.includes('\0')) return NEVER
  const parts = parsePattern(text)
  if (parts.every((part) => part.kind === 'text')) return plainMatch(op, column, text, isStored, dialect)
  if (parts.some((part) => part.kind === 'set' && part.members === '' && !part.negated)) return NEVER
  const opens = op === 'contains' || op === 'endswith'
  const continues = op === 'contains' || op === 'startswith'
  const all = [...(opens ? [ANY] : []), ...parts, ...(continues ? [ANY] : [])]
  return dialect.matches(column, bounded(dialect.patternOf(all), dialect))
}

function plainMatch(op: TextMatch, column: Sql, text: string, isStored: boolean, dialect: Dialect): Sql {
  const literal = text.replace(/[\\%_]/g, '\\$&')
  switch (op) {
    case 'contains':
      return sql`${column} like ${bounded(`%${literal}%`, dialect)} escape '\\'`
    case 'endswith':
      return sql`${column} like ${bounded(`%${literal}`, dialect)} escape '\\'`
    case 'like':
      return sql`${column} = ${text}`
    case 'startswith': {
      const end = isStored ? prefixEnd(text) : undefined
      return end === undefined ? sql`${column} like ${bounded(`${literal}%`, dialect)} escape '\\'` : sql`(${column} >= ${text} and ${column} < ${end})`
    }
  }
}

function bounded(pattern: string, { maxPatternBytes }: Dialect): string {
  if (Buffer.byteLength(pattern) > maxPatternBytes) throw fail('BadRequest', 'The text to search for is too long.')
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
