/**
 * Secrets of application users. They are made here, 256 random bits each, so none can be guessed; what is stored is a salted scrypt hash, so
 * that who reads the database has none either. A check takes some 40 ms and 16 MB: how many run at once is bounded by who asks for them.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

export type StoredSecret = { readonly salt: Uint8Array; readonly hash: Uint8Array; readonly cost: number }

const SECRET_BYTES = 32
const HASH_BYTES = 32
const COST = 16_384
const MAX_COST = 65_536
const BLOCK_SIZE = 8

/** Without characters that a form or a header would have to escape. The prefix lets scanners of source code know what they have found. */
export function makeSecret(): string {
  return `tdm_${randomBytes(SECRET_BYTES).toString('base64url')}`
}

export async function hashSecret(secret: string): Promise<StoredSecret> {
  const salt = randomBytes(16)
  return { salt, hash: await derive(secret, salt, COST), cost: COST }
}

export async function isSecret(given: string, { salt, hash, cost }: StoredSecret): Promise<boolean> {
  return timingSafeEqual(await derive(given, salt, cost), hash)
}

/** As slow as a check: whether a client exists is not to be told by how long it takes. */
export async function checkNothing(given: string): Promise<void> {
  await derive(given, NO_SALT, COST)
}

const NO_SALT = new Uint8Array(16)

function derive(secret: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  const options = { N: Math.min(cost, MAX_COST), r: BLOCK_SIZE, p: 1, maxmem: 256 * MAX_COST * BLOCK_SIZE }
  return new Promise((done, failed) => scrypt(secret, salt, HASH_BYTES, options, (error, key) => (error ? failed(error) : done(key))))
}
