/**
 * What an engine gives to whatever writes: an open transaction, and a lane that takes jobs for one. How many run at a time, in one
 * transaction or each in its own, and what is tried again, is the engine's.
 */
import type { Deleted } from '../schema/edit-draft.ts'
import type { MigrationStep } from '../schema/schema-edit.ts'
import type { Schema } from '../schema/schema.ts'
import { EngineError, type EngineFailure, type Readable, type Transaction } from './sql/connection.ts'

export type WriteTransaction = Transaction & {
  /** As changed so far by this job and those before it. */
  readonly schema: () => Schema
  /**
   * Another number whenever rights, or what steps there are, may be others. Transactions that share a number have seen the same: one that
   * has changed them has a number of its own until it is committed, unless others stand in the same transaction.
   */
  readonly security: () => number
  /** For reads that somebody's code has asked for, which must not hold up other writes: `pages` throws `OverBudget`. */
  readonly within: (milliseconds: number) => Readable
  /** Runs the steps and stores what differs between the schema and `next`. Undone with the savepoint around it. */
  readonly changeSchema: (next: Schema, steps: readonly MigrationStep[], deleted?: readonly Deleted[]) => Promise<void>
}

/** `isAlone`: nobody else's job is in its transaction, or runs beside it that had to be alone. An engine may run a job again, from its beginning. */
export type Job<T = unknown> = (transaction: WriteTransaction, isAlone: boolean) => Promise<T>

/** Settles when the job's transaction is committed; rejects with what the job threw (then nothing of it was kept). */
export type RunJob = <T>(job: Job<T>, mustBeAlone?: boolean) => Promise<T>

export type WriteLane = {
  /** C4: whoever has its answer finds the change in the next delta. */
  readonly run: RunJob
  /** Everything handed in so far has settled. */
  readonly idle: () => Promise<void>
}

/** Thrown through whatever a job runs: its engine begins it again in another way. */
export class BeginAgain extends Error {}

const OF_THE_TRANSACTION: ReadonlySet<EngineFailure> = new Set(['serializationFailure', 'staleSchema', 'unavailable'])

/** Whether what a job threw ends its transaction: it is the engine's to try again or to put into words, and no answer to a request. */
export function isForEngine(thrown: unknown): boolean {
  return thrown instanceof BeginAgain || (thrown instanceof EngineError && OF_THE_TRANSACTION.has(thrown.failure))
}

/** A read took longer than it was given. */
export class OverBudget extends Error {}
