/**
 * Reads of rows as page queries. The first result column is the row's JSON, `json`; those after it are what the caller of the query
 * needs of the first and last row: order values, or a version.
 */
import type { CountRows, CountTables, ReadOwner, ReadRow, ReadRows, ReadValue, RowPlace, Source } from '../../plan/read-plan.ts'
import type { RowAddress } from '../../plan/row-address.ts'
import { isWide } from '../small-read.ts'
import { addressValues, placeSql, sourceSql, tableAt } from './address-sql.ts'
import type { PageQuery } from './connection.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { ownerJson } from './expand-sql.ts'
import { filterSql } from './filter-sql.ts'
import { columnOf } from './folded.ts'
import { formattedValue } from './formatted-values.ts'
import { joinedPaths } from './joined-paths.ts'
import { rowsOf } from './visible-rows.ts'
import { afterSql, orderBy, orderTerms } from './order-sql.ts'
import { perShape, type ReadScope, type Sight } from './read-scope.ts'
import { referenceJson } from './reference-json.ts'
import { rowJson, shapeName } from './row-json.ts'
import { join, nothing, type Sql, sql } from './sql.ts'

/** Beside the JSON: the order values. */
export function selectRows(plan: ReadRows, scope: ReadScope): PageQuery {
  const { table } = plan.shape
  const paths = joinedPaths('r', scope)
  const terms = orderTerms(plan.order, paths)
  const own = sourceSql(plan.source, table, 'r', scope)
  const filter = plan.filter && filterSql(plan.filter, paths, scope)
  const after = plan.after && afterSql(terms, plan.after, scope.dialect)
  const json = plan.references ? referenceJson(table, 'r', scope) : rowJson(plan.shape, 'r', scope)
  const columns = [sql`${json} as json`, ...terms.map(({ value }) => value)]
  const limit = plan.pages ? plan.limit + 1 : plan.limit
  // First, so that it is asked for rows that the others leave out.
  const budget = scope.isBudgeted ? scope.dialect.withinBudget('r') : undefined
  const from = sql`from ${rowsOf(table, 'r', scope)}${paths.joins()}${where([budget, own, filter, after])}`
  const ordered = sql`select ${join(columns)} ${from} order by ${orderBy(terms, scope.dialect)}${scope.dialect.limit(limit)}`
  return { sql: ordered, limit: plan.limit, isWide: isWide(plan.shape) }
}

/** A count that stops at `limit`, so that it costs no more than a page. */
export function countRows({ table, source, filter }: Pick<CountRows, 'table' | 'source' | 'filter'>, limit: number, scope: Sight): PageQuery {
  const paths = joinedPaths('r', scope)
  const own = sourceSql(source, table, 'r', scope)
  const conditions = where([own, filter && filterSql(filter, paths, scope)])
  return { sql: sql`select count(*) as json from (select 1 from ${rowsOf(table, 'r', scope)}${paths.joins()}${conditions} limit ${limit}) as s`, limit: 1 }
}

export function countTables({ tables }: CountTables, scope: Sight): PageQuery[] {
  return tables.map((table) => ({ sql: sql`select count(*) as json from ${rowsOf(table, 'r', scope)}`, limit: 1 }))
}

/** One row where there is a row at this address. */
export function selectPresence(address: RowAddress, scope: Sight): PageQuery {
  const { from, condition } = placeSql({ address, steps: [] }, 'p', scope)
  return { sql: sql`select '' as json from ${from} where ${condition}`, limit: 1 }
}

/** The id of a row that the caller may see. */
export function selectPlace(address: RowAddress, scope: Sight): PageQuery {
  const { from, condition } = placeSql({ address, steps: [] }, 'p', scope)
  return { sql: sql`select '' as json, ${columnOf('p', address.table.primaryIdColumn)} from ${from} where ${condition}`, limit: 1 }
}

/** One row where the path to the parent begins, telling how far it leads. Undefined: there is none to ask for. */
export function selectParent(source: Source, scope: Sight): PageQuery | undefined {
  if (source.kind === 'set') return undefined
  const { from, condition, checks } = placeSql(source.parent, 'p', scope)
  return { sql: sql`select ${join([sql`'' as json`, ...checks])} from ${from} where ${condition}`, limit: 1 }
}

/** Beside the JSON: the version, then how far the path leads. The statement of the hot path: its text is kept, and only the address's values differ. */
export function selectRow(plan: ReadRow, scope: ReadScope): PageQuery {
  const { shape, address, steps } = plan
  if (steps.length > 0 || plan.references || shape.expands.length > 0) return { sql: compileRow(plan, scope), limit: 1 }
  const by = address.by === 'id' ? 'id' : `key ${address.key.logicalName}`
  // The address's values stand last.
  const { chunks, values } = perShape(scope, shape.columns, `read ${by} of ${shapeName(shape, scope)}`, () => {
    const compiled = compileRow(plan, scope)
    return { chunks: compiled.chunks, values: compiled.values.slice(0, -addressValues(address, scope).length) }
  })
  return { sql: { chunks, values: [...values, ...addressValues(address, scope)] }, limit: 1 }
}

function compileRow(plan: ReadRow, scope: ReadScope): Sql {
  const json = plan.references ? referenceJson(plan.shape.table, 'r', scope) : rowJson(plan.shape, 'r', scope)
  return atPlace(plan, [sql`${json} as json`, columnOf('r', VERSION_COLUMN)], scope)
}

/** Beside the JSON: how far the path leads. */
export function selectOwner(plan: ReadOwner, scope: ReadScope): PageQuery {
  return { sql: atPlace(plan, [sql`${ownerJson(plan.owner, 'r', scope, rowJson)} as json`], scope), limit: 1 }
}

/** Beside the JSON: the formatted value as JSON, null where there is none, then how far the path leads. */
export function selectValue(plan: ReadValue, scope: ReadScope): PageQuery {
  const { column, annotations } = plan
  const shown = (annotations.formattedValues && formattedValue(tableAt(plan), column, 'r', { ...scope, timeZone: annotations.timeZone })) || sql`null`
  return { sql: atPlace(plan, [sql`${scope.dialect.jsonOf(column, columnOf('r', column.logicalName))} as json`, shown], scope), limit: 1 }
}

/** Something of the row at the end of a path, which `r` stands for. */
function atPlace(place: RowPlace, columns: readonly Sql[], scope: ReadScope): Sql {
  const { from, condition, checks } = placeSql(place, 'r', scope)
  return sql`select ${join([...columns, ...checks])} from ${from} where ${condition}`
}

export function where(conditions: readonly (Sql | undefined)[]): Sql {
  const held = conditions.filter((condition) => condition !== undefined)
  return held.length === 0 ? nothing : sql` where ${join(held, ' and ')}`
}
