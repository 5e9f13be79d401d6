/**
 * Work that nobody asked for in a request: the indexes of alternate keys, and the purge of old tombstones, both in the engine's own way. One
 * thing at a time, in small jobs of the same lane, so that requests come in between.
 */
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import { editSchema } from '../schema/edit-schema.ts'
import type { Schema } from '../schema/schema.ts'
import type { KeyStatus } from '../schema/table.ts'
import type { App } from '../server/app.ts'
import { setJobState } from '../store/job-rows.ts'
import type { JobState } from '../store/job-states.ts'
import { purgeAudits } from '../store/purge-audits.ts'
import type { Upkeep } from '../store/upkeep.ts'
import type { RunJob, WriteLane, WriteTransaction } from '../store/write-lane.ts'
import { isPassing } from './background.ts'

export type Housekeeping = {
  /** Looks for keys to build. */
  readonly schemaChanged: () => void
  /** What is known to be done has been done. */
  readonly idle: () => Promise<void>
  /** Ends after the job under way; a build is begun again at the next start. */
  readonly close: () => Promise<void>
}

export type HousekeepingOptions = {
  readonly lane: WriteLane
  readonly schema: () => Schema
  readonly caller: Caller
  readonly upkeep: Upkeep
  readonly log: App['log']
}

type Unbuilt = { readonly table: string; readonly key: string; readonly jobId: Guid | undefined }

const PURGE_EVERY_MS = 60 * 60 * 1000
const FIRST_PURGE_MS = 60 * 1000

export function openHousekeeping({ lane, schema, caller, upkeep, log }: HousekeepingOptions): Housekeeping {
  let isClosing = false
  let work: Promise<void> = Promise.resolve()
  let isLooking = false

  const run: RunJob = (job, mustBeAlone) => (isClosing ? Promise.reject(new Closing()) : lane.run(job, mustBeAlone))
  const later = (task: () => Promise<void>) => {
    work = work.then(task).catch((cause: unknown) => {
      if (!(cause instanceof Closing)) log('error', { err: String(cause), stack: (cause as Error)?.stack }, 'housekeeping failed')
    })
  }

  function schemaChanged(): void {
    if (isLooking || isClosing) return
    isLooking = true
    later(async () => {
      isLooking = false
      for (let next = unbuilt(schema()); next; next = unbuilt(schema())) await build(next)
    })
  }

  async function build({ table, key, jobId }: Unbuilt): Promise<void> {
    const started = performance.now()
    const settle = (tx: WriteTransaction, status: KeyStatus, job: JobState, message?: string) =>
      setStatus(tx, { table, key, jobId }, status, job, caller, message)
    await run((tx) => settle(tx, 'InProgress', 'running'))
    try {
      const result = await upkeep.buildKey(run, { table, key, whenBuilt: (tx) => settle(tx, 'Active', 'succeeded') })
      log('info', { table, key, result, ms: Math.round(performance.now() - started) }, 'alternate key')
      // The data is left as it is: it is for people to mend and to reactivate the key (sync.md 1.6).
      if (result === 'duplicates') await run((tx) => settle(tx, 'Failed', 'failed', 'The rows of the table hold duplicate values for the columns of the key.'))
    } catch (cause) {
      // What is passing is begun again at the next look.
      if (cause instanceof Closing || isPassing(cause)) throw cause
      log('error', { table, key, err: String(cause) }, 'an alternate key could not be built')
      await run((tx) => settle(tx, 'Failed', 'failed', String(cause)))
    }
  }

  const purgeNow = () => {
    later(async () => {
      const gone = await upkeep.purge(run, systemClock.now())
      if (gone > 0) log('info', { gone }, 'tombstones purged')
      const forgotten = await purgeAudits(run, systemClock.now())
      if (forgotten > 0) log('info', { gone: forgotten }, 'old rows of the audit purged')
    })
  }
  const first = setTimeout(purgeNow, FIRST_PURGE_MS).unref()
  const repeated = setInterval(purgeNow, PURGE_EVERY_MS).unref()

  async function close(): Promise<void> {
    isClosing = true
    clearTimeout(first)
    clearInterval(repeated)
    await work
  }

  return { schemaChanged, idle: () => work, close }
}

class Closing extends Error {}

function unbuilt(schema: Schema): Unbuilt | undefined {
  for (const table of schema.tables.values()) {
    const key = table.keys.find((one) => one.status === 'Pending' || one.status === 'InProgress')
    if (key) return { table: table.logicalName, key: key.logicalName, jobId: key.jobId }
  }
  return undefined
}

/** A key that was deleted meanwhile keeps nothing to set. */
async function setStatus(
  tx: WriteTransaction,
  { table, key, jobId }: Unbuilt,
  status: KeyStatus,
  job: JobState,
  caller: Caller,
  message?: string,
): Promise<void> {
  const before = tx.schema()
  const found = before.tables.get(table)?.keys.find((one) => one.logicalName === key)
  if (!found || found.jobId !== jobId) return
  const now = formatInstant(systemClock.now())
  if (found.status !== status) {
    const { schema, steps, deleted } = editSchema(before, { kind: 'set-key-status', table, key, status }, { now, newId: Guid.next })
    await tx.changeSchema(schema, steps, deleted)
  }
  if (jobId) await setJobState(tx, tx.schema(), jobId, job, message, { now, caller })
}
