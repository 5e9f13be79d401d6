/**
 * Runs reads with change tracking. Each page is one snapshot: the token's check, the new position and the rows.
 * C3: the position of an answer is that of its first page; what is written while a client pages belongs to the next delta.
 * C5: rows and position are of one snapshot, and a change set is one transaction, so that an answer of one page has all of it or nothing.
 * What a position is, is the engine's: `sqlite/position.ts`.
 */
import type { Guid } from '../base/guid.ts'
import type { ChangePlace, CountChanges, ReadChanges, ReadTracked } from '../plan/change-plan.ts'
import type { ReadOutcome, TokenPart } from '../plan/outcome.ts'
import type { Table } from '../schema/table.ts'
import { textOf } from './json-page.ts'
import type { Page, PageQuery, Readable } from './sql/connection.ts'
import type { ReadScope } from './sql/read-scope.ts'
import { countChanges, selectChangedRows, selectTombstones, selectTracked } from './sql/select-changes.ts'
import { countRows } from './sql/select-rows.ts'
import type { Sql } from './sql/sql.ts'
import { checkPosition, currentPosition, formatPosition, parsePosition, type Position, positionQuery, writtenSince } from './sqlite/position.ts'

export async function runReadTracked(plan: ReadTracked, readable: Readable, scope: ReadScope, now: string): Promise<ReadOutcome> {
  const { shape, from, limit, countLimit } = plan
  const { table } = shape
  const start = from && parsePosition(from.storePart, table)
  const count = countLimit === undefined ? undefined : countRows({ table, source: { kind: 'set' }, filter: undefined }, countLimit, scope)
  const queries: PageQuery[] = [positionQuery(table, start, scope.schema), selectTracked(shape, from?.afterId, limit, scope), ...(count ? [count] : [])]
  const [state, rows, counted] = (await readable.pages(queries)) as [Page, Page, Page | undefined]
  if (start) checkPosition(state, start, now)
  return {
    kind: 'tracked-rows',
    json: rows.json,
    count: counted && Number(textOf(counted.json)),
    token: tokenOf(table, start ?? currentPosition(state)),
    nextAfterId: rows.more ? String(rows.last[0]) : undefined,
  }
}

export async function runReadChanges(plan: ReadChanges, readable: Readable, scope: ReadScope, now: string): Promise<ReadOutcome> {
  const { shape, limit } = plan
  const { table } = shape
  const start = parsePosition(plan.storePart, table)
  const until = plan.from && parsePosition(plan.from.until, table)
  const { part, version } = plan.from?.after ?? { part: 'rows', version: start.version }
  // Where rows go on, tombstones have not begun.
  const rowsSince = (column: Sql) => writtenSince(column, version, until?.version)
  const tombstonesSince = (column: Sql) => writtenSince(column, part === 'rows' ? start.version : version, until?.version)
  const queries: PageQuery[] = [
    positionQuery(table, start, scope.schema),
    selectTombstones(table, tombstonesSince, limit),
    ...(part === 'rows' ? [selectChangedRows(shape, rowsSince, limit, scope)] : []),
    ...(until ? [positionQuery(table, until, scope.schema)] : []),
  ]
  const pages = await readable.pages(queries)
  checkPosition(pages[0], start, now)
  // The bound of later pages is the client's to send, and has to be one that this database gave.
  if (until) checkPosition(pages.at(-1), until, now)
  const rows = part === 'rows' ? pages[2] : undefined
  const token = tokenOf(table, until ?? currentPosition(pages[0]))
  return { kind: 'changes', token, ...combine(rows, pages[1] as Page, { part, version }, limit) }
}

type Combined = Pick<Extract<ReadOutcome, { readonly kind: 'changes' }>, 'rows' | 'deletedIds' | 'nextAfter'>

/** Tombstones fill what the rows have left of the page. */
function combine(rows: Page | undefined, tombstones: Page, after: ChangePlace, limit: number): Combined {
  const json = rows?.json ?? ''
  const rowCount = rows?.rowCount ?? 0
  const last: ChangePlace = rows && rowCount > 0 ? { part: 'rows', version: BigInt(rows.last[0] as number | bigint) } : after
  if (rows?.more) return { rows: json, deletedIds: [], nextAfter: last }
  const deleted = (JSON.parse(`[${textOf(tombstones.json)}]`) as [Guid, string][]).slice(0, limit - rowCount)
  const lastDeleted = deleted.at(-1)
  const end: ChangePlace = lastDeleted ? { part: 'tombstones', version: BigInt(lastDeleted[1]) } : last
  const isMore = tombstones.more || deleted.length < tombstones.rowCount
  return { rows: json, deletedIds: deleted.map(([id]) => id), nextAfter: isMore ? end : undefined }
}

export async function runCountChanges(plan: CountChanges, readable: Readable, scope: ReadScope, now: string): Promise<ReadOutcome> {
  const { table } = plan
  const start = parsePosition(plan.storePart, table)
  const since = (column: Sql) => writtenSince(column, start.version, undefined)
  const [state, count] = await readable.pages([positionQuery(table, start, scope.schema), countChanges(table, since)])
  checkPosition(state, start, now)
  return { kind: 'count', count: Number(textOf(count?.json ?? '')), limitExceeded: false }
}

function tokenOf(table: Table, position: Position): TokenPart {
  return { version: position.version, storePart: formatPosition(table, position) }
}
