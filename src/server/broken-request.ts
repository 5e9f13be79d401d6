/** What the HTTP library refuses by itself, answered in the catalogue's form. */
import type { Socket } from 'node:net'
import { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { isKnownMethod, METHODS } from './cors.ts'
import { respondError } from './respond-error.ts'

export function refusalOf(error: unknown, method: string, contentType: string, maxBodyBytes: number): unknown {
  const code = (error as { code?: string } | undefined)?.code
  // Of a method that nothing here knows the body is not looked at either.
  if (code?.startsWith('FST_ERR') && !isKnownMethod(method)) return fail('MethodNotAllowed', method, METHODS)
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return fail('UnsupportedMediaType', contentType, 'application/json')
  if (code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE') return fail('UnsupportedMediaType', '', 'application/json')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return fail('BodyTooLarge', maxBodyBytes)
  if (code?.startsWith('FST_ERR_CTP')) return fail('BadRequest', 'The request body could not be read.')
  return error
}

/** Before there is a request: the parser gave up. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  // Of TLS: there is no way yet on which an answer could go.
  if (error.code?.startsWith('ERR_SSL') || error.code?.startsWith('ERR_TLS')) socket.destroy()
  else if (error.code === 'HPE_HEADER_OVERFLOW') answerOnSocket(fail('HeadersTooLarge'), 'Request Header Fields Too Large', socket)
  else answerOnSocket(fail('BadRequest', 'The request is not valid HTTP.'), 'Bad Request', socket)
}

/** The connection is answered and closed. */
export function answerOnSocket(refusal: DataverseError, reason: string, socket: Socket): void {
  // Node lets go of a CONNECT's socket with its listeners: a client that resets it would end the process.
  socket.on('error', () => socket.destroy())
  if (socket.destroyed || !socket.writable) return
  const response = respondError(refusal, Guid.next())
  const head = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const body = String(response.body)
  socket.end(`HTTP/1.1 ${refusal.status} ${reason}\r\n${head.join('')}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
}
