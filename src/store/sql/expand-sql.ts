/**
 * `$expand` as subselects of a row's JSON: `"primarycontactid":{…}` or null, `"Account_Tasks":[…]`, and behind each collection a link.
 * That is its own URL, whether or not it goes on (webapi.md 6.5): `"Account_Tasks@odata.nextLink":"https://…/accounts(6f0c…)/Account_Tasks?$select=subject"`,
 * or, of a collection in pages, the URL of its second page where it has one.
 */
import { assert } from '../../base/assert.ts'
import type { BoundExpand, ExpandMany, ExpandOne, ExpandOwner, RowShape } from '../../plan/read-plan.ts'
import { NAMESPACE } from '../../protocol/names.ts'
import { encodeQueryComponent } from '../../protocol/percent.ts'
import { formatSkipToken } from '../../protocol/skip-token.ts'
import type { Table } from '../../schema/table.ts'
import { childSql } from './address-sql.ts'
import { filterSql } from './filter-sql.ts'
import { columnOf } from './folded.ts'
import { joinedPaths } from './joined-paths.ts'
import { rowsOf } from './visible-rows.ts'
import { bound, concat, escaped, literal, type Piece } from './json-text.ts'
import { andPointsInto } from './lookup-target.ts'
import { orderBy, orderTerms } from './order-sql.ts'
import type { ReadScope } from './read-scope.ts'
import { referenceJson } from './reference-json.ts'
import { join, nothing, type Sql, sql, verbatim } from './sql.ts'

/** `row-json.ts` and this file need each other; it hands itself in. */
export type WriteRowJson = (shape: RowShape, alias: string, scope: ReadScope) => Sql

/** `,"navigation":…` of the row that `alias` stands for. */
export function expandPieces(expand: BoundExpand, parent: Table, alias: string, scope: ReadScope, rowJson: WriteRowJson): Piece[] {
  const start = `,"${escaped(expand.navigation)}":`
  switch (expand.kind) {
    case 'one':
      return [start, sql`coalesce(${oneRow(expand, alias, scope, rowJson)}, 'null')`]
    case 'owner':
      return [start, ownerJson(expand, alias, scope, rowJson)]
    case 'many':
      return [start, expand.pages ? pageOfRows(expand, parent, alias, scope, rowJson) : manyRows(expand, parent, alias, scope, rowJson)]
  }
}

/** The user or team, led by its type: `{"@odata.type":"#Microsoft.Dynamics.CRM.team",…}`. */
export function ownerJson({ choices }: ExpandOwner, alias: string, scope: ReadScope, rowJson: WriteRowJson): Sql {
  const rows = choices.map((choice) => {
    const row = oneRow(choice, alias, scope, rowJson)
    const type = literal(`{"@odata.type":"#${NAMESPACE}.${escaped(choice.shape.table.logicalName)}",`)
    return choice.references ? row : sql`(${type} || substr(${row}, 2))`
  })
  return sql`coalesce(${join([...rows, sql`'null'`])})`
}

/** Null where there is none. */
function oneRow(expand: ExpandOne, alias: string, scope: ReadScope, rowJson: WriteRowJson): Sql {
  const { table } = expand.shape
  const child = `${alias}x`
  const json = expand.references ? referenceJson(table, child, scope) : rowJson(expand.shape, child, scope)
  const paths = joinedPaths(child, scope)
  const wanted = expand.filter ? sql` and ${filterSql(expand.filter, paths, scope)}` : nothing
  const found = sql`${columnOf(child, table.primaryIdColumn)} = ${columnOf(alias, expand.column.logicalName)}${andPointsInto(table, expand.column, alias)}${wanted}`
  return sql`(select ${json} from ${rowsOf(table, child, scope)}${paths.joins()} where ${found})`
}

