/** The options of an expanded collection as the query of its own URL: `$select=subject&$filter=statecode%20eq%200`, or ''. */
import { formatFilter } from '../protocol/filter.ts'
import { encodeQueryComponent } from '../protocol/percent.ts'
import type { ExpandOptions } from '../protocol/query-options.ts'

export function collectionQuery(options: ExpandOptions): string {
  const parts: string[] = []
  if (options.select) parts.push(`$select=${options.select.map(encodeQueryComponent).join(',')}`)
  if (options.filter) parts.push(`$filter=${encodeQueryComponent(formatFilter(options.filter))}`)
  if (options.orderby) parts.push(`$orderby=${options.orderby.map((item) => pathOf(item.path) + (item.descending ? '%20desc' : '')).join(',')}`)
  if (options.top !== undefined) parts.push(`$top=${options.top}`)
  return parts.join('&')
}

function pathOf(path: readonly string[]): string {
  return path.map(encodeQueryComponent).join('/')
}
