/**
 * Of the servers at one database one leads: it holds a lock of the database for as long as its connection lives, so that another leads soon
 * after it has gone, however it went.
 */
import { Client } from 'pg'
import { LEADER_LOCK } from './locks.ts'

export type LeaderLock = { readonly isHeld: () => boolean; readonly close: () => Promise<void> }

const TRY_EVERY_MS = 1000

export function contendForLeadership(url: () => string, name: string, events: { readonly began: () => void; readonly ended: () => void }): LeaderLock {
  let client: Client | undefined
  let isHeld = false
  let isClosing = false
  let timer: NodeJS.Timeout | undefined
  let trying: Promise<void> = Promise.resolve()

  function lose(lost: Client): void {
    if (client !== lost) return
    client = undefined
    if (isHeld && !isClosing) events.ended()
    isHeld = false
  }

  async function connect(): Promise<Client> {
    const opened = new Client({ connectionString: url(), application_name: name, keepAlive: true, connectionTimeoutMillis: 5000, query_timeout: 5000 })
    opened.on('error', () => lose(opened))
    opened.on('end', () => lose(opened))
    await opened.connect()
    return opened
  }

  async function attempt(): Promise<void> {
    try {
      client ??= await connect()
      // Where it is held already, the question shows that the connection lives.
      const question = isHeld ? 'select true as held' : `select pg_try_advisory_lock(${LEADER_LOCK}) as held`
      const { rows } = await client.query<{ readonly held: boolean }>(question)
      if (rows[0]?.held && !isHeld && !isClosing) {
        isHeld = true
        events.began()
      }
    } catch {
      const lost = client
      if (lost) {
        lose(lost)
        lost.end().catch(() => {})
      }
    }
    if (!isClosing) timer = setTimeout(tryAgain, TRY_EVERY_MS).unref()
  }
  function tryAgain(): void {
    trying = attempt()
  }
  tryAgain()

  return {
    isHeld: () => isHeld,
    close: async () => {
      isClosing = true
      clearTimeout(timer)
      await trying
      await client?.end().catch(() => {})
    },
  }
}
