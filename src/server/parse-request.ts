/** Phase one: the raw request becomes words. No schema yet: nothing here knows whether the intent is sensible. */
import { fail } from '../protocol/errors.ts'
import { type PathSegment, parseResourcePath } from '../protocol/resource-path.ts'
import { type Precondition, parsePrecondition } from '../protocol/precondition.ts'
import { type Preferences, parsePrefer } from '../protocol/prefer.ts'
import { type QueryOptions, parseQueryOptions } from '../protocol/query-options.ts'
import { type JsonValue, parseJsonBody } from '../protocol/row-json.ts'
import type { HttpRequest } from './http-message.ts'
import { parseServiceUrl } from './service-url.ts'

export type ParsedRequest = {
  readonly method: string
  readonly apiRoot: string
  /** Raw: answers echo it. */
  readonly path: string
  readonly query: string
  readonly segments: readonly PathSegment[]
  readonly options: QueryOptions
  readonly preferences: Preferences
  readonly precondition: Precondition
  readonly headers: HttpRequest['headers']
  /** Undefined when the body is empty. */
  readonly body: JsonValue | undefined
  readonly requestId: string
}

export const MAX_URL_BYTES = 32_768

export function parseRequest(request: HttpRequest): ParsedRequest {
  const url = parseServiceUrl(request.origin, request.url)
  if (!url) throw fail('UnknownOperation', request.origin + request.url)
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    apiRoot: url.apiRoot,
    path: url.path,
    query: url.query,
    segments: parseResourcePath(url.path),
    options: parseQueryOptions(url.query),
    preferences: parsePrefer(request.headers.prefer),
    precondition: parsePrecondition(request.headers['if-match'], request.headers['if-none-match']),
    headers: request.headers,
    body: parseBody(request),
    requestId: request.requestId,
  }
}

function parseBody(request: HttpRequest): JsonValue | undefined {
  if (request.method === 'GET' || request.method === 'HEAD' || request.body === undefined || request.body.length === 0) return undefined
  const type = request.headers['content-type'] ?? 'application/json'
  if (!/^application\/json\b/i.test(type)) throw fail('UnsupportedMediaType', type)
  return parseJsonBody(typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body))
}
