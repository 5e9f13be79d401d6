/**
 * A position of the SQLite file that was moved into this database: `s1.<table>.<incarnation>.<version>`, good by that file's own rules. Versions were
 * carried over, and all that was moved was written by one transaction, whose id every later one is above: so what the position has not seen stands
 * behind one place in the order of (transaction, version), and a delta is exact across the move, at the cost of its changes.
 */
import type { Table } from '../../schema/table.ts'
import type { Position } from '../positions.ts'
import { type Sql, sql } from '../sql/sql.ts'

export type MovedPosition = Position & { readonly incarnation: string; readonly isMoved: true }

export const MOVED_ENGINE = 's1'

/** Of the transaction that moved it all; null where nothing was moved. */
export const MOVE_XID: Sql = sql`(select xid from tidemark_move)`

export function formatMoved(table: Table, { incarnation, version }: MovedPosition): string {
  return `${MOVED_ENGINE}.${table.metadataId}.${incarnation}.${version}`
}

/** Where a delta begins or ends, in the order of changes. */
export function movedPlace(version: bigint): Sql {
  return sql`(${MOVE_XID}, ${version})`
}

type Known = { readonly known: Sql; readonly following: Sql; readonly purged: Sql }

/** What this database knows of it, each a value or null: its incarnation, the version at which the following one began, what is gone behind it. */
export function movedQuery(table: Table, { incarnation, version }: MovedPosition): Known {
  const known = sql`select number from tidemark_moved_incarnation where id = ${incarnation} and ${version} <= (select version from tidemark_move)`
  return {
    known,
    following: sql`select start from tidemark_moved_incarnation where number > (${known}) order by number limit 1`,
    purged: sql`select xid from tidemark_purged where "table" = ${table.logicalName} and (xid, version) > ${movedPlace(version)}`,
  }
}

/** When what was moved was written in the file; null of what was written here. */
export function movedClock(xid: Sql, version: Sql): Sql {
  return sql`(select at from tidemark_moved_clock where ${xid} = ${MOVE_XID} and version >= ${version} order by version limit 1)`
}
