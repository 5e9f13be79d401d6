/**
 * What a caller may do with secured columns. Without a profile's permission such a column is read as null, whatever the query, and with
 * it the columns that repeat it (`derivedFrom`); it may not be given to a new row, nor be changed.
 */
import type { Column } from '../schema/column.ts'
import { derivedFrom } from '../schema/derived-columns.ts'
import type { Schema } from '../schema/schema.ts'
import { securabilityOf, securedColumns } from '../schema/secured-columns.ts'
import type { Table } from '../schema/table.ts'
import type { ColumnAccess, Rights } from './rights.ts'

export type ColumnRight = keyof ColumnAccess

export function mayUse(rights: Rights, table: Table, column: Column, right: ColumnRight): boolean {
  if (!column.isSecured || !securabilityOf(table, column).read) return true
  const own = rights.isFull || rights.columns.get(`${table.logicalName}.${column.logicalName}`)?.[right] === true
  return own && (rights.cutBy === undefined || mayUse(rights.cutBy, table, column, right))
}

/** In which rows a column is read as null: in all, or in those of activities of these types. */
export type ColumnMask = 'all' | readonly string[]

type Masks = ReadonlyMap<Column, ColumnMask>
const NO_MASKS: Masks = new Map()

/** The columns of the table that this caller reads as null. */
export function columnMasks(rights: Rights, table: Table, schema: Schema): Masks {
  if (rights.isFull && !rights.cutBy) return NO_MASKS
  let ofSchema = known.get(rights)
  if (ofSchema?.schema !== schema) {
    ofSchema = { schema, masks: new Map() }
    known.set(rights, ofSchema)
  }
  let masks = ofSchema.masks.get(table)
  if (!masks) {
    masks = findMasks(rights, table, schema)
    ofSchema.masks.set(table, masks)
  }
  return masks
}

const known = new WeakMap<Rights, { readonly schema: Schema; readonly masks: Map<Table, Masks> }>()

function findMasks(rights: Rights, table: Table, schema: Schema): Masks {
  const masks = new Map<Column, ColumnMask>()
  if (table.logicalName === 'activitypointer') {
    for (const [column, types] of maskedByType(rights, table, schema)) masks.set(column, types)
  }
  for (const column of unreadable(rights, table)) masks.set(column, 'all')
  return masks.size === 0 ? NO_MASKS : masks
}

function unreadable(rights: Rights, table: Table): readonly Column[] {
  const masked = securedColumns(table).filter((column) => !mayUse(rights, table, column, 'read'))
  return masked.flatMap((column) => [column, ...derivedFrom(table, column)])
}

/** An activity's pointer repeats its columns: what is masked in the one is masked in the other. */
function maskedByType(rights: Rights, pointer: Table, schema: Schema): ReadonlyMap<Column, readonly string[]> {
  const types = new Map<Column, string[]>()
  for (const table of schema.tables.values()) {
    if (!table.isActivity || table === pointer) continue
    for (const { logicalName } of unreadable(rights, table)) {
      const twin = pointer.columns.get(logicalName)
      if (twin) types.set(twin, [...(types.get(twin) ?? []), table.logicalName])
    }
  }
  return types
}
