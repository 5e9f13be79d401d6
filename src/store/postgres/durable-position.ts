/**
 * PostgreSQL does not flush what was rolled back: after a crash it hands out again the transaction ids above the last one in its log, and a token
 * that has seen those would hide what is written under them the second time. So a position leaves the server only when a transaction at
 * or above the last one it has seen is known to be kept: a commit of ours, or one of a row that exists for this alone, shared by all who wait.
 * Who only reads costs no write: nothing has happened since the last.
 *
 * What is known to be kept is known of one running database. After a crash or a failover, reaching further shows nothing of a position from before:
 * ids that it has seen may have been handed out again by then. Whoever read it has to read again.
 */
import { EngineError } from '../sql/connection.ts'
import { sql } from '../sql/sql.ts'
import type { Session } from './session.ts'

export type DurablePositions = {
  /** Of the database that runs now. To be asked before the snapshot is taken. */
  readonly life: () => number
  /** Settles when a token of a snapshot with this `xmax`, taken in this life, may be given out. Throws where the life is over. */
  readonly reach: (xmax: bigint, life: number) => Promise<void>
  /** A transaction of this id was committed, and its commit is kept. */
  readonly kept: (xid: bigint) => void
  /** Another database runs, or the same one again: nothing is known of it yet. */
  readonly beginLife: () => void
}

export function openDurablePositions(inSession: <T>(work: (session: Session) => Promise<T>) => Promise<T>): DurablePositions {
  let durable = 0n
  let life = 0
  let writing: Promise<void> | undefined

  const kept = (xid: bigint) => {
    if (xid > durable) durable = xid
  }
  async function writeGuard(): Promise<void> {
    const begun = life
    const xid = await inSession(commitGuard)
    if (life === begun) kept(xid)
  }
  async function reach(xmax: bigint, since: number): Promise<void> {
    while (life === since && durable < xmax - 1n) {
      // One that began before we asked may have an id below ours; the next has not.
      if (!writing) {
        const begun = writeGuard().finally(() => {
          if (writing === begun) writing = undefined
        })
        writing = begun
      }
      await writing
    }
    if (life !== since) throw new EngineError('unavailable', undefined, new Error('the database has begun anew since the snapshot'))
  }
  return {
    life: () => life,
    reach,
    kept,
    beginLife: () => {
      life++
      durable = 0n
      // One under way is of the life before.
      writing = undefined
    },
  }
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
