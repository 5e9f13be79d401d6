/** Rows that the server makes beside others, many at once: with their defaults and their makers, and without what else comes of a create. */
import { assert } from '../base/assert.ts'
import type { Value } from '../plan/value.ts'
import type { Table } from '../schema/table.ts'
import type { Values } from './resolve-lookups.ts'
import { insertRow } from './sql/write-row.ts'
import { fillDefaults, stampCreated } from './system-columns.ts'
import type { Work } from './write-work.ts'

/** Columns that the table lacks (in a database of an older program) are passed over. */
export async function insertBare(tableName: string, given: { readonly [column: string]: Value }, work: Work): Promise<void> {
  const table = work.moment.schema.tables.get(tableName)
  assert(table, `there is no table ${tableName}`)
  const values = valuesOf(table, given)
  fillDefaults(table, values)
  stampCreated(table, values, work.moment)
  await insertRow(work.tx, table, values)
}

export function valuesOf(table: Table, given: { readonly [column: string]: Value }): Values {
  const values: Values = new Map()
  for (const name in given) {
    const column = table.columns.get(name)
    if (column) values.set(column, given[name] ?? null)
  }
  return values
}
