/**
 * The two columns by which a link joins its table to its parent: `from="contactid" to="primarycontactid"`. Where both are left out, the
 * one relationship between the two tables says them; where one is, the relationship that has the other, or a primary id.
 */
import { fail } from '../protocol/errors.ts'
import type { FetchLink } from '../protocol/fetch-query.ts'
import type { Column } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { ColumnPath } from './bound-filter.ts'
import { familyOf } from './column-family.ts'
import { type FetchRow, pathOf } from './fetch-row.ts'
import { relationshipOf } from './navigation.ts'

export type LinkColumns = {
  /** Of the linked table. */
  readonly inner: Column
  /** Of the parent. */
  readonly outer: ColumnPath
}

type Pair = { readonly from: string; readonly to: string }

export function bindLinkColumns(link: FetchLink, table: Table, parent: FetchRow, schema: Schema): LinkColumns {
  const { from, to } = pairOf(link, table, parent.table, schema)
  const linked: FetchRow = { from: undefined, alias: link.alias, entity: link, table }
  const { column: inner } = pathOf(linked, from)
  const outer = pathOf(parent, to)
  const family = familyOf(inner)
  // Several values in one column join nothing, on the original too.
  if (family !== familyOf(outer.column) || family === 'choices') throw fail('LinkColumnsMismatch', from, to)
  return { inner, outer }
}

function pairOf({ from, to }: FetchLink, table: Table, parent: Table, schema: Schema): Pair {
  if (from !== undefined && to !== undefined) return { from, to }
  const known = [...lookupPairs(table, parent, schema), ...intersectPairs(table, parent, schema)]
  const fitting = known.filter((pair) => (from === undefined || pair.from === from) && (to === undefined || pair.to === to))
  const [only] = fitting
  if (only && fitting.length === 1) return only
  if (to !== undefined) return { from: table.primaryIdColumn, to }
  if (from !== undefined) return { from, to: parent.primaryIdColumn }
  throw fail('LinkColumnsMissing', table.logicalName, parent.logicalName)
}

/** The lookups of either table that point at the other. */
function lookupPairs(table: Table, parent: Table, schema: Schema): readonly Pair[] {
  const ofParent = schema.referencing.get(parent.logicalName) ?? []
  const ofLinked = schema.referencing.get(table.logicalName) ?? []
  return [
    ...ofParent.filter((one) => one.referencedTable === table.logicalName).map((one) => ({ from: one.referencedColumn, to: one.referencingColumn })),
    ...ofLinked.filter((one) => one.referencedTable === parent.logicalName).map((one) => ({ from: one.referencingColumn, to: one.referencedColumn })),
  ]
}

/** Between an intersect table and those whose rows it pairs. */
function intersectPairs(table: Table, parent: Table, schema: Schema): readonly Pair[] {
  if (table.isIntersect) return columnsFor(parent, table, schema).map((column) => ({ from: column, to: parent.primaryIdColumn }))
  if (parent.isIntersect) return columnsFor(table, parent, schema).map((column) => ({ from: table.primaryIdColumn, to: column }))
  return []
}

function columnsFor(table: Table, intersect: Table, schema: Schema): readonly string[] {
  const relationship = relationshipOf(schema, intersect)
  if (!relationship) return []
  const { table1, table1Column, table2, table2Column } = relationship
  return [table1 === table.logicalName ? table1Column : undefined, table2 === table.logicalName ? table2Column : undefined].filter((one) => one !== undefined)
}
