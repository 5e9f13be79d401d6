/**
 * Runs bulk deletions: reads the ids that a query finds in pages, by a reader of its own, so that a query that runs away is ended and holds
 * up nobody, and deletes each page in one job of the lane, between requests. One deletion at a time, oldest first.
 */
import { formatInstant } from '../base/date-time.ts'
import { systemClock } from '../base/clock.ts'
import type { Guid } from '../base/guid.ts'
import { DataverseError } from '../protocol/errors.ts'
import type { Caller } from '../plan/caller.ts'
import { planStoredDeletions } from '../plan/plan-bulk-delete.ts'
import type { App } from '../server/app.ts'
import { type BulkDeleteJob, deletePage, finishBulkDelete, type Found, isAtSamePlace, pendingBulkDeletes, takeBulkDelete } from '../store/bulk-delete-job.ts'
import { calendarOf, calendarSql } from '../store/calendar-settings.ts'
import { textOf } from '../store/json-page.ts'
import type { JobState } from '../store/job-states.ts'
import { loadCaller } from '../store/load-caller.ts'
import { runRead } from '../store/run-read.ts'
import type { Readable } from '../store/sql/connection.ts'
import type { Events } from '../store/events.ts'
import type { RunJob, WriteTransaction } from '../store/write-lane.ts'
import { type Moment, ownMoment } from '../store/write-work.ts'
import { isPassing } from './background.ts'

export type BulkDeletes = {
  /** Looks for deletions to run. */
  readonly look: () => void
  /** Ends after the page under way; the rest is done after the next start. */
  readonly close: () => Promise<void>
}

/** Opened for a while, where there is something to delete. */
export type LookupReads = {
  /** Ends a query when the signal says so, and one that takes too long. */
  readonly readable: (signal: AbortSignal) => Readable
  readonly close: () => Promise<void>
}

export type BulkDeleteOptions = {
  readonly run: RunJob
  readonly openReads: () => LookupReads
  readonly caller: Caller
  readonly log: App['log']
  readonly events: DeletionEvents
}

/** What hears of the deletions. */
export type DeletionEvents = {
  readonly of: (asker: Caller, tx: WriteTransaction) => Promise<Events | undefined>
  readonly needAlone: () => boolean
  /** A page has been deleted. */
  readonly committed: () => void
}

/** One lookup a row: 50 deletions take some 5 ms of the lane. */
const PAGE = 50
const UNEXPECTED = 'An unexpected error occurred.'
/** Until it looks again whether the database is back, or less busy. */
const PATIENCE_MS = 1000
/** Timers cannot wait for longer than 24 days. */
const LONGEST_WAIT_MS = 60 * 60 * 1000

