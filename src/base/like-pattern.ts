/**
 * SQL Server's LIKE patterns: `%` any text, `_` one character, `[a-f]`, `[^0-9]`. Literals of `contains` and its kin hold them
 * (webapi.md 6.3). Matching is iterative, O(text × pattern) at the worst: no pattern of a client can run away.
 */
type Part = { readonly kind: 'any' } | { readonly kind: 'one'; readonly accepts: (char: string) => boolean }

export function hasWildcards(text: string): boolean {
  return /[%_[]/.test(text)
}

export function likePattern(pattern: string): (text: string) => boolean {
  const parts = parse(pattern)
  return (text) => matches(parts, [...text])
}

function parse(pattern: string): readonly Part[] {
  const parts: Part[] = []
  const chars = [...pattern]
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ''
    if (char === '%') parts.push({ kind: 'any' })
    else if (char === '_') parts.push({ kind: 'one', accepts: () => true })
    else if (char === '[' && chars.indexOf(']', at + 2) > 0) {
      const end = chars.indexOf(']', at + 2)
      parts.push({ kind: 'one', accepts: characterClass(chars.slice(at + 1, end)) })
      at = end
    } else parts.push({ kind: 'one', accepts: (other) => other === char })
  }
  return parts
}

function characterClass(chars: readonly string[]): (char: string) => boolean {
  const negated = chars[0] === '^'
  const members = negated ? chars.slice(1) : chars
  const ranges: (readonly [string, string])[] = []
  for (let at = 0; at < members.length; at++) {
    const low = members[at] ?? ''
    const isRange = members[at + 1] === '-' && at + 2 < members.length
    ranges.push([low, isRange ? (members[at + 2] ?? low) : low])
    if (isRange) at += 2
  }
  return (char) => ranges.some(([low, high]) => char >= low && char <= high) !== negated
}

/** The classic two-pointer match: on a mismatch the last `%` takes one character more. */
function matches(parts: readonly Part[], text: readonly string[]): boolean {
  let at = 0
  let part = 0
  let lastAny = -1
  let resume = 0
  while (at < text.length) {
    const wanted = parts[part]
    if (wanted?.kind === 'one' && wanted.accepts(text[at] ?? '')) {
      at++
      part++
    } else if (wanted?.kind === 'any') {
      lastAny = part++
      resume = at
    } else if (lastAny >= 0) {
      part = lastAny + 1
      at = ++resume
    } else return false
  }
  while (parts[part]?.kind === 'any') part++
  return part === parts.length
}
