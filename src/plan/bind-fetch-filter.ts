/**
 * Filters of a query by names, bound: `<condition attribute="name" operator="eq" value="Litware"/>`, and the links that are conditions.
 *
 * | link type | holds where |
 * |---|---|
 * | `any`, `exists`, `in` | a linked row meets the link's filter |
 * | `not any` | none does |
 * | `not all` | one does: exactly as `any` |
 * | `all` | there are linked rows, and none of them meets the filter |
 *
 * The last two are Dataverse's own (webapi.md 7): for «every» the filter is to be turned round.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { FetchCondition, FetchFilter, FetchLink } from '../protocol/fetch-query.ts'
import { bindOperator, comparisonOf } from './bind-operator.ts'
import type { BoundFilter, ColumnPath, RelatedRows } from './bound-filter.ts'
import { familyOf } from './column-family.ts'
import { bindLink, type FetchBinder, type FetchRows, isCondition, rowNamed, rowsWithin } from './bind-fetch-links.ts'
import { type FetchRow, pathOf } from './fetch-row.ts'
import type { Join } from './join.ts'
import { MAX_CONDITIONS } from './limits.ts'

/** A valve: what parsers let through is less deep. */
const MAX_DEPTH = 100

/** What rows a query, or one link that is a condition, is about: what is joined to them, and which of them count. */
export type BoundRows = { readonly rows: FetchRows; readonly joins: readonly Join[]; readonly filter: BoundFilter | undefined }

export function bindRows(own: FetchRow, binder: FetchBinder): BoundRows {
  const rows = rowsWithin(own, binder)
  const where = conditionsOf(own.entity.filters, own, rows, binder)
  const joins = rows.joined.map((row, index): Join => {
    const reached = new Set<FetchRow>([own, ...rows.joined.slice(0, index + 1)])
    const isOfJoin = (filter: FetchFilter) => namesIn(filter).every((name) => reached.has(rowNamed(name, rows)))
    const { filters } = row.entity
    // What names a row joined later can only be asked once all are joined.
    where.push(...filters.filter((filter) => !isOfJoin(filter)).map((filter) => bindFilter(filter, row, rows, binder)))
    const filter = allOf(conditionsOf(filters.filter(isOfJoin), row, rows, binder))
    return { alias: row.from, type: row.type, table: row.table, inner: row.inner, outer: row.outer, filter }
  })
  return { rows, joins, filter: allOf(where) }
}

/** With the links that stand beside columns but are conditions: `exists`, `in`. */
function conditionsOf(filters: readonly FetchFilter[], row: FetchRow, rows: FetchRows, binder: FetchBinder): BoundFilter[] {
  const links = row.entity.links.filter(isCondition)
  return [...filters.map((filter) => bindFilter(filter, row, rows, binder)), ...links.map((link) => bindLinkCondition(link, row, binder))]
}

function bindFilter(filter: FetchFilter, row: FetchRow, rows: FetchRows, binder: FetchBinder, depth = 0): BoundFilter {
  if (depth > MAX_DEPTH) throw fail('InvalidArgument', `Filters are nested more than ${MAX_DEPTH} deep.`)
  const terms = [
    ...filter.conditions.map((condition) => bindCondition(condition, row, rows, binder)),
    ...filter.filters.filter((inner) => !isEmpty(inner)).map((inner) => bindFilter(inner, row, rows, binder, depth + 1)),
    ...filter.links.map((link) => bindLinkCondition(link, row, binder)),
  ]
  if (terms.length === 0) return { op: 'constant', value: true }
  return terms.length === 1 ? (terms[0] as BoundFilter) : { op: filter.type, terms }
}

/** Designers leave filters behind that say nothing. */
function isEmpty({ conditions, filters, links }: FetchFilter): boolean {
  return conditions.length === 0 && links.length === 0 && filters.every(isEmpty)
}

function bindCondition(condition: FetchCondition, row: FetchRow, rows: FetchRows, binder: FetchBinder): BoundFilter {
  binder.conditions++
  if (binder.conditions > MAX_CONDITIONS) throw fail('TooManyConditions')
  const { entityName, attribute, operator, value, values } = condition
  const left = pathOf(entityName === undefined ? row : rowNamed(entityName, rows), attribute)
  if (condition.valueOf !== undefined) return compareColumns(operator, left, pathNamed(condition.valueOf, row, rows))
  return bindOperator(operator, left, values.length === 0 && value !== undefined ? [value] : values, binder.context)
}

/** `lastname`, or `acct.name`. */
function pathNamed(text: string, row: FetchRow, rows: FetchRows): ColumnPath {
  const alias = aliasIn(text)
  return alias === undefined ? pathOf(row, text) : pathOf(rowNamed(alias, rows), text.slice(alias.length + 1))
}

/** Null neither equals nor differs from anything, as in the SQL of the original. */
function compareColumns(operator: string, left: ColumnPath, right: ColumnPath): BoundFilter {
  const op = comparisonOf(operator)
  if (!op) throw fail('InvalidArgument', `The condition operator '${excerpt(operator)}' cannot compare columns (valueof).`)
  if (familyOf(left.column) !== familyOf(right.column)) throw fail('LinkColumnsMismatch', left.column.logicalName, right.column.logicalName)
  const compared: BoundFilter = { op, left, right }
  const isThere = (path: ColumnPath): BoundFilter => ({ op: 'ne', left: path, right: null })
  return { op: 'and', terms: [compared, isThere(left), isThere(right)] }
}

function bindLinkCondition(link: FetchLink, parent: FetchRow, binder: FetchBinder): BoundFilter {
  if (!isCondition(link)) throw fail('LinkTypeMisplaced', link.type)
  const rows = bindRelated(link, parent, binder)
  const meets: BoundFilter = { op: 'exists', rows }
  if (link.type === 'not any') return { op: 'not', term: meets }
  if (link.type !== 'all') return meets
  const are: BoundFilter = { op: 'exists', rows: { ...rows, filter: undefined } }
  return { op: 'and', terms: [are, { op: 'not', term: meets }] }
}

function bindRelated(link: FetchLink, parent: FetchRow, binder: FetchBinder): RelatedRows {
  refuseColumns(link)
  const { table, inner, outer } = bindLink(link, parent, binder)
  const { joins, filter } = bindRows({ from: undefined, alias: link.alias, entity: link, table }, binder)
  return { table, link: { kind: 'equal', inner, outer }, joins, filter }
}

/** Of what is only asked for, nothing can be answered. */
function refuseColumns(link: FetchLink): void {
  const [attribute] = link.attributes
  if (attribute || link.allAttributes)
    throw fail(
      'InvalidArgument',
      `A link-entity of type '${link.type}' answers no columns, but '${excerpt(attribute?.name ?? 'all-attributes')}' is asked for.`,
    )
  for (const inner of link.links) refuseColumns(inner)
}

/** Aliases that conditions name, the link's own row aside. */
function namesIn({ conditions, filters }: FetchFilter): readonly string[] {
  const named = conditions.flatMap((condition) => [condition.entityName, aliasIn(condition.valueOf)])
  return [...named.filter((name) => name !== undefined), ...filters.flatMap(namesIn)]
}

/** `acct.name` → `acct` */
function aliasIn(path: string | undefined): string | undefined {
  return path?.includes('.') ? path.slice(0, path.lastIndexOf('.')) : undefined
}

function allOf(terms: readonly BoundFilter[]): BoundFilter | undefined {
  return terms.length > 1 ? { op: 'and', terms } : terms[0]
}
