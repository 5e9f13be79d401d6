/**
 * Where a request runs. Reads here; whatever may write goes to the writer as it is, and through the same pipeline there;
 * a batch is taken apart and its parts go the same two ways. Outside the Web API: health, readiness, metrics.
 */
import { assert } from '../base/assert.ts'
import { fail } from '../protocol/errors.ts'
import type { App, ChangeSetResult } from './app.ts'
import { handle } from './handle.ts'
import { handleBatch } from './handle-batch.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import type { Metrics } from './metrics.ts'
import { logBug, respondError } from './respond-error.ts'
import { parseServiceUrl } from './service-url.ts'

export type WriteSide = {
  readonly write: (request: HttpRequest) => Promise<HttpResponse>
  readonly changeSet: (requests: readonly HttpRequest[], contentIds: readonly (string | undefined)[]) => Promise<ChangeSetResult>
}

/** `callersDiffer`: authentication is on, and a request without a caller, who would be the administrator, is a bug. */
export function dispatcher(app: App, metrics: Metrics, writeSide: WriteSide, callersDiffer = false): (request: HttpRequest) => Promise<HttpResponse> {
  const demandCaller = ({ callerId }: HttpRequest) => assert(!callersDiffer || callerId !== undefined, 'a request without a caller was let in')
  const run = (request: HttpRequest) => {
    demandCaller(request)
    return request.method === 'GET' || request.method === 'HEAD' ? handle(app, request) : writeSide.write(forWriter(request))
  }
  const runChangeSet: WriteSide['changeSet'] = (requests, contentIds) => {
    for (const request of requests) demandCaller(request)
    return writeSide.changeSet(requests, contentIds)
  }
  const batch = { newId: app.newId, runPart: run, runChangeSet }

  function dispatch(request: HttpRequest): Promise<HttpResponse> | HttpResponse {
    const url = parseServiceUrl(request.origin, request.url)
    if (!url) return operational(app, metrics, request)
    return isBatch(url.path) ? handleBatch(batch, request) : run(request)
  }

  return async (request) => {
    try {
      return await dispatch(request)
    } catch (thrown) {
      logBug(app.log, thrown, { requestId: request.requestId })
      return respondError(thrown, request.requestId)
    }
  }
}

function isBatch(path: string): boolean {
  return path === '$batch' || path === '%24batch' || path === '$batch/'
}

/** What speaks of the connection and the client alone: every member of a job is copied, twice. */
const NOT_FOR_WRITER: ReadonlySet<string> = new Set(
  ['host', 'connection', 'user-agent', 'accept', 'accept-encoding', 'accept-language', 'content-length', 'authorization', 'cookie'].concat([
    'odata-version',
    'odata-maxversion',
  ]),
)

/** A string crosses to the writer thread in one copy; bytes were checked to be UTF-8 when they came. Functions do not cross. */
function forWriter({ gone: _, ...request }: HttpRequest): HttpRequest {
  const headers: Record<string, string> = {}
  for (const name in request.headers) if (!NOT_FOR_WRITER.has(name)) headers[name] = request.headers[name] ?? ''
  return { ...request, headers, body: request.body instanceof Uint8Array ? textOf(request.body) : request.body }
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function operational(app: App, metrics: Metrics, request: HttpRequest): HttpResponse {
  const path = request.url.split('?', 1)[0]
  if (path === '/health') return plain('{"status":"ok"}')
  if (path === '/ready') return plain(`{"status":"ready","schemaVersion":${app.schema().version}}`)
  if (path === '/metrics') return { status: 200, headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }, body: metrics.format() }
  throw fail('UnknownOperation', request.origin + request.url)
}

function plain(body: string): HttpResponse {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body }
}
