/**
 * The answer to a query of its own (FetchXML, `?sql=`, `$apply`, saved queries): a collection like any other, and how to get at further
 * pages. FetchXML's client writes the next query itself, from the paging cookie; every other follows a next link.
 *
 * The cookie's rules (webapi.md 7): the outer one names the next page, the inner one this page, and it is never empty. Both annotations
 * are left out on the last page: clients go on as long as they are there. Where a column of a link orders there is none.
 */
import { matchesAnnotation } from '../protocol/annotations.ts'
import { contextOf } from '../protocol/context-url.ts'
import { FETCHXML_PAGING_COOKIE, MORE_RECORDS } from '../protocol/names.ts'
import { type CookieKey, formatOuterCookie } from '../protocol/paging-cookie.ts'
import { formatPreferenceApplied } from '../protocol/prefer.ts'
import { type Column, isLookup, wireName } from '../schema/column.ts'
import { keysOf } from '../plan/next-page.ts'
import type { ReadOutcome } from '../plan/outcome.ts'
import type { ReadResults, ResultOrder } from '../plan/results-plan.ts'
import type { ColumnPath } from '../plan/bound-filter.ts'
import type { HttpResponse } from './http-message.ts'
import { type Answered, collection, nextLink } from './respond-collection.ts'

type ResultsOutcome = Extract<ReadOutcome, { kind: 'results' }>
type Ends = NonNullable<ResultsOutcome['next']>

export function respondResults(plan: ReadResults, outcome: ResultsOutcome, answered: Answered): HttpResponse {
  const { request } = answered
  const { includeAnnotations, maxPageSize } = request.preferences
  // `$apply` names no columns there (webapi.md 6.1).
  const context = contextOf(plan.table.entitySetName, request.options.apply ? '' : columnsText(plan))
  const byCookie = request.options.fetchXml !== undefined
  const next = plan.page.pages ? outcome.next : undefined
  const members = byCookie && next ? cookieMembers(plan, next, outcome.rowCount, includeAnnotations) : ''
  const link = !byCookie && next ? `"@odata.nextLink":${JSON.stringify(nextLink(request, tokenOf(plan, next)))}` : undefined
  // Where FetchXML pages, its own `count` is the size of a page.
  const applied = formatPreferenceApplied({ includeAnnotations, maxPageSize: byCookie ? undefined : maxPageSize })
  return collection(answered, context, { count: outcome.count, rows: outcome.json, link, preferenceApplied: applied, members })
}

function tokenOf(plan: ReadResults, ends: Ends) {
  return { page: plan.page.number + 1, pageSize: plan.page.size, keys: plan.form === 'rows' ? keysOf(pathsOf(plan.order), ends) : [] }
}

function cookieMembers(plan: ReadResults, ends: Ends, rowCount: number, asked: string | undefined): string {
  const cookie = isLinkOrder(plan.order)
    ? undefined
    : formatOuterCookie({ page: plan.page.number, keys: cookieKeys(plan, ends, rowCount), more: new Map() }, false)
  const shown = cookie !== undefined && matchesAnnotation(asked, FETCHXML_PAGING_COOKIE) ? `"@${FETCHXML_PAGING_COOKIE}":${JSON.stringify(cookie)},` : ''
  return matchesAnnotation(asked, MORE_RECORDS) ? `${shown}"@${MORE_RECORDS}":true,` : shown
}

/** Of rows that no key tells apart (equal ones once, groups), their numbers: their pages are found by number too. */
function cookieKeys(plan: ReadResults, ends: Ends, rowCount: number): readonly CookieKey[] {
  if (plan.form === 'rows') return keysOf(pathsOf(plan.order), ends)
  const before = (plan.page.number - 1) * plan.page.size
  return [{ column: 'row', first: String(before + 1), last: String(before + rowCount) }]
}

function pathsOf(order: readonly ResultOrder[]): readonly ColumnPath[] {
  return order.map(({ by }) => by).filter((by) => typeof by !== 'string')
}

/** An id of a link only tells rows apart. */
function isLinkOrder(order: readonly ResultOrder[]): boolean {
  return pathsOf(order).some(({ from, steps, column, table }) => from !== undefined && (steps.length > 0 || column.logicalName !== table.primaryIdColumn))
}

/** `fullname,_transactioncurrencyid_value,transactioncurrencyid,contactid,transactioncurrencyid()`: lookups twice, and as what they lead to. */
function columnsText({ columns }: ReadResults): string {
  const own = new Set(
    columns.map(({ value }) => ('path' in value && value.path?.from === undefined ? value.path?.column : undefined)).filter((column) => column !== undefined),
  )
  const names = [...own].flatMap((column: Column) => (isLookup(column) ? [wireName(column), column.logicalName] : [column.logicalName]))
  return [...names, ...[...own].filter(isLookup).map(({ logicalName }) => `${logicalName}()`)].join(',')
}
