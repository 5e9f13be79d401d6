/**
 * Conditions on rows that form a tree: `accountid under {6F0C…}`, and on lookups to such rows: `parentaccountid eq-or-under {6F0C…}`.
 * A table's tree is made by its one hierarchical relationship with itself; that of users by their managers.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { type Column, isLookup } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'

export const TREE_OPERATORS: ReadonlySet<string> = new Set(['above', 'eq-or-above', 'under', 'eq-or-under', 'not-under'])

export function bindTree(operator: string, left: ColumnPath, id: Guid, schema: Schema): BoundFilter {
  const tree = treeOf(left, schema)
  const op = operator.endsWith('above') ? 'above' : 'under'
  const filter: BoundFilter = { op, left, ...tree, id, orEqual: operator.startsWith('eq-or-') }
  return operator.startsWith('not-') ? { op: 'not', term: filter } : filter
}

type Tree = { readonly table: Table; readonly parent: Column }

/** The tree of the rows whose id the column holds. */
function treeOf({ table, column }: ColumnPath, schema: Schema): Tree {
  const tables = isLookup(column)
    ? column.targets.map((target) => schema.tables.get(target))
    : [column.logicalName === table.primaryIdColumn ? table : undefined]
  for (const one of tables) {
    const parent = one && parentColumn(one, schema)
    if (parent) return { table: one, parent }
  }
  throw fail('InvalidArgument', `There is no hierarchical relationship for the attribute '${column.logicalName}' of the entity '${table.logicalName}'.`)
}

/** The lookup that makes a table's rows a tree, if one does. */
export function parentColumn(table: Table, schema: Schema): Column | undefined {
  // Its published definition does not mark it as a hierarchy, but «user or user hierarchy» follows it.
  if (table.logicalName === 'systemuser') return table.columns.get('parentsystemuserid')
  const own = schema.referencing.get(table.logicalName)?.find((one) => one.isHierarchical && one.referencedTable === table.logicalName)
  return own && table.columns.get(own.referencingColumn)
}
