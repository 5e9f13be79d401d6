/**
 * A bound on what a statement may take of its thread. SQLite asks `within_budget(…)`, a condition of the statement's own, for each row it looks
 * at; when the time is used up it throws, and the statement ends. It bounds the loop over the rows of one table, sorting included (rows come
 * to be sorted one by one), and nothing inside a subquery.
 */
import type { DatabaseSync } from 'node:sqlite'
import { OverBudget } from '../write-lane.ts'

export type Budget = {
  /** Runs the work with a budget of its own; throws `OverBudget`, for a while also without trying: work of that name was too much lately. */
  readonly spend: <T>(name: string, work: () => T) => T
  /** The same with another bound, and always tried. */
  readonly spendUpTo: <T>(milliseconds: number, work: () => T) => T
}

/** What asks less often looks at few rows (one of eight asks) and is short, whatever the clock says: the machine may have been elsewhere. */
const QUESTIONS_BETWEEN = 32
const REMEMBERED_MS = 10_000
const MAX_REMEMBERED = 500

export function openBudget(database: DatabaseSync, milliseconds: number): Budget {
  let questions = 0
  let end = Number.POSITIVE_INFINITY
  database.function('within_budget', (_row) => {
    if (++questions % QUESTIONS_BETWEEN === 0 && performance.now() > end) throw new OverBudget()
    return 1
  })
  const refusedUntil = new Map<string, number>()

  function spend<T>(name: string, work: () => T): T {
    const now = performance.now()
    if ((refusedUntil.get(name) ?? 0) > now) throw new OverBudget()
    try {
      return spendUpTo(milliseconds, work)
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error
      if (refusedUntil.size >= MAX_REMEMBERED) refusedUntil.clear()
      refusedUntil.set(name, now + REMEMBERED_MS)
      throw error
    }
  }

  function spendUpTo<T>(bound: number, work: () => T): T {
    end = performance.now() + bound
    questions = 0
    try {
      return work()
    } finally {
      end = Number.POSITIVE_INFINITY
    }
  }
  return { spend, spendUpTo }
}
