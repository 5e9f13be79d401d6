/**
 * Reads of rows as page queries. The first result column is the row's JSON, `json`; those after it are what the caller of the query
 * needs of the first and last row: order values, or a version.
 */
import type { CountRows, CountTables, ReadRow, ReadRows, ReadValue, Source } from '../../plan/read-plan.ts'
import { isPolymorphic } from '../../schema/column.ts'
import { addressSql, addressValues, childSql, idSql, sourceSql } from './address-sql.ts'
import type { PageQuery } from './connection.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { filterSql } from './filter-sql.ts'
import { columnOf } from './folded.ts'
import { formattedValue } from './formatted-values.ts'
import { joinedPaths, rowsOf } from './joined-paths.ts'
import { literal } from './json-text.ts'
import { afterSql, orderBy, orderTerms } from './order-sql.ts'
import { perShape, type ReadScope } from './read-scope.ts'
import { referenceJson } from './reference-json.ts'
import { rowJson, shapeName } from './row-json.ts'
import { join, nothing, type Sql, sql } from './sql.ts'
import { targetColumn } from './storage-names.ts'

/** Beside the JSON: the order values. */
export function selectRows(plan: ReadRows, scope: ReadScope): PageQuery {
  const { table } = plan.shape
  const paths = joinedPaths('r', scope.dialect)
  const terms = orderTerms(plan.order, paths)
  const own = sourceSql(plan.source, table, 'r', scope.dialect)
  const filter = plan.filter && filterSql(plan.filter, paths, scope.dialect)
  const after = plan.after && afterSql(terms, plan.after)
  const json = plan.references ? referenceJson(table, 'r', scope) : rowJson(plan.shape, 'r', scope)
  const columns = [sql`${json} as json`, ...terms.map(({ value }) => value)]
  const limit = plan.pages ? plan.limit + 1 : plan.limit
  const from = sql`from ${rowsOf(table, 'r')}${paths.joins()}${where([own, filter, after])}`
  return { sql: sql`select ${join(columns)} ${from} order by ${orderBy(terms, scope.dialect)} limit ${limit}`, limit: plan.limit }
}

/** A count that stops at `limit`, so that it costs no more than a page. */
export function countRows(
  { table, source, filter }: Pick<CountRows, 'table' | 'source' | 'filter'>,
  limit: number,
  { dialect }: Pick<ReadScope, 'dialect'>,
): PageQuery {
  const paths = joinedPaths('r', dialect)
  const own = sourceSql(source, table, 'r', dialect)
  const conditions = where([own, filter && filterSql(filter, paths, dialect)])
  return { sql: sql`select count(*) as json from (select 1 from ${rowsOf(table, 'r')}${paths.joins()}${conditions} limit ${limit}) as s`, limit: 1 }
}

export function countTables({ tables }: CountTables): PageQuery[] {
  return tables.map((table) => ({ sql: sql`select count(*) as json from ${rowsOf(table, 'r')}`, limit: 1 }))
}

/** One row where the parent is there. Undefined: there is none to ask for. */
export function selectParent(source: Source, { dialect }: Pick<ReadScope, 'dialect'>): PageQuery | undefined {
  if (source.kind === 'set') return undefined
  return { sql: sql`select '' as json from ${rowsOf(source.parent.table, 'p')} where ${addressSql(source.parent, 'p', dialect)}`, limit: 1 }
}

/** Beside the JSON: the version. The statement of the hot path: its text is kept, and only the address's values differ. */
export function selectRow(plan: ReadRow, scope: ReadScope): PageQuery {
  const { shape, address, within } = plan
  if (within || plan.references || shape.expands.length > 0) return { sql: compileRow(plan, scope), limit: 1 }
  const by = address.by === 'id' ? 'id' : `key ${address.key.logicalName}`
  // The address's values stand last.
  const { chunks, values } = perShape(scope.schema, shape.columns, `read ${by} of ${shapeName(shape, scope)}`, () => {
    const compiled = compileRow(plan, scope)
    return { chunks: compiled.chunks, values: compiled.values.slice(0, -addressValues(address, scope.dialect).length) }
  })
  return { sql: { chunks, values: [...values, ...addressValues(address, scope.dialect)] }, limit: 1 }
}

function compileRow({ shape, address, within, references }: ReadRow, scope: ReadScope): Sql {
  const json = references ? referenceJson(shape.table, 'r', scope) : rowJson(shape, 'r', scope)
  const inside = within && childSql(within.link, shape.table, 'r', idSql(within.parent, scope.dialect))
  const conditions = where([inside, addressSql(address, 'r', scope.dialect)])
  return sql`select ${json} as json, ${columnOf('r', VERSION_COLUMN)} from ${rowsOf(shape.table, 'r')}${conditions}`
}

/** `set(key)/nav`. Beside the JSON: the target's version, null where it is not there, and its id, null where the lookup is. */
export function selectThrough({ shape, address, references }: ReadRow, through: NonNullable<ReadRow['through']>, scope: ReadScope): PageQuery {
  const { column, target } = through
  const json = references ? referenceJson(target, 'r', scope) : rowJson(shape, 'r', scope)
  const stored = columnOf('o', column.logicalName)
  const pointed = isPolymorphic(column)
    ? sql`case when ${columnOf('o', targetColumn(column.logicalName))} = ${literal(target.logicalName)} then ${stored} end`
    : stored
  const joined = sql`left join ${rowsOf(target, 'r')} on ${columnOf('r', target.primaryIdColumn)} = ${pointed}`
  const from = sql`from ${rowsOf(address.table, 'o')} ${joined}${where([addressSql(address, 'o', scope.dialect)])}`
  return { sql: sql`select ${json} as json, ${columnOf('r', VERSION_COLUMN)}, ${pointed} ${from}`, limit: 1 }
}

/** Beside the JSON: the formatted value as JSON, null where there is none. */
export function selectValue({ address, column, formatted }: ReadValue, scope: ReadScope): PageQuery {
  const { table } = address
  const shown = (formatted && formattedValue(table, column, 'r', scope)) || sql`null`
  const json = scope.dialect.jsonOf(column, columnOf('r', column.logicalName))
  return { sql: sql`select ${json} as json, ${shown} from ${rowsOf(table, 'r')}${where([addressSql(address, 'r', scope.dialect)])}`, limit: 1 }
}

export function where(conditions: readonly (Sql | undefined)[]): Sql {
  const held = conditions.filter((condition) => condition !== undefined)
  return held.length === 0 ? nothing : sql` where ${join(held, ' and ')}`
}
