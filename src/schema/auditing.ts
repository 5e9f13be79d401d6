/**
 * Of which tables and columns changes are kept. The organization says whether any are (`isauditenabled`), a table whether its own are, and a
 * column may stay out of it. What the server itself keeps (`modifiedon`, `revenue_base`) is no change of anybody's, and rows that stand for
 * work of the server have no history.
 */
import { fail } from '../protocol/errors.ts'
import type { Column } from './column.ts'
import { SERVERS_TABLES } from './servers-tables.ts'
import type { Table } from './table.ts'

/** Work of the server, and what comes with it. */
const WITHOUT_HISTORY: ReadonlySet<string> = new Set(['asyncoperation', 'bulkdeleteoperation', 'sdkmessage', 'sdkmessagefilter', 'timezonedefinition'])

export function canBeAudited(table: Table): boolean {
  return !table.isIntersect && !SERVERS_TABLES.has(table.logicalName) && !WITHOUT_HISTORY.has(table.logicalName)
}

export function checkAuditable(table: Table): void {
  if (!canBeAudited(table)) throw fail('InvalidMetadata', `The member 'IsAuditEnabled' of ${table.logicalName} cannot be changed.`)
}

/** Whether a column is, where its table is: unless somebody has said otherwise. */
export function isColumnAudited(table: Pick<Table, 'primaryIdColumn'>, column: Column): boolean {
  return column.isAudited ?? canColumnBeAudited(table, column)
}

export function canColumnBeAudited({ primaryIdColumn }: Pick<Table, 'primaryIdColumn'>, column: Column): boolean {
  return column.filledBy === 'client' && column.type !== 'entityname' && column.logicalName !== primaryIdColumn
}

/** Their order is that of the table. */
export function auditedColumns(table: Table): readonly Column[] {
  let columns = known.get(table)
  if (!columns) {
    columns = [...table.columns.values()].filter((column) => isColumnAudited(table, column))
    known.set(table, columns)
  }
  return columns
}

const known = new WeakMap<Table, readonly Column[]>()
