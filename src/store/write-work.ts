/**
 * One write plan under way: its transaction, the moment it happens in, and what it has looked up already. What is remembered lasts
 * for one plan alone, and a plan that writes does not delete, so a bulk action asks once for a row that a thousand lookups name.
 */
import type { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import { FULL_RIGHTS } from '../plan/rights.ts'
import type { Reference } from '../plan/value.ts'
import type { Schema } from '../schema/schema.ts'
import type { Events } from './events.ts'
import type { FoundRow } from './find-row.ts'
import type { Transaction } from './sql/connection.ts'

export type Moment = {
  /** ISO 8601 with `Z`, whole seconds. */
  readonly now: string
  readonly caller: Caller
  readonly schema: Schema
  readonly links: { readonly apiRoot: string }
  /** Left out where nobody hears of the write: the server's own rows. */
  readonly events?: Events | undefined
}

/** Of what the server writes by itself: nobody hears of it, and nobody reads a row back, so no link has to lead anywhere. */
export function ownMoment({ now, caller }: Pick<Moment, 'now' | 'caller'>, schema: Schema): Moment {
  return { now, caller, schema, links: { apiRoot: '' } }
}

export type Work = {
  readonly tx: Transaction
  readonly moment: Moment
  /** `table:id` of rows found to exist. */
  readonly existing: Set<string>
  /** The business unit of an owner, by `table:id`. */
  readonly units: Map<string, Reference>
  /** The exchange rate of a currency, by id. */
  readonly rates: Map<Guid, string>
  /** Digits behind the point: a currency's by its id, those of prices by the organization's. */
  readonly precisions: Map<Guid, number>
  baseCurrency: Reference | null | undefined
  /** In a bulk action: rows that were looked for beforehand, by the name of their address; null: there is none. */
  readonly found: ReadonlyMap<string, FoundRow | null> | undefined
  /** In a bulk action: the rows it has written, and what becomes of an item that names one of them again (sync.md 7.2). */
  readonly written: { readonly ids: Set<Guid>; readonly again: 'ignore' | 'refuse' } | undefined
}

export function startWork(tx: Transaction, moment: Moment, again?: 'ignore' | 'refuse'): Work {
  const written = again && { ids: new Set<Guid>(), again }
  return { tx, moment, existing: new Set(), found: undefined, units: new Map(), rates: new Map(), precisions: new Map(), baseCurrency: undefined, written }
}

/** The same write, for what the server does beside it: nobody's rights are asked for. */
export function asServer(work: Work): Work {
  const { moment } = work
  return { ...work, moment: { ...moment, caller: { ...moment.caller, rights: FULL_RIGHTS } } }
}

export function referenceName(reference: Reference): string {
  return `${reference.table}:${reference.id}`
}
