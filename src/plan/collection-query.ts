/** The options of an expanded collection as the query of its own URL: `$select=subject&$filter=statecode%20eq%200`, or ''. */
import { formatExpand } from '../protocol/expand.ts'
import { formatFilter } from '../protocol/filter-format.ts'
import { formatOrderBy } from '../protocol/option-values.ts'
import { encodeQueryComponent } from '../protocol/percent.ts'
import type { ExpandOptions } from '../protocol/query-options.ts'

export function collectionQuery({ select, filter, orderby, top, expand }: ExpandOptions): string {
  const parts: string[] = []
  if (select) parts.push(`$select=${readable(select.join(','))}`)
  if (filter) parts.push(`$filter=${encodeQueryComponent(formatFilter(filter))}`)
  if (orderby) parts.push(`$orderby=${readable(formatOrderBy(orderby))}`)
  if (top !== undefined) parts.push(`$top=${top}`)
  if (expand) parts.push(`$expand=${readable(formatExpand(expand))}`)
  return parts.join('&')
}

/** The punctuation of a query may stand in it as it is, and Dataverse writes it so: `$expand=owninguser($select=fullname)`. */
function readable(text: string): string {
  return encodeQueryComponent(text).replace(/%(?:2[489CF]|3[BD])/g, decodeURIComponent)
}
