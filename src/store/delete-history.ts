/** Forgets what happened: to one row, where somebody with the privilege says so, or what the organization has kept long enough. */
import type { Guid } from '../base/guid.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { DeleteHistory } from '../plan/write-plan.ts'
import { findId } from './find-row.ts'
import type { Transaction } from './sql/connection.ts'
import { type Sql, sql } from './sql/sql.ts'
import { deleteRow, insertTombstone } from './sql/write-row.ts'
import type { Moment, Work } from './write-work.ts'

const PAGE = 500

/** Also of a row that is gone, named by its id. */
export async function deleteHistory({ row }: DeleteHistory, work: Work): Promise<WriteOutcome> {
  const id = row.by === 'id' ? row.id : await findId(row, work)
  if (id === undefined) return { kind: 'missing', address: row }
  let count = 0
  for (;;) {
    const gone = await deleteAudits(sql`objectid = ${id} and objecttypecode = ${row.table.logicalName}`, PAGE, work.tx, work.moment)
    count += gone
    if (gone < PAGE) return { kind: 'history-deleted', count }
  }
}

/** At the most `limit` of them: the number that is gone. */
export async function deleteAudits(condition: Sql, limit: number, tx: Transaction, { schema, now }: Pick<Moment, 'schema' | 'now'>): Promise<number> {
  const table = schema.tables.get('audit')
  if (!table) return 0
  const rows = await tx.all(sql`select auditid as id from audit where ${condition} limit ${limit}`)
  for (const { id } of rows) if (await deleteRow(tx, table, id as Guid)) await insertTombstone(tx, table, id as Guid, now)
  return rows.length
}
