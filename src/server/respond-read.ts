/** ReadOutcome → answer. The rows are JSON text already: here they get their envelope, context and links. */
import { assert, unreachable } from '../base/assert.ts'
import { CONTEXT_OF_REFERENCE, CONTEXT_OF_REFERENCES, contextOf, contextOfDeletedRow } from '../protocol/context-url.ts'
import { formatDeltaToken } from '../protocol/delta-token.ts'
import { formatEtag } from '../protocol/etag.ts'
import { CONTENT_TYPE, NAMESPACE } from '../protocol/names.ts'
import { encodeQueryComponent } from '../protocol/percent.ts'
import { formatPreferenceApplied, type Preferences } from '../protocol/prefer.ts'
import type { ReadChanges, ReadTracked } from '../plan/change-plan.ts'
import type { JsonText, ReadOutcome, TokenPart } from '../plan/outcome.ts'
import { nextSkipToken } from '../plan/next-page.ts'
import type { ReadPlan } from '../plan/plan.ts'
import { selectText } from '../plan/select-columns.ts'
import type { ReadOwner, ReadRow, ReadRows } from '../plan/read-plan.ts'
import { rowMissing } from '../plan/row-address.ts'
import type { HttpResponse } from './http-message.ts'
import { concat, emptyResponse, jsonResponse, textResponse } from './json-response.ts'
import type { ParsedRequest } from './parse-request.ts'
import { type Answered, collection, nextLink } from './respond-collection.ts'
import { respondResults } from './respond-results.ts'

export function respondRead(plan: ReadPlan, outcome: ReadOutcome, answered: Answered): HttpResponse {
  switch (outcome.kind) {
    case 'row':
      assert(plan.kind === 'read-row', 'a row without a read of one')
      return respondRow(plan, outcome.json, outcome.version, answered)
    case 'not-modified':
      return emptyResponse(304, { ETag: formatEtag(outcome.version) })
    case 'missing':
      throw rowMissing(outcome.address)
    case 'empty':
      return emptyResponse(204)
    case 'value':
      assert(plan.kind === 'read-value' || plan.kind === 'read-owner', 'a value without a read of one')
      return plan.kind === 'read-value' ? respondValue(outcome.json, answered.request) : respondOwner(plan, outcome.json, answered.request)
    case 'rows':
      assert(plan.kind === 'read-rows', 'rows without a read of them')
      return respondRows(plan, outcome, answered)
    case 'results':
      assert(plan.kind === 'read-results', 'results without a read of them')
      return respondResults(plan, outcome, answered)
    case 'tracked-rows':
      assert(plan.kind === 'read-tracked', 'tracked rows without a tracked read')
      return respondTracked(plan, outcome, answered)
    case 'changes':
      assert(plan.kind === 'read-changes', 'changes without a read of them')
      return respondChanges(plan, outcome, answered)
    case 'count':
      // Dataverse puts a byte order mark before the digits (webapi.md 5.2).
      return textResponse(`\ufeff${outcome.count}`)
    case 'counts':
    case 'shares':
    case 'access':
    case 'history':
    case 'privileges':
      throw new Error(`bug: ${outcome.kind} are answered by their function`)
    default:
      return unreachable(outcome)
  }
}

function respondRow(plan: ReadRow, row: JsonText, version: bigint, { request }: Answered): HttpResponse {
  const set = plan.shape.table.entitySetName
  if (plan.references) return jsonResponse(200, withContext(request, CONTEXT_OF_REFERENCE, row))
  const context = contextOf(set, selectText(request.options.select), request.options.expand, '/$entity')
  return jsonResponse(200, withContext(request, context, row), { ETag: formatEtag(version), 'Preference-Applied': appliedBeside(request) })
}

/** Beside one row there are pages where an `$expand` stands inside another. */
function appliedBeside({ options, preferences }: ParsedRequest): string | undefined {
  const hasPages = options.expand?.some((item) => item.options.expand)
  return formatPreferenceApplied({ maxPageSize: hasPages ? preferences.maxPageSize : undefined, includeAnnotations: preferences.includeAnnotations })
}

/** Puts `@odata.context` first into a row's own object. */
export function withContext(request: Pick<ParsedRequest, 'apiRoot'>, context: string, row: JsonText): JsonText {
  const head = `{"@odata.context":${JSON.stringify(`${request.apiRoot}/$metadata${context}`)},`
  if (typeof row === 'string') return head + row.slice(1)
  const [first, ...rest] = row
  return concat([head, [first?.subarray(1) ?? new Uint8Array(), ...rest]])
}

