/** A lookup whose targets are several tables keeps beside the id which of them it points at: ` and r."customerid$table" = 'account'`. */
import { type Column, isPolymorphic } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { columnOf } from './folded.ts'
import { literal } from './json-text.ts'
import { nothing, type Sql, sql } from './sql.ts'
import { targetColumn } from './storage-names.ts'

/** What must hold beside equal ids where a lookup is to point at a row of `target`: nothing where it can point at no other. */
export function andPointsInto(target: Pick<Table, 'logicalName'>, column: Column, alias: string): Sql {
  return isPolymorphic(column) ? sql` and ${columnOf(alias, targetColumn(column.logicalName))} = ${literal(target.logicalName)}` : nothing
}
