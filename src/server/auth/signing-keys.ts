/**
 * The keys that the server's own tokens are signed with. A rotation makes a new key; the public half of the old one stays until its last token
 * has expired. Where they are kept is another's matter: a file (signing-keys-file.ts), or the database that several servers share.
 */
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose'
import { assert } from '../../base/assert.ts'

export const SIGNING_ALGORITHM = 'RS256'
/** Of a token. */
export const TOKEN_SECONDS = 3600

// Until nobody believes a token of a retired key any more: its life, and what clocks may differ by.
const RETIRED_FOR_MS = (TOKEN_SECONDS + 300) * 1000
const RSA_BITS = 2048

/** Private. */
export type NewKey = JWK & { readonly kid: string }
/** As they are kept. */
export type StoredKeys = {
  /** Private. */
  readonly current: JWK
  /** Public. */
  readonly retired: readonly { readonly key: JWK; readonly until: string }[]
}

/** As they are used. The same objects as long as nothing has changed. */
export type LoadedKeys = {
  readonly current: { readonly id: string; readonly key: CryptoKey }
  /** The public halves, as they are published. */
  readonly published: JSONWebKeySet
}

export type SigningKeys = {
  readonly current: () => LoadedKeys['current']
  readonly published: () => LoadedKeys['published']
  /** Before a key counts as unknown: whoever shares the keys may have made it a moment ago. */
  readonly fresh?: () => Promise<void>
  readonly close: () => void
}

export type KeyEvents = { readonly changed: () => void /** They cannot be read any more. */; readonly failed: (cause: unknown) => void }

export async function makeKey(): Promise<NewKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
  const bare = privateKey.export({ format: 'jwk' }) as JWK
  return { ...bare, alg: SIGNING_ALGORITHM, use: 'sig', kid: await calculateJwkThumbprint(publicPart(bare)) }
}

/** `atOnce`: tokens of the keys so far are worth nothing from now on. */
export function withNewKey(current: NewKey, before: StoredKeys | undefined, { now, atOnce }: { readonly now: Date; readonly atOnce: boolean }): StoredKeys {
  return { current, retired: atOnce || !before ? [] : retire(before, now) }
}

function retire({ current, retired }: StoredKeys, now: Date): StoredKeys['retired'] {
  const until = new Date(now.getTime() + RETIRED_FOR_MS).toISOString()
  return [{ key: publicPart(current), until }, ...retired.filter((one) => Date.parse(one.until) > now.getTime())]
}

/** An allow-list: a private member that is not known here stays here. */
function publicPart({ kty, n, e, alg, use, kid }: JWK): JWK {
  return Object.fromEntries(Object.entries({ kty, n, e, alg, use, kid }).filter(([, value]) => value !== undefined)) as JWK
}

export async function loadKeys({ current, retired }: StoredKeys, now: Date): Promise<LoadedKeys> {
  const key = await importJWK(current, SIGNING_ALGORITHM)
  assert(!(key instanceof Uint8Array) && current.kid !== undefined, 'what is kept is no signing key')
  const published: JSONWebKeySet = { keys: [publicPart(current), ...retired.filter((one) => Date.parse(one.until) > now.getTime()).map((one) => one.key)] }
  return { current: { id: current.kid, key }, published }
}
