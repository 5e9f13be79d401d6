/** A pattern for SQLite's GLOB, which compares texts as they stand and has sets as LIKE of SQL Server has them: `a*[x-z]` of `a%[x-z]`. */
import type { PatternPart } from '../sql/text-pattern.ts'

export function globOf(parts: readonly PatternPart[]): string {
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
