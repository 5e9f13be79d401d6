/**
 * Slows down whoever guesses: after some failures from one place for one client, each further one doubles the time in which nothing more from
 * there is looked at. By place and client together, so that nobody locks an application out from elsewhere; bounded in memory.
 */
import type { Clock } from '../../base/clock.ts'

export type FailedAttempts = {
  /** Seconds to wait, or 0. */
  readonly wait: (who: string) => number
  readonly failed: (who: string) => void
  readonly succeeded: (who: string) => void
}

const FREE = 5
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 5 * 60 * 1000
const FORGOTTEN_AFTER_MS = 30 * 60 * 1000
const MAX_KNOWN = 10_000

type Failures = { readonly count: number; readonly until: number; readonly at: number }

export function failedAttempts(clock: Clock): FailedAttempts {
  const known = new Map<string, Failures>()

  function find(who: string, now: number): Failures | undefined {
    const before = known.get(who)
    if (before && now - before.at < FORGOTTEN_AFTER_MS) return before
    known.delete(who)
    return undefined
  }

  return {
    wait: (who) => {
      const now = clock.now().getTime()
      return Math.max(0, Math.ceil(((find(who, now)?.until ?? 0) - now) / 1000))
    },
    failed: (who) => {
      const now = clock.now().getTime()
      const failures = (find(who, now)?.count ?? 0) + 1
      const wait = failures < FREE ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE))
      known.delete(who)
      const oldest = known.size >= MAX_KNOWN ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
      known.set(who, { count: failures, until: now + wait, at: now })
    },
    succeeded: (who) => void known.delete(who),
  }
}
