/**
 * PostgreSQL does not flush what was rolled back: after a crash it hands out again the transaction ids above the last one in its log, and a token
 * that has seen those would hide what is written under them the second time. So a position leaves the server only when a transaction at
 * or above the last one it has seen is known to be kept: a commit of ours, or one of a row that exists for this alone, shared by all who wait.
 * Who only reads costs no write: nothing has happened since the last.
 */
import { sql } from '../sql/sql.ts'
import type { Session } from './session.ts'

export type DurablePositions = {
  /** Settles when a token of a snapshot with this `xmax` may be given out. */
  readonly reach: (xmax: bigint) => Promise<void>
  /** A transaction of this id was committed, and its commit is kept. */
  readonly kept: (xid: bigint) => void
}

export function openDurablePositions(inSession: <T>(work: (session: Session) => Promise<T>) => Promise<T>): DurablePositions {
  let durable = 0n
  let writing: Promise<void> | undefined

  const kept = (xid: bigint) => {
    if (xid > durable) durable = xid
  }
  async function writeGuard(): Promise<void> {
    kept(await inSession(commitGuard))
  }
  async function reach(xmax: bigint): Promise<void> {
    while (durable < xmax - 1n) {
      // One that began before we asked may have an id below ours; the next has not.
      writing ??= writeGuard().finally(() => (writing = undefined))
      await writing
    }
  }
  return { reach, kept }
}

async function commitGuard(session: Session): Promise<bigint> {
  await session.execute("begin; select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'")
  try {
    const row = await session.get(sql`update tidemark_guard set writer = pg_current_xact_id() returning writer`)
    await session.execute('commit')
    return BigInt(String(row?.writer))
  } catch (error) {
    await session.execute('rollback').catch(() => {})
    throw error
  }
}
