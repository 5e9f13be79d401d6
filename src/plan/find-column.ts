/**
 * A column by the name a client gives: `name`, `_primarycontactid_value`, or the bare name of a lookup, `primarycontactid`.
 * On `systemuser` and `team`, `ownerid` is another name of the primary id: both inherit it from `principal`.
 */
import { assert } from '../base/assert.ts'
import { fail } from '../protocol/errors.ts'
import { type Column, isLookup } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { isPrincipal } from '../schema/principal.ts'

/** Undefined where there is none, or none that may be read. */
export function findColumn(table: Table, name: string): Column | undefined {
  const column = table.columns.get(name) ?? findLookup(table, name) ?? findOwnId(table, name)
  return column?.isValidForRead ? column : undefined
}

export function getColumn(table: Table, name: string): Column {
  const column = findColumn(table, name)
  if (!column) throw fail('UnknownProperty', table.logicalName, name)
  return column
}

/** Of a name that the server itself gives. */
export function knownColumn(table: Table, name: string): Column {
  const column = table.columns.get(name)
  assert(column, `${table.logicalName} has no column ${name}`)
  return column
}

export function primaryId(table: Table): Column {
  return knownColumn(table, table.primaryIdColumn)
}

/** `_primarycontactid_value`. */
export function findLookup(table: Table, name: string): Column | undefined {
  if (!name.startsWith('_') || !name.endsWith('_value')) return undefined
  const column = table.columns.get(name.slice(1, -6))
  return column && isLookup(column) ? column : undefined
}

function findOwnId(table: Table, name: string): Column | undefined {
  return name === 'ownerid' && isPrincipal(table) ? table.columns.get(table.primaryIdColumn) : undefined
}
