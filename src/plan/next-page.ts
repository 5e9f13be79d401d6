/**
 * Pages of one answer: what a next link's skip token says, and what it is made of. A next link works alone: size, place and,
 * while changes are tracked, the position ride in the token; no header has to be sent again.
 */
import { assert } from '../base/assert.ts'
import { Decimal } from '../base/decimal.ts'
import { fail } from '../protocol/errors.ts'
import { MAX_PAGE_SIZE } from '../protocol/prefer.ts'
import type { CookieKey } from '../protocol/paging-cookie.ts'
import type { SkipToken } from '../protocol/skip-token.ts'
import type { ReadChanges, ReadTracked } from './change-plan.ts'
import { pathText } from './bind-path.ts'
import type { ReadOutcome } from './outcome.ts'
import type { BoundOrder, ReadRows } from './read-plan.ts'
import type { ColumnPath } from './bound-filter.ts'
import { formatTrackingState } from './tracking-state.ts'

type RowsOutcome = Extract<ReadOutcome, { readonly kind: 'rows' }>
type TrackedOutcome = Extract<ReadOutcome, { readonly kind: 'tracked-rows' }>
type ChangesOutcome = Extract<ReadOutcome, { readonly kind: 'changes' }>

export type RowsPage = Pick<ReadRows, 'limit' | 'pages' | 'after' | 'pageNumber'>

/** An order value as a page gave it: see `ReadRows.after`. */
export type OrderValue = string | number | null
/** Of the first and last row of a page. */
type Ends = { readonly first: readonly OrderValue[]; readonly last: readonly OrderValue[] }

/**
 * `$top` counts only where no page size is asked for (webapi.md 6.4); one above 5,000 is read in pages, the last of them shorter.
 * `token` undefined: the first page.
 */
export function rowsPage(token: SkipToken | undefined, top: number | undefined, maxPageSize: number | undefined, order: readonly BoundOrder[]): RowsPage {
  const pageNumber = token?.page ?? 1
  const after = token && afterOf(token, order)
  const size = maxPageSize ?? token?.pageSize ?? MAX_PAGE_SIZE
  if (top === undefined || maxPageSize !== undefined || size < MAX_PAGE_SIZE) return { limit: size, pages: true, after, pageNumber }
  const left = Math.max(0, top - (pageNumber - 1) * MAX_PAGE_SIZE)
  return { limit: Math.min(left, MAX_PAGE_SIZE), pages: left > MAX_PAGE_SIZE, after, pageNumber }
}

/** The token of the next link; undefined on the last page. */
export function nextSkipToken(plan: ReadRows | ReadTracked | ReadChanges, outcome: RowsOutcome | TrackedOutcome | ChangesOutcome): SkipToken | undefined {
  const page = plan.pageNumber + 1
  const pageSize = plan.limit
  if (plan.kind === 'read-rows') {
    assert(outcome.kind === 'rows', 'rows are answered by rows')
    return outcome.next && plan.pages ? { page, pageSize, keys: keysOf(pathsOf(plan.order), outcome.next) } : undefined
  }
  if (plan.kind === 'read-tracked') {
    assert(outcome.kind === 'tracked-rows', 'a tracked read is answered by tracked rows')
    const from = outcome.nextAfterId === undefined ? undefined : { storePart: outcome.token.storePart, afterId: outcome.nextAfterId }
    return from && { page, pageSize, keys: [], state: formatTrackingState({ kind: 'tracked', from }) }
  }
  assert(outcome.kind === 'changes', 'changes are answered by changes')
  const from = outcome.nextAfter && { until: outcome.token.storePart, after: outcome.nextAfter }
  return from && { page, pageSize, keys: [], state: formatTrackingState({ kind: 'changes', storePart: plan.storePart, from }) }
}

export function keysOf(order: readonly ColumnPath[], { first, last }: Ends): readonly CookieKey[] {
  return order.map((path, index) => ({ column: keyName(path), first: textOf(first[index]), last: textOf(last[index]) }))
}

/** Where a page begins, if the keys are those of this order. */
export function valuesOf(keys: readonly CookieKey[], order: readonly ColumnPath[]): readonly OrderValue[] | undefined {
  const fits = keys.length === order.length && order.every((path, index) => keyName(path) === keys[index]?.column)
  return fits ? order.map((path, index) => orderValue(path, keys[index]?.last ?? null)) : undefined
}

function pathsOf(order: readonly BoundOrder[]): readonly ColumnPath[] {
  return order.map(({ path }) => path)
}

/** `name`, of a joined row `contact1.fullname`. */
function keyName(path: ColumnPath): string {
  return path.from === undefined ? pathText(path) : `${path.from}.${pathText(path)}`
}

function textOf(value: OrderValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

/** A token fits a query that orders by the same columns. */
function afterOf(token: SkipToken, order: readonly BoundOrder[]): readonly OrderValue[] {
  const values = token.state === undefined ? valuesOf(token.keys, pathsOf(order)) : undefined
  if (!values) throw fail('BadToken', 'The skip token belongs to another query.')
  return values
}

/** Numbers are numbers again where their column's are stored so; whole ones that a double cannot hold stay text, as they came. */
function orderValue(path: ColumnPath, text: string | null): OrderValue {
  if (text === null) return null
  switch (path.column.type) {
    case 'integer':
    case 'bigint':
    case 'money':
    case 'choice':
    case 'state':
    case 'status':
    case 'double':
    case 'boolean':
      return numberOf(text)
    default:
      return text
  }
}

function numberOf(text: string): OrderValue {
  if (text === 'true' || text === 'false') return text
  if (Decimal.parse(text) === undefined) throw fail('BadToken', `The skip token's value '${text.slice(0, 40)}' is not a number.`)
  const value = Number(text)
  return String(value) === text ? value : text
}
