/**
 * `POST …/oauth2/v2.0/token` (RFC 6749, 4.4): a token for an application user that shows its secret, in the body or by Basic authentication.
 * The answers have OAuth's form, not the Web API's: it is OAuth libraries that read them. Whoever guesses is slowed down.
 */
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Clock } from '../../base/clock.ts'
import { Guid } from '../../base/guid.ts'
import type { FoundUser } from '../../store/find-caller.ts'
import type { HttpRequest, HttpResponse } from '../http-message.ts'
import { withoutEndSlash } from './auth-settings.ts'
import { checkNothing, isSecret, type StoredSecret } from './client-secret.ts'
import { failedAttempts } from './failed-attempts.ts'
import { takingTurns } from './taking-turns.ts'
import { SIGNING_ALGORITHM, type SigningKeys, TOKEN_SECONDS } from './signing-keys.ts'

export type TokenEndpointOptions = {
  readonly publicUrl: () => string
  readonly audiences: () => ReadonlySet<string>
  readonly organizationId: Guid
  readonly keys: SigningKeys
  readonly clock: Clock
  readonly findClient: (applicationId: Guid) => Promise<FoundUser | undefined>
  readonly findSecrets: (user: Guid) => Promise<readonly StoredSecret[]>
  readonly log: (level: 'info', details: object, text: string) => void
}

type Client = { readonly id: string; readonly secret: string; readonly isBasic: boolean }

// A check takes a core for 40 ms: more at once would take it from the Web API.
const CHECKS_AT_ONCE = 2
const MAX_WAITING = 100

/** RFC 6749, 5.2. */
class TokenRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly headers: HttpResponse['headers']
  constructor(status: number, code: string, text: string, headers: HttpResponse['headers'] = {}) {
    super(text)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export function tokenEndpoint(options: TokenEndpointOptions): (request: HttpRequest) => Promise<HttpResponse> {
  const attempts = failedAttempts(options.clock)
  const inTurn = takingTurns(CHECKS_AT_ONCE, MAX_WAITING)

  async function authenticate({ id, secret, isBasic }: Client, address: string): Promise<{ readonly client: Guid; readonly user: FoundUser }> {
    const client = Guid.parse(id)
    const user = client && (await options.findClient(client))
    const who = user ? `${address} ${client}` : address
    const wait = attempts.wait(who)
    if (wait > 0)
      throw new TokenRefusal(429, 'temporarily_unavailable', `Too many failed attempts: try again in ${wait} seconds.`, { 'Retry-After': String(wait) })
    const isRight = await inTurn(() => matches(secret, user))
    if (isRight === undefined) throw new TokenRefusal(503, 'temporarily_unavailable', 'Too many requests for tokens are waiting.', { 'Retry-After': '1' })
    if (!isRight || !client || !user || user.isDisabled) {
      attempts.failed(who)
      options.log('info', { client: client ?? 'none', address }, 'a client was given no token')
      throw new TokenRefusal(
        401,
        'invalid_client',
        'The client is not known, is disabled, or its secret is wrong.',
        isBasic ? { 'WWW-Authenticate': 'Basic' } : {},
      )
    }
    attempts.succeeded(who)
    return { client, user }
  }

  async function matches(secret: string, user: FoundUser | undefined): Promise<boolean> {
    const stored = user ? await options.findSecrets(user.id) : []
    if (stored.length === 0) await checkNothing(secret)
    for (const one of stored) if (await isSecret(secret, one)) return true
    return false
  }

  async function answer(request: HttpRequest): Promise<object> {
    if (request.method !== 'POST') throw new TokenRefusal(405, 'invalid_request', 'Tokens are asked for by POST.', { Allow: 'POST' })
    const form = formOf(request)
    const given = clientOf(form, request.headers.authorization)
    const grant = form.get('grant_type')
    if (grant !== 'client_credentials') throw new TokenRefusal(400, 'unsupported_grant_type', "Only the grant type 'client_credentials' is supported.")
    const audience = audienceOf(form, options)
    const { client, user } = await authenticate(given, request.address ?? '')
    const token = await sign(client, user.id, audience, options)
    return { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: token }
  }

  return async (request) => {
    try {
      return response(200, await answer(request))
    } catch (thrown) {
      if (!(thrown instanceof TokenRefusal)) throw thrown
      return response(thrown.status, { error: thrown.code, error_description: thrown.message }, thrown.headers)
    }
  }
}

function response(status: number, body: object, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache', ...headers }, body: JSON.stringify(body) }
}

function formOf({ headers, body }: HttpRequest): URLSearchParams {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? ''))
    throw new TokenRefusal(400, 'invalid_request', 'The body is to be application/x-www-form-urlencoded.')
  return new URLSearchParams(typeof body === 'string' ? body : Buffer.from(body ?? []).toString('utf8'))
}

function clientOf(form: URLSearchParams, authorization: string | undefined): Client {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')]
  if (authorization === undefined) {
    if (!id || !secret) throw new TokenRefusal(401, 'invalid_client', 'client_id and client_secret are missing.')
    return { id, secret, isBasic: false }
  }
  if (secret !== null) throw new TokenRefusal(400, 'invalid_request', 'The client shows its secret in two ways.')
  const basic = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization)?.[1]
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic ?? '', 'base64').toString('utf8')) ?? []
  if (!user || !password || (id !== null && id !== formDecoded(user)))
    throw new TokenRefusal(401, 'invalid_client', 'The Authorization header holds no client.', { 'WWW-Authenticate': 'Basic' })
  return { id: formDecoded(user), secret: formDecoded(password), isBasic: true }
}

/** RFC 6749, 2.3.1: both are form-encoded before they are put together. */
function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? ''
}

/** `scope={url}/.default`, or `resource={url}` as the older endpoint has it. Without either: this server. */
function audienceOf(form: URLSearchParams, { publicUrl, audiences }: TokenEndpointOptions): string {
  const resource =
    form.get('resource') ??
    form
      .get('scope')
      ?.split(' ')
      .find((scope) => scope.endsWith('/.default'))
      ?.replace(/\/\.default$/, '')
  if (resource === undefined && form.has('scope')) throw new TokenRefusal(400, 'invalid_scope', `The scope is ${publicUrl()}/.default.`)
  const audience = withoutEndSlash(resource ?? publicUrl())
  if (!audiences().has(audience))
    throw new TokenRefusal(400, 'invalid_scope', `Tokens are handed out for ${publicUrl()} only: the scope is ${publicUrl()}/.default.`)
  return audience
}

/** In the words of Entra ID, as for any application that speaks for itself. `oid` is the user's id here. */
function sign(client: Guid, user: Guid, audience: string, { publicUrl, organizationId, keys, clock }: TokenEndpointOptions): Promise<string> {
  const { id, key } = keys.current()
  const now = Math.floor(clock.now().getTime() / 1000)
  return new SignJWT({ appid: client, azp: client, oid: user, tid: organizationId, idtyp: 'app', ver: '2.0' })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: id, typ: 'JWT' })
    .setIssuer(publicUrl())
    .setSubject(client)
    .setAudience(audience)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + TOKEN_SECONDS)
    .setJti(randomUUID())
    .sign(key)
}
