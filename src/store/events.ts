/**
 * What a write tells while it is under way: before it writes a row, and after. Whoever listens may change what is written, read and write
 * in the same transaction, or refuse, which undoes the whole. Where nobody listens, a write asks once and goes on.
 */
import type { Guid } from '../base/guid.ts'
import type { Reference } from '../plan/value.ts'
import type { Bulk } from '../plan/write-plan.ts'
import type { Table } from '../schema/table.ts'
import type { Values } from './resolve-lookups.ts'
import type { Work } from './write-work.ts'

/** A row is about to be created, changed or deleted. `values`: what the client gave, and no more; what is added to it is written too. */
export type RowEvent =
  | { readonly message: 'Create' | 'Update'; readonly table: Table; readonly id: Guid; readonly values: Values }
  | { readonly message: 'Delete'; readonly table: Table; readonly id: Guid }

/** A row is about to be hung on another, or taken off. */
export type PairEvent = {
  readonly message: 'Associate' | 'Disassociate'
  readonly table: Table
  readonly id: Guid
  readonly other: Reference
  /** Its schema name. */
  readonly relationship: string
}

export type WriteEvent = RowEvent | PairEvent

/** Runs what comes after the write. */
export type Afterwards = () => Promise<void>

/** `plan`: what is to be written instead. */
export type BegunBulk = { readonly plan: Bulk; readonly afterwards: Afterwards }

export type Events = {
  /** Undefined: nobody listens. */
  readonly begin: (event: WriteEvent, work: Work) => Promise<Afterwards | undefined> | undefined
  /** The same for CreateMultiple and UpdateMultiple as a whole; each of its rows is an event besides. */
  readonly beginBulk: (plan: Bulk, work: Work) => Promise<BegunBulk | undefined> | undefined
}
