/** The six comparisons by the names that `$filter`, FetchXML and every tree of a query have for them: `gt` in `revenue gt 5`. */
export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** The same with its sides changed: `5 lt revenue` is `revenue gt 5`. */
export const TURNED: Readonly<Record<Comparison, Comparison>> = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' }

export function isComparison(word: string): word is Comparison {
  return Object.hasOwn(TURNED, word)
}
