/**
 * The signing keys of a server on SQLite, in a file of their own that nobody but its user may read: a copy of the database that is handed on makes
 * no tokens. `tidemark keys rotate` writes the file, also beside a running server, which looks at it again when it has changed.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, unwatchFile, watchFile, writeSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { type KeyEvents, type LoadedKeys, loadKeys, makeKey, type SigningKeys, type StoredKeys, withNewKey } from './signing-keys.ts'

const LOOK_EVERY_MS = 1000
const OWNER_ONLY = 0o600

/** Makes the file where there is none. */
export async function openKeysFile(file: string, clock: Clock, { changed, failed }: KeyEvents): Promise<SigningKeys> {
  if (!exists(file)) await rotateKeysFile(file, clock)
  let loaded = await load(file, clock)

  // With a file that cannot be read the keys stay as they were. It is whole at each moment: it is renamed into its place.
  function reload(): void {
    load(file, clock).then((keys) => {
      loaded = keys
      changed()
    }, failed)
  }
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, reload)

  return { current: () => loaded.current, published: () => loaded.published, close: () => unwatchFile(file, reload) }
}

/** Gives the new key's id. */
export async function rotateKeysFile(file: string, clock: Clock, { atOnce = false } = {}): Promise<string> {
  const key = await makeKey()
  write(file, withNewKey(key, atOnce ? undefined : readKeysFile(file), { now: clock.now(), atOnce }))
  return key.kid
}

/** Undefined: there is none. */
export function readKeysFile(file: string): StoredKeys | undefined {
  return exists(file) ? read(file) : undefined
}

async function load(file: string, clock: Clock): Promise<LoadedKeys> {
  return loadKeys(read(file), clock.now())
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
