/**
 * Column-level security: which columns it can be switched on for. Not for ids, the primary name, the owner, the state, what the server
 * fills (`createdon`) or derives (`revenue_base`), nor for a part of an alternate key: a key finds rows by its values.
 */
import { fail } from '../protocol/errors.ts'
import type { Column } from './column.ts'
import type { Table } from './table.ts'

const UNSECURABLE: ReadonlySet<Column['type']> = new Set<Column['type']>(['guid', 'owner', 'state', 'status', 'entityname'])

/** For which of the three operations. */
export type Securability = { readonly read: boolean; readonly create: boolean; readonly update: boolean }

export function securabilityOf(table: Pick<Table, 'primaryNameColumn' | 'isIntersect'>, column: Column): Securability {
  const isPrimaryName = column.logicalName === table.primaryNameColumn
  // What the server fills is secured from the start (`changedata` of the audit), or never.
  const read = (column.filledBy === 'client' || column.isSecured === true) && !isPrimaryName && !table.isIntersect && !UNSECURABLE.has(column.type)
  return { read, create: read && column.isValidForCreate, update: read && column.isValidForUpdate }
}

export function checkSecurable(table: Table, column: Column): void {
  if (!securabilityOf(table, { ...column, isSecured: undefined }).read) throw fail('CannotSecureColumn', column.logicalName, table.logicalName)
  const keys = table.keys.filter((key) => key.columns.includes(column.logicalName)).map((key) => key.logicalName)
  if (keys.length > 0) throw fail('CannotSecureKeyColumn', column.logicalName, keys.join(', '))
}

/** Of a table that has none, which nearly all are, nothing more has to be asked. */
export function securedColumns(table: Table): readonly Column[] {
  let known = secured.get(table)
  if (!known) {
    // An older program let any column be marked, and did nothing about it.
    known = [...table.columns.values()].filter((column) => column.isSecured && securabilityOf(table, column).read)
    secured.set(table, known)
  }
  return known
}

const secured = new WeakMap<Table, readonly Column[]>()