export function openBulkDeletes({ run: runJob, openReads, caller, log, events }: BulkDeleteOptions): BulkDeletes {
  const closing = new AbortController()
  const isClosing = () => closing.signal.aborted
  let isLooking = false
  let work: Promise<void> = Promise.resolve()
  let reads: LookupReads | undefined
  let timer: NodeJS.Timeout | undefined

  const run: RunJob = (job, mustBeAlone) => (isClosing() ? Promise.reject(new Closing()) : runJob(job, mustBeAlone))
  const moment = (tx: WriteTransaction): Moment => ownMoment({ now: formatInstant(systemClock.now()), caller }, tx.schema())

  function look(): void {
    if (isLooking || isClosing()) return
    isLooking = true
    work = work.then(runAll).catch((cause: unknown) => {
      if (isPassing(cause)) lookAt(systemClock.now().getTime() + PATIENCE_MS)
      if (!(cause instanceof Closing)) logFault(cause)
    })
  }

  async function runAll(): Promise<void> {
    isLooking = false
    try {
      for (const { jobId, startAt } of await run(pendingBulkDeletes)) {
        if (startAt === undefined || Date.parse(startAt) <= systemClock.now().getTime()) await runOne(jobId)
        else lookAt(Date.parse(startAt))
      }
    } finally {
      const open = reads
      reads = undefined
      await open?.close()
    }
  }

  function lookAt(time: number): void {
    const wait = Math.min(Math.max(time - systemClock.now().getTime(), 0), LONGEST_WAIT_MS)
    // The next look sets its own timers: one that rings for the earliest is enough.
    clearTimeout(timer)
    timer = setTimeout(look, wait).unref()
  }

  async function runOne(jobId: Guid): Promise<void> {
    for (let job = await take(jobId); job; job = await take(jobId)) {
      const fetchXml = job.queries[job.index]
      if (fetchXml === undefined) return finish(job, 'succeeded')
      try {
        await step(job, fetchXml)
      } catch (cause) {
        if (isClosing()) throw new Closing()
        if (isPassing(cause)) throw cause
        // The table has gone, the query ran away, or the fault is ours: what was deleted stays so, and the next one has its turn.
        return finish(job, 'failed', messageOf(cause))
      }
    }
  }

  /** What it says of a fault of ours is for the log alone. */
  function messageOf(cause: unknown): string {
    if (cause instanceof DataverseError) return cause.message
    logFault(cause)
    return UNEXPECTED
  }

  const logFault = (cause: unknown) => log('error', { err: String(cause), stack: (cause as Error)?.stack }, 'bulk deletion failed')

  const take = (jobId: Guid) => run((tx) => takeBulkDelete(jobId, tx, moment(tx)))

  async function step(job: BulkDeleteJob, fetchXml: string): Promise<void> {
    const found = await readPage(job, fetchXml)
    await run(async (tx) => {
      // Canceled meanwhile, or another server has gone on with it: the next look at it settles that.
      const now = await takeBulkDelete(job.jobId, tx, moment(tx))
      if (!now || !isAtSamePlace(now, job)) return
      const asker = await askerOf(job, tx)
      await deletePage(job, found, asker, tx, { ...moment(tx), events: await events.of(asker, tx) })
    }, events.needAlone())
    events.committed()
  }

  /** As they are now: who has been disabled meanwhile deletes nothing. */
  const askerOf = (job: BulkDeleteJob, tx: WriteTransaction) =>
    loadCaller(job.asker, { schema: tx.schema(), ask: tx.all, organizationId: caller.organizationId })

  async function readPage(job: BulkDeleteJob, fetchXml: string): Promise<Found> {
    const { schema, asker, calendar } = await run(async (tx) => {
      const asking = await askerOf(job, tx)
      return { schema: tx.schema(), asker: asking, calendar: calendarOf(await tx.get(calendarSql(asking))) }
    })
    const now = formatInstant(systemClock.now())
    // Steps have their time for each deletion: others wait for one at the most.
    const size = events.needAlone() ? 1 : PAGE
    const plan = planStoredDeletions(fetchXml, job.after, size, { schema, caller: asker, now, calendar })
    reads ??= openReads()
    const outcome = await runRead(plan, reads.readable(closing.signal), { schema, links: { apiRoot: '' }, now, rights: asker.rights })
    if (outcome.kind !== 'results') throw new Error(`a page of ids came as '${outcome.kind}'`)
    const rows = JSON.parse(`[${textOf(outcome.json)}]`) as readonly { readonly [column: string]: Guid }[]
    // A row that joins find several times is deleted once.
    const ids = new Set(rows.flatMap((row) => row[plan.table.primaryIdColumn] ?? []))
    return { table: plan.table, ids: [...ids], next: outcome.next?.last }
  }

  async function finish(job: BulkDeleteJob, state: JobState, message?: string): Promise<void> {
    const isOver = await run(async (tx) => {
      // Canceled meanwhile: it stays so.
      if (!(await takeBulkDelete(job.jobId, tx, moment(tx)))) return false
      await finishBulkDelete(job, state, message, tx, moment(tx))
      return true
    })
    if (!isOver) return
    log('info', { job: job.jobId, state, deleted: job.deleted, failed: job.failed }, 'bulk deletion')
  }

  async function close(): Promise<void> {
    // A query that runs for long would hold up the end.
    closing.abort(new Closing())
    clearTimeout(timer)
    await work
  }

  return { look, close }
}

class Closing extends Error {}
