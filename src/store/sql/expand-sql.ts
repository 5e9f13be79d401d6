/**
 * `$expand` as subselects of a row's JSON: `"primarycontactid":{…}` or null, `"Account_Tasks":[…]`, and behind each collection its own
 * URL, whether or not it goes on (webapi.md 6.5): `"Account_Tasks@odata.nextLink":"https://…/accounts(6f0c…)/Account_Tasks?$select=subject"`.
 */
import type { BoundExpand, RowShape } from '../../plan/read-plan.ts'
import { isPolymorphic } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { childSql } from './address-sql.ts'
import { filterSql } from './filter-sql.ts'
import { columnOf } from './folded.ts'
import { joinedPaths, rowsOf } from './joined-paths.ts'
import { bound, concat, escaped, literal, type Piece } from './json-text.ts'
import { orderBy, orderTerms } from './order-sql.ts'
import type { ReadScope } from './read-scope.ts'
import { referenceJson } from './reference-json.ts'
import { join, nothing, type Sql, sql, verbatim } from './sql.ts'
import { targetColumn } from './storage-names.ts'

/** `row-json.ts` and this file need each other; it hands itself in. */
export type WriteRowJson = (shape: RowShape, alias: string, scope: ReadScope) => Sql

/** `,"navigation":…` of the row that `alias` stands for. */
export function expandPieces(expand: BoundExpand, parent: Table, alias: string, scope: ReadScope, rowJson: WriteRowJson): Piece[] {
  const start = `,"${escaped(expand.navigation)}":`
  if (expand.kind === 'one') return [start, oneRow(expand, alias, scope, rowJson)]
  return [start, manyRows(expand, parent, alias, scope, rowJson)]
}

function oneRow(expand: Extract<BoundExpand, { kind: 'one' }>, alias: string, scope: ReadScope, rowJson: WriteRowJson): Sql {
  const { table } = expand.shape
  const child = `${alias}x`
  const json = expand.references ? referenceJson(table, child, scope) : rowJson(expand.shape, child, scope)
  const { logicalName } = expand.column
  const ofTable = isPolymorphic(expand.column) ? sql` and ${columnOf(alias, targetColumn(logicalName))} = ${literal(table.logicalName)}` : nothing
  const found = sql`${columnOf(child, table.primaryIdColumn)} = ${columnOf(alias, logicalName)}${ofTable}`
  if (!expand.filter) return sql`coalesce((select ${json} from ${rowsOf(table, child)} where ${found}), 'null')`
  const paths = joinedPaths(child, scope.dialect)
  const wanted = filterSql(expand.filter, paths, scope.dialect)
  return sql`coalesce((select ${json} from ${rowsOf(table, child)}${paths.joins()} where ${found} and ${wanted}), 'null')`
}

function manyRows(expand: Extract<BoundExpand, { kind: 'many' }>, parent: Table, alias: string, scope: ReadScope, rowJson: WriteRowJson): Sql {
  const { table } = expand.shape
  const child = `${alias}x`
  const paths = joinedPaths(child, scope.dialect)
  const own = childSql(expand.link, table, child, columnOf(alias, parent.primaryIdColumn))
  const conditions = expand.filter ? [own, filterSql(expand.filter, paths, scope.dialect)] : [own]
  const order = orderBy(orderTerms(expand.order, paths), scope.dialect)
  const rows = sql`from ${rowsOf(table, child)}${paths.joins()} where ${join(conditions, ' and ')}`
  const shown = sql`select ${rowJson(expand.shape, child, scope)} as json ${rows} order by ${order} limit ${expand.top}`
  const link = nextLink(expand.navigation, expand.query, parent, alias, scope)
  return sql`(select ${concat(['[', verbatim(`string_agg(s.json, ',')`), ']', link], scope.dialect)} from (${shown}) as s)`
}

/** The collection's own URL, from its start. */
function nextLink(navigation: string, query: string, parent: Table, alias: string, { apiRoot, dialect }: ReadScope): Sql {
  const start = bound(escaped(`${apiRoot}/${parent.entitySetName}(`))
  const end = bound(escaped(`)/${navigation}${query === '' ? '' : `?${query}`}`))
  return concat([`,"${escaped(navigation)}@odata.nextLink":"`, start, columnOf(alias, parent.primaryIdColumn), end, '"'], dialect)
}
