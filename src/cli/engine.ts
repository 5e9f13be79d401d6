/** What a server needs of the engine that keeps its data. `serve.ts` knows no other word of it; SQLite and PostgreSQL each make one. */
import type { Guid } from '../base/guid.ts'
import type { Calendar } from '../plan/calendar.ts'
import type { Caller } from '../plan/caller.ts'
import type { MetadataHistory } from '../plan/metadata-changes.ts'
import type { ReadOutcome } from '../plan/outcome.ts'
import type { ReadPlan } from '../plan/plan.ts'
import type { Rights } from '../plan/rights.ts'
import type { Reference } from '../plan/value.ts'
import type { Schema } from '../schema/schema.ts'
import type { App, Links } from '../server/app.ts'
import type { KeyEvents, SigningKeys } from '../server/auth/signing-keys.ts'
import type { Gauge } from '../server/metrics.ts'
import type { AskedCaller } from '../store/load-caller.ts'
import type { Ask } from '../store/sql/connection.ts'
import type { FirstStart } from './first-start.ts'
import type { Writes } from './write-service.ts'

export type Engine = {
  readonly opened: FirstStart
  /** In use: whoever has the answer of an edit finds it here. */
  readonly schema: () => Schema
  readonly writes: Writes & { readonly waiting: () => number }
  readonly reads: Reads
  /** For a server that hands out tokens: made where there are none. */
  readonly openKeys: (events: KeyEvents) => Promise<SigningKeys>
  /**
   * Awaited before a request is looked at, where others may have written: the schema and the rights are known then as they were when it came.
   * An engine that alone writes leaves it out.
   */
  readonly fresh?: (() => Promise<void>) | undefined
  readonly metrics?: readonly Gauge[] | undefined
  /** What is under way is finished first. */
  readonly close: () => Promise<void>
}

export type EngineEvents = {
  /** Who callers are, and what they may do, may be otherwise now: told before whatever changed it is answered. */
  readonly securityChanged: () => void
  readonly log: App['log']
  /** Nothing can be written any more: the process must end. */
  readonly died: (cause: Error) => void
}

/** With what an engine has to say to its own reads. */
export type EngineReads = Reads & {
  /** To be called before a commit is answered: reads show it from then on (C4). */
  readonly renew: () => void
  /** Rights may be others now. */
  readonly securityChanged: () => void
  readonly close: () => Promise<void>
}

export type Reads = {
  /** Small reads of the server's own. */
  readonly readAll: Ask
  readonly read: (plan: ReadPlan, links: Links, schema: Schema, rights: Rights) => Promise<ReadOutcome>
  /** Kept until rights may be others. */
  readonly caller: (asked: AskedCaller, schema: Schema, organizationId: Guid) => Promise<Caller>
  /** Of any user or team. */
  readonly rightsOf: (principal: Reference, schema: Schema) => Promise<Rights | undefined>
  /** Read once, and again when something was committed: it may be the settings. */
  readonly calendar: (caller: Caller) => Calendar | Promise<Calendar>
  readonly metadataHistory: () => Promise<MetadataHistory>
}
