/**
 * HTTP: sockets on one side, `dispatch(HttpRequest)` on the other. One catch-all route: the Web API's paths are not a router's,
 * and keys must be read from the raw URL. Whatever the HTTP library refuses by itself is answered in the catalogue's form too.
 */
import { isUtf8 } from 'node:buffer'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { answerBrokenRequest, answerOnSocket, refusalOf } from './broken-request.ts'
import type { Certificate } from './certificate.ts'
import { connectionFacts, type Reached } from './connection-facts.ts'
import { corsHeaders, isKnownMethod, METHODS, preflight } from './cors.ts'
import { refuseForeign, refuseNamelessHost } from './guard.ts'
import type { Headers, HttpRequest, HttpResponse } from './http-message.ts'
import type { Metrics } from './metrics.ts'
import { MAX_URL_BYTES } from './parse-request.ts'
import { logBug, respondError } from './respond-error.ts'

const MAX_BODY_BYTES = 128 * 1024 * 1024
// The rest of a body that was refused by its head: up to this it is read and thrown away, beyond it the connection is closed.
const MAX_WASTE_BYTES = 1024 * 1024
// Room for a URL at its limit and the headers beside it.
const MAX_HEADER_BYTES = 96 * 1024
const HTTP_OPTIONS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  // A missing Host is refused by the guard: Node would answer it without a body.
  requireHostHeader: false,
  // An upload that stalls would hold its socket and what has come of it for ever: 128 MB in this need 3.5 Mbit/s.
  requestTimeout: 300_000,
}

export type ListenOptions = {
  readonly host: string
  readonly port: number
  readonly allowedOrigins: ReadonlySet<string>
  readonly dopHint: number
  readonly metrics: Metrics
  readonly log: (level: 'error' | 'warn' | 'info', details: object, text: string) => void
  /** One line a request. */
  readonly logRequest: (entry: RequestEntry) => void
  readonly dispatch: (request: HttpRequest) => Promise<HttpResponse>
  /** It speaks HTTPS. */
  readonly certificate?: Certificate | undefined
  /** Where callers are told apart: asked before a body is read. Without it the server is for its own machine alone. */
  readonly refuseEarly?: ((request: HttpRequest) => Promise<HttpResponse | undefined>) | undefined
  readonly forwarded?: Reached['forwarded']
}

export type RequestEntry = {
  readonly requestId: string
  readonly clientRequestId: string | undefined
  readonly method: string
  readonly url: string
  readonly status: number
  readonly seconds: number
  /** Where callers are told apart. */
  readonly callerId: string | undefined
  readonly address: string | undefined
}

export type Listener = {
  /** `http://127.0.0.1:4000` */
  readonly url: string
  /** For the connections from now on. */
  readonly useCertificate: (certificate: Certificate) => void
  /** Answers what is in flight, takes nothing new. */
  readonly close: () => Promise<void>
}

export async function listen(options: ListenOptions): Promise<Listener> {
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    // The router never sees the URL: it would refuse or decode what a key may hold.
    rewriteUrl: () => '/',
    serverFactory: (framework) => openServer(options, (raw, out) => (mayHaveBody(raw) ? framework(raw, out) : serveBare(options, raw, out))),
    // Its own 503 has another form. A request that comes while the last answers go out is answered, or refused by what is closed already.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  if (options.refuseEarly) server.addHook('onRequest', (request, reply) => refuseByHead(options, request, reply))
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack()
    return serveRequest(options, { raw: request.raw, url: request.originalUrl, body: request.body as Buffer | undefined, out: reply.raw })
  }
  server.all('/', answer)
  server.setNotFoundHandler(answer)
  server.setErrorHandler((error, request, reply) => {
    // The client is gone in the middle of its body: nobody is there to be answered.
    if (request.raw.aborted) return void reply.hijack()
    const requestId = Guid.next()
    const refusal = refusalOf(error, request.method, request.headers['content-type'] ?? '', MAX_BODY_BYTES)
    logBug(options.log, refusal, { requestId })
    reply.hijack()
    // What is left of the body is not read: the next request on this connection would wait behind it.
    send(reply.raw, request.raw.method ?? '', respondError(refusal, requestId), [
      ...commonHeaders(options, requestId, request.headers.origin),
      'Connection',
      'close',
    ])
  })
  // Node would answer 417 without a body.
  server.server.on('checkExpectation', (request: IncomingMessage, out: ServerResponse) => {
    const requestId = Guid.next()
    const refusal = fail('BadRequest', `The expectation '${request.headers.expect ?? ''}' cannot be met.`)
    send(out, request.method ?? '', respondError(refusal, requestId), commonHeaders(options, requestId, request.headers.origin))
  })
  // Node would close the connection without a word.
  server.server.on('connect', (_request: IncomingMessage, socket: Socket) =>
    answerOnSocket(fail('MethodNotAllowed', 'CONNECT', METHODS), 'Method Not Allowed', socket),
  )
  const url = await server.listen({ host: options.host, port: options.port })
  const useCertificate = (certificate: Certificate) => {
    if ('setSecureContext' in server.server) (server.server as SecureServer).setSecureContext(certificate)
  }
  return { url: urlOf(server, schemeOf(options), url), useCertificate, close: () => server.close() }
}

