/** A collection as an answer: its context, counts and rows, and the links behind them. */
import { assert } from '../base/assert.ts'
import { matchesAnnotation } from '../protocol/annotations.ts'
import { GLOBAL_METADATA_VERSION, TOTAL_RECORD_COUNT, TOTAL_RECORD_COUNT_LIMIT_EXCEEDED } from '../protocol/names.ts'
import type { Preferences } from '../protocol/prefer.ts'
import { withOption } from '../protocol/query-options.ts'
import { formatSkipToken, type SkipToken } from '../protocol/skip-token.ts'
import { MAX_COUNT } from '../plan/limits.ts'
import type { JsonText } from '../plan/outcome.ts'
import type { HttpResponse } from './http-message.ts'
import { concat, jsonResponse } from './json-response.ts'
import type { ParsedRequest } from './parse-request.ts'

export type Answered = { readonly request: ParsedRequest; readonly now: Date; readonly schemaVersion: number }

export type Collection = {
  readonly count?: number | undefined
  readonly rows: JsonText
  /** The member behind the rows. */
  readonly link: string | undefined
  readonly preferenceApplied: string | undefined
  /** More members before the rows, each with a comma behind it. */
  readonly members?: string
}

export function collection(
  { request, schemaVersion }: Answered,
  context: string,
  { count, rows, link, preferenceApplied, members = '' }: Collection,
): HttpResponse {
  const head = `{"@odata.context":${JSON.stringify(`${request.apiRoot}/$metadata${context}`)},${countMembers(request.preferences, count, schemaVersion)}${members}`
  // Delta and next links stand before `value` in Dataverse's delta answers and behind it elsewhere; clients read by name.
  return jsonResponse(200, concat([`${head}"value":[`, rows, link ? `],${link}}` : ']}']), { 'Preference-Applied': preferenceApplied })
}

function countMembers(preferences: Preferences, count: number | undefined, schemaVersion: number): string {
  const asked = preferences.includeAnnotations
  let members = count === undefined ? '' : `"@odata.count":${Math.min(count, MAX_COUNT)},`
  if (asked === undefined) return members
  if (matchesAnnotation(asked, TOTAL_RECORD_COUNT)) members += `"@${TOTAL_RECORD_COUNT}":${count === undefined ? -1 : Math.min(count, MAX_COUNT)},`
  if (matchesAnnotation(asked, TOTAL_RECORD_COUNT_LIMIT_EXCEEDED)) members += `"@${TOTAL_RECORD_COUNT_LIMIT_EXCEEDED}":${(count ?? 0) > MAX_COUNT},`
  if (matchesAnnotation(asked, GLOBAL_METADATA_VERSION)) members += `"@${GLOBAL_METADATA_VERSION}":"${schemaVersion}",`
  return members
}

/** The same URL with another `$skiptoken`. `$deltatoken` has moved into it: a next link works with its own parameters alone. */
export function nextLink(request: ParsedRequest, token: SkipToken | undefined): string {
  assert(token, 'a next link needs a skip token')
  const query = withOption(withOption(request.query, '$deltatoken', undefined), '$skiptoken', formatSkipToken(token))
  return `${request.apiRoot}/${request.path}?${query}`
}
