/**
 * Takes what the outbox holds and has it done, at least once: an entry is dropped in the transaction that notes its success, and a server
 * that is killed before that tries again. What fails is tried again later and later; in the end it is left to people.
 */
import type { Guid } from '../base/guid.ts'
import { type Entry, type EntryKind, failEntry, type Failure, finishEntry, nextDue, postponeEntry, takeDue, wakeResumed } from '../store/outbox.ts'
import type { Transaction } from '../store/sql/connection.ts'
import type { Moment } from '../store/write-work.ts'

/** What came of an attempt. `isFinal`: to try again would bring the same. */
export type Attempt =
  | { readonly kind: 'done'; readonly deletesJob: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly isFinal: boolean }

export type Deliveries = {
  /** Something was put into the outbox, or may have been made ready again. */
  readonly look: () => void
  /** Ends after the attempts under way; what is left is done after the next start. */
  readonly close: () => Promise<void>
}

export type DeliveryOptions = {
  readonly kind: EntryKind
  readonly atOnce: number
  /** One job of the writer. */
  readonly inTransaction: <T>(job: (tx: Transaction, moment: Moment) => Promise<T>) => Promise<T>
  readonly attempt: (entry: Entry) => Promise<Attempt>
  readonly deleteJob: (jobId: Guid, tx: Transaction, moment: Moment) => Promise<void>
  readonly report: (error: unknown) => void
}

/** 1, 2, 4 … seconds and no more than five minutes: ten attempts take some quarter of an hour. */
export const MAX_ATTEMPTS = 10
const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 300_000
/** Timers cannot wait for longer than 24 days, and clocks are set. */
const LONGEST_WAIT_MS = 60_000

export function delayAfter(attempt: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS)
}

export function openDeliveries({ kind, atOnce, inTransaction, attempt, deleteJob, report }: DeliveryOptions): Deliveries {
  const underWay = new Map<Guid, Promise<void>>()
  let isClosing = false
  let isWanted = false
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    isWanted = true
    if (isClosing) return
    looking ??= lookAll()
      .catch(report)
      .finally(() => {
        looking = undefined
      })
  }

  async function lookAll(): Promise<void> {
    while (isWanted && !isClosing) {
      isWanted = false
      if (underWay.size >= atOnce) return
      const { entries, due } = await inTransaction(async (tx, moment) => {
        const now = Date.now()
        await wakeResumed(now, tx)
        const taken = await takeDue({ kind, limit: atOnce - underWay.size, underWay: new Set(underWay.keys()) }, now, tx, moment)
        return { entries: taken, due: await nextDue(kind, tx) }
      })
      for (const entry of entries) underWay.set(entry.jobId, deliver(entry))
      if (due !== undefined) lookAt(due)
    }
  }

  function lookAt(time: number): void {
    clearTimeout(timer)
    // What is under way is due too, until it is done: the end of each looks again.
    const wait = Math.min(Math.max(time - Date.now(), underWay.size > 0 ? FIRST_DELAY_MS : 0), LONGEST_WAIT_MS)
    timer = setTimeout(look, wait).unref()
  }

  async function deliver(entry: Entry): Promise<void> {
    try {
      const result = await attempt(entry)
      await inTransaction((tx, moment) => settle(entry, result, tx, moment))
    } catch (error) {
      // Not even noted: it is tried again as if it had never begun.
      report(error)
    } finally {
      underWay.delete(entry.jobId)
      look()
    }
  }

  async function settle({ jobId, attempt: count }: Entry, result: Attempt, tx: Transaction, moment: Moment): Promise<void> {
    if (result.kind === 'done') {
      await finishEntry(jobId, tx, moment)
      if (result.deletesJob) await deleteJob(jobId, tx, moment)
    } else if (result.isFinal || count >= MAX_ATTEMPTS) {
      await failEntry(jobId, result.failure, tx, moment)
    } else {
      await postponeEntry(jobId, result.failure, Date.now() + delayAfter(count), tx, moment)
    }
  }

  async function close(): Promise<void> {
    isClosing = true
    clearTimeout(timer)
    await looking
    await Promise.all(underWay.values())
  }

  return { look, close }
}
