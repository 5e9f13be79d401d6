/** What the SQL of a read depends on beside its plan. */
import type { Rights } from '../../plan/rights.ts'
import type { Column } from '../../schema/column.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Dialect } from './dialect.ts'

export type ReadScope = {
  readonly dialect: Dialect
  /** For labels, the tables behind lookups, and as the key under which compiled text is kept. */
  readonly schema: Schema
  /** Whose rows and columns are seen. */
  readonly rights: Rights
  /** `https://org.example/api/data/v9.2`: what links begin with. */
  readonly apiRoot: string
  /** Whether what runs the statement bounds its time: see `Readable`. */
  readonly isBudgeted?: boolean | undefined
  /** In which formatted values tell instants; undefined: UTC. */
  readonly timeZone?: string | undefined
}

/** What decides which rows and columns of a table are seen. */
export type Sight = Pick<ReadScope, 'dialect' | 'schema' | 'rights' | 'isBudgeted'>

/** `byColumns`: known by the very array of columns, without a word of theirs. `byName`: the same columns in another array. */
type Kept = { readonly byColumns: WeakMap<readonly Column[], Map<string, unknown>>; readonly byName: Map<string, unknown> }

/** Who sees everything shares texts; others have their own, which hold their rights. */
const texts = new WeakMap<Schema, Kept>()
const ownTexts = new WeakMap<Rights, WeakMap<Schema, Kept>>()
// A bound on what odd clients can make us keep; the shapes that one application sends are far fewer.
const MAX_KEPT = 1000

/**
 * Compiled once for a schema: what is derived from a shape of a request is the same until the schema changes. `name` is short: the hot
 * path must not put together, and hash, the names of 190 columns. Requests in the same words come with the same array (`selectColumns`).
 */
export function perShape<T>({ schema, rights }: Pick<ReadScope, 'schema' | 'rights'>, columns: readonly Column[], name: string, compile: () => T): T {
  const kept = keptOf(schema, rights)
  let named = kept.byColumns.get(columns)
  const before = named?.get(name)
  if (before !== undefined) return before as T
  if (!named) {
    named = new Map()
    kept.byColumns.set(columns, named)
  }
  const longName = `${name} ${columns.map((column) => column.logicalName).join()}`
  const made = (kept.byName.get(longName) as T | undefined) ?? compile()
  if (kept.byName.size >= MAX_KEPT) kept.byName.clear()
  kept.byName.set(longName, made)
  named.set(name, made)
  return made
}

function keptOf(schema: Schema, rights: Rights): Kept {
  const all = rights.isFull ? texts : ownTextsOf(rights)
  let kept = all.get(schema)
  if (!kept) {
    kept = { byColumns: new WeakMap(), byName: new Map() }
    all.set(schema, kept)
  }
  return kept
}

function ownTextsOf(rights: Rights): WeakMap<Schema, Kept> {
  let own = ownTexts.get(rights)
  if (!own) {
    own = new WeakMap()
    ownTexts.set(rights, own)
  }
  return own
}
