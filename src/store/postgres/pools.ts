/** Connections to one PostgreSQL: those that write, those that read, the latter with a limit of time for each statement. */
import { Pool, type PoolClient } from 'pg'
import { EngineError } from '../sql/connection.ts'
import { engineError } from './engine-error.ts'
import { openSession, type Session } from './session.ts'

export type PoolOptions = {
  /** Asked for each new connection: a cluster's primary may be another by then. */
  readonly url: () => string
  /** Connections at the most. */
  readonly size: number
  /** Milliseconds of one statement at the most; 0: no limit. */
  readonly statementMs: number
  readonly answerBytes: number
  /** As the database shows it to people. */
  readonly name: string
  /** Said to each new connection. */
  readonly settings?: readonly (readonly [name: string, value: string])[]
  /** Of each new connection, before it is used: refuses one to another database than the one that was entered. */
  readonly verify?: (session: Session) => Promise<void>
  /** The database could not be reached, did not take writes, or has let a connection go. */
  readonly lost?: () => void
}

export type SessionPool = {
  /** Of one answer at the most. */
  readonly answerBytes: number
  readonly use: <T>(work: (session: Session) => Promise<T>, options?: UseOptions) => Promise<T>
  /** What is open goes back to the database that it is of, and no new work gets it. */
  readonly renew: () => void
  readonly waiting: () => number
  readonly close: () => Promise<void>
}
/** `aborted`: whoever wanted it has gone; what runs then is stopped. `failed` hears of every failure of a statement. */
export type UseOptions = { readonly aborted?: AbortSignal | undefined; readonly failed?: (error: EngineError) => void }

/** A database that is not there is told of at once, not after minutes. */
const CONNECT_MS = 5000
const IDLE_MS = 30_000

export function openSessionPool(options: PoolOptions): SessionPool {
  const { answerBytes, lost = () => {} } = options
  let pool = openPool(options)
  const ending = new Set<Promise<void>>()

  async function use<T>(work: (session: Session) => Promise<T>, { aborted, failed }: UseOptions = {}): Promise<T> {
    const client = await connect()
    let isLost = false
    const watch = (error: EngineError) => {
      // Whatever it has prepared is of another schema, or it is gone.
      if (error.failure === 'unavailable' || error.failure === 'staleSchema') isLost = true
      if (error.failure === 'unavailable') lost()
      failed?.(error)
    }
    const lose = () => {
      isLost = true
    }
    const stop = () => {
      isLost = true
      cancel(client)
    }
    client.on('error', lose)
    aborted?.addEventListener('abort', stop, { once: true })
    try {
      return await work(openSession(client, { answerBytes, failed: watch }))
    } finally {
      client.off('error', lose)
      aborted?.removeEventListener('abort', stop)
      client.release(isLost)
    }
  }

  async function connect(): Promise<PoolClient> {
    try {
      return await pool.connect()
    } catch (error) {
      lost()
      const known = engineError(error)
      throw known instanceof EngineError ? known : new EngineError('unavailable', undefined, error)
    }
  }

  /** By another connection; the one that is stopped is never used again, so that nothing else is met. */
  function cancel(client: PoolClient): void {
    const { processID } = client as unknown as { readonly processID: number | null }
    if (processID !== null) pool.query('select pg_cancel_backend($1)', [processID]).catch(() => {})
  }

  function renew(): void {
    const before = pool
    pool = openPool(options)
    const end = before.end().finally(() => ending.delete(end))
    ending.add(end)
  }

  return {
    answerBytes,
    use,
    renew,
    waiting: () => pool.waitingCount,
    close: async () => {
      await Promise.all([pool.end(), ...ending])
    },
  }
}

function openPool({ url, size, statementMs, answerBytes, name, settings = [], verify, lost = () => {} }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url(),
    max: size,
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    ...(verify
      ? { verify: (client: PoolClient, done: (error?: Error) => void) => void verify(openSession(client, { answerBytes })).then(() => done(), done) }
      : {}),
    ...(statementMs > 0 ? { statement_timeout: statementMs } : {}),
    ...(settings.length > 0 ? { options: settings.map(([setting, value]) => `-c ${setting}=${value}`).join(' ') } : {}),
  })
  // One that is lost while nobody uses it: the next who asks gets another, which may be to another server.
  pool.on('error', lost)
  return pool
}
