/**
 * The keys that the server's own tokens are signed with, in a file of their own that nobody but its user may read: a copy of the database
 * that is handed on makes no tokens. A rotation makes a new key; the public half of the old one stays until its last token has expired.
 * `tidemark keys rotate` writes the file, also beside a running server, which looks at it again when it has changed.
 */
import { generateKeyPair, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, unwatchFile, watchFile, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, importJWK, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose'
import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'

export const SIGNING_ALGORITHM = 'RS256'
/** Of a token. */
export const TOKEN_SECONDS = 3600

// Until nobody believes a token of a retired key any more: its life, and what clocks may differ by.
const RETIRED_FOR_MS = (TOKEN_SECONDS + 300) * 1000
const RSA_BITS = 2048
const LOOK_EVERY_MS = 1000
const OWNER_ONLY = 0o600

type StoredKeys = {
  /** Private. */
  readonly current: JWK
  /** Public. */
  readonly retired: readonly { readonly key: JWK; readonly until: string }[]
}

export type SigningKeys = {
  readonly current: () => { readonly id: string; readonly key: CryptoKey }
  /** The public halves, as they are published. The same object as long as nothing has changed. */
  readonly published: () => JSONWebKeySet
  readonly close: () => void
}

export type KeyEvents = { readonly changed: () => void /** The file cannot be read any more. */; readonly failed: (cause: unknown) => void }

/** Makes the file where there is none. */
export async function openSigningKeys(file: string, clock: Clock, { changed, failed }: KeyEvents): Promise<SigningKeys> {
  if (!exists(file)) await rotateSigningKeys(file, clock)
  let state = await load(file)

  // With a file that cannot be read the keys stay as they were. It is whole at each moment: it is renamed into its place.
  function reload(): void {
    load(file).then((loaded) => {
      state = loaded
      changed()
    }, failed)
  }
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, reload)

  return { current: () => state.current, published: () => state.published, close: () => unwatchFile(file, reload) }
}

/** `atOnce`: tokens of the keys so far are worth nothing from now on. */
export async function rotateSigningKeys(file: string, clock: Clock, { atOnce = false } = {}): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
  const bare = privateKey.export({ format: 'jwk' }) as JWK
  const current = { ...bare, alg: SIGNING_ALGORITHM, use: 'sig', kid: await calculateJwkThumbprint(publicPart(bare)) }
  write(file, { current, retired: atOnce || !exists(file) ? [] : retire(read(file), clock.now()) })
  return current.kid
}

function retire({ current, retired }: StoredKeys, now: Date): StoredKeys['retired'] {
  const until = new Date(now.getTime() + RETIRED_FOR_MS).toISOString()
  return [{ key: publicPart(current), until }, ...retired.filter((one) => Date.parse(one.until) > now.getTime())]
}

/** An allow-list: a private member that is not known here stays here. */
function publicPart({ kty, n, e, alg, use, kid }: JWK): JWK {
  return Object.fromEntries(Object.entries({ kty, n, e, alg, use, kid }).filter(([, value]) => value !== undefined)) as JWK
}

async function load(file: string) {
  const { current, retired } = read(file)
  const key = await importJWK(current, SIGNING_ALGORITHM)
  assert(!(key instanceof Uint8Array) && current.kid !== undefined, `${file} holds no key`)
  const published: JSONWebKeySet = { keys: [publicPart(current), ...retired.filter((one) => Date.parse(one.until) > Date.now()).map((one) => one.key)] }
  return { current: { id: current.kid, key }, published }
}

function read(file: string): StoredKeys {
  // Someone may have copied it from a backup.
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredKeys
  } catch (cause) {
    throw new Error(`the signing keys in ${file} cannot be read: restore the file, or remove it to have new keys made`, { cause })
  }
}

function write(file: string, keys: StoredKeys): void {
  const beside = `${file}.${randomBytes(6).toString('hex')}`
  const handle = openSync(beside, 'wx', OWNER_ONLY)
  try {
    writeSync(handle, `${JSON.stringify(keys, null, 2)}\n`)
    fsyncSync(handle)
    closeSync(handle)
    renameSync(beside, file)
  } catch (cause) {
    rmSync(beside, { force: true })
    throw cause
  }
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined
}
