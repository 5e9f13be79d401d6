/** Which reads go to standbys, and what becomes of one that a standby cannot answer: the primary does, and nobody hears of it. */
import type { ReadOutcome } from '../plan/outcome.ts'
import type { ReadPlan } from '../plan/plan.ts'
import { DataverseError } from '../protocol/errors.ts'
import type { Gauge } from '../server/metrics.ts'
import type { SessionPool } from '../store/postgres/pools.ts'
import type { Replicas } from '../store/postgres/replicas.ts'

export type ReplicaReads = {
  /** `read` on a standby where the plan may run there and one is fresh enough, else on the primary. */
  readonly run: (plan: ReadPlan, read: (pool: SessionPool | undefined) => Promise<ReadOutcome>) => Promise<ReadOutcome>
  readonly metrics: readonly Gauge[]
}

/** Rows and what is counted of them. Not positions (the primary's alone), and not who may do what, which is asked in order to act on it. */
const PLAIN: ReadonlySet<ReadPlan['kind']> = new Set<ReadPlan['kind']>([
  'read-row',
  'read-rows',
  'read-results',
  'read-value',
  'read-owner',
  'count-rows',
  'count-tables',
])

export function openReplicaReads(replicas: Replicas): ReplicaReads {
  let served = 0
  let refused = 0
  return {
    run: async (plan, read) => {
      const pool = PLAIN.has(plan.kind) ? replicas.pick() : undefined
      if (!pool) return read(undefined)
      try {
        const outcome = await read(pool)
        served++
        return outcome
      } catch (error) {
        if (!isOfTheStandby(error)) throw error
        refused++
        return read(undefined)
      }
    },
    metrics: [
      { name: 'tidemark_replica_reads', help: 'Reads that standbys have answered.', read: () => served },
      { name: 'tidemark_replica_reads_refused', help: 'Reads that a standby could not answer, done again by the primary.', read: () => refused },
      { name: 'tidemark_replicas_in_use', help: 'Standbys that are fresh enough to be read from.', read: replicas.usable },
      { name: 'tidemark_replica_staleness_seconds', help: 'How far the stalest standby may be behind.', read: replicas.staleness },
    ],
  }
}

/** A schema edit that has not arrived there, a conflict with its recovery, a loss: whatever is not what the request itself deserves. */
function isOfTheStandby(error: unknown): boolean {
  return !(error instanceof DataverseError) || error.name === 'Unavailable'
}
