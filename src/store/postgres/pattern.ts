/**
 * Wildcards on PostgreSQL: LIKE, `a%`, or where there are sets, which LIKE does not have, a regular expression, `***:^a.*[x-z]$`. Its texts begin
 * with the director that says so, as no LIKE of ours does. What a set holds is what SQLite's GLOB takes it for.
 */
import { type Sql, sql } from '../sql/sql.ts'
import type { PatternPart } from '../sql/text-pattern.ts'

const DIRECTOR = '***:'

export function patternOf(parts: readonly PatternPart[]): string {
  const hasSets = parts.some((part) => part.kind === 'set' && part.members !== '')
  return hasSets ? `${DIRECTOR}^${parts.map(regexPart).join('')}$` : parts.map(likePart).join('')
}

export function matchesSql(text: Sql, pattern: string): Sql {
  return pattern.startsWith(DIRECTOR) ? sql`${text} ~ ${pattern}` : sql`${text} like ${pattern} escape '\\'`
}

function likePart(part: PatternPart): string {
  if (part.kind === 'text') return part.text.replace(/[\\%_*]/g, '\\$&')
  return part.kind === 'any' ? '%' : '_'
}

function regexPart(part: PatternPart): string {
  switch (part.kind) {
    case 'any':
      return '.*'
    case 'one':
      return '.'
    case 'text':
      return [...part.text].map(regexChar).join('')
    case 'set':
      return part.members === '' ? '.' : `[${part.negated ? '^' : ''}${setMembers(part.members)}]`
  }
}

/** Letters and digits stand for themselves, also in sets: with a backslash they would be classes. */
function regexChar(char: string): string {
  return /^[\0-\x7f]$/.test(char) && !/[a-z0-9]/i.test(char) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char
}

/**
 * `a-f` is a range where a character stands on either side that no range before it has taken. Of one that runs backwards, `f-a`, GLOB takes
 * the first character.
 */
function setMembers(members: string): string {
  const chars = [...members]
  let written = ''
  let low: string | undefined
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string
    const high = chars[at + 1]
    if (char === '-' && low !== undefined && high !== undefined) {
      if ((low.codePointAt(0) ?? 0) < (high.codePointAt(0) ?? 0)) written += `-${regexChar(high)}`
      low = undefined
      at++
    } else {
      written += regexChar(char)
      low = char
    }
  }
  return written
}