function manyRows(expand: ExpandMany, parent: Table, alias: string, scope: ReadScope, rowJson: WriteRowJson): Sql {
  const child = `${alias}x`
  const { rows, order } = childRows(expand, parent, alias, scope)
  const shown = sql`select ${rowJson(expand.shape, child, scope)} as json ${rows} order by ${order}${scope.dialect.limit(expand.top)}`
  const link = nextLink(expand, expand.query === '' ? [] : [`?${expand.query}`], parent, alias, scope)
  return sql`(select ${concat(['[', verbatim(`string_agg(s.json, ',')`), ']', link], scope.dialect)} from (${shown}) as s)`
}

/** One row more than the page holds is looked for: it says whether there is a second page. */
function pageOfRows(expand: ExpandMany, parent: Table, alias: string, scope: ReadScope, rowJson: WriteRowJson): Sql {
  const child = `${alias}x`
  const { rows, order } = childRows(expand, parent, alias, scope)
  const id = columnOf(child, expand.shape.table.primaryIdColumn)
  const found = sql`select ${rowJson(expand.shape, child, scope)} as json, ${id} as id ${rows} order by ${order}${scope.dialect.limit(expand.top + 1)}`
  // Counted after the cut: counted before it, every child would be.
  const shown = sql`select i.json, i.id, row_number() over (order by i.id) as place from (${found}) as i`
  const isShown = sql`s.place <= ${expand.top}`
  const link = nextLink(expand, pageQuery(expand, sql`min(s.id)`, sql`max(s.id) filter (where ${isShown})`), parent, alias, scope)
  const json = sql`string_agg(s.json, ',') filter (where ${isShown})`
  return sql`(select ${concat(['[', json, ']', sql`case when count(*) > ${expand.top} then ${link} end`], scope.dialect)} from (${shown}) as s)`
}

/** The rows, and their order. */
function childRows(expand: ExpandMany, parent: Table, alias: string, scope: ReadScope): { readonly rows: Sql; readonly order: Sql } {
  const { table } = expand.shape
  const child = `${alias}x`
  const paths = joinedPaths(child, scope)
  const own = childSql(expand.link, table, child, columnOf(alias, parent.primaryIdColumn))
  const conditions = expand.filter ? [own, filterSql(expand.filter, paths, scope)] : [own]
  const order = orderBy(orderTerms(expand.order, paths), scope.dialect)
  return { rows: sql`from ${rowsOf(table, child, scope)}${paths.joins()} where ${join(conditions, ' and ')}`, order }
}

// They stand for the ids of the page's first and last row, which only the database knows.
const FIRST = '00000000-0000-4000-8000-00000000000a'
const LAST = '00000000-0000-4000-8000-00000000000b'

/** `?$select=subject&$skiptoken=…`, whose token is that of `next-page.ts`. */
function pageQuery({ shape, top, query }: ExpandMany, first: Sql, last: Sql): readonly (string | Sql)[] {
  const token = formatSkipToken({ page: 2, pageSize: top, keys: [{ column: shape.table.primaryIdColumn, first: FIRST, last: LAST }] })
  const [start, middle, end] = encodeQueryComponent(token).split(new RegExp(`${FIRST}|${LAST}`, 'i'))
  assert(start !== undefined && middle !== undefined && end !== undefined, 'a skip token holds the first id and the last')
  return [`?${query === '' ? '' : `${query}&`}$skiptoken=${start}`, sql`upper(${last})`, middle, sql`upper(${first})`, end]
}

/** `,"Account_Tasks@odata.nextLink":"…"`; `query`: what stands behind the collection's own URL. Its texts are bound. */
function nextLink({ navigation, segment }: ExpandMany, query: readonly (string | Sql)[], parent: Table, alias: string, scope: ReadScope): Sql {
  const start = bound(escaped(`${scope.apiRoot}/${parent.entitySetName}(`))
  const rest = [`)/${segment}`, ...query].map((piece) => (typeof piece === 'string' ? bound(escaped(piece)) : piece))
  return concat([`,"${escaped(navigation)}@odata.nextLink":"`, start, columnOf(alias, parent.primaryIdColumn), ...rest, '"'], scope.dialect)
}
