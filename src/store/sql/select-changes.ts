/**
 * Change tracking as page queries: the whole table by primary id, and what has changed in a span: rows, then tombstones, each in the
 * engine's order of changes. C7: both go along an index from the position on, so that a delta costs its changes, not the table.
 */
import { assert } from '../../base/assert.ts'
import type { RowShape } from '../../plan/read-plan.ts'
import type { Table } from '../../schema/table.ts'
import type { Positions, Span } from '../positions.ts'
import type { PageQuery } from './connection.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { columnOf } from './folded.ts'
import { allRowsOf, rowsOf } from './visible-rows.ts'
import type { ReadScope } from './read-scope.ts'
import { rowJson } from './row-json.ts'
import { where } from './select-rows.ts'
import { join, type Sql, sql, verbatim } from './sql.ts'

/** Beside the JSON: the id. */
export function selectTracked(shape: RowShape, afterId: string | undefined, limit: number, scope: ReadScope): PageQuery {
  const id = columnOf('r', shape.table.primaryIdColumn)
  const after = afterId === undefined ? undefined : sql`${id} > ${afterId}`
  return {
    sql: sql`select ${rowJson(shape, 'r', scope)} as json, ${id} from ${rowsOf(shape.table, 'r', scope)}${where([after])} order by ${id} limit ${limit + 1}`,
    limit,
  }
}

/** What an engine says of a span. */
export type Changes = { readonly positions: Positions; readonly span: Span }

/** Beside the JSON: its place. C2: a row was last written once, so it comes once, in its current state. */
export function selectChangedRows(shape: RowShape, changes: Changes, limit: number, scope: ReadScope): PageQuery {
  const json = rowJson(shape, 'r', scope)
  const from = sql`from ${rowsOf(shape.table, 'r', scope)}`
  return inOrder(json, from, { alias: 'r', version: VERSION_COLUMN, ...changes }, limit)
}

/** `json` is `["<id>",<place>,…]`, the place as texts, because its numbers may be beyond 2^53. */
export function selectTombstones(table: Table, changes: Changes, limit: number): PageQuery {
  const place = changes.positions.order('d', 'version').map((part) => sql` || '","' || ${part}`)
  return inOrder(sql`'["' || d.id${join(place, '')} || '"]'`, tombstones(table), { alias: 'd', version: 'version', ...changes }, limit)
}

/** All changes, not capped (sync.md 4.5). */
export function countChanges(table: Table, { positions, span }: Changes): PageQuery {
  const rows = positions.changed('r', VERSION_COLUMN, span).map((since) => sql`(select count(*) from ${allRowsOf(table, 'r')} where ${since})`)
  const gone = positions.changed('d', 'version', span).map((since) => sql`(select count(*) ${tombstones(table)} and ${since})`)
  return { sql: sql`select ${join([...rows, ...gone], ' + ')} as json`, limit: 1 }
}

/**
 * Not those of an id that is alive again: its row comes, or will come, as a change, and a deletion after it would lose it (sync.md 4.6).
 * An id has one tombstone at the most: writes see to that (C2). C7: not `not exists`, which a planner
 * makes a join that reads the whole table, nor `is null`, which it takes for rare.
 */
function tombstones(table: Table): Sql {
  const alive = sql`select 1 from ${allRowsOf(table, 'r')} where ${columnOf('r', table.primaryIdColumn)} = d.id`
  return sql`from tidemark_tombstone as d where d."table" = ${table.logicalName} and coalesce((${alive}), 0) <> 1`
}

type Changed = Changes & { readonly alias: string; readonly version: string }

/** A condition is a statement of its own, which ends at its limit along its index; several are merged. */
function inOrder(json: Sql, from: Sql, { positions, span, alias, version }: Changed, limit: number): PageQuery {
  const order = positions.order(alias, version)
  const one = (since: Sql): Sql => {
    const condition = alias === 'd' ? sql` and ${since}` : where([since])
    return sql`select ${json} as json, ${join(order)} ${from}${condition} order by ${join(order)} limit ${limit + 1}`
  }
  const [first, ...others] = positions.changed(alias, version, span).map(one)
  assert(first, 'a span is met by one condition at least')
  if (others.length === 0) return { sql: first, limit }
  const columns = verbatim(order.map((_, index) => String(index + 2)).join(', '))
  const all = [first, ...others].map((part) => sql`(${part})`)
  return { sql: sql`${join(all, ' union all ')} order by ${columns} limit ${limit + 1}`, limit }
}
