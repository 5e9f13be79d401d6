/**
 * Locks of a write where others write at the same time, until its commit; on an engine with one writer there are none. A select that a write
 * decides by takes them with its rows (`Dialect.forUpdate` and its neighbours); here are those of rows that are known already.
 */
import type { Guid } from '../base/guid.ts'
import type { Table } from '../schema/table.ts'
import { name, nothing, type Sql, sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'

/** See `Dialect`. */
export type RowLock = 'forUpdate' | 'forReference' | 'forDelete'

/** Whoever has changed the row meanwhile is waited for. */
export async function lockRow(table: Table, id: Guid, lock: RowLock, { tx }: Work): Promise<void> {
  const suffix = tx.dialect[lock]
  if (suffix === nothing) return
  await tx.get(sql`select 1 as "one" from ${name(table.logicalName)} where ${name(table.primaryIdColumn)} = ${id}${suffix}`)
}

/**
 * Those of a page of rows that still meet the condition it was found by. In the order of their ids, so that two who lock many seldom wait for
 * each other.
 */
export async function lockRows(table: Table, ids: readonly Guid[], condition: Sql, lock: RowLock, { tx }: Work): Promise<readonly Guid[]> {
  const suffix = tx.dialect[lock]
  if (suffix === nothing || ids.length === 0) return ids
  const id = name(table.primaryIdColumn)
  const rows = await tx.all(
    sql`select ${id} as "id" from ${name(table.logicalName)} where ${tx.dialect.isOneOf(id, ids)} and ${condition} order by ${id}${suffix}`,
  )
  return rows.map((row) => row.id as Guid)
}

/**
 * For rules over many rows, which no lock of one row keeps: that there is an administrator, that each unit has its copies of roles. Whoever
 * asks by them waits until those who asked before are done.
 */
export async function takeTurn(work: Work): Promise<void> {
  const organization = work.moment.schema.tables.get('organization')
  if (organization) await lockRow(organization, work.moment.caller.organizationId, 'forUpdate', work)
}
