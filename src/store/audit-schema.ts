/**
 * Keeps who switched auditing on or off for a table or a column, and who deleted one. Such an entry names the definition by its metadata id,
 * among the entries of its table.
 */
import type { Guid } from '../base/guid.ts'
import { AUDIT_ACTIONS as ACTIONS } from '../plan/audit-data.ts'
import { isColumnAudited } from '../schema/auditing.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { keepEntry } from './audit-changes.ts'
import type { Transaction } from './sql/connection.ts'
import { type Moment, startWork } from './write-work.ts'

type Happened = { readonly table: string; readonly id: Guid; readonly action: number }

/** In the edit's transaction; `moment.schema` is the one after it. */
export async function auditSchemaEdit(tx: Transaction, before: Schema, moment: Moment): Promise<void> {
  if (!tx.audits()) return
  const work = startWork(tx, moment)
  for (const table of before.tables.values()) {
    for (const { table: name, id, action } of happenedTo(table, moment.schema.tables.get(table.logicalName))) {
      await keepEntry({ object: { table: name, id }, operation: 'update', action, columns: [], data: { changedAttributes: [] } }, work)
    }
  }
}

/** A table that an edit leaves alone is the very same. */
function happenedTo(before: Table, after: Table | undefined): readonly Happened[] {
  if (before === after) return []
  const { logicalName: table, metadataId: id } = before
  if (!after) return [{ table, id, action: ACTIONS.deleteTable }]
  const isOn = after.isAudited ?? false
  const switched = isOn === (before.isAudited ?? false) ? [] : [{ table, id, action: isOn ? ACTIONS.tableStarted : ACTIONS.tableStopped }]
  return [...switched, ...happenedToColumns(before, after)]
}

function happenedToColumns(before: Table, after: Table): readonly Happened[] {
  return [...before.columns.values()].flatMap((column): readonly Happened[] => {
    const next = after.columns.get(column.logicalName)
    const at = { table: before.logicalName, id: column.metadataId }
    if (!next) return [{ ...at, action: ACTIONS.deleteColumn }]
    const isOn = isColumnAudited(after, next)
    return isOn === isColumnAudited(before, column) ? [] : [{ ...at, action: isOn ? ACTIONS.columnStarted : ACTIONS.columnStopped }]
  })
}
