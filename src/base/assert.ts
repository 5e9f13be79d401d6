/** A broken promise of our own: answered 500 with a request id, told in full only in the log. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`)
}

/** Closes a switch over a tagged union: the compiler keeps the list complete. */
export function unreachable(value: never): never {
  throw new Error(`bug: unexpected ${JSON.stringify(value)}`)
}
