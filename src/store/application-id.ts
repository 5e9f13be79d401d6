/**
 * `systemuser.applicationid` lets an application in as the user. So no two users have the same, and only a System Administrator changes whose
 * it is: whoever may edit users could otherwise let an application of their own in as an administrator.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Table } from '../schema/table.ts'
import { readColumns } from './find-row.ts'
import type { Values } from './resolve-lookups.ts'
import { sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'

/** `id`: of a user who is there. */
export async function refuseApplicationId(table: Table, id: Guid | undefined, values: Values, work: Work): Promise<void> {
  const column = table.logicalName === 'systemuser' ? table.columns.get('applicationid') : undefined
  const given = column && values.get(column)
  if (!column || given === undefined) return
  const before = id === undefined ? null : ((await readColumns(table, id, [column], work))?.get(column) ?? null)
  if (given === before) return
  const { caller } = work.moment
  if (id !== undefined && !caller.rights.isFull) throw fail('ApplicationIdFixed', caller.userId)
  if (given === null) return
  const other = await work.tx.get(sql`select 1 as taken from systemuser where applicationid = ${given as Guid} limit 1`)
  if (other) throw fail('DuplicateKey', column.logicalName, [column.logicalName])
}
