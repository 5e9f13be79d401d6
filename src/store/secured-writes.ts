/** Column-level security of writes: a secured column may be given or changed only with a profile's permission to do so. */
import { fail } from '../protocol/errors.ts'
import { mayUse } from '../plan/column-rights.ts'
import type { Column } from '../schema/column.ts'
import { securedColumns } from '../schema/secured-columns.ts'
import type { Table } from '../schema/table.ts'
import type { Work } from './write-work.ts'

/** `columns`: those that the client gives, also as null. What the server adds is not asked for. */
export function demandColumns(table: Table, right: 'create' | 'update', columns: Iterable<Column>, { moment }: Work): void {
  if (securedColumns(table).length === 0) return
  for (const column of columns) {
    if (mayUse(moment.caller.rights, table, column, right)) continue
    throw fail(right === 'create' ? 'SecuredColumnCreate' : 'SecuredColumnUpdate', column.logicalName, table.logicalName)
  }
}

/** Where what becomes of a request would tell the value. */
export function demandReadable(table: Table, column: Column, { moment }: Work): void {
  if (!mayUse(moment.caller.rights, table, column, 'read')) throw fail('SecuredColumnRead', column.logicalName, table.logicalName)
}
