/** The number of a table: the standard ones have those of the reference, custom ones theirs from 10,000 on (webapi.md 9.1). */
const FIRST_CUSTOM = 10000

export function nextObjectTypeCode(tables: Iterable<{ readonly objectTypeCode: number }>): number {
  let last = FIRST_CUSTOM - 1
  for (const table of tables) last = Math.max(last, table.objectTypeCode)
  return last + 1
}
