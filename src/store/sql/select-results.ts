/**
 * Reads of results as page queries: rows with their joins, distinct rows, groups. Beside the JSON stand the order values, as in
 * `select-rows.ts`. A page of `rows` can begin behind given order values, which costs what a first page costs; any page can begin
 * behind a number of rows.
 */
import type { ReadResults, ResultOrder } from '../../plan/results-plan.ts'
import { assert } from '../../base/assert.ts'
import { fail } from '../../protocol/errors.ts'
import { sourceSql } from './address-sql.ts'
import type { PageQuery } from './connection.ts'
import { filterSql } from './filter-sql.ts'
import { type JoinedPaths, joinedPaths } from './joined-paths.ts'
import { rowsOf } from './visible-rows.ts'
import { afterSql, orderBy, orderTerms, type OrderTerm, rankSql } from './order-sql.ts'
import type { ReadScope } from './read-scope.ts'
import { resultJson } from './result-json.ts'
import { groupsOf, type ValueSql, valueSql } from './result-values.ts'
import { where } from './select-rows.ts'
import { join, nothing, type Sql, sql } from './sql.ts'

const ROOT = 'r'
type Sorted = Pick<OrderTerm, 'value' | 'descending'>

/** A query in a body or a stored one can name more than a statement takes; those beside it (counts) bind no more. */
export function selectResults(plan: ReadResults, scope: ReadScope): PageQuery {
  const query = plan.form === 'rows' ? selectPlain(plan, scope) : selectGrouped(plan, scope)
  const { values } = query.sql
  const { maxValues } = scope.dialect
  if (values.length > maxValues) throw fail('BadRequest', `The query is too large: its values and aliases are ${values.length}, and ${maxValues} is the limit.`)
  return query
}

function selectPlain(plan: ReadResults, scope: ReadScope): PageQuery {
  const { paths, values } = prepare(plan, scope)
  const terms = plan.order.map((one) => plainTerm(one, plan, values, paths))
  const { after } = plan.page
  assert(!after || after.length === terms.length, 'a page begins behind a value of each term of the order')
  const beyond = after && afterSql(terms, after, scope.dialect)
  const columns = [sql`${resultJson(plan, values, ROOT, scope)} as json`, ...terms.map(({ value }) => value)]
  const from = fromSql(plan, paths, scope, beyond)
  return { sql: sql`select ${join(columns)} ${from} order by ${orderBy(terms, scope.dialect)}${pageSql(plan, scope)}`, limit: plan.page.size }
}

function selectGrouped(plan: ReadResults, scope: ReadScope): PageQuery {
  const { paths, values } = prepare(plan, scope)
  const asked: Sorted[] = plan.order.map((one) => ({ value: groupedOrder(one, plan, values, paths), descending: one.descending }))
  const ties: Sorted[] = values.flatMap(({ groupBy }) => groupBy).map((value) => ({ value, descending: false }))
  const terms = [...asked, ...ties]
  const groups = groupsOf(values)
  const columns = [sql`${resultJson(plan, values, ROOT, scope)} as json`, ...asked.map(({ value }) => value)]
  const isWithinLimit = plan.form === 'groups' ? sql`not exists (${excessRows(plan, scope)})` : undefined
  const from = sql`${fromSql(plan, paths, scope, isWithinLimit)}${groups ? sql` group by ${groups}` : nothing}`
  const order = terms.length > 0 ? sql` order by ${orderBy(terms, scope.dialect)}` : nothing
  return { sql: sql`select ${join(columns)} ${from}${order}${pageSql(plan, scope)}`, limit: plan.page.size }
}

/** Of all that the query finds, up to `limit`. */
export function countResults(plan: ReadResults, limit: number, scope: ReadScope): PageQuery {
  const { paths, values } = prepare(plan, scope)
  const groups = plan.form === 'rows' ? undefined : groupsOf(values)
  // Aggregates without groups are one row, whatever there is.
  if (plan.form === 'groups' && !groups) return { sql: sql`select 1 as json`, limit: 1 }
  const found = sql`select 1 ${fromSql(plan, paths, scope)}${groups ? sql` group by ${groups}` : nothing} limit ${limit}`
  return { sql: sql`select count(*) as json from (${found}) as s`, limit: 1 }
}

/** One row where an aggregate would read more rows than its limit. */
export function selectExcess(plan: ReadResults, scope: ReadScope): PageQuery | undefined {
  return plan.form === 'groups' ? { sql: excessRows(plan, scope), limit: 1 } : undefined
}

function excessRows(plan: ReadResults, scope: ReadScope): Sql {
  const { paths } = prepare({ ...plan, columns: [] }, scope)
  return sql`select '' as json ${fromSql(plan, paths, scope)} limit 1 offset ${plan.aggregateLimit}`
}

function prepare(plan: ReadResults, scope: ReadScope): { readonly paths: JoinedPaths; readonly values: readonly ValueSql[] } {
  const paths = joinedPaths(ROOT, scope, plan.joins)
  const told = { ...scope, timeZone: plan.annotations.timeZone }
  return { paths, values: plan.columns.map((column) => valueSql(column, plan, paths, told)) }
}

/** To be written last: by then `paths` knows every join. */
function fromSql({ table, source, filter }: ReadResults, paths: JoinedPaths, scope: ReadScope, condition?: Sql): Sql {
  const budget = scope.isBudgeted ? scope.dialect.withinBudget(ROOT) : undefined
  const conditions = where([budget, sourceSql(source, table, ROOT, scope), filter && filterSql(filter, paths, scope), condition])
  return sql`from ${rowsOf(table, ROOT, scope)}${paths.joins()}${conditions}`
}

function pageSql({ page }: ReadResults, { dialect }: ReadScope): Sql {
  const limit = dialect.limit(page.pages ? page.size + 1 : page.size)
  return page.skip > 0 ? sql`${limit} offset ${page.skip}` : limit
}

function plainTerm(order: ResultOrder, plan: ReadResults, values: readonly ValueSql[], paths: JoinedPaths): OrderTerm {
  const { by, descending, ranks } = order
  if (typeof by !== 'string') return orderTerms([{ path: by, descending, ranks }], paths)[0] as OrderTerm
  const { value, index } = columnNamed(by, plan)
  if (value.kind === 'column') return orderTerms([{ path: value.path, descending }], paths)[0] as OrderTerm
  assert(value.kind === 'children', 'rows have no groups')
  return { value: (values[index] as ValueSql).order, descending, column: value.parent }
}

/** A path that is no group's own gives many values: the least of them stands for the group. */
function groupedOrder({ by, ranks }: ResultOrder, plan: ReadResults, values: readonly ValueSql[], paths: JoinedPaths): Sql {
  if (typeof by !== 'string') return sql`min(${ranks ? rankSql(paths.comparable(by), ranks) : paths.comparable(by)})`
  return (values[columnNamed(by, plan).index] as ValueSql).order
}

function columnNamed(name: string, { columns }: ReadResults) {
  const index = columns.findIndex((column) => column.name === name)
  const column = columns[index]
  assert(column, `an order by ${name}, which is no column of the result`)
  return { value: column.value, index }
}
