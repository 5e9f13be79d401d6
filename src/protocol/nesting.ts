/** How deep a query may be nested: deeper than any that is written or generated, and far from what the stack bears. */
import { fail } from './errors.ts'

const MAX_DEPTH = 100

/** `what`: 'filter'. Reads one level deeper; the reader keeps the level. */
export function nesting(what: string): <R extends { depth: number }, T>(reader: R, read: (reader: R) => T) => T {
  return (reader, read) => {
    if (reader.depth >= MAX_DEPTH) throw fail('BadRequest', `The ${what} is nested more than ${MAX_DEPTH} levels deep.`)
    reader.depth++
    const result = read(reader)
    reader.depth--
    return result
  }
}
