/**
 * A text with SQL Server's wildcards in parts: `a%[x-z]` is text, any, set. `%` any text, `_` one character, `[a-f]` one of these,
 * `[^a-f]` none of these; a `[` that is never closed is itself.
 */
export type PatternPart =
  | { readonly kind: 'any' | 'one' }
  | { readonly kind: 'text'; readonly text: string }
  /** `members` as written, ranges in it: `a-f`. Empty: no character, or with `negated`, each. */
  | { readonly kind: 'set'; readonly members: string; readonly negated: boolean }

export const ANY: PatternPart = { kind: 'any' }

/** Time is linear in the length of the text. */
export function parsePattern(text: string): readonly PatternPart[] {
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
