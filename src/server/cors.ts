/** Cross-origin headers, for configured origins only (webapi.md 13.2 lists what scripts send and read). */
import { EXPOSED_HEADERS } from '../protocol/names.ts'
import type { Headers, HttpRequest, HttpResponse } from './http-message.ts'

const EXPOSED = EXPOSED_HEADERS.join(',')
export const METHODS = 'GET,HEAD,POST,PATCH,PUT,DELETE,OPTIONS'
const KNOWN: ReadonlySet<string> = new Set(METHODS.split(','))

export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method)
}

export function corsHeaders(origin: string | undefined, allowedOrigins: ReadonlySet<string>): Headers {
  if (origin === undefined || !allowedOrigins.has(origin)) return {}
  return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' }
}

/**
 * The answer to a browser's question before a cross-origin request, beside the headers that every answer to its origin has: a browser that finds
 * one of them twice takes it for a refusal. Unknown origins get no permission.
 */
export function preflight(request: HttpRequest, allowedOrigins: ReadonlySet<string>): HttpResponse {
  const { origin } = request.headers
  if (origin === undefined || !allowedOrigins.has(origin)) return { status: 204, headers: { Allow: METHODS }, body: undefined }
  const wanted = request.headers['access-control-request-headers']
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': METHODS,
      ...(wanted && { 'Access-Control-Allow-Headers': wanted }),
      'Access-Control-Max-Age': '600',
    },
    body: undefined,
  }
}
