/**
 * `systemuser.applicationid` and `azureactivedirectoryobjectid` say whose tokens let someone in as the user. So no two users have the same, and
 * only a System Administrator changes them: whoever may edit users could otherwise let themselves in as an administrator.
 * In the original the second comes from its directory; here there is none, and so it may be given.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { readColumns } from './find-row.ts'
import type { Values } from './resolve-lookups.ts'
import { name, sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'
import { takeTurn } from './row-locks.ts'

const COLUMNS = ['applicationid', 'azureactivedirectoryobjectid']

/** `id`: of a user who is there. */
export async function refuseIdentity(table: Table, id: Guid | undefined, values: Values, work: Work): Promise<void> {
  if (table.logicalName !== 'systemuser') return
  for (const columnName of COLUMNS) {
    const column = table.columns.get(columnName)
    if (column && values.get(column) !== undefined) await refuseOne(table, id, column, values.get(column) as Guid | null, work)
  }
}

async function refuseOne(table: Table, id: Guid | undefined, column: Column, given: Guid | null, work: Work): Promise<void> {
  const before = id === undefined ? null : ((await readColumns(table, id, [column], work))?.get(column) ?? null)
  if (given === before) return
  const { caller } = work.moment
  if (id !== undefined && !caller.rights.isFull) throw fail('UserIdentityFixed', caller.userId, column.logicalName)
  if (given === null) return
  await takeTurn(work)
  const other = await work.tx.get(sql`select 1 as taken from systemuser where ${name(column.logicalName)} = ${given} limit 1`)
  if (other) throw fail('DuplicateKey', column.logicalName, [column.logicalName])
}
