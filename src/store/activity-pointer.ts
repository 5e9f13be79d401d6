/**
 * Every activity (a task, a row of a custom activity table) has a row in `activitypointer` with the same id, which repeats the columns
 * the two share. It is written in the activity's transaction and never by a client.
 */
import type { Guid } from '../base/guid.ts'
import type { Column } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { perTable } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import { insertRow, type RowValues, updateRow } from './sql/write-row.ts'
import { fillDefaults } from './system-columns.ts'
import { asRefusal } from './unique-violation.ts'
import type { Work } from './write-work.ts'

/** Undefined for a table that is no activity, for the pointers themselves, and in a schema without them. */
export function pointerOf(table: Table, schema: Schema): Table | undefined {
  return table.isActivity && table.logicalName !== 'activitypointer' ? schema.tables.get('activitypointer') : undefined
}

/** For a pointer table: by activity table, which column of the pointer repeats which of the activity's. */
const sharedByActivity = perTable((pointer) =>
  perTable((activity): ReadonlyMap<Column, Column> => {
    const shared = new Map<Column, Column>()
    for (const column of activity.columns.values()) {
      const twin = pointer.columns.get(column.logicalName)
      if (twin && twin.type === column.type && twin.logicalName !== 'versionnumber') shared.set(column, twin)
    }
    return shared
  }),
)

export async function insertPointer(table: Table, values: RowValues, work: Work): Promise<void> {
  const pointer = pointerOf(table, work.moment.schema)
  if (!pointer) return
  const repeated = repeatedValues(table, pointer, values)
  fillDefaults(pointer, repeated)
  try {
    await insertRow(work.tx, pointer, repeated)
  } catch (error) {
    // An activity of another kind may have the id that a client gave.
    throw asRefusal(pointer, error)
  }
}

export async function updatePointer(table: Table, id: Guid, values: RowValues, work: Work): Promise<void> {
  const pointer = pointerOf(table, work.moment.schema)
  if (!pointer) return
  await updateRow(work.tx, pointer, id, repeatedValues(table, pointer, values))
}

function repeatedValues(table: Table, pointer: Table, values: RowValues): Values {
  const shared = sharedByActivity(pointer)(table)
  const repeated: Values = new Map()
  for (const [column, value] of values) {
    const twin = shared.get(column)
    if (twin) repeated.set(twin, value)
  }
  return repeated
}
