/**
 * Whether a bearer token is to be believed: signed by a key of the issuer that it names, made out to this server, of now.
 * Only asymmetric signatures: with a shared secret the public key could be taken for it. What was verified is remembered for some minutes by
 * the token's hash; who the token is about is asked each time.
 */
import { hash } from 'node:crypto'
import { decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Clock } from '../../base/clock.ts'
import { DataverseError, fail } from '../../protocol/errors.ts'
import type { UserNames } from '../../store/find-caller.ts'
import { withoutEndSlash } from './auth-settings.ts'
import type { Claims } from './subject.ts'
import { issuerUnavailable, type TokenIssuer } from './token-issuer.ts'

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** Between the clocks of the issuer and of this machine. */
const TOLERANCE_SECONDS = 30
// Entra ID's with many groups come to 5 KB.
const MAX_TOKEN_LENGTH = 16 * 1024
const REMEMBERED_FOR_MS = 5 * 60 * 1000
const MAX_REMEMBERED = 5000

export type VerifierOptions = {
  /** By which an issuer is found: as configured, without a slash at its end. */
  readonly issuers: ReadonlyMap<string, () => Promise<TokenIssuer>>
  /** Without slashes at their ends. */
  readonly audiences: () => ReadonlySet<string>
  readonly clock: Clock
}

export type Verifier = {
  /** At once where the token was verified before. */
  readonly verify: (token: string) => UserNames | Promise<UserNames>
  /** After a key was withdrawn. */
  readonly forget: () => void
}

type Verified = { readonly subject: UserNames; readonly until: number }

export function tokenVerifier({ issuers, audiences, clock }: VerifierOptions): Verifier {
  // In the order in which they came: the oldest goes first.
  const remembered = new Map<string, Verified>()

  function remember(key: string, verified: Verified): void {
    const oldest = remembered.size >= MAX_REMEMBERED ? remembered.keys().next().value : undefined
    if (oldest !== undefined) remembered.delete(oldest)
    remembered.set(key, verified)
  }

  async function verifyAnew(token: string, key: string): Promise<UserNames> {
    const { iss } = unverifiedClaims(token)
    const find = typeof iss === 'string' ? issuers.get(withoutEndSlash(iss)) : undefined
    if (!find) throw invalid('It names no issuer that is configured here.')
    const issuer = await find()
    const now = clock.now()
    const claims = await checkSignature(token, issuer, now)
    if (!isFor(claims.aud, audiences())) throw invalid('It is made out to another audience.')
    const subject = issuer.subjectOf(claims)
    const until = Math.min(Number(claims.exp) * 1000 + TOLERANCE_SECONDS * 1000, now.getTime() + REMEMBERED_FOR_MS)
    remember(key, { subject, until })
    return subject
  }

  function verify(token: string): UserNames | Promise<UserNames> {
    if (token.length > MAX_TOKEN_LENGTH) throw invalid('It is too long.')
    const key = hash('sha256', token, 'base64')
    const before = remembered.get(key)
    if (before && clock.now().getTime() < before.until) return before.subject
    if (before) remembered.delete(key)
    return verifyAnew(token, key)
  }

  return { verify, forget: () => remembered.clear() }
}

export function invalid(reason: string): DataverseError {
  return fail('Unauthenticated', `The access token is not valid. ${reason}`)
}

function unverifiedClaims(token: string): Claims {
  try {
    return decodeJwt(token)
  } catch {
    throw invalid('It is not a JSON Web Token.')
  }
}

async function checkSignature(token: string, { name, key }: TokenIssuer, now: Date): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, key as JWTVerifyGetKey, {
      issuer: name,
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: ['exp', 'aud'],
    })
    return payload
  } catch (cause) {
    throw refusalOf(cause)
  }
}

function isFor(audience: unknown, audiences: ReadonlySet<string>): boolean {
  const named = Array.isArray(audience) ? audience : [audience]
  return named.some((one) => typeof one === 'string' && audiences.has(withoutEndSlash(one)))
}

const REASONS: { readonly [code: string]: string } = {
  ERR_JWT_EXPIRED: 'It has expired.',
  ERR_JOSE_ALG_NOT_ALLOWED: 'Its signature is of a kind that is not accepted.',
  ERR_JWKS_NO_MATCHING_KEY: 'Its issuer has no such key.',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'It does not say which key it is signed with.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'Its signature is wrong.',
}

/** What cannot be asked is not the token's fault: a client would throw away a good one. */
function refusalOf(cause: unknown): unknown {
  if (cause instanceof DataverseError) return cause
  const code = cause instanceof errors.JOSEError ? cause.code : undefined
  const isIssuersFault = code === undefined || ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWK_INVALID'].includes(code)
  if (isIssuersFault) return issuerUnavailable(cause)
  if (cause instanceof errors.JWTClaimValidationFailed)
    return invalid(cause.claim === 'nbf' ? 'It is not valid yet.' : `Its claim '${cause.claim}' is wrong or missing.`)
  return invalid(REASONS[code] ?? 'It is not a signed JSON Web Token.')
}
