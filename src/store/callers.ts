/** Keeps callers with their rights, which take some statements to put together, until rights may be others. */
import type { Caller } from '../plan/caller.ts'
import { type AskedCaller, type CallerSource, loadCaller } from './load-caller.ts'

export type Callers = {
  readonly get: (asked: AskedCaller, source: CallerSource) => Promise<Caller>
  readonly forget: () => void
}

// A bound on what many users can make us keep: rights of a hundred privileges take some 20 KB.
const MAX_KEPT = 1000

export function openCallers(): Callers {
  const kept = new Map<string, Promise<Caller>>()

  function get(asked: AskedCaller, source: CallerSource): Promise<Caller> {
    const name = `${asked.userId} ${asked.actsFor ? `${asked.actsFor.by} ${asked.actsFor.id}` : ''}`
    const known = kept.get(name)
    if (known) return known
    if (kept.size >= MAX_KEPT) kept.clear()
    const caller = loadCaller(asked, source)
    kept.set(name, caller)
    // Who is not there yet may be in a moment.
    caller.catch(() => kept.get(name) === caller && kept.delete(name))
    return caller
  }
  return { get, forget: () => kept.clear() }
}
