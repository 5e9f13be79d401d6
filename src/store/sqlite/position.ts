/**
 * A position on SQLite: the version counter as it stood in the snapshot of a read. With one writer, the order of versions is the order
 * of commits, so all that is above it came later (C1). As the store's part of a token: `s1.<table>.<incarnation>.<version>`.
 *
 * C6: it is good for its table, in a database that knows its incarnation (one for each opening by a writer), and only up to the start
 * of the following one: a restored or copied file that went its own way refuses what the other has given out since.
 */
import { type DataverseError, fail } from '../../protocol/errors.ts'
import { LAST_VERSION } from '../../protocol/etag.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Table } from '../../schema/table.ts'
import { DAY_MS, DEFAULT_RETENTION_DAYS, selectRetention } from '../retention.ts'
import type { Page, PageQuery } from '../sql/connection.ts'
import { VERSION_COLUMN } from '../sql/define-table.ts'
import { name, type Sql, type SqlValue, sql, verbatim } from '../sql/sql.ts'
import type { Position, Positions, Span } from '../positions.ts'

type SqlitePosition = Position & { readonly incarnation: string }

export const sqlitePositions: Positions<SqlitePosition> = {
  parse: parsePosition,
  format: formatPosition,
  query: positionQuery,
  current: currentPosition,
  check: checkPosition,
  changed: (alias, version, span) => [writtenSince(sql`${verbatim(alias)}.${name(version)}`, span)],
  order: (alias, version) => [sql`${verbatim(alias)}.${name(version)}`],
  place: ([version]) => String(version),
}

const ENGINE = 's1'
/** The tail is of another engine. */
const SHAPE = /^([a-z]\d+)\.([0-9a-f-]{36})\.([A-Za-z0-9_~-]{1,64})\.(\d{1,19})(\.[0-9~-]+)?$/

function formatPosition(table: Table, { incarnation, version }: SqlitePosition): string {
  return `${ENGINE}.${table.metadataId}.${incarnation}.${version}`
}

function parsePosition(storePart: string, table: Table): SqlitePosition {
  const [, engine, tableId, incarnation = '', version = '', tail] = SHAPE.exec(storePart) ?? []
  if (engine === undefined || BigInt(version) > LAST_VERSION) throw fail('BadToken', 'The delta token is malformed.')
  if (tableId !== table.metadataId) throw fail('BadToken', `The delta token does not belong to ${table.logicalName}.`)
  // Of another database, whichever it is.
  if (engine !== ENGINE) throw expired()
  if (tail !== undefined) throw fail('BadToken', 'The delta token is malformed.')
  return { incarnation, version: BigInt(version) }
}

function positionQuery(table: Table, from: SqlitePosition | undefined, schema: Schema): PageQuery {
  const now = sql`(select version from tidemark_counter), (select id from tidemark_incarnation order by number desc limit 1)`
  if (!from) return { sql: sql`select '' as json, ${now}`, limit: 1 }
  const known = sql`select number from tidemark_incarnation where id = ${from.incarnation}`
  const following = sql`select start from tidemark_incarnation where number > (${known}) order by number limit 1`
  const purged = sql`select version from tidemark_purged where "table" = ${table.logicalName}`
  const clock = sql`select at from tidemark_clock where version >= pending.version order by version limit 1`
  const token = sql`(${known}), (${following}), (${purged}), (${selectRetention(schema)})`
  return { sql: sql`select '' as json, ${now}, ${token}, pending.version, (${clock}) from (${firstPending(table, from)}) as pending`, limit: 1 }
}

/** Two probes of an index, whatever the number of changes. */
function firstPending(table: Table, { version }: SqlitePosition): Sql {
  const row = sql`select ${name(VERSION_COLUMN)} from ${name(table.logicalName)} where ${name(VERSION_COLUMN)} > ${version} order by 1 limit 1`
  const tombstone = sql`select version from tidemark_tombstone where "table" = ${table.logicalName} and version > ${version} order by version limit 1`
  return sql`select min(version) as version from (select (${row}) as version union all select (${tombstone}))`
}

function currentPosition(page: Page | undefined): SqlitePosition {
  return { version: BigInt(numberOf(page?.first[0]) ?? 0), incarnation: String(page?.first[1]) }
}

/**
 * C6, and expiry: a token that could miss a purged tombstone, or that leaves a change older than the retention unprocessed (C8: the
 * only use of the clock). With nothing pending a token stays good for ever. `page` answers `positionQuery` for this `from`.
 */
function checkPosition(page: Page | undefined, from: SqlitePosition, now: string): void {
  const [counter, , known, following, purged, retentionDays, pending, pendingSince] = page?.first ?? []
  const { version } = from
  if (numberOf(known) === undefined || version > BigInt(numberOf(counter) ?? 0)) throw expired()
  const end = numberOf(following)
  if (end !== undefined && version > BigInt(end)) throw expired()
  const gone = numberOf(purged)
  if (gone !== undefined && BigInt(gone) > version) throw expired()
  if (numberOf(pending) === undefined) return
  const days = Number(numberOf(retentionDays) ?? DEFAULT_RETENTION_DAYS)
  // The counter had reached the oldest pending version by then, so that is when it was written, or before.
  const isOld = typeof pendingSince === 'string' && Date.parse(pendingSince) <= Date.parse(now) - days * DAY_MS
  if (days === 0 || isOld) throw expired()
}

function expired(): DataverseError {
  return fail('TokenExpired')
}

function numberOf(value: SqlValue | undefined): number | bigint | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined
}

function writtenSince(version: Sql, { from, until, after }: Span<SqlitePosition>): Sql {
  const since = sql`${version} > ${after === undefined ? from.version : BigInt(after)}`
  return until === undefined ? since : sql`${since} and ${version} <= ${until.version}`
}
