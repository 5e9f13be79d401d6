/**
 * Gathers jobs for the one writer: whatever came while a group was being committed is the next group.
 * Requests and background work (key indexes, purges) stand in the same lane, so nothing ever runs beside an open transaction.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Writer, WriteTransaction } from './writer.ts'

export type WriteLane = {
  /**
   * Settles when the job's group is committed; rejects with what the job threw (then nothing of it was kept).
   * `mustBeAlone`: in a group of its own; `isAlone`: it is.
   * C4: whoever has its answer finds the change in the next delta, and no job can hold a transaction open for others to wait behind.
   */
  readonly run: <T>(job: (tx: WriteTransaction, isAlone: boolean) => Promise<T>, mustBeAlone?: boolean) => Promise<T>
  /** Everything handed in so far has settled. */
  readonly idle: () => Promise<void>
}

type Waiting = {
  readonly mustBeAlone: boolean
  readonly job: (tx: WriteTransaction, isAlone: boolean) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (cause: unknown) => void
}

// A group's answers wait for its slowest job; more than this gains nothing in throughput.
const MAX_GROUP = 256

/** Up to the first that wants to be alone. */
function groupSize(queue: readonly Waiting[]): number {
  if (queue[0]?.mustBeAlone) return 1
  const first = queue.findIndex(({ mustBeAlone }) => mustBeAlone)
  return Math.min(first < 0 ? queue.length : first, MAX_GROUP)
}

/** `afterGroup` runs once the promises of a group have been answered and before the next group begins. */
export function openWriteLane(writer: Writer, afterGroup: () => void): WriteLane {
  const queue: Waiting[] = []
  let draining: Promise<void> | undefined

  function run<T>(job: (tx: WriteTransaction, isAlone: boolean) => Promise<T>, mustBeAlone = false): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    queue.push({ mustBeAlone, job, resolve: resolve as (value: unknown) => void, reject })
    draining ??= drain()
    return promise
  }

  async function drain(): Promise<void> {
    // Lets the rest of a bunch of messages in before the first group of it begins.
    await Promise.resolve()
    while (queue.length > 0) {
      const group = queue.splice(0, groupSize(queue))
      const isAlone = group.length === 1
      const settled = await writer.runGroup(
        group.map(
          ({ job }) =>
            (tx: WriteTransaction) =>
              job(tx, isAlone),
        ),
      )
      group.forEach(({ resolve, reject }, index) => {
        const result = settled[index]
        if (result?.status === 'fulfilled') resolve(result.value)
        else reject(result?.reason)
      })
      // The promises' own continuations run now, and messages that came meanwhile are taken in.
      await nextTurn()
      afterGroup()
    }
    draining = undefined
  }

  return { run, idle: () => draining ?? Promise.resolve() }
}
