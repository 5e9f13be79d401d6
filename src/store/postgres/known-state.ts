/**
 * What this server knows of a database that others write to as well: the schema, and numbers that tell whether kept rights, settings and signing keys
 * are still right. Before a request is planned it asks; all who wait share one question, which begins after the last of them came.
 */
import type { Schema } from '../../schema/schema.ts'
import { SELECT_SCHEMA, schemaOf } from '../definitions.ts'
import { sql } from '../sql/sql.ts'
import type { Session } from './session.ts'

export type Known = { readonly schema: Schema; readonly security: number; readonly audits: boolean; readonly keys: number }

export type KnownState = {
  readonly now: () => Known
  /** What a transaction has read, or is known to have committed. */
  readonly learn: (found: Partial<Known>) => void
  /** Of another database, or of a backup. */
  readonly renew: (found: Known) => void
  /** Settles when all is known that was committed before the call. */
  readonly fresh: () => Promise<void>
}

export type KnownEvents = {
  readonly schemaChanged: (schema: Schema) => void
  readonly securityChanged: () => void
  /** The keys that tokens are signed with. */
  readonly keysChanged: () => void
}

const SELECT_STATE = sql`select version as schema, security, audits, keys from tidemark_schema, tidemark_state`

export async function readKnown(session: Session): Promise<Known> {
  const [state] = await session.all(SELECT_STATE)
  return {
    schema: schemaOf(await session.all(SELECT_SCHEMA)),
    security: Number(state?.security),
    audits: state?.audits === 1,
    keys: Number(state?.keys),
  }
}

export function openKnownState(first: Known, inSession: <T>(work: (session: Session) => Promise<T>) => Promise<T>, events: KnownEvents): KnownState {
  let known = first
  let asking: Promise<void> | undefined
  let next: Promise<void> | undefined

  function learn(found: Partial<Known>): void {
    const before = known
    // Two may read at the same time, and both numbers only grow: the larger one is right.
    const schema = found.schema && found.schema.version > before.schema.version ? found.schema : before.schema
    const isOlder = found.security !== undefined && found.security < before.security
    const keys = Math.max(before.keys, found.keys ?? 0)
    known = isOlder ? { ...before, schema, keys } : { ...before, ...found, schema, keys }
    if (schema !== before.schema) events.schemaChanged(schema)
    if (known.security !== before.security) events.securityChanged()
    if (known.keys !== before.keys) events.keysChanged()
  }

  async function ask(): Promise<void> {
    await inSession(async (session) => {
      const [state] = await session.all(SELECT_STATE)
      const isNew = Number(state?.schema) !== known.schema.version
      learn({
        ...(isNew ? { schema: schemaOf(await session.all(SELECT_SCHEMA)) } : {}),
        security: Number(state?.security),
        audits: state?.audits === 1,
        keys: Number(state?.keys),
      })
    })
  }

  function fresh(): Promise<void> {
    if (!asking) {
      asking = ask().finally(() => (asking = undefined))
      return asking
    }
    // The one under way may have read before the commit that we have to see.
    next ??= asking
      .catch(() => {})
      .then(() => {
        next = undefined
        return fresh()
      })
    return next
  }
  function renew(found: Known): void {
    known = found
    events.schemaChanged(found.schema)
    events.securityChanged()
    events.keysChanged()
  }
  return { now: () => known, learn, renew, fresh }
}
