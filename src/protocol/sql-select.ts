/**
 * `?sql=` (webapi.md 6.9) as a query tree: `SELECT a.name, c.fullname AS contact FROM account AS a LEFT JOIN contact AS c ON a.primarycontactid = c.contactid`.
 * Where SQL and FetchXML differ the tree says what SQL says: a comparison with null is not true, and so no `<>` or NOT of it is.
 */
import { assert } from '../base/assert.ts'
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import type { FetchAttribute, FetchEntity, FetchFilter, FetchLink, FetchOrder, FetchQuery } from './fetch-query.ts'
import { sqlFilter } from './sql-filter.ts'
import { type NamedItem, namedItems } from './sql-items.ts'
import { parseSqlStatement } from './sql-statement.ts'
import type { SqlColumn, SqlJoin } from './sql-syntax.ts'

/** The original answers no more rows than this to one statement. */
const MAX_ROWS = 5000

/** A table of the statement. `children` join to it. */
type Source = { readonly join: SqlJoin | undefined; readonly alias: string; readonly children: Source[]; readonly on: On | undefined }
type On = { readonly from: string; readonly to: string; readonly filters: readonly FetchFilter[] }
type Sources = ReadonlyMap<string, Source>

/** `now`: ISO 8601 with `Z`, what `GETUTCDATE()` stands for. */
export function parseSqlSelect(text: string, now: string): FetchQuery {
  const statement = parseSqlStatement(text, now)
  const root: Source = { join: undefined, alias: statement.from.alias, children: [], on: undefined }
  const sources = joinSources(root, statement.joins)
  const aliasOf = (column: SqlColumn): string | undefined => aliasIn(sources, root, column)
  const aggregate = statement.groupBy.length > 0 || statement.items.some((item) => item.kind === 'aggregate')
  const items = namedItems(statement, aggregate, aliasOf)
  if (aggregate && statement.distinct) throw fail('UnsupportedClause', 'DISTINCT together with aggregates is not supported in SQL queries.')
  const orders = statement.orderBy.map(({ column, descending }) => ({ ...orderBy(column, items, aggregate, aliasOf), descending }))
  const filters = statement.where ? [sqlFilter(statement.where, aliasOf)] : []
  return {
    top: statement.skip === undefined ? statement.top : Math.min(statement.top ?? MAX_ROWS, MAX_ROWS),
    skip: statement.skip,
    count: undefined,
    page: undefined,
    pagingCookie: undefined,
    distinct: statement.distinct,
    aggregate,
    aggregateLimit: undefined,
    returnTotalRecordCount: false,
    rawOrder: true,
    entity: { ...entityOf(statement.from.name, root, items), orders, filters },
  }
}

function entityOf(name: string, source: Source, items: readonly NamedItem[]): FetchEntity {
  const own = source.join ? source.alias : undefined
  const attributes = items.filter((item) => item.source === own).map((item): FetchAttribute => item.attribute)
  return { name, allAttributes: false, attributes, orders: [], filters: [], links: source.children.map((child) => linkOf(child, items)) }
}

function linkOf(source: Source, items: readonly NamedItem[]): FetchLink {
  const { join, on } = source
  assert(join && on, 'the base table is joined to nothing')
  const entity = entityOf(join.name, source, items)
  return { ...entity, filters: on.filters, from: on.from, to: on.to, alias: source.alias, type: join.type, intersect: false }
}

// Tables

function joinSources(root: Source, joins: readonly SqlJoin[]): Sources {
  const sources = new Map([[root.alias, root]])
  for (const join of joins) {
    if (sources.has(join.alias)) throw fail('BadRequest', `The alias '${excerpt(join.alias)}' is given to more than one table.`)
    const { parent, on } = readOn(join, sources, root)
    const source: Source = { join, alias: join.alias, children: [], on }
    parent.children.push(source)
    sources.set(join.alias, source)
  }
  return sources
}

/** One pair of columns, and filters of the joined table: `ON a.accountid = c.parentcustomerid AND c.statecode = 0`. */
function readOn(join: SqlJoin, sources: Sources, root: Source): { readonly parent: Source; readonly on: On } {
  const terms = join.on.op === 'and' ? join.on.terms : [join.on]
  const pair = terms.find((term) => term.op === 'compare' && term.operator === 'eq')
  if (pair?.op !== 'compare') throw badOn(join)
  const isTurned = pair.column.table === join.alias
  const [inner, outer] = isTurned ? [pair.column, pair.other] : [pair.other, pair.column]
  if (inner.table !== join.alias || outer.table === join.alias) throw badOn(join)
  const parent = outer.table === undefined ? root : sources.get(outer.table)
  if (!parent) throw unbound(outer)
  const rest = terms.filter((term) => term !== pair)
  const filters = rest.length === 0 ? [] : [sqlFilter({ op: 'and', terms: rest }, (column) => ownColumn(join, column))]
  return { parent, on: { from: inner.name, to: outer.name, filters } }
}

function ownColumn(join: SqlJoin, column: SqlColumn): undefined {
  if (column.table !== join.alias) throw badOn(join)
}

function badOn(join: SqlJoin): DataverseError {
  const { alias } = join
  const rule = 'one column of it equals a column of a table before it, and the rest are filters on it'
  return fail(
    'UnsupportedClause',
    `The ON of '${excerpt(alias)}' is not supported in SQL queries: ${rule} (ON a.x = ${excerpt(alias)}.y AND ${excerpt(alias)}.z = 1).`,
  )
}

/** The alias of the joined table that the column is of; undefined: the base table, which a bare name stands for too. */
function aliasIn(sources: Sources, root: Source, column: SqlColumn): string | undefined {
  if (column.table === undefined) return undefined
  const source = sources.get(column.table)
  if (!source) throw unbound(column)
  return source === root ? undefined : source.alias
}

function unbound(column: SqlColumn): DataverseError {
  return fail('BadRequest', `The multi-part identifier '${excerpt(`${column.table}.${column.name}`)}' could not be bound.`)
}

// Order

/** A name that stands alone is first that of an item, and so are all names where rows are grouped. */
function orderBy(
  column: SqlColumn,
  items: readonly NamedItem[],
  aggregate: boolean,
  aliasOf: (column: SqlColumn) => string | undefined,
): Pick<FetchOrder, 'attribute' | 'alias' | 'entityName'> {
  const source = aliasOf(column)
  const named = column.table === undefined ? items.find((item) => item.attribute.alias?.toLowerCase() === column.name) : undefined
  if (!aggregate) {
    const attribute = named?.attribute.name ?? column.name
    return { attribute, alias: undefined, entityName: named ? named.source : source }
  }
  const item = named ?? items.find(({ attribute, source: from }) => attribute.groupBy && attribute.name === column.name && from === source)
  if (!item) throw fail('BadRequest', `ORDER BY '${excerpt(column.name)}' is not supported: it is neither grouped by nor an alias of an aggregate.`)
  return { attribute: undefined, alias: item.attribute.alias, entityName: undefined }
}
