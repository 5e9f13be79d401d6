/**
 * A position on PostgreSQL: the snapshot of a read. A delta is all that was written by transactions which that snapshot did not see, so a writer
 * that stays open delays its own change alone (C1, C4). As the store's part of a token:
 * `p1.<table>.<incarnation>.<version>.<xmin>-<xmax>-<xid>~<xid>…`, the last those that were running.
 *
 * C7: not `xid >= xmin and not visible`, which would look again at all that was written since the oldest writer began, but its equal:
 * one probe for each that was running, and one range from `xmax` on.
 *
 * C6: it is good for its table, in a database that knows its incarnation, and only up to the start of the following one.
 *
 * Where an organization was moved in from SQLite, the positions of its file go on: moved-position.ts.
 */
import { type DataverseError, fail } from '../../protocol/errors.ts'
import { LAST_VERSION } from '../../protocol/etag.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import type { Position, Positions, Span } from '../positions.ts'
import { DAY_MS, DEFAULT_RETENTION_DAYS, selectRetention } from '../retention.ts'
import type { Page, PageQuery } from '../sql/connection.ts'
import { VERSION_COLUMN } from '../sql/define-table.ts'
import { join, name, type Sql, type SqlValue, sql, verbatim } from '../sql/sql.ts'
import { formatMoved, MOVE_XID, MOVED_ENGINE, type MovedPosition, movedClock, movedPlace, movedQuery } from './moved-position.ts'
import { XID_COLUMN } from './xid-column.ts'

/** Transaction ids: seen are those below `xmin`, and those below `xmax` that were not `running`, ascending. */
type Snapshot = { readonly xmin: bigint; readonly xmax: bigint; readonly running: readonly bigint[] }
type OwnPosition = Position & { readonly incarnation: string; readonly snapshot: Snapshot }
type PostgresPosition = OwnPosition | MovedPosition

const ENGINE = 'p1'
const SHAPE = /^([a-z]\d+)\.([0-9a-f-]{36})\.([A-Za-z0-9_~-]{1,64})\.(\d{1,19})(?:\.(\d{1,19})-(\d{1,19})-((?:\d{1,19}(?:~\d{1,19}){0,1999})?))?$/
/** Named in a token at the most: it has to fit into the line of a request. */
const MAX_RUNNING = 500
/** Probes of their own keep the index's order; more than these are looked for together, and sorted. */
const MAX_PROBES = 4

export const postgresPositions: Positions<PostgresPosition> = {
  parse,
  format,
  query,
  current: (page) => {
    const [version, snapshot, incarnation] = page?.first ?? []
    return { version: BigInt(String(version)), incarnation: String(incarnation), snapshot: shortened(parseSnapshot(String(snapshot))) }
  },
  check,
  changed,
  order: (alias, version) => [xidOf(alias), versionOf(alias, version)],
  place: (values) => values.join('.'),
}

function format(table: Table, position: PostgresPosition): string {
  if (isMoved(position)) return formatMoved(table, position)
  const { incarnation, version, snapshot } = position
  const { xmin, xmax, running } = snapshot
  return `${ENGINE}.${table.metadataId}.${incarnation}.${version}.${xmin}-${xmax}-${running.join('~')}`
}

function isMoved(position: PostgresPosition): position is MovedPosition {
  return 'isMoved' in position
}

/** Of a token's part that this store has made; 0 of one that was moved in: what it has seen is kept. */
export function xmaxOf(storePart: string): bigint {
  return BigInt(SHAPE.exec(storePart)?.[6] ?? 0)
}

function parse(storePart: string, table: Table): PostgresPosition {
  const [, engine, tableId, incarnation = '', version = '', xmin, xmax, running] = SHAPE.exec(storePart) ?? []
  if (engine === undefined || BigInt(version) > LAST_VERSION) throw malformed()
  if (tableId !== table.metadataId) throw fail('BadToken', `The delta token does not belong to ${table.logicalName}.`)
  if (engine === MOVED_ENGINE && xmin === undefined) return { incarnation, version: BigInt(version), isMoved: true }
  // Of another database, whichever it is.
  if (engine !== ENGINE) throw fail('TokenExpired')
  if (xmin === undefined || xmax === undefined) throw malformed()
  const snapshot = { xmin: BigInt(xmin), xmax: BigInt(xmax), running: running ? running.split('~').map(BigInt) : [] }
  if (!isSnapshot(snapshot)) throw malformed()
  return { incarnation, version: BigInt(version), snapshot }
}

/** As PostgreSQL writes one: `xmin:xmax:xid,xid,…` */
function parseSnapshot(text: string): Snapshot {
  const [xmin = '', xmax = '', running = ''] = text.split(':')
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), running: running === '' ? [] : running.split(',').map(BigInt) }
}

/** Where more are running: as of the first that is left out. It has seen less, so that some changes come twice, and none is missed. */
function shortened(snapshot: Snapshot): Snapshot {
  const { xmin, running } = snapshot
  const xmax = running[MAX_RUNNING]
  return xmax === undefined ? snapshot : { xmin, xmax, running: running.slice(0, MAX_RUNNING) }
}

function formatSnapshot({ xmin, xmax, running }: Snapshot): string {
  return `${xmin}:${xmax}:${running.join(',')}`
}

function isSnapshot({ xmin, xmax, running }: Snapshot): boolean {
  const isAscending = running.every((xid, index) => xid >= xmin && xid < xmax && (index === 0 || xid > (running[index - 1] ?? 0n)))
  return xmin > 0n && xmin <= xmax && xmax <= LAST_VERSION && isAscending
}

