/** What is derived from a table's definition, derived once: tables and schemas are immutable, an edit makes new ones. */
import { knownColumn } from '../plan/find-column.ts'
import type { Column } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'

export function perTable<T>(derive: (table: Table) => T): (table: Table) => T {
  const known = new WeakMap<Table, { readonly value: T }>()
  return (table) => {
    const before = known.get(table)
    if (before) return before.value
    const value = derive(table)
    known.set(table, { value })
    return value
  }
}

/** What also depends on the tables around it. */
export function perTableIn<T>(derive: (table: Table, schema: Schema) => T): (table: Table, schema: Schema) => T {
  const known = new WeakMap<Schema, (table: Table) => T>()
  return (table, schema) => {
    const before = known.get(schema)
    if (before) return before(table)
    const ofTable = perTable((one) => derive(one, schema))
    known.set(schema, ofTable)
    return ofTable(table)
  }
}

/** Columns that the server itself writes, by name: `namedColumns(['auditid', 'action'])(audit).action`. Each has to be there. */
export function namedColumns<N extends string>(names: readonly N[]): (table: Table) => { readonly [name in N]: Column } {
  return perTable((table) => {
    const columns = names.map((name) => {
      return [name, knownColumn(table, name)] as const
    })
    return Object.fromEntries(columns) as { readonly [name in N]: Column }
  })
}