type SecureServer = ReturnType<typeof createSecureServer>

function openServer(options: ListenOptions, listener: RequestListener): Server {
  const { certificate } = options
  return certificate ? (createSecureServer({ ...HTTP_OPTIONS, ...certificate }, listener) as unknown as Server) : createServer(HTTP_OPTIONS, listener)
}

function schemeOf({ certificate }: ListenOptions): 'http' | 'https' {
  return certificate ? 'https' : 'http'
}

function urlOf(server: FastifyInstance, scheme: string, fallback: string): string {
  const address = server.server.address()
  if (typeof address !== 'object' || address === null) return fallback
  return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

async function refuseByHead(options: ListenOptions, { raw, originalUrl: url }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const exchange = { raw, url, body: undefined, out: reply.raw }
  const started = performance.now()
  const message = messageOf(options, exchange, Guid.next())
  const foreign = refuseNamelessHost(message)
  const response = foreign ? respondError(foreign, message.requestId) : await options.refuseEarly?.(message)
  if (!response) return
  reply.hijack()
  const isLong = Number(message.headers['content-length'] ?? Infinity) > MAX_WASTE_BYTES
  finish(options, exchange, { message, response: isLong ? { ...response, headers: { ...response.headers, Connection: 'close' } } : response, started })
}

/** A request says whether a body follows (RFC 9112, 6.3). */
function mayHaveBody(raw: IncomingMessage): boolean {
  return (raw.method !== 'GET' && raw.method !== 'HEAD') || 'content-length' in raw.headers || 'transfer-encoding' in raw.headers
}

/** Reads without a body go around the framework, which reads bodies: its hooks were a tenth of a point read. */
function serveBare(options: ListenOptions, raw: IncomingMessage, out: ServerResponse): void {
  const url = raw.url ?? '/'
  serveRequest(options, { raw, url, body: undefined, out }).catch((cause: unknown) => {
    options.log('error', { url, err: String(cause) }, 'bug')
    out.destroy()
  })
}

type Exchange = { readonly raw: IncomingMessage; readonly url: string; readonly body: Buffer | undefined; readonly out: ServerResponse }

async function serveRequest(options: ListenOptions, exchange: Exchange): Promise<void> {
  const started = performance.now()
  const requestId = Guid.next()
  const message = messageOf(options, exchange, requestId)
  finish(options, exchange, { message, response: await respond(options, message), started })
}

type Served = { readonly message: HttpRequest; readonly response: HttpResponse; readonly started: number }

function finish(options: ListenOptions, { out }: Exchange, { message, response, started }: Served): void {
  const { method, url, requestId, headers, address } = message
  const { status, callerId } = response
  sendTogether(options, { out, method, response, headers: commonHeaders(options, requestId, headers.origin) })
  const seconds = (performance.now() - started) / 1000
  options.metrics.observe(method, status, seconds)
  options.logRequest({ requestId, clientRequestId: headers['x-ms-client-request-id'], method, url, status, seconds, callerId, address })
}

function respond(options: ListenOptions, request: HttpRequest): Promise<HttpResponse> | HttpResponse {
  const refusal = refusalBefore(options, request)
  if (refusal) return respondError(refusal, request.requestId)
  if (request.method === 'OPTIONS') return preflight(request, options.allowedOrigins)
  return options.dispatch(request)
}

function refusalBefore(options: ListenOptions, request: HttpRequest): DataverseError | undefined {
  const foreign = options.refuseEarly ? refuseNamelessHost(request) : refuseForeign(request, options.allowedOrigins)
  if (foreign) return foreign
  if (!isKnownMethod(request.method)) return fail('MethodNotAllowed', request.method, METHODS)
  if (request.url.length > MAX_URL_BYTES) return fail('UrlTooLong', MAX_URL_BYTES)
  // A compressed body is not unpacked: refused by name, not read as something else.
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (request.body && encoding.toLowerCase() !== 'identity') return fail('NotSupported', `The Content-Encoding '${encoding}'`)
  if (request.body instanceof Uint8Array && !isBatch(request) && !isUtf8(request.body)) return fail('BadJson', 'The body is not valid UTF-8.')
  return undefined
}

function isBatch(request: HttpRequest): boolean {
  return /^multipart\//i.test(request.headers['content-type'] ?? '')
}

function messageOf(options: ListenOptions, { raw, url, body, out }: Exchange, requestId: string): HttpRequest {
  const headers: Record<string, string> = {}
  for (const name in raw.headers) {
    const value = raw.headers[name]
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  // A proxy's form of the request line, `GET http://host/path`, is every server's to accept (RFC 9112, 3.2.2).
  const path = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '')
  const facts = options.refuseEarly && connectionFacts({ scheme: schemeOf(options), forwarded: options.forwarded }, raw, headers)
  const origin = facts?.origin ?? `${schemeOf(options)}://${headers.host ?? ''}`
  return { method: raw.method ?? 'GET', url: path, headers, origin, body, requestId, gone: () => goneSignal(out), address: facts?.address }
}

function goneSignal(out: ServerResponse): AbortSignal {
  const controller = new AbortController()
  const abort = () => {
    // Once the answer is out nobody listens any more, and to make an error takes as long as a tenth of a point read.
    if (!out.writableFinished) controller.abort(fail('Unavailable', 'The client has gone away.'))
  }
  if (out.destroyed) abort()
  else out.once('close', abort)
  return controller.signal
}

/** Name, value, name, value …: the form that Node copies least. */
function commonHeaders(options: ListenOptions, requestId: string, origin: string | undefined): string[] {
  const headers = ['REQ_ID', requestId, 'x-ms-service-request-id', requestId, 'x-ms-dop-hint', String(options.dopHint)]
  if (origin !== undefined) pushHeaders(headers, corsHeaders(origin, options.allowedOrigins))
  return headers
}

function pushHeaders(list: string[], headers: Headers): void {
  for (const name in headers) list.push(name, headers[name] ?? '')
}

function send(out: ServerResponse, method: string, response: HttpResponse, headers: string[]): void {
  const { body, status } = response
  const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.reduce((sum, piece) => sum + piece.length, 0)
  pushHeaders(headers, response.headers)
  if (status !== 204 && status !== 304) headers.push('Content-Length', String(length))
  out.writeHead(status, headers)
  if (method === 'HEAD' || length === 0 || body === undefined) out.end()
  // In as many bytes as characters there is nothing to encode.
  else if (typeof body === 'string') out.end(body, length === body.length ? 'latin1' : 'utf8')
  else endWith(out, body)
}

function endWith(out: ServerResponse, pieces: readonly Uint8Array[]): void {
  out.cork()
  for (const piece of pieces) out.write(piece)
  out.end()
  out.uncork()
}

type Answer = { readonly out: ServerResponse; readonly method: string; readonly response: HttpResponse; readonly headers: string[] }

let ready: Answer[] = []

/**
 * The answers of one turn of the event loop go out in a row. Written one by one as they come about, each woke its client up anew:
 * at 64 connections a point read took 86 µs of processor time instead of 48.
 */
function sendTogether(options: ListenOptions, answer: Answer): void {
  if (ready.push(answer) === 1) setImmediate(sendReady, options.log)
}

function sendReady(log: ListenOptions['log']): void {
  const answers = ready
  ready = []
  for (const { out, method, response, headers } of answers) {
    try {
      send(out, method, response, headers)
    } catch (cause) {
      log('error', { err: String(cause) }, 'an answer could not be sent')
      out.destroy()
    }
  }
}
