/**
 * A lookup is ordered by the primary name of the row that it points at (`$orderby=_primarycontactid_value`), by its id where that may be a
 * row of several tables.
 */
import { isPolymorphic } from '../schema/column.ts'
import type { Navigation, Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { ColumnPath } from './bound-filter.ts'

export function orderedByName(path: ColumnPath, schema: Schema): ColumnPath {
  const lookup = isPolymorphic(path.column) ? undefined : lookupNavigation(path.column.logicalName, path.table, schema)
  const name = lookup?.target.columns.get(lookup.target.primaryNameColumn ?? '')
  if (!lookup || !name?.isValidForRead) return path
  const step = { column: lookup.column, target: lookup.target, relationship: lookup.relationship }
  return { ...path, steps: [...path.steps, step], table: lookup.target, column: name }
}

function lookupNavigation(column: string, table: Table, schema: Schema): Extract<Navigation, { readonly kind: 'one' }> | undefined {
  for (const one of schema.navigations.get(table.logicalName)?.values() ?? []) {
    if (one.kind === 'one' && one.column.logicalName === column) return one
  }
  return undefined
}
