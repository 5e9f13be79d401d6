/**
 * What protects a server without authentication from the web pages its user visits: it answers loopback names only (DNS rebinding
 * sends another `Host`), and refuses writes that come from another origin. Configured origins are let in.
 * With authentication it is the token that protects: a browser sends none by itself, so any name will do.
 */
import { type DataverseError, fail } from '../protocol/errors.ts'
import type { HttpRequest } from './http-message.ts'

const LOOPBACK_NAMES = /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
const LOOPBACK_ADDRESSES = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i

export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK_ADDRESSES.test(address)
}

export function refuseForeign(request: Pick<HttpRequest, 'method' | 'headers' | 'origin'>, allowedOrigins: ReadonlySet<string>): DataverseError | undefined {
  const host = request.headers.host ?? ''
  if (!LOOPBACK_NAMES.test(host)) return fail('HostRefused', host)
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return undefined
  const origin = request.headers.origin
  if (origin !== undefined && origin !== request.origin && !allowedOrigins.has(origin)) return fail('OriginRefused', origin)
  // A browser says so even where a form or an image hides the origin.
  if (origin === undefined && request.headers['sec-fetch-site'] === 'cross-site') return fail('OriginRefused', 'another site')
  return undefined
}

const ANY_HOST = /^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** With authentication: links begin with the name under which the server was asked, so there has to be one. */
export function refuseNamelessHost({ headers }: Pick<HttpRequest, 'headers'>): DataverseError | undefined {
  return ANY_HOST.test(headers.host ?? '') ? undefined : fail('BadRequest', 'The Host header is missing or is no host.')
}
