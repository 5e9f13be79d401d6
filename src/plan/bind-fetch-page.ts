/**
 * Which page of a query by names: by `count`, `page` and `paging-cookie` of FetchXML, or by the skip token of a next link (`?sql=`, saved
 * queries). The cookie of the page before leads to the next one by keys; any other page is found by passing over rows.
 */
import { fail } from '../protocol/errors.ts'
import type { FetchQuery } from '../protocol/fetch-query.ts'
import { parsePagingCookie } from '../protocol/paging-cookie.ts'
import { MAX_PAGE_SIZE } from '../protocol/prefer.ts'
import type { SkipToken } from '../protocol/skip-token.ts'
import type { ColumnPath } from './bound-filter.ts'
import { type OrderValue, rowsPage, valuesOf } from './next-page.ts'
import type { ResultPage } from './results-plan.ts'

/** How a client comes to further pages. */
export type FetchPaging = { readonly by: 'cookie' } | { readonly by: 'link'; readonly token: SkipToken | undefined; readonly maxPageSize: number | undefined }

/** The documented limit of paging without cookies. */
const MAX_SKIPPED = 50_000

/** `keys`: the total order of rows; undefined where there is none (equal rows once, groups), so that all pages are found by number. */
export function fetchPage(query: FetchQuery, keys: readonly ColumnPath[] | undefined, paging: FetchPaging): ResultPage {
  if (paging.by === 'link') return linkedPage(query, keys ?? [], paging.token, paging.maxPageSize)
  return query.top === undefined ? numberedPage(query, keys) : topRows(query, query.top)
}

function topRows({ top: _top, page, pagingCookie, returnTotalRecordCount, count, skip }: FetchQuery, top: number): ResultPage {
  if (top < 1) throw fail('NotAboveZero', 'top')
  if (top > MAX_PAGE_SIZE) throw fail('InvalidArgument', `The top attribute can't be larger than ${MAX_PAGE_SIZE}.`)
  if (page !== undefined || pagingCookie !== undefined) throw fail('InvalidArgument', "The top attribute can't be specified with paging attributes.")
  if (returnTotalRecordCount) throw fail('InvalidArgument', "The top attribute can't be specified with returntotalrecordcount.")
  return { number: 1, size: Math.min(top, count ?? top), pages: false, after: undefined, skip: skip ?? 0 }
}

function numberedPage(query: FetchQuery, keys: readonly ColumnPath[] | undefined): ResultPage {
  const size = Math.min(query.count ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE)
  const cookie = query.pagingCookie === undefined ? undefined : parsePagingCookie(query.pagingCookie)
  if (query.pagingCookie !== undefined && !(cookie && cookie.page > 0)) throw fail('BadPagingCookie')
  const number = query.page ?? (cookie ? cookie.page + 1 : 1)
  if (size < 1 || number < 1) throw fail('NotAboveZero', size < 1 ? 'count' : 'page')
  // «If you request nonconsecutive pages, the paging cookie value is ignored.»
  if (keys && cookie?.page === number - 1) return { number, size, pages: true, after: valuesIn(cookie.keys, keys), skip: 0 }
  const skip = (number - 1) * size
  if (!cookie && skip + size > MAX_SKIPPED)
    throw fail('InvalidArgument', `Rows beyond the first ${MAX_SKIPPED} are reached by the paging cookie of the page before alone.`)
  return { number, size, pages: true, after: undefined, skip: skip + (query.skip ?? 0) }
}

function valuesIn(cookie: Parameters<typeof valuesOf>[0], keys: readonly ColumnPath[]): readonly OrderValue[] {
  const values = valuesOf(cookie, keys)
  if (!values) throw fail('PagingCookieOfAnotherOrder')
  return values
}

function linkedPage(query: FetchQuery, keys: readonly ColumnPath[], token: SkipToken | undefined, maxPageSize: number | undefined): ResultPage {
  const order = keys.map((path) => ({ path, descending: false }))
  const { limit, pages, after, pageNumber } = rowsPage(token, query.top, maxPageSize ?? query.count, order)
  // Without keys a token holds no values either.
  const isBehind = after !== undefined && keys.length > 0
  const skip = isBehind ? 0 : (pageNumber - 1) * (token?.pageSize ?? limit) + (query.skip ?? 0)
  return { number: pageNumber, size: limit, pages, after: isBehind ? after : undefined, skip }
}
