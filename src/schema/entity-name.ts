/**
 * Columns that hold the logical name of a table. Most stand beside a lookup and tell what it points at (`owneridtype`, `regardingobjecttypecode`):
 * they follow it. Others are values of their own: `returnedtypecode`, the table a view shows.
 */
import { type Column, isLookup } from './column.ts'
import type { Table } from './table.ts'

export function standsBesideLookup(table: Table, { logicalName }: Column): boolean {
  return [logicalName.replace(/typecode$/, 'id'), logicalName.replace(/type$/, '')].some((name) => {
    const lookup = table.columns.get(name)
    return lookup !== undefined && isLookup(lookup)
  })
}
