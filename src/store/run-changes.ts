/**
 * Runs reads with change tracking. Each page is one snapshot: the token's check, the new position and the rows.
 * C3: the position of an answer is that of its first page; what is written while a client pages belongs to the next delta.
 * C5: rows and position are of one snapshot, and a change set is one transaction, so that an answer of one page has all of it or nothing.
 * What a position is, is the engine's: `positions.ts`.
 */
import type { Guid } from '../base/guid.ts'
import type { ChangePlace, CountChanges, ReadChanges, ReadTracked } from '../plan/change-plan.ts'
import type { ReadOutcome, TokenPart } from '../plan/outcome.ts'
import type { Table } from '../schema/table.ts'
import { textOf } from './json-page.ts'
import type { Position, Positions } from './positions.ts'
import type { Page, PageQuery, Readable } from './sql/connection.ts'
import type { ReadScope } from './sql/read-scope.ts'
import { type Changes, countChanges, selectChangedRows, selectTombstones, selectTracked } from './sql/select-changes.ts'
import { countRows } from './sql/select-rows.ts'

export async function runReadTracked(plan: ReadTracked, readable: Readable, scope: ReadScope, now: string): Promise<ReadOutcome> {
  const { shape, from, limit, countLimit } = plan
  const { table } = shape
  const { positions } = readable
  const start = from && positions.parse(from.storePart, table)
  const count = countLimit === undefined ? undefined : countRows({ table, source: { kind: 'set' }, filter: undefined }, countLimit, scope)
  const queries: PageQuery[] = [positions.query(table, start, scope.schema), selectTracked(shape, from?.afterId, limit, scope), ...(count ? [count] : [])]
  const [state, rows, counted] = (await readable.pages(queries)) as [Page, Page, Page | undefined]
  if (start) positions.check(state, start, now)
  return {
    kind: 'tracked-rows',
    json: rows.json,
    count: counted && Number(textOf(counted.json)),
    token: tokenOf(table, start ?? positions.current(state), positions),
    nextAfterId: rows.more ? String(rows.last[0]) : undefined,
  }
}

export async function runReadChanges(plan: ReadChanges, readable: Readable, scope: ReadScope, now: string): Promise<ReadOutcome> {
  const { shape, limit } = plan
  const { table } = shape
  const { positions } = readable
  const from = positions.parse(plan.storePart, table)
  const until = plan.from && positions.parse(plan.from.until, table)
  const after = plan.from?.after
  const rowsAreDone = after?.part === 'tombstones'
  // Where rows go on, tombstones have not begun.
  const rowChanges: Changes = { positions, span: { from, until, after: after?.at } }
  const tombstoneChanges: Changes = { positions, span: { from, until, after: rowsAreDone ? after.at : undefined } }
  const queries: PageQuery[] = [
    positions.query(table, from, scope.schema),
    selectTombstones(table, tombstoneChanges, limit),
    ...(rowsAreDone ? [] : [selectChangedRows(shape, rowChanges, limit, scope)]),
    ...(until ? [positions.query(table, until, scope.schema)] : []),
  ]
  const pages = await readable.pages(queries)
  positions.check(pages[0], from, now)
  // The bound of later pages is the client's to send, and has to be one that this database gave.
  if (until) positions.check(pages.at(-1), until, now)
  const rows = rowsAreDone ? undefined : pages[2]
  const token = tokenOf(table, until ?? positions.current(pages[0]), positions)
  return { kind: 'changes', token, ...combine(rows, pages[1] as Page, limit, positions) }
}

type Combined = Pick<Extract<ReadOutcome, { readonly kind: 'changes' }>, 'rows' | 'deletedIds' | 'nextAfter'>

/** Tombstones fill what the rows have left of the page. */
function combine(rows: Page | undefined, tombstones: Page, limit: number, positions: Positions): Combined {
  const json = rows?.json ?? ''
  const rowCount = rows?.rowCount ?? 0
  const lastRow: ChangePlace | undefined = rows && rowCount > 0 ? { part: 'rows', at: positions.place(rows.last) } : undefined
  if (rows?.more) return { rows: json, deletedIds: [], nextAfter: lastRow }
  const deleted = (JSON.parse(`[${textOf(tombstones.json)}]`) as [Guid, ...string[]][]).slice(0, limit - rowCount)
  const [, ...lastPlace] = deleted.at(-1) ?? []
  // A page is never empty where more follows: its end is that of a row or of a tombstone.
  const end: ChangePlace | undefined = lastPlace.length > 0 ? { part: 'tombstones', at: positions.place(lastPlace) } : lastRow
  const isMore = tombstones.more || deleted.length < tombstones.rowCount
  return { rows: json, deletedIds: deleted.map(([id]) => id), nextAfter: isMore ? end : undefined }
}

export async function runCountChanges(plan: CountChanges, readable: Readable, scope: ReadScope, now: string): Promise<ReadOutcome> {
  const { table } = plan
  const { positions } = readable
  const from = positions.parse(plan.storePart, table)
  const [state, count] = await readable.pages([positions.query(table, from, scope.schema), countChanges(table, { positions, span: { from } })])
  positions.check(state, from, now)
  return { kind: 'count', count: Number(textOf(count?.json ?? '')), limitExceeded: false }
}

function tokenOf(table: Table, position: Position, positions: Positions): TokenPart {
  return { version: position.version, storePart: positions.format(table, position) }
}
