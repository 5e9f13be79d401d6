/** What happened to a row, newest first, as rows of `audit` keep it. Values are told apart by column where they are shown (`audit-detail.ts`). */
import type { Guid } from '../base/guid.ts'
import type { AuditEntry, ReadOutcome } from '../plan/outcome.ts'
import { OPERATIONS } from '../plan/audit-data.ts'
import type { ReadAuditDetail, ReadHistory } from '../plan/read-plan.ts'
import { accessTo, FULL_RIGHTS } from '../plan/rights.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Table } from '../schema/table.ts'
import { numberOf, textOf } from './json-page.ts'
import type { Page, Readable } from './sql/connection.ts'
import { TEXT } from './sql/formatted-values.ts'
import type { ReadScope } from './sql/read-scope.ts'
import { selectPlace, selectPresence } from './sql/select-rows.ts'
import { nothing, type Sql, sql } from './sql/sql.ts'
import { allRowsOf } from './sql/visible-rows.ts'

export async function runHistory(plan: ReadHistory, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const { address, column, page } = plan
  const id = await seenId(address, readable, scope)
  const table = scope.schema.tables.get('audit')
  if (id === undefined || !table) return { kind: 'missing', address }
  const said = column === undefined ? nothing : sql` and a.changedata <> replace(a.changedata, ${`"logicalName":${JSON.stringify(column)}`}, '')`
  const condition = sql`a.objectid = ${id} and a.objecttypecode = ${address.table.logicalName}${said}${ofThisRow(address.table, scope)}`
  const before = page.after === undefined ? nothing : sql` and a.versionnumber < ${page.after}`
  const skipped = page.after === undefined ? (page.number - 1) * page.count : 0
  const entries = sql`
    select ${entryJson(scope)} as json, a.versionnumber from ${allRowsOf(table, 'a')} where ${condition}${before}
    order by a.versionnumber desc limit ${page.count + 1} offset ${skipped}`
  const counted = sql`select count(*) || '' as json from ${allRowsOf(table, 'a')} where ${condition}`
  const [found, total] = await readable.pages([{ sql: entries, limit: page.count, isWide: true }, ...(page.isCounted ? [{ sql: counted, limit: 1 }] : [])])
  return { kind: 'history', entries: entriesOf(found), total: total && numberOf(total), last: found?.more ? BigInt(String(found.last[0])) : undefined }
}

/** The row of `audit` needs its own privilege; what it says, sight of the row that it is about. */
export async function runAuditDetail({ address }: ReadAuditDetail, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const { table } = address
  const [presence] = await readable.pages([selectPresence(address, scope)])
  if (presence?.rowCount !== 1 || address.by !== 'id') return { kind: 'missing', address }
  const one = sql`select ${entryJson(scope)} as json, a.versionnumber from ${allRowsOf(table, 'a')} where a.auditid = ${address.id}`
  const [found] = await readable.pages([{ sql: one, limit: 1, isWide: true }])
  const entries = entriesOf(found)
  const [entry] = entries
  const object = entry && scope.schema.tables.get(entry.table)
  if (!entry || !object) return { kind: 'missing', address }
  const about: RowAddress = { by: 'id', table: object, id: entry.objectId }
  const [told] = await readable.pages([{ sql: sql`${one}${ofThisRow(object, scope)}`, limit: 1 }])
  if (told?.rowCount !== 1 || (await seenId(about, readable, scope)) === undefined) return { kind: 'missing', address: about }
  return { kind: 'history', entries, total: undefined, last: undefined }
}

/** Not of one that had the same id before it and was deleted: only who may read all rows may know of that. */
function ofThisRow(table: Table, scope: ReadScope): Sql {
  const audits = scope.schema.tables.get('audit')
  if (!audits || mayReadAll(table, scope)) return nothing
  const sameId = sql`g.objectid = a.objectid and g.objecttypecode = a.objecttypecode`
  return sql` and not exists (select 1 from ${allRowsOf(audits, 'g')} where ${sameId} and g.operation = ${OPERATIONS.delete} and g.versionnumber >= a.versionnumber)`
}

/** Of the row, where the caller may read it; also where it is gone, and the caller may read all rows of its table. */
async function seenId(address: RowAddress, readable: Readable, scope: ReadScope): Promise<Guid | undefined> {
  const [seen] = await readable.pages([selectPlace(address, scope)])
  if (seen?.rowCount === 1) return seen.first[0] as Guid
  if (address.by !== 'id' || !mayReadAll(address.table, scope)) return undefined
  const [there] = await readable.pages([selectPresence(address, { ...scope, rights: FULL_RIGHTS })])
  return there?.rowCount === 0 ? address.id : undefined
}

function mayReadAll(table: Table, { rights }: ReadScope): boolean {
  return accessTo(rights, table, 'Read') === 'all'
}

function entryJson({ dialect }: ReadScope): Sql {
  const text = (column: Sql) => dialect.jsonOf(TEXT, column)
  return sql`concat('[', a.action, ',', ${text(sql`a.objecttypecode`)}, ',', ${text(sql`a.objectid`)}, ',', coalesce(a.changedata, '{}'), ']')`
}

function entriesOf(page: Page | undefined): readonly AuditEntry[] {
  if (!page || page.rowCount === 0) return []
  const rows = JSON.parse(`[${textOf(page.json)}]`) as readonly (readonly [number, string, Guid, AuditEntry['data']])[]
  return rows.map(([action, table, objectId, data]): AuditEntry => ({ action, table, objectId, data }))
}
