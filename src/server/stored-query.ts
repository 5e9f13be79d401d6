/** The second step of `?savedQuery=`: the row that holds the query has been asked for; the request goes on with what stands in it. */
import { assert } from '../base/assert.ts'
import { fail } from '../protocol/errors.ts'
import { parseFetchXml } from '../protocol/fetch-xml.ts'
import type { ReadOutcome } from '../plan/outcome.ts'
import type { FindQuery } from '../plan/plan-stored-query.ts'
import { rowMissing } from '../plan/row-address.ts'
import { textOf } from '../store/json-page.ts'
import type { ParsedRequest } from './parse-request.ts'

/** `outcome`: what came of reading the row. */
export function withStoredQuery(request: ParsedRequest, { row }: FindQuery, outcome: ReadOutcome): ParsedRequest {
  if (outcome.kind === 'missing') throw rowMissing(row.address)
  const { storedQuery } = request.options
  assert(outcome.kind === 'row' && storedQuery, 'a query was looked for in a row')
  const { fetchxml } = JSON.parse(textOf(outcome.json)) as { readonly fetchxml: string | null }
  if (fetchxml === null) throw fail('FetchElementMissing', `the query '${storedQuery.id}' has no FetchXML`)
  return { ...request, options: { ...request.options, storedQuery: { ...storedQuery, query: parseFetchXml(fetchxml) } } }
}
