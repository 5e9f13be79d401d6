/**
 * A skip token is the place of a page within one answer, in the form of Dataverse's paging cookie:
 * `<cookie pagenumber="2" pagingcookie="%253ccookie…" istracking="False" />`, where the inner cookie, percent-encoded twice, is
 * `<cookie page="1" size="50"><name last="Z" first="A" /><accountid last="{6F0C…}" first="{1A2B…}" /></cookie>`.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { type CookieKey, formatOuterCookie, parseOuterCookie } from './paging-cookie.ts'
import { MAX_PAGE_SIZE } from './prefer.ts'

export type SkipToken = {
  /** The page it leads to: 2 and above. */
  readonly page: number
  /** Order columns, then the primary key. */
  readonly keys: readonly CookieKey[]
  readonly pageSize: number
  /** What must survive paging while changes are tracked: the position of page one. `undefined` otherwise. */
  readonly state?: string | undefined
}

/** A token stands in a URL, and those end at 64 KiB. */
const MAX_LENGTH = 65_536

/** The XML text, not percent-encoded for the URL. */
export function formatSkipToken({ page, keys, pageSize, state }: SkipToken): string {
  const more = new Map([['size', String(pageSize)]])
  if (state !== undefined) more.set('state', state)
  return formatOuterCookie({ page: page - 1, keys, more }, state !== undefined)
}

/** The option's value, decoded once from the URL. Values encoded or decoded once or twice too often on their way are understood. */
export function parseSkipToken(text: string): SkipToken {
  const outer = text.length > MAX_LENGTH ? undefined : parseOuterCookie(text)
  const pageSize = Number(outer?.cookie.more.get('size') ?? 'none')
  if (!outer || outer.pageNumber < 1 || !(pageSize >= 1 && pageSize <= MAX_PAGE_SIZE) || !Number.isInteger(pageSize)) throw malformed(text)
  const { pageNumber: page, cookie } = outer
  const state = cookie.more.get('state')
  return state === undefined ? { page, keys: cookie.keys, pageSize } : { page, keys: cookie.keys, pageSize, state }
}

function malformed(text: string): DataverseError {
  return fail('BadToken', `The skip token '${excerpt(text)}' is not valid.`)
}
