/**
 * Standbys that plain reads are sent to, each only while it is known to be no staler than allowed. No two clocks are compared: a few times a second
 * the primary is asked how far its log goes, and this server notes when it asked. A standby that has replayed up to such a note holds all that was
 * committed before that moment, so it is no staler than the note is old.
 *
 * A standby of another cluster, or one that was promoted, is not read from. Positions are the primary's alone: a standby's snapshot lists no
 * running transactions.
 */
import { sql } from '../sql/sql.ts'
import { openSessionPool, type SessionPool } from './pools.ts'

export type Replicas = {
  /** One that may be read from now, in turn. */
  readonly pick: () => SessionPool | undefined
  /** How many may be read from now. */
  readonly usable: () => number
  /** Seconds that the stalest may be behind; Infinity where one was never reached. */
  readonly staleness: () => number
  readonly close: () => Promise<void>
}

export type ReplicasOptions = {
  readonly urls: readonly string[]
  readonly stalenessSeconds: number
  /** Of one standby, at the most. */
  readonly connections: number
  readonly querySeconds: number
  readonly primary: SessionPool
  /** Another number whenever the primary may be another: what was noted before says nothing of its log. */
  readonly life: () => number
}

/** `at`: milliseconds of this process, taken before the primary was asked. */
type Note = { readonly lsn: bigint; readonly at: number }
type Replica = { readonly pool: SessionPool; asOf: number; isAsked: boolean }

const ASK_EVERY_MS = 200
const SYSTEM = sql`(select system_identifier::text from pg_control_system()) as system`
const WRITTEN = sql`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as lsn, ${SYSTEM}`
const REPLAYED = sql`select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::text as lsn, ${SYSTEM}, pg_is_in_recovery() as follows`

export function openReplicas({ urls, stalenessSeconds, connections, querySeconds, primary, life }: ReplicasOptions): Replicas {
  const staleMs = stalenessSeconds * 1000
  const replicas = urls.map((url) => openReplica(url))
  let notes: Note[] = []
  let system: unknown
  let notedLife = life()
  let isAsking = false
  let turn = 0

  function openReplica(url: string): Replica {
    const pool = openSessionPool({
      url: () => url,
      size: connections,
      statementMs: Math.ceil(querySeconds * 1000),
      answerBytes: primary.answerBytes,
      name: 'tidemark replica reads',
      lost: () => {
        replica.asOf = -Infinity
      },
    })
    const replica: Replica = { pool, asOf: -Infinity, isAsked: false }
    return replica
  }

  async function notePrimary(): Promise<void> {
    if (isAsking) return
    isAsking = true
    try {
      const [at, asked] = [performance.now(), life()]
      const found = await primary.use((session) => session.get(WRITTEN))
      if (asked !== notedLife) {
        notedLife = asked
        notes = []
        for (const replica of replicas) replica.asOf = -Infinity
      }
      system = found?.system
      const lsn = BigInt(String(found?.lsn))
      // Of notes of one place the newest says the most.
      notes = [...notes.filter((note) => note.lsn < lsn && at - note.at <= staleMs), { lsn, at }]
    } finally {
      isAsking = false
    }
  }

  async function askReplica(replica: Replica): Promise<void> {
    if (replica.isAsked) return
    replica.isAsked = true
    try {
      const found = await replica.pool.use((session) => session.get(REPLAYED))
      if (found?.follows !== 1 || found.system !== system || found.lsn === null) {
        replica.asOf = -Infinity
        return
      }
      const replayed = BigInt(String(found.lsn))
      const reached = notes.findLast(({ lsn }) => lsn <= replayed)
      if (reached && reached.at > replica.asOf) replica.asOf = reached.at
    } finally {
      replica.isAsked = false
    }
  }

  const timer = setInterval(() => {
    notePrimary().catch(() => {})
    for (const replica of replicas) askReplica(replica).catch(() => {})
  }, ASK_EVERY_MS).unref()

  const isUsable = ({ asOf }: Replica) => notedLife === life() && performance.now() - asOf <= staleMs

  return {
    pick: () => {
      const usable = replicas.filter(isUsable)
      return usable[turn++ % usable.length]?.pool
    },
    usable: () => replicas.filter(isUsable).length,
    staleness: () => Math.max(0, ...replicas.map(({ asOf }) => (performance.now() - asOf) / 1000)),
    close: async () => {
      clearInterval(timer)
      await Promise.all(replicas.map(({ pool }) => pool.close()))
    },
  }
}
