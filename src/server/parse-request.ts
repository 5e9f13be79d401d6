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
  readonly gone?: HttpRequest['gone']
}

/** The documented limit of a request of its own. */
export const MAX_URL_BYTES = 32_768
/** And of a part of a batch («Compose HTTP requests»): its URL stands in the body, whose limit is another. */
const MAX_PART_URL_BYTES = 65_536

export function parseRequest(request: HttpRequest): ParsedRequest {
  if (request.url.length > MAX_PART_URL_BYTES) throw fail('UrlTooLong', MAX_PART_URL_BYTES)
  const url = parseServiceUrl(request.origin, request.url)
  if (!url) throw fail('UnknownOperation', request.origin + request.url)
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    apiRoot: url.apiRoot,
    path: url.path,
    query: url.query,
    segments: parseResourcePath(url.path),
    options: optionsOf(url.query),
    preferences: parsePrefer(request.headers.prefer),
    precondition: parsePrecondition(request.headers['if-match'], request.headers['if-none-match']),
    headers: request.headers,
    body: parseBody(request),
    requestId: request.requestId,
    gone: request.gone,
  }
}

const known = new Map<string, QueryOptions>()
const MAX_KNOWN = 500
const MAX_KNOWN_LENGTH = 1000

/** An application asks in the same words again and again: they are parsed once, and later phases know them by being the same object. */
function optionsOf(query: string): QueryOptions {
  const before = known.get(query)
  if (before) return before
  const options = parseQueryOptions(query)
  if (known.size >= MAX_KNOWN) known.clear()
  if (query.length <= MAX_KNOWN_LENGTH) known.set(query, options)
  return options
}

function parseBody(request: HttpRequest): JsonValue | undefined {
  if (request.method === 'GET' || request.method === 'HEAD' || request.body === undefined || request.body.length === 0) return undefined
  const type = request.headers['content-type'] ?? 'application/json'
  if (!/^application\/json\b/i.test(type)) throw fail('UnsupportedMediaType', type, 'application/json')
  return parseJsonBody(typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body))
}
