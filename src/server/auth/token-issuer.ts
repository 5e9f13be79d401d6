/**
 * An OpenID Connect issuer elsewhere: found by its discovery document, known by its keys. Both are kept, and asked for again when they are
 * old or a token names a key that is not among them; how often is bounded, so that nobody can make the server call the issuer by sending tokens.
 */
import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../protocol/errors.ts'
import type { UserNames } from '../../store/find-caller.ts'
import { withoutEndSlash } from './auth-settings.ts'
import { type Claims, subjectOf } from './subject.ts'

/** What a token is checked with. `name`: as it stands in `iss`. */
export type TokenIssuer = {
  readonly name: string
  readonly key: JWTVerifyGetKey
  readonly subjectOf: (claims: Claims) => UserNames
  readonly authorizationUri: string | undefined
}

const DISCOVERY_MS = 5000
const DISCOVERED_FOR_MS = 60 * 60 * 1000
// An issuer that does not answer is asked again after this, whatever tokens come.
const PATIENCE_MS = 10_000
const MAX_DISCOVERY_LENGTH = 256 * 1024

export type IssuerTimes = { readonly discoveredForMs?: number; readonly keyCooldownMs?: number; readonly patienceMs?: number }

/** `url`: as configured, with or without a slash at its end. */
export function remoteIssuer(url: string, clock: Clock, times: IssuerTimes = {}): () => Promise<TokenIssuer> {
  let known: { readonly issuer: TokenIssuer; readonly keysUri: string; readonly until: number } | undefined
  let failed: { readonly cause: unknown; readonly until: number } | undefined
  let underway: Promise<TokenIssuer> | undefined

  function keysAt(uri: string): JWTVerifyGetKey {
    const options = { cooldownDuration: times.keyCooldownMs ?? 30_000, [customFetch]: fetchPatiently(clock, times.patienceMs ?? PATIENCE_MS) }
    return createRemoteJWKSet(new URL(uri), options)
  }

  async function renew(): Promise<TokenIssuer> {
    try {
      const { issuer: name, jwks_uri: keysUri, authorization_endpoint: authorizationUri } = await discover(url)
      // The same keys go on where nothing moved: what is known of them is not asked for again.
      const key = known?.keysUri === keysUri ? known.issuer.key : keysAt(keysUri)
      const issuer = { name, key, subjectOf, authorizationUri }
      known = { issuer, keysUri, until: clock.now().getTime() + (times.discoveredForMs ?? DISCOVERED_FOR_MS) }
      failed = undefined
      return issuer
    } catch (cause) {
      failed = { cause, until: clock.now().getTime() + (times.patienceMs ?? PATIENCE_MS) }
      // What an issuer said an hour ago is better than nothing.
      if (known) return known.issuer
      throw unreachable(url, cause)
    } finally {
      underway = undefined
    }
  }

  return async () => {
    const now = clock.now().getTime()
    if (known && now < known.until) return known.issuer
    if (failed && now < failed.until) {
      if (known) return known.issuer
      throw unreachable(url, failed.cause)
    }
    underway ??= renew()
    return underway
  }
}

/** After a failure nothing is asked for a while: jose keeps to a pause after an answer only. */
function fetchPatiently(clock: Clock, patienceMs: number): FetchImplementation {
  let failedAt = Number.NEGATIVE_INFINITY
  return async (url, init) => {
    const now = clock.now().getTime()
    if (now - failedAt < patienceMs) throw new Error('its keys could not be asked for a moment ago')
    // Until there is an answer.
    failedAt = now
    const response = await fetch(url, init)
    if (response.ok) failedAt = Number.NEGATIVE_INFINITY
    return response
  }
}

function unreachable(url: string, cause: unknown): Error {
  return issuerUnavailable(new Error(`issuer ${url}`, { cause }))
}

/** `cause`: for the log. */
export function issuerUnavailable(cause: unknown): Error {
  return Object.assign(fail('Unavailable', 'The issuer of the token cannot be asked for its keys.'), { cause })
}

type Discovery = { readonly issuer: string; readonly jwks_uri: string; readonly authorization_endpoint: string | undefined }

async function discover(url: string): Promise<Discovery> {
  const response = await fetch(`${withoutEndSlash(url)}/.well-known/openid-configuration`, {
    redirect: 'error',
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(DISCOVERY_MS),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`its discovery document was answered with ${response.status}`)
  if (text.length > MAX_DISCOVERY_LENGTH) throw new Error('its discovery document is too long')
  const { issuer, jwks_uri, authorization_endpoint } = JSON.parse(text) as { readonly [name: string]: unknown }
  // OpenID Connect Discovery 4.3: otherwise one issuer could hand out another's tokens. A template (`{tenantid}`) would be everybody's.
  if (typeof issuer !== 'string' || withoutEndSlash(issuer) !== withoutEndSlash(url)) throw new Error(`it calls itself ${String(issuer)}`)
  if (typeof jwks_uri !== 'string' || !isAsSafe(jwks_uri, url)) throw new Error(`its keys are at ${String(jwks_uri)}`)
  return { issuer, jwks_uri, authorization_endpoint: typeof authorization_endpoint === 'string' ? authorization_endpoint : undefined }
}

function isAsSafe(keysUri: string, issuer: string): boolean {
  if (!URL.canParse(keysUri)) return false
  const { protocol, hostname } = new URL(keysUri)
  return protocol === 'https:' || (issuer.startsWith('http:') && hostname === new URL(issuer).hostname)
}
