/**
 * `$batch`: each part goes through the very same pipeline as a request of its own; a change set is one job of the writer.
 * webapi.md 8.2: in order; without continue-on-error the first failure ends it, and its status is the whole answer's.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { type BatchPart, type BatchResponseItem, formatBatchResponse, type PartResponse, parseBatch } from '../protocol/multipart.ts'
import { CONTENT_TYPE, ODATA_VERSION } from '../protocol/names.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import type { ChangeSetResult } from './app.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { respondError } from './respond-error.ts'
import { parseServiceUrl } from './service-url.ts'

export type BatchRunner = {
  readonly newId: () => Guid
  readonly runPart: (request: HttpRequest) => Promise<HttpResponse>
  /** `contentIds`: of the requests, in the same order. */
  readonly runChangeSet: (requests: readonly HttpRequest[], contentIds: readonly (string | undefined)[]) => Promise<ChangeSetResult>
}

/** All answers stand in one text, and the longest that there can be has 512 MiB. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

export async function handleBatch(runner: BatchRunner, request: HttpRequest): Promise<HttpResponse> {
  if (request.method !== 'POST') throw fail('MethodNotAllowed', request.method, 'POST')
  const contentType = request.headers['content-type'] ?? ''
  if (!/^multipart\/mixed\b/i.test(contentType)) throw fail('UnsupportedMediaType', contentType, 'multipart/mixed')
  const items = parseBatch(bytesOf(request.body), contentType)
  const { continueOnError } = parsePrefer(request.headers.prefer)
  const answers: BatchResponseItem[] = []
  let failed: HttpResponse | undefined
  let left = MAX_ANSWER_BYTES
  for (const item of items) {
    const answer = item.kind === 'part' ? await runSingle(runner, request, item.part, left) : await runSet(runner, request, item.parts)
    answers.push(answer.item)
    left -= lengthOf(answer.item)
    if (answer.failure && !continueOnError) {
      failed = answer.failure
      break
    }
  }
  const { contentType: type, body } = formatBatchResponse(answers, runner.newId)
  // Clients that try again look at the outer answer.
  const retryAfter = failed?.headers['Retry-After']
  const headers = { 'Content-Type': type, 'OData-Version': ODATA_VERSION, ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }) }
  return { status: failed?.status ?? 200, headers, body }
}

type Answer = { readonly item: BatchResponseItem; readonly failure: HttpResponse | undefined }

async function runSingle(runner: BatchRunner, outer: HttpRequest, part: BatchPart, maxBytes: number): Promise<Answer> {
  const requestId = runner.newId()
  const given = await runner.runPart({ ...requestOf(outer, part, requestId), gone: outer.gone })
  const response = bytesIn(given.body) > maxBytes ? respondError(fail('AnswerTooLarge', MAX_ANSWER_BYTES), requestId) : given
  return { item: { kind: 'part', response: partResponse(response, part.contentId, requestId) }, failure: response.status >= 400 ? response : undefined }
}

async function runSet(runner: BatchRunner, outer: HttpRequest, parts: readonly BatchPart[]): Promise<Answer> {
  const requestId = runner.newId()
  const requests = parts.map((part) => requestOf(outer, part, requestId))
  const result = await runner.runChangeSet(
    requests,
    parts.map((part) => part.contentId),
  )
  // A failed change set answers with one part, not one for each member (webapi.md 8.2).
  if (result.kind === 'failed') return { item: { kind: 'part', response: partResponse(result.response, undefined, requestId) }, failure: result.response }
  const responses = result.responses.map((response, index) => partResponse(response, parts[index]?.contentId, requestId))
  return { item: { kind: 'change-set', responses }, failure: undefined }
}

/** Authorization and impersonation come from the outer request; everything else is the part's own. */
const INHERITED = ['host', 'authorization', 'mscrmcallerid', 'callerobjectid'] as const

function requestOf(outer: HttpRequest, part: BatchPart, requestId: Guid): HttpRequest {
  const headers: Record<string, string> = Object.fromEntries(part.headers)
  for (const name of INHERITED) {
    const value = outer.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return { method: part.method, url: absolutePath(outer, part.url), headers, origin: outer.origin, callerId: outer.callerId, body: part.body, requestId }
}

/** `http://host/api/…`, `/api/…`, `accounts` and `$1` are all seen; the version of the batch's own URL completes the short ones. */
function absolutePath(outer: HttpRequest, url: string): string {
  const local = url.replace(/^https?:\/\/[^/]+/i, '')
  const path = local.startsWith('/api/') ? local : `${serviceRootPath(outer)}/${local.replace(/^\//, '')}`
  // Microsoft's Python client writes raw spaces inside batches (webapi.md 8.1).
  return path.replaceAll(' ', '%20')
}

function serviceRootPath(outer: HttpRequest): string {
  return parseServiceUrl('', outer.url)?.apiRoot ?? '/api/data/v9.2'
}

/** An error says by which request id the log knows it; anything else says that it may be read as it comes (webapi.md 8.3). */
function partResponse(response: HttpResponse, contentId: string | undefined, requestId: Guid): PartResponse {
  const isError = response.status >= 400
  const own = Object.entries(response.headers).map(([name, value]) => [name, !isError && value === CONTENT_TYPE.json ? CONTENT_TYPE.jsonPart : value] as const)
  const { body } = response
  const text = body === undefined || typeof body === 'string' ? body : Buffer.concat(body).toString('utf8')
  return { contentId, status: response.status, headers: isError ? [['REQ_ID', requestId], ...own] : own, body: text }
}

function bytesIn(body: HttpResponse['body']): number {
  if (body === undefined || typeof body === 'string') return body?.length ?? 0
  return body.reduce((sum, piece) => sum + piece.length, 0)
}

function lengthOf(item: BatchResponseItem): number {
  const responses = item.kind === 'part' ? [item.response] : item.responses
  return responses.reduce((sum, { body }) => sum + (body?.length ?? 0), 0)
}

function bytesOf(body: HttpRequest['body']): Uint8Array {
  if (body === undefined) return new Uint8Array()
  return typeof body === 'string' ? Buffer.from(body) : body
}