const xid = (id: bigint): Sql => sql`cast(${String(id)} as xid8)`
const xidOf = (alias: string): Sql => sql`${verbatim(alias)}.${name(XID_COLUMN)}`
const versionOf = (alias: string, version: string): Sql => sql`${verbatim(alias)}.${name(version)}`

function changed(alias: string, version: string, { from, until, after }: Span<PostgresPosition>): readonly Sql[] {
  const column = xidOf(alias)
  const place = sql`(${column}, ${versionOf(alias, version)})`
  const bounds = [...(after === undefined ? [] : [sql`${place} > ${placeOf(after)}`]), ...(until ? [untilBound(column, place, until)] : [])]
  const since = isMoved(from) ? [sql`${place} > ${movedPlace(from.version)}`] : unseen(column, from.snapshot)
  return since.map((one) => join([one, ...bounds], ' and '))
}

function unseen(column: Sql, { xmax, running }: Snapshot): readonly Sql[] {
  const probes =
    running.length > MAX_PROBES ? [sql`${column} = any(cast(${`{${running.join(',')}}`} as xid8[]))`] : running.map((one) => sql`${column} = ${xid(one)}`)
  return [...probes, sql`${column} >= ${xid(xmax)}`]
}

/** A page that ended before the move ended at a version alone. */
function placeOf(after: string): Sql {
  const [first = '0', second] = after.split('.')
  return second === undefined ? movedPlace(BigInt(first)) : sql`(${xid(BigInt(first))}, ${BigInt(second)})`
}

/** What the first page's snapshot did not see is for the next delta. */
function untilBound(column: Sql, place: Sql, until: PostgresPosition): Sql {
  if (isMoved(until)) return sql`${place} <= ${movedPlace(until.version)}`
  return sql`pg_visible_in_snapshot(${column}, cast(${formatSnapshot(until.snapshot)} as pg_snapshot))`
}

function query(table: Table, from: PostgresPosition | undefined, schema: Schema): PageQuery {
  const now = sql`(select last_value from tidemark_version), pg_current_snapshot()::text, (select id from tidemark_incarnation order by number desc limit 1)`
  if (!from) return { sql: sql`select '' as json, ${now}`, limit: 1 }
  const { known, following, purged } = isMoved(from) ? movedQuery(table, from) : ownQuery(table, from)
  const clock = sql`select at from tidemark_clock where xid >= pending.xid order by xid limit 1`
  const since = isMoved(from) ? sql`coalesce(${movedClock(sql`pending.xid`, sql`pending.version`)}, (${clock}))` : sql`(${clock})`
  const token = sql`(${known}), (${following}), (${purged}), (${selectRetention(schema)})`
  const source = sql`(select 1) as one left join (${firstPending(table, from)}) as pending on true`
  return { sql: sql`select '' as json, ${now}, ${token}, pending.xid, ${since} from ${source}`, limit: 1 }
}

function ownQuery(table: Table, { incarnation }: OwnPosition) {
  const known = sql`select number from tidemark_incarnation where id = ${incarnation}`
  return {
    known,
    following: sql`select start from tidemark_incarnation where number > (${known}) order by number limit 1`,
    // What was moved in was there before the first of them.
    purged: sql`select xid from tidemark_purged where "table" = ${table.logicalName} and xid > coalesce(${MOVE_XID}, '0')`,
  }
}

/** A few probes of an index, whatever the number of changes. */
function firstPending(table: Table, from: PostgresPosition): Sql {
  const first = (alias: string, version: string, source: Sql, more: Sql) =>
    changed(alias, version, { from }).map(
      (since) => sql`(select ${xidOf(alias)} as xid, ${versionOf(alias, version)} as version from ${source} where ${since}${more} order by 1, 2 limit 1)`,
    )
  const rows = first('r', VERSION_COLUMN, sql`${name(table.logicalName)} as r`, verbatim(''))
  const tombstones = first('d', 'version', sql`tidemark_tombstone as d`, sql` and d."table" = ${table.logicalName}`)
  return sql`select xid, version from (${join([...rows, ...tombstones], ' union all ')}) as written order by xid, version limit 1`
}

/**
 * Refused: a token of an unknown or foreign database, one from the future of where this one began anew, one that could miss a purged tombstone,
 * and one that leaves a change older than the retention unprocessed (C8: the only use of the clock).
 */
function check(page: Page | undefined, from: PostgresPosition, now: string): void {
  const [, snapshot, , known, following, purged, retentionDays, pending, pendingSince] = page?.first ?? []
  if (!isGiven(known)) throw fail('TokenExpired')
  if (isMoved(from)) {
    if (isGiven(purged) || (isGiven(following) && from.version > BigInt(following))) throw fail('TokenExpired')
  } else {
    const { xmin, xmax } = from.snapshot
    if (xmax > parseSnapshot(String(snapshot)).xmax || (isGiven(following) && xmax > BigInt(following))) throw fail('TokenExpired')
    // Whatever was running then may have left the tombstone that is gone.
    if (isGiven(purged) && BigInt(purged) >= xmin) throw fail('TokenExpired')
  }
  if (!isGiven(pending)) return
  const days = Number(retentionDays ?? DEFAULT_RETENTION_DAYS)
  const isOld = typeof pendingSince === 'string' && Date.parse(pendingSince) <= Date.parse(now) - days * DAY_MS
  if (days === 0 || isOld) throw fail('TokenExpired')
}

function isGiven(value: SqlValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function malformed(): DataverseError {
  return fail('BadToken', 'The delta token is malformed.')
}
