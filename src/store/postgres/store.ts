/**
 * A PostgreSQL database as Tidemark uses it: opened, brought to the newest form, recognized (C6), with a lane for writes and connections for reads.
 * Any number of servers may stand at one database.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { fail } from '../../protocol/errors.ts'
import { EngineError, type Readable } from '../sql/connection.ts'
import type { Upkeep } from '../upkeep.ts'
import { buildKeyIndex } from './build-key.ts'
import { postgresDialect } from './dialect.ts'
import { type DurablePositions, openDurablePositions } from './durable-position.ts'
import { installFunctions } from './functions.ts'
import { findPrimary, shownUrl, urlsOf } from './hosts.ts'
import { enterIncarnation, runningNow } from './incarnation.ts'
import { type KnownEvents, type KnownState, openKnownState, readKnown } from './known-state.ts'
import { migrate } from './migrate.ts'
import { refuseUnfinishedMove } from './move-state.ts'
import { openSessionPool, type SessionPool } from './pools.ts'
import { postgresPositions } from './position.ts'
import { purge } from './purge.ts'
import type { Session } from './session.ts'
import { startProblem } from './start-problem.ts'
import { openPostgresLane, type PostgresLane } from './write-lane.ts'

export type PostgresStoreOptions = {
  /** May name several hosts: see hosts.ts. */
  readonly url: string
  /** At the most, for reads and writes together; at least 4. */
  readonly connections: number
  /** Of one query. */
  readonly querySeconds: number
  /** Of one answer. */
  readonly answerBytes: number
  /** `normal`: an answered write survives a crash of this server, not one of the database. */
  readonly durability: 'full' | 'normal'
  readonly events: KnownEvents
  readonly log: (level: 'error' | 'warn' | 'info', details: object, text: string) => void
}

export type PostgresStore = {
  readonly lane: PostgresLane
  readonly known: KnownState
  /** Settles when what is known is as it was when the call was made; refuses while there is no database. */
  readonly fresh: () => Promise<void>
  readonly reads: SessionPool
  readonly durable: DurablePositions
  readonly upkeep: Upkeep
  /** Of the primary, as it is now. */
  readonly url: () => string
  readonly close: () => Promise<void>
}

const APPLICATION = 'tidemark'
// A write that waits for another's row for longer is begun again; who holds it may be waiting for us elsewhere.
const LOCK_TIMEOUT_MS = 5000
/** A server that is stopped in the middle of a write does not hold its rows for ever. */
const IDLE_TRANSACTION_MS = 150_000
/** After a loss, also while nobody asks: background work waits for it. */
const ENTER_EVERY_MS = 1000
/** A connection to a host that has gone silent ends when it ends. */
const CLOSE_MS = 5000

