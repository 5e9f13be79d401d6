/**
 * Who a request is from. With authentication on, everything but health, readiness and the own issuer's pages needs a bearer token;
 * `identify` gives the id of the caller's user or throws the refusal, and is asked once for each HTTP request, before its body is read.
 */
import type { Clock } from '../../base/clock.ts'
import type { Guid } from '../../base/guid.ts'
import { DataverseError, fail } from '../../protocol/errors.ts'
import { findSecrets, findUser, type FoundUser, type UserNames } from '../../store/find-caller.ts'
import type { Ask } from '../../store/sql/connection.ts'
import type { HttpRequest, HttpResponse } from '../http-message.ts'
import { type AuthSettings, ownAudiences, withoutEndSlash } from './auth-settings.ts'
import { isIssuerPath, ownIssuer } from './own-issuer.ts'
import type { SigningKeys } from './signing-keys.ts'
import { type IssuerTimes, remoteIssuer, type TokenIssuer } from './token-issuer.ts'
import { invalid, tokenVerifier } from './verify-token.ts'

export type Authentication = {
  /** At once where the token and the user are known. */
  readonly identify: (request: HttpRequest) => Guid | Promise<Guid>
  /** The answer to whoever is not let in: a 401 says where tokens come from. */
  readonly challenge: (response: HttpResponse) => HttpResponse
  /** Whether a path is for everybody. */
  readonly isOpen: (path: string) => boolean
  /** The own issuer's pages. Undefined: the path is none of them. */
  readonly serve: (request: HttpRequest) => Promise<HttpResponse> | HttpResponse | undefined
  /** A user may have been disabled, or given another id. */
  readonly usersChanged: () => void
  /** After a key of the own issuer was withdrawn. */
  readonly keysChanged: () => void
  /** Asks the configured issuers once, so that a wrong one shows at the start. */
  readonly warmUp: () => Promise<void>
  readonly close: () => void
}

export type AuthenticationOptions = {
  readonly settings: AuthSettings
  /** Where the server listens, once it does. */
  readonly listeningUrl: () => string
  readonly organizationId: Guid
  /** With the own issuer. */
  readonly keys: SigningKeys | undefined
  readonly readAll: Ask
  readonly clock: Clock
  readonly log: (level: 'warn' | 'info', details: object, text: string) => void
  readonly times?: IssuerTimes
}

export function openAuthentication(options: AuthenticationOptions): Authentication {
  const { settings, keys, clock, readAll, log } = options
  const publicUrl = () => settings.publicUrl ?? options.listeningUrl()
  const audiences = once(() => ownAudiences(publicUrl(), settings))
  const own =
    keys && ownIssuer({ ...options, keys, publicUrl, audiences, findClient: (applicationId) => findUser(readAll, { applicationId }), findSecrets: secretsOf })
  const remote = new Map(settings.issuers.map((url) => [withoutEndSlash(url), remoteIssuer(url, clock, options.times)]))
  const issuers = once(() => new Map<string, () => Promise<TokenIssuer>>([...remote, ...(own ? [[publicUrl(), own.find] as const] : [])]))
  const verifier = once(() => tokenVerifier({ issuers: issuers(), audiences, clock }))
  // By what the verifier remembers of a token: the same object as long as it does.
  let users = new WeakMap<UserNames, FoundUser>()
  let discoveredUri: string | undefined

  function secretsOf(user: Guid) {
    return findSecrets(readAll, user, clock.now().toISOString())
  }

  function identify(request: HttpRequest): Guid | Promise<Guid> {
    const names = verifier().verify(bearerOf(request))
    return names instanceof Promise ? names.then(callerOf) : callerOf(names)
  }

  function callerOf(names: UserNames): Guid | Promise<Guid> {
    const user = users.get(names)
    return user ? enabled(user) : findCaller(names)
  }

  async function findCaller(names: UserNames): Promise<Guid> {
    // Where users change meanwhile, what is found is kept for nobody.
    const kept = users
    const user = await findUser(readAll, names)
    if (!user) throw fail('NotAMember')
    kept.set(names, user)
    return enabled(user)
  }

  function enabled({ id, isDisabled }: FoundUser): Guid {
    if (isDisabled) throw fail('UserDisabled', id)
    return id
  }

  function challenge(response: HttpResponse): HttpResponse {
    if (response.status !== 401) return response
    const uri = own?.authorizationUri() ?? discoveredUri ?? authorizationUriOf(settings.issuers[0] ?? publicUrl())
    return { ...response, headers: { ...response.headers, 'WWW-Authenticate': `Bearer authorization_uri=${uri}, resource_id=${publicUrl()}/` } }
  }

  async function warmUp(): Promise<void> {
    for (const [url, find] of remote) {
      try {
        const issuer = await find()
        if (url === withoutEndSlash(settings.issuers[0] ?? '')) discoveredUri = entraUri(url) ?? issuer.authorizationUri
      } catch (cause) {
        log('warn', { issuer: url, err: reasonOf(cause) }, 'an issuer of tokens cannot be asked')
      }
    }
  }

  return {
    identify,
    challenge,
    isOpen: (path) => path === '/health' || path === '/ready' || (own !== undefined && isIssuerPath(path)),
    serve: (request) => own?.serve(request),
    usersChanged: () => {
      users = new WeakMap()
    },
    keysChanged: () => verifier().forget(),
    warmUp,
    close: () => keys?.close(),
  }
}

function bearerOf({ headers }: HttpRequest): string {
  const { authorization } = headers
  if (authorization === undefined) throw fail('Unauthenticated', 'Send an access token: Authorization: Bearer …')
  const scheme = /^Bearer +/i.exec(authorization)?.[0]
  if (scheme === undefined) throw invalid('The Authorization header does not hold a bearer token.')
  return authorization.slice(scheme.length).trimEnd()
}

/** Clients cut `oauth2/authorize` off and take the rest for the authority (webapi.md 10). */
function authorizationUriOf(issuer: string): string {
  return entraUri(issuer) ?? `${withoutEndSlash(issuer)}/oauth2/authorize`
}

function entraUri(issuer: string): string | undefined {
  const tenant = /^https:\/\/(?:login\.microsoftonline\.com|sts\.windows\.net)\/([^/]+)/.exec(issuer)?.[1]
  return tenant && `https://login.microsoftonline.com/${tenant}/oauth2/authorize`
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof DataverseError || cause instanceof Error ? cause.cause : undefined
  return inner === undefined ? String(cause) : `${cause instanceof Error ? cause.message : cause} (${reasonOf(inner)})`
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
