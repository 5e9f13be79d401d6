/**
 * For an engine that runs jobs side by side, each in its own transaction. A job that must be alone stands for code of somebody else's that runs
 * while its transaction is open: one such job at a time, so that code that runs away takes nobody else's write with it. It waits for its turn before its
 * transaction is begun, and so holds nothing that the one whose turn it is might wait for.
 */
import type { Job, RunJob } from './write-lane.ts'

export function loneJobsInTurn(run: RunJob): RunJob {
  let last: Promise<unknown> = Promise.resolve()

  return <T>(job: Job<T>, mustBeAlone = false): Promise<T> => {
    if (!mustBeAlone) return run((tx) => job(tx, false))
    const done = last.then(() => run((tx) => job(tx, true), true))
    last = done.catch(() => {})
    return done
  }
}
