/**
 * Shares as they are stored: rows of `principalobjectaccess`, one for a row and a principal. Each has two masks: what was given on the
 * row itself, and what the row inherits from its parent. A share of nothing is no row. The id is made from the pair, so that a share
 * that comes back is the same row to whoever follows the changes. Rows of two tables may have the same id: a share is of one of them.
 */
import { assert } from '../base/assert.ts'
import { Guid } from '../base/guid.ts'
import type { Reference } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { auditShare } from './audit-changes.ts'
import { namedColumns } from './per-table.ts'
import type { SqlRow } from './sql/connection.ts'
import { type Sql, sql } from './sql/sql.ts'
import { deleteRow, insertRow, insertTombstone, updateRow } from './sql/write-row.ts'
import type { Work } from './write-work.ts'
import { isPrincipal } from '../schema/principal.ts'

export type ShareRow = { readonly id: Guid; readonly principal: Reference; readonly own: number; readonly inherited: number }

const PAGE = 200

export async function findShare(row: Reference, principal: Reference, work: Work): Promise<ShareRow> {
  const found = await work.tx.get(sql`${select()} where ${isOf(row)} and principalid = ${principal.id}${work.tx.dialect.forUpdate}`)
  return found ? shareRow(found) : { id: shareId(row, principal.id), principal, own: 0, inherited: 0 }
}

export async function sharesOf(row: Reference, work: Work): Promise<readonly ShareRow[]> {
  return (await work.tx.all(sql`${select()} where ${isOf(row)}`)).map(shareRow)
}

function isOf({ table, id }: Reference): Sql {
  return sql`objectid = ${id} and objecttypecode = ${table}`
}

/** Writes what differs from `before`. */
export async function saveShare(row: Reference, before: ShareRow, own: number, inherited: number, work: Work): Promise<void> {
  if (before.own === own && before.inherited === inherited) return
  await auditShare(row, before.principal, before.own, own, work)
  const { tx, moment } = work
  const table = shareTable(work)
  assert(table, 'there is no table of shares')
  const { accessrightsmask, inheritedaccessrightsmask, changedon, ...pair } = columnsOf(table)
  if ((own | inherited) === 0) return await dropShare(table, before.id, work)
  const values = new Map<Column, string | number>([
    [accessrightsmask, own],
    [inheritedaccessrightsmask, inherited],
    [changedon, moment.now],
  ])
  if ((before.own | before.inherited) !== 0) {
    await updateRow(tx, table, before.id, values)
    return
  }
  values.set(pair.principalobjectaccessid, before.id)
  values.set(pair.objectid, row.id).set(pair.objecttypecode, row.table)
  values.set(pair.principalid, before.principal.id).set(pair.principaltypecode, before.principal.table)
  await insertRow(tx, table, values)
}

/** A row that is deleted is shared no more; a user or a team that is deleted has nothing shared with them. */
export async function dropSharesOf(table: Table, id: Guid, work: Work): Promise<void> {
  if (table.ownership === 'user') await dropWhere(isOf({ table: table.logicalName, id }), work)
  if (isPrincipal(table)) await dropWhere(sql`principalid = ${id}`, work)
}

async function dropWhere(condition: Sql, work: Work): Promise<void> {
  const table = shareTable(work)
  if (!table) return
  for (;;) {
    const page = await work.tx.all(sql`${select()} where ${condition} limit ${PAGE}`)
    for (const row of page) await dropShare(table, shareRow(row).id, work)
    if (page.length < PAGE) return
  }
}

async function dropShare(table: Table, id: Guid, { tx, moment }: Work): Promise<void> {
  if (await deleteRow(tx, table, id)) await insertTombstone(tx, table, id, moment.now)
}

function select(): Sql {
  return sql`select principalobjectaccessid, principalid, principaltypecode, accessrightsmask, inheritedaccessrightsmask from principalobjectaccess`
}

function shareRow(row: SqlRow): ShareRow {
  return {
    id: row.principalobjectaccessid as Guid,
    principal: { table: row.principaltypecode as string, id: row.principalid as Guid },
    own: Number(row.accessrightsmask ?? 0),
    inherited: Number(row.inheritedaccessrightsmask ?? 0),
  }
}

function shareId({ table, id }: Reference, principal: Guid): Guid {
  return Guid.fromName(`share of ${table} ${id} with ${principal}`)
}

function shareTable({ moment }: Work): Table | undefined {
  return moment.schema.tables.get('principalobjectaccess')
}

const columnsOf = namedColumns([
  'principalobjectaccessid',
  'accessrightsmask',
  'inheritedaccessrightsmask',
  'changedon',
  'objectid',
  'objecttypecode',
  'principalid',
  'principaltypecode',
])
