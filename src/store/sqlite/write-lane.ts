/**
 * Gathers jobs for the one writer: whatever came while a group was being committed is the next group.
 * Requests and background work (key indexes, purges) stand in the same lane, so nothing ever runs beside an open transaction.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Job, WriteLane } from '../write-lane.ts'
import type { Writer } from './writer.ts'

type Waiting = {
  readonly mustBeAlone: boolean
  readonly job: Job
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

  function run<T>(job: Job<T>, mustBeAlone = false): Promise<T> {
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
      const settled = await writer.runGroup(group.map(({ job }) => job))
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
