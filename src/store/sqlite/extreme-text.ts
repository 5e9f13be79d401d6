/** `text_min(text)` and `text_max(text)`, aggregate functions of SQLite: of a group's texts, the first or last in the order of `fold`. */
import type { DatabaseSync } from 'node:sqlite'
import { compareByCodePoint, fold } from '../../base/fold.ts'
import { registerAggregate } from './aggregate-function.ts'

type Found = { readonly text: string; readonly folded: string } | undefined

export function registerExtremeText(database: DatabaseSync): void {
  extreme(database, 'text_min', (one, other) => compareByCodePoint(one, other) < 0)
  extreme(database, 'text_max', (one, other) => compareByCodePoint(one, other) > 0)
}

/** Of texts that fold alike, the first as they stand: the answer does not hang on the order of rows. */
function extreme(database: DatabaseSync, name: string, isBetter: (one: string, other: string) => boolean): void {
  registerAggregate<Found>(database, name, {
    start: () => undefined,
    step: (found, value) => {
      const text = String(value)
      const folded = fold(text)
      if (!found || isBetter(folded, found.folded)) return { text, folded }
      return folded === found.folded && compareByCodePoint(text, found.text) < 0 ? { text, folded } : found
    },
    result: (found) => found?.text ?? null,
  })
}