export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { connections, querySeconds, answerBytes, durability, events, log } = options
  const urls = urlsOf(options.url)
  let url = urls.length === 1 ? urls[0] : ((await findPrimary(urls)) ?? urls[0])
  let isLost = false
  let entering: Promise<void> | undefined
  /** Which database every connection is to: another that answers at the same address has to be entered first. */
  let entered: string | undefined

  const lost = () => {
    if (!isLost) log('warn', { database: shownUrl(url) }, 'the database cannot be reached, or has ended a connection')
    isLost = true
  }
  const verify = async (session: Session) => {
    const running = await runningNow(session)
    if (running !== entered) throw new EngineError('unavailable', undefined, new Error('the database has begun anew'))
  }
  const readers = Math.max(2, Math.floor(connections / 2))
  const entry = openSessionPool({ url: () => url, answerBytes, size: 1, statementMs: 0, name: `${APPLICATION} entry` })
  const opening = await open(entry)
  const common = { url: () => url, answerBytes, lost, verify }
  const write = openSessionPool({
    ...common,
    size: Math.max(2, connections - readers),
    statementMs: 0,
    name: `${APPLICATION} writes`,
    settings: [
      ['lock_timeout', String(LOCK_TIMEOUT_MS)],
      ['idle_in_transaction_session_timeout', String(IDLE_TRANSACTION_MS)],
      ...(durability === 'normal' ? ([['synchronous_commit', 'off']] as const) : []),
      ...(durability === 'full' && !opening.waits ? ([['synchronous_commit', 'on']] as const) : []),
    ],
  })
  const read = openSessionPool({ ...common, size: readers, statementMs: Math.ceil(querySeconds * 1000), name: `${APPLICATION} reads` })
  // Key indexes, the guard: they wait as long as they have to, and never behind requests.
  const own = openSessionPool({ ...common, size: 3, statementMs: 0, name: `${APPLICATION} upkeep` })

  const known = openKnownState(opening.first, read.use, events)
  const durable = openDurablePositions(own.use)
  const lane = openPostgresLane({ pool: write, known, durable, isDurable: durability === 'full' })
  const recovery = setInterval(() => {
    if (isLost) enterAgain().catch(() => {})
  }, ENTER_EVERY_MS).unref()

  return {
    lane,
    known,
    fresh: () => inWords(fresh),
    reads: read,
    durable,
    upkeep: { buildKey: (run, build) => buildKeyIndex(own, run, build), purge },
    url: () => url,
    close: async () => {
      clearInterval(recovery)
      await Promise.race([Promise.all([entry, write, read, own].map((pool) => pool.close())), delay(CLOSE_MS, undefined, { ref: false })])
    },
  }

  async function open(pool: SessionPool) {
    try {
      await pool.use(async (session) => {
        await migrate(session)
        await refuseUnfinishedMove(session)
        await installFunctions(session.execute)
      })
      await enter()
      return await pool.use(async (session) => {
        const [settings] = await session.execute("select current_setting('synchronous_commit') <> 'off' as waits")
        return { first: await readKnown(session), waits: settings?.[0]?.waits === 1 }
      })
    } catch (error) {
      await pool.close()
      throw startProblem(error, url)
    }
  }

  async function fresh(): Promise<void> {
    const wasLost = isLost
    try {
      if (wasLost) await enterAgain()
      await known.fresh()
    } catch (error) {
      if (wasLost || !isUnavailable(error)) throw error
      // It may be there again already, and was only not entered yet.
      await enterAgain()
      await known.fresh()
    }
  }

  async function enter(): Promise<void> {
    const { found, running } = await entry.use(async (session) => enterIncarnation(session, (await readKnown(session)).schema))
    if (found === 'restored') log('warn', {}, 'the database was restored from a dump: all rows are stamped anew, and delta tokens from before are refused')
    if (running === entered) return
    const isFirst = entered === undefined
    entered = running
    if (isFirst) return
    durable.beginLife()
    // It may be a backup: numbers are smaller there.
    known.renew(await entry.use(readKnown))
  }

  function enterAgain(): Promise<void> {
    entering ??= reenter().finally(() => {
      entering = undefined
    })
    return entering
  }

  /** After a loss: it may be another server by now, or the same one with an earlier backup. */
  async function reenter(): Promise<void> {
    const primary = urls.length === 1 ? url : await findPrimary(urls)
    if (primary === undefined) throw new EngineError('unavailable', undefined, new Error('no host takes writes'))
    if (primary !== url) {
      url = primary
      for (const pool of [entry, write, read, own]) pool.renew()
    }
    await enter()
    isLost = false
    log('info', { database: shownUrl(url) }, 'the database is there again')
  }
}

/** For reads in a snapshot of their own. What the engine says becomes the catalogue's. */
export function readableOf({ use, answerBytes }: SessionPool, aborted?: AbortSignal): Readable {
  return {
    dialect: postgresDialect,
    positions: postgresPositions,
    pages: async (queries) => {
      try {
        return await inWords(() => use((session) => session.pages(queries), { aborted }))
      } catch (error) {
        throw error instanceof EngineError && error.failure === 'tooLarge' ? fail('AnswerTooLarge', answerBytes) : error
      }
    },
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof EngineError && error.failure === 'unavailable'
}

/** For whatever is done for a request outside of the lane. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refusalOf(error)
  }
}

/** What a client can be told; anything else stays what it is. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  switch (error.failure) {
    case 'timedOut':
      return fail('QueryTimedOut')
    case 'unavailable':
      return fail('Unavailable', 'The database cannot be reached; try again.')
    // The table was edited between planning and reading.
    case 'staleSchema':
    case 'serializationFailure':
      return fail('Unavailable', 'The table is being changed; try again.')
    default:
      return error
  }
}
