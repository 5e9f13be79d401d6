/**
 * `odata.include-annotations`, a list of names, of prefixes ending in `*`, and of exclusions: `*,-Microsoft.Dynamics.CRM.*`.
 * The most specific entry decides, whatever the order; of two equal ones the exclusion does.
 */

/** Whether an annotation was asked for; without a list none is. `name` is the annotation's alone, without `@` and column. */
export function matchesAnnotation(list: string | undefined, name: string): boolean {
  if (list === undefined) return false
  if (list === '*') return true
  let best = -1
  let isIncluded = false
  for (const item of list.split(',')) {
    const entry = item.trim()
    const isExclusion = entry.startsWith('-')
    const rank = rankOf(isExclusion ? entry.slice(1) : entry, name)
    if (rank === -1 || rank < best) continue
    isIncluded = rank === best ? isIncluded && !isExclusion : !isExclusion
    best = rank
  }
  return isIncluded
}

/** How specifically a pattern names it: the length of its prefix, more for the name itself, -1 where it does not. */
function rankOf(pattern: string, name: string): number {
  if (pattern === name) return Number.MAX_SAFE_INTEGER
  return pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)) ? pattern.length : -1
}
