/**
 * Each job in a transaction of its own, as many at a time as there are connections. A job that met another's write (a deadlock, a row that was made or
 * went in between) is done again from its beginning; a client hears of it only when that went on for too long. READ COMMITTED: each statement sees
 * what others have committed by then, and what a job decides by it has locked.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { formatInstant } from '../../base/date-time.ts'
import { systemClock } from '../../base/clock.ts'
import { fail } from '../../protocol/errors.ts'
import { SELECT_SCHEMA, schemaOf } from '../definitions.ts'
import { EngineError, type SqlRow } from '../sql/connection.ts'
import { sql } from '../sql/sql.ts'
import type { Job, RunJob, WriteLane } from '../write-lane.ts'
import { loneJobsInTurn } from '../lone-jobs.ts'
import type { DurablePositions } from './durable-position.ts'
import type { KnownState } from './known-state.ts'
import { SCHEMA_LOCK, TURN_LOCK } from './locks.ts'
import type { SessionPool } from './pools.ts'
import { NeedsSchemaAlone } from './schema-lock.ts'
import type { Session } from './session.ts'
import { failureBehind, type OpenTransaction, type TransactionState, writeTransaction } from './write-transaction.ts'

export type PostgresLaneOptions = {
  readonly pool: SessionPool
  readonly known: KnownState
  readonly durable: DurablePositions
  /** Whether a commit is kept when it is answered. */
  readonly isDurable: boolean
}

/** Of one job, until it is answered that the server is busy. */
const MAX_TRIES = 12
const MAX_MS = 15_000
/** A duplicate that is there again when the job is done again is one; the first may have been a row of another who had just committed. */
const MAX_DUPLICATES = 2
/** A point of the clock a second is enough to tell how old a transaction is. */
const CLOCK_STEP_MS = 1000

export type PostgresLane = WriteLane & {
  /** The same while nobody else writes, whichever server they are at. */
  readonly runAlone: RunJob
  /** Begun and not yet settled. */
  readonly running: () => number
  /** Jobs that were begun again. */
  readonly retries: () => number
}

/** `inTurn`: one after the other with all that are begun so, at whichever server. */
type Way = { readonly isSchemaAlone: boolean; readonly inTurn: boolean }

export function openPostgresLane({ pool, known, durable, isDurable }: PostgresLaneOptions): PostgresLane {
  const running = new Set<Promise<unknown>>()
  let clockedAt = 0
  let retried = 0

  const run: RunJob = loneJobsInTurn((job) => track(perform(job, false)))
  const runAlone: RunJob = (job) => track(perform(job, true))

  function track<T>(done: Promise<T>): Promise<T> {
    const settled = done.then(
      () => {},
      () => {},
    )
    running.add(settled)
    void settled.then(() => running.delete(settled))
    return done
  }

  async function perform<T>(job: Job<T>, mustBeAlone: boolean): Promise<T> {
    const startedAt = performance.now()
    let isSchemaAlone = mustBeAlone
    let inTurn = false
    let duplicates = 0
    for (let tries = 1; ; tries++) {
      const failed: { current?: EngineError } = {}
      try {
        return await attempt(job, { isSchemaAlone, inTurn }, failed)
      } catch (error) {
        if (error instanceof NeedsSchemaAlone) {
          isSchemaAlone = true
          continue
        }
        const failure = error instanceof EngineError ? error : failed.current
        if (failure?.failure === 'uniqueViolation' && ++duplicates < MAX_DUPLICATES) continue
        if (failure?.failure === 'unavailable') throw fail('Unavailable', 'The database cannot be reached; try again.')
        // With the schema that the job is begun again with it is right, or it is a bug.
        const isStale = failure?.failure === 'staleSchema' && tries === 1 && !isSchemaAlone
        if (failure?.failure !== 'serializationFailure' && !isStale) throw error
        if (tries >= MAX_TRIES || performance.now() - startedAt > MAX_MS)
          throw fail('Unavailable', 'The row is being written by many at the same time; try again.')
        // Those who have met in a deadlock would meet again. Not where the turn was waited for too long: whoever has it may wait for somebody else.
        inTurn = isDeadlock(failure)
        retried++
        await delay(Math.random() * Math.min(2 ** tries, 200))
      }
    }
  }

  function attempt<T>(job: Job<T>, way: Way, failed: { current?: EngineError }): Promise<T> {
    const state: TransactionState = { ...known.now(), failure: undefined, hasStamped: false }
    const life = durable.life()
    const note = (error: EngineError) => {
      state.failure ??= error
      failed.current ??= error
    }
    return pool.use(
      async (session) => {
        try {
          const transaction = await begin(session, state, way)
          const result = await job(transaction, true)
          // Somebody took a failure for an answer: PostgreSQL would undo everything at the commit, and say so to nobody.
          if (state.failure) throw state.failure
          await commit(session, transaction, life)
          return result
        } catch (error) {
          failed.current = state.failure ?? failureBehind(error)
          if (failed.current?.failure !== 'unavailable') await session.execute('rollback').catch(() => {})
          throw error
        }
      },
      { failed: note },
    )
  }

  /** One round trip; the lock comes before what is read, so that nobody edits the schema from there on. */
  async function begin(session: Session, state: TransactionState, { isSchemaAlone, inTurn }: Way): Promise<OpenTransaction> {
    const lock = isSchemaAlone ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared'
    const turn = inTurn ? `select pg_advisory_xact_lock(${TURN_LOCK}); ` : ''
    const answers = await session.execute(`begin; select ${lock}(${SCHEMA_LOCK}); ${turn}select version, security, audits from tidemark_schema, tidemark_state`)
    const [found] = answers.at(-1) as [SqlRow]
    state.security = Number(found.security)
    state.audits = found.audits === 1
    if (Number(found.version) !== state.schema.version) state.schema = schemaOf(await session.all(SELECT_SCHEMA))
    known.learn({ schema: state.schema, security: state.security, audits: state.audits })
    return writeTransaction(session, state, isSchemaAlone)
  }

  async function commit(session: Session, transaction: OpenTransaction, life: number): Promise<void> {
    const learned = await transaction.finish()
    await noteTime(session)
    const answers = await session.execute('select pg_current_xact_id_if_assigned() as xid; commit')
    const xid = answers[0]?.[0]?.xid
    // Only where a row bears it: after a restart it is looked for there (incarnation.ts).
    const isKept = isDurable && transaction.state.hasStamped && durable.life() === life
    if (isKept && xid !== null && xid !== undefined) durable.kept(BigInt(String(xid)))
    known.learn(learned)
  }

  async function noteTime(session: Session): Promise<void> {
    const now = systemClock.now()
    if (now.getTime() - clockedAt < CLOCK_STEP_MS) return
    clockedAt = now.getTime()
    await session.run(sql`insert into tidemark_clock (xid, at) select pg_current_xact_id(), ${formatInstant(now)} where pg_current_xact_id_if_assigned() is not null
      on conflict do nothing`)
  }

  return {
    run,
    runAlone,
    running: () => running.size,
    idle: async () => {
      await Promise.all(running)
    },
    retries: () => retried,
  }
}

function isDeadlock(failure: EngineError | undefined): boolean {
  return (failure?.cause as { readonly code?: unknown } | undefined)?.code === '40P01'
}
