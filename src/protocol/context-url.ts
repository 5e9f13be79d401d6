/**
 * What stands behind `$metadata` in `@odata.context`: `#accounts(name,primarycontactid(fullname))/$entity`.
 * `selectText` is `$select` as the client sent it, in its order.
 */
import type { Guid } from '../base/guid.ts'
import { formatTarget } from './expand.ts'
import { NAMESPACE } from './names.ts'
import type { ExpandItem } from './query-options.ts'

export type ContextSuffix = '' | '/$entity' | '/$delta'

/** A set, one row of it (`/$entity`) or its changes (`/$delta`); `path` may also be one of the metadata: `EntityDefinitions('account')/Attributes`. */
export function contextOf(path: string, selectText?: string, expand?: readonly ExpandItem[], suffix: ContextSuffix = ''): string {
  const columns = columnsOf(selectText, expand)
  return `#${path}${columns === '' ? '' : `(${columns})`}${suffix}`
}

export function contextOfDeletedRow(entitySet: string): string {
  return `#${entitySet}/$deletedEntity`
}

export function contextOfProperty(entitySet: string, id: Guid, property: string): string {
  return `#${entitySet}(${id})/${property}`
}

/** The answer of a function or action: `WhoAmIResponse`. */
export function contextOfType(type: string): string {
  return `#${NAMESPACE}.${type}`
}

export const CONTEXT_OF_REFERENCE = '#$ref'
export const CONTEXT_OF_REFERENCES = '#Collection($ref)'

function columnsOf(selectText: string | undefined, expand: readonly ExpandItem[] | undefined): string {
  const expanded = (expand ?? []).map(expandedOf)
  return selectText ? [selectText, ...expanded].join(',') : expanded.join(',')
}

function expandedOf(item: ExpandItem): string {
  if (item.references) return `${item.navigation},${formatTarget(item)}()`
  return `${formatTarget(item)}(${columnsOf(item.options.select?.join(','), item.options.expand)})`
}
