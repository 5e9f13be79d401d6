/** What the SQL of a read depends on beside its plan. */
import type { Schema } from '../../schema/schema.ts'
import type { Dialect } from './dialect.ts'

export type ReadScope = {
  readonly dialect: Dialect
  /** For labels, the tables behind lookups, and as the key under which compiled text is kept. */
  readonly schema: Schema
  /** `https://org.example/api/data/v9.2`: what links begin with. */
  readonly apiRoot: string
}

const texts = new WeakMap<Schema, Map<string, unknown>>()
// A bound on what odd clients can make us keep; the shapes that one application sends are far fewer.
const MAX_KEPT = 1000

/** Compiled once for a schema: what is derived from a shape of a request is the same until the schema changes. */
export function perShape<T>(schema: Schema, shape: string, compile: () => T): T {
  let known = texts.get(schema)
  if (!known) {
    known = new Map()
    texts.set(schema, known)
  }
  const before = known.get(shape)
  if (before !== undefined) return before as T
  if (known.size >= MAX_KEPT) known.clear()
  const made = compile()
  known.set(shape, made)
  return made
}
