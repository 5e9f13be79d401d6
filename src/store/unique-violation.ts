/** A unique index that was violated, in the catalogue's words: an alternate key's by its name, any other is the row's own id. */
import { fail } from '../protocol/errors.ts'
import { Label } from '../schema/label.ts'
import type { AlternateKey, Table } from '../schema/table.ts'
import { EngineError } from './sql/connection.ts'
import { keyIndex } from './sql/storage-names.ts'

/** What to throw for an error of a write: the refusal, or the error itself where it is no violation. */
export function asRefusal(table: Table, error: unknown): unknown {
  if (!(error instanceof EngineError) || error.failure !== 'uniqueViolation') return error
  const key = table.keys.find((one) => keyIndex(table.logicalName, one.logicalName) === error.index)
  return key ? duplicateKey(table, key) : fail('DuplicateRow')
}

/** The message names the key and the columns as people know them (sync.md 1.9). */
function duplicateKey(table: Table, key: AlternateKey): Error {
  const columns = key.columns.map((column) => Label.text(table.columns.get(column)?.displayName) || column)
  return fail('DuplicateKey', Label.text(key.displayName) || key.logicalName, columns)
}
