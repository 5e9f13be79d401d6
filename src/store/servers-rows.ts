/** Rows that the server writes for itself: an empty database's first ones, its jobs. They may give columns that a client may not. */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import type { Value } from '../plan/value.ts'
import type { WriteRow } from '../plan/write-plan.ts'
import type { Schema } from '../schema/schema.ts'
import type { Transaction } from './sql/connection.ts'
import { writeOne } from './write-one.ts'
import { asServer, type Moment, startWork } from './write-work.ts'
import { knownColumn } from '../plan/find-column.ts'

/** Events of jobs would be heard in their turn, without end. */
const unheard = (moment: Moment): Moment => ({ ...moment, events: undefined })

type Given = { readonly [column: string]: Value }

export async function insertOwnRow(tx: Transaction, moment: Moment, table: string, id: Guid, values: Given): Promise<void> {
  await writeOwn(rowOf(moment.schema, table, id, values), tx, moment)
}

/** A row that a client has deleted meanwhile is passed over. */
export async function updateOwnRow(tx: Transaction, moment: Moment, table: string, id: Guid, values: Given): Promise<void> {
  await writeOwn({ ...rowOf(moment.schema, table, id, values), verb: 'update' }, tx, moment)
}

/** Nobody's rights are asked for: it may be the consequence of what somebody was allowed to do. */
export async function writeOwn(plan: WriteRow, tx: Transaction, moment: Moment): Promise<void> {
  await writeOne(plan, asServer(startWork(tx, unheard(moment))))
}

/** A create that gives columns a client may not: nothing of the plan's checks is wanted here. */
export function rowOf(schema: Schema, tableName: string, id: Guid, values: Given): WriteRow {
  const table = schema.tables.get(tableName)
  assert(table, `there is no table ${tableName}`)
  const assignments = Object.entries(values).map(([name, value]) => {
    return { column: knownColumn(table, name), value }
  })
  return {
    kind: 'write-row',
    table,
    verb: 'create',
    address: { by: 'id', table, id },
    precondition: { kind: 'none' },
    assignments,
    attachments: [],
    newId: id,
    returns: undefined,
  }
}
