/**
 * What the settings say about callers, checked as a whole: which tokens are believed, and where the server may be reached.
 * Without authentication that is loopback, and nothing that would lead there from elsewhere.
 */
import { assert } from '../../base/assert.ts'
import type { Config } from '../config.ts'
import { isLoopbackAddress } from '../guard.ts'

export type AuthSettings = {
  /** Whether the server hands out tokens itself. */
  readonly hasOwnIssuer: boolean
  readonly issuers: readonly string[]
  /** Without a slash at its end. Undefined: where it listens, which is loopback. */
  readonly publicUrl: string | undefined
  readonly audiences: readonly string[]
}

type Given = Pick<Config, 'auth' | 'host' | 'publicUrl' | 'issuers' | 'audiences' | 'tlsCertificate' | 'tlsKey' | 'trustedProxies'>

/** Undefined: authentication is off. Throws a plain error, for the person who starts the server. */
export function authSettings(given: Given): AuthSettings | undefined {
  demand((given.tlsCertificate === undefined) === (given.tlsKey === undefined), '--tls-certificate and --tls-key go together')
  if (given.auth === 'none') return void refuseOpenServer(given)
  demand(given.auth !== 'oidc' || given.issuers.length > 0, '--auth oidc needs --issuers: whose tokens are to be believed')
  for (const issuer of given.issuers) demand(isSafeIssuer(issuer), `the issuer ${issuer} is not an https URL, and not one of this machine`)
  const publicUrl = given.publicUrl === undefined ? undefined : publicUrlOf(given.publicUrl)
  demand(
    publicUrl !== undefined || isLoopbackAddress(given.host),
    `--public-url is needed to listen on ${given.host}: tokens are made out to it, and clients are sent to it`,
  )
  demand(
    !publicUrl?.startsWith('https:') || given.tlsCertificate !== undefined || given.trustedProxies.length > 0,
    'nothing speaks HTTPS for --public-url: give --tls-certificate and --tls-key, or the proxy that does in --trusted-proxies',
  )
  return { hasOwnIssuer: given.auth === 'local', issuers: given.issuers, publicUrl, audiences: given.audiences.map(withoutEndSlash) }
}

function refuseOpenServer({ host, issuers, audiences, publicUrl, trustedProxies }: Given): void {
  demand(isLoopbackAddress(host), `without authentication Tidemark listens on loopback addresses only (127.0.0.1, ::1, localhost), not on ${host}`)
  demand(issuers.length + audiences.length === 0 && publicUrl === undefined, '--issuers, --audiences and --public-url need --auth local or --auth oidc')
  demand(trustedProxies.length === 0, '--trusted-proxies needs --auth local or --auth oidc: behind a proxy everybody would be the administrator')
}

/** Whoever can change what an issuer answers can make tokens for everybody: on the way there must be TLS, or no way at all. */
function isSafeIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false
  const { protocol, hostname } = new URL(issuer)
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackAddress(hostname.replace(/^\[|\]$/g, '')))
}

function publicUrlOf(text: string): string {
  demand(URL.canParse(text), `--public-url is not a URL: ${text}`)
  const { protocol, origin, pathname, search, hash } = new URL(text)
  demand(protocol === 'https:' || protocol === 'http:', `--public-url is no http or https URL: ${text}`)
  demand(pathname === '/' && search === '' && hash === '', `--public-url names a host and a port only: ${text}`)
  return origin
}

export function withoutEndSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

function demand(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise)
}

/** Loopback has three names, and a client takes any of them: where no public URL is set, all are the server. */
export function ownAudiences(publicUrl: string, settings: Pick<AuthSettings, 'publicUrl' | 'audiences'>): ReadonlySet<string> {
  assert(!publicUrl.endsWith('/'), 'a public URL ends with a slash')
  const { protocol, port } = new URL(publicUrl)
  const suffix = port === '' ? '' : `:${port}`
  const aliases = settings.publicUrl === undefined ? ['localhost', '127.0.0.1', '[::1]'].map((name) => `${protocol}//${name}${suffix}`) : []
  return new Set([publicUrl, ...aliases, ...settings.audiences])
}
