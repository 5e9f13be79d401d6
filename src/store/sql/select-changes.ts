/**
 * Change tracking as page queries: the whole table by primary id, and what has changed since a position: rows, then tombstones, each
 * ascending by version. C7: both go along an index from the position on, so that a delta costs its changes, not the table.
 * `since` and the like are the store's conditions on a version column: `select-changes` knows no positions.
 */
import type { RowShape } from '../../plan/read-plan.ts'
import type { Table } from '../../schema/table.ts'
import type { PageQuery } from './connection.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { columnOf } from './folded.ts'
import { allRowsOf, rowsOf } from './visible-rows.ts'
import type { ReadScope } from './read-scope.ts'
import { rowJson } from './row-json.ts'
import { where } from './select-rows.ts'
import { type Sql, sql } from './sql.ts'

/** A condition on the version column it is given. */
type VersionCondition = (version: Sql) => Sql

/** Beside the JSON: the id. */
export function selectTracked(shape: RowShape, afterId: string | undefined, limit: number, scope: ReadScope): PageQuery {
  const id = columnOf('r', shape.table.primaryIdColumn)
  const after = afterId === undefined ? undefined : sql`${id} > ${afterId}`
  return {
    sql: sql`select ${rowJson(shape, 'r', scope)} as json, ${id} from ${rowsOf(shape.table, 'r', scope)}${where([after])} order by ${id} limit ${limit + 1}`,
    limit,
  }
}

/** Beside the JSON: the version. C2: a row has one version, so it comes once, in its current state. */
export function selectChangedRows(shape: RowShape, since: VersionCondition, limit: number, scope: ReadScope): PageQuery {
  const version = columnOf('r', VERSION_COLUMN)
  const from = sql`from ${rowsOf(shape.table, 'r', scope)} where ${since(version)}`
  return { sql: sql`select ${rowJson(shape, 'r', scope)} as json, ${version} ${from} order by ${version} limit ${limit + 1}`, limit }
}

/** `json` is `["<id>","<version>"]`: text, because a version may be beyond 2^53. */
export function selectTombstones(table: Table, since: VersionCondition, limit: number): PageQuery {
  const json = sql`'["' || d.id || '","' || d.version || '"]'`
  return { sql: sql`select ${json} as json ${tombstones(table, since)} order by d.version limit ${limit + 1}`, limit }
}

/** All changes, not capped (sync.md 4.5). */
export function countChanges(table: Table, since: VersionCondition): PageQuery {
  const rows = sql`select count(*) from ${allRowsOf(table, 'r')} where ${since(columnOf('r', VERSION_COLUMN))}`
  return { sql: sql`select (${rows}) + (select count(*) ${tombstones(table, since)}) as json`, limit: 1 }
}

/**
 * Not those of an id that is alive again: its row comes, or will come, as a change, and a deletion after it would lose it (sync.md 4.6).
 * An id has one tombstone at the most: writes see to that (C2).
 */
function tombstones(table: Table, since: VersionCondition): Sql {
  const alive = sql`select 1 from ${allRowsOf(table, 'r')} where ${columnOf('r', table.primaryIdColumn)} = d.id`
  return sql`from tidemark_tombstone as d where d."table" = ${table.logicalName} and ${since(sql`d.version`)} and not exists (${alive})`
}
