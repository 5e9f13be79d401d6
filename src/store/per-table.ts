/** What is derived from a table's definition, derived once: a table is immutable, an edit of the schema makes a new one. */
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
