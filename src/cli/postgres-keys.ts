/**
 * The signing keys of servers at one PostgreSQL database: all have the same, from its rows. A rotation counts at every server for each request that
 * comes after it, as other changes do: known-state.ts.
 */
import { systemClock } from '../base/clock.ts'
import { type KeyEvents, type LoadedKeys, loadKeys, makeKey, type SigningKeys, type StoredKeys, withNewKey } from '../server/auth/signing-keys.ts'
import type { PostgresStore } from '../store/postgres/store.ts'
import { changeSigningKeys, readSigningKeys, type SigningKeyRows } from '../store/postgres/signing-key-rows.ts'
import type { RunJob } from '../store/write-lane.ts'

export type SharedKeys = SigningKeys & {
  /** Others have been stored. */
  readonly outdated: () => void
  /** Settles when what was outdated is no longer. */
  readonly settled: () => Promise<void>
}

export async function openSharedKeys(
  { lane, reads, fresh }: Pick<PostgresStore, 'lane' | 'reads' | 'fresh'>,
  { changed, failed }: KeyEvents,
): Promise<SharedKeys> {
  const first = await makeKey()
  await changeSigningKeys(lane.run, (before) => (before ? undefined : rowsOfKeys({ current: first, retired: [] })))
  let loaded = await load()
  let loading: Promise<void> | undefined
  let isOutdated = false

  async function load(): Promise<LoadedKeys> {
    const rows = await reads.use(readSigningKeys)
    if (!rows) throw new Error('the database has lost the keys that tokens are signed with: start the server again')
    return loadKeys(keysOf(rows), systemClock.now())
  }

  async function reload(): Promise<void> {
    while (isOutdated) {
      isOutdated = false
      try {
        loaded = await load()
      } catch (cause) {
        isOutdated = true
        failed(cause)
        throw cause
      }
      changed()
    }
  }

  function settled(): Promise<void> {
    if (!isOutdated && !loading) return Promise.resolve()
    loading ??= reload().finally(() => {
      loading = undefined
    })
    return loading
  }

  return {
    current: () => loaded.current,
    published: () => loaded.published,
    outdated: () => {
      isOutdated = true
    },
    settled,
    fresh: () => fresh().then(settled),
    close: () => {},
  }
}

/** Gives the new key's id. */
export async function rotateSharedKeys(run: RunJob, atOnce: boolean): Promise<string> {
  const key = await makeKey()
  await changeSigningKeys(run, (before) => rowsOfKeys(withNewKey(key, before && keysOf(before), { now: systemClock.now(), atOnce })))
  return key.kid
}

export function rowsOfKeys({ current, retired }: StoredKeys): SigningKeyRows {
  return {
    current: { id: String(current.kid), jwk: JSON.stringify(current) },
    retired: retired.map(({ key, until }) => ({ id: String(key.kid), jwk: JSON.stringify(key), until })),
  }
}

function keysOf({ current, retired }: SigningKeyRows): StoredKeys {
  return { current: JSON.parse(current.jwk), retired: retired.map(({ jwk, until }) => ({ key: JSON.parse(jwk), until })) }
}