function respondValue(json: string, request: ParsedRequest): HttpResponse {
  if (request.segments.at(-1)?.name === '$value') return textResponse(rawText(json), CONTENT_TYPE.utf8Text)
  const context = `${request.apiRoot}/$metadata#${withoutEndSlash(request.path)}`
  return jsonResponse(200, `{"@odata.context":${JSON.stringify(context)},"value":${json}}`)
}

/** A user or a team: the set it is in is not known before it is read, only that it is a principal. */
function respondOwner({ owner }: ReadOwner, json: string, request: ParsedRequest): HttpResponse {
  if (owner.choices.some((choice) => choice.references)) return jsonResponse(200, withContext(request, CONTEXT_OF_REFERENCE, json))
  const context = contextOf(`${NAMESPACE}.principal`, selectText(request.options.select), request.options.expand)
  return jsonResponse(200, withContext(request, context, json), {
    'Preference-Applied': formatPreferenceApplied({ includeAnnotations: request.preferences.includeAnnotations }),
  })
}

function rawText(json: string): string {
  return json.startsWith('"') ? String(JSON.parse(json)) : json
}

function withoutEndSlash(path: string): string {
  return path.replace(/\/+$/, '')
}

type RowsOutcome = Extract<ReadOutcome, { kind: 'rows' }>

function respondRows(plan: ReadRows, outcome: RowsOutcome, answered: Answered): HttpResponse {
  const { request } = answered
  const context = plan.references
    ? CONTEXT_OF_REFERENCES
    : contextOf(plan.shape.table.entitySetName, selectText(request.options.select), request.options.expand)
  const next = outcome.next && nextLink(request, nextSkipToken(plan, outcome))
  const link = next && `"@odata.nextLink":${JSON.stringify(next)}`
  return collection(answered, context, { count: outcome.count, rows: outcome.json, link, preferenceApplied: applied(request.preferences) })
}

type TrackedOutcome = Extract<ReadOutcome, { kind: 'tracked-rows' }>

function respondTracked(plan: ReadTracked, outcome: TrackedOutcome, answered: Answered): HttpResponse {
  const { request } = answered
  const context = contextOf(plan.shape.table.entitySetName, selectText(request.options.select))
  const next = nextSkipToken(plan, outcome)
  const link = next
    ? `"@odata.nextLink":${JSON.stringify(nextLink(request, next))}`
    : `"@odata.deltaLink":${JSON.stringify(deltaLink(answered, outcome.token))}`
  return collection(answered, context, { count: outcome.count, rows: outcome.json, link, preferenceApplied: applied(request.preferences, true) })
}

type ChangesOutcome = Extract<ReadOutcome, { kind: 'changes' }>

function respondChanges(plan: ReadChanges, outcome: ChangesOutcome, answered: Answered): HttpResponse {
  const { request } = answered
  const set = plan.shape.table.entitySetName
  const deletedContext = JSON.stringify(`${request.apiRoot}/$metadata${contextOfDeletedRow(set)}`)
  const deleted = outcome.deletedIds.map((id) => `{"@odata.context":${deletedContext},"id":"${id}","reason":"deleted"}`).join(',')
  const rows = outcome.rows.length > 0 && deleted ? concat([outcome.rows, ',', deleted]) : outcome.rows.length > 0 ? outcome.rows : deleted
  const next = nextSkipToken(plan, outcome)
  const link = next
    ? `"@odata.nextLink":${JSON.stringify(nextLink(request, next))}`
    : `"@odata.deltaLink":${JSON.stringify(deltaLink(answered, outcome.token))}`
  const context = contextOf(set, selectText(request.options.select), undefined, '/$delta')
  return collection(answered, context, { rows, link, preferenceApplied: applied(request.preferences) })
}

function applied(preferences: Preferences, trackChanges = false): string | undefined {
  const { maxPageSize, includeAnnotations } = preferences
  return formatPreferenceApplied({ maxPageSize, includeAnnotations, trackChanges })
}

/** The set with its `$select` and the new token: nothing else defines a delta. */
function deltaLink({ request, now }: Answered, token: TokenPart): string {
  const select = selectText(request.options.select)
  const delta = encodeQueryComponent(formatDeltaToken({ version: token.version, at: now, storePart: token.storePart }))
  const path = withoutEndSlash(request.path)
  return `${request.apiRoot}/${path}?${select ? `$select=${select}&` : ''}$deltatoken=${delta}`
}
