/** What the pipeline needs from the process around it. Only `server/` and `cli/` know it; phases get the two things they use. */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import type { Clock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { PLAIN_CALENDAR } from '../plan/calendar.ts'
import type { QueryContext } from '../plan/query-context.ts'
import type { Caller } from '../plan/caller.ts'
import type { ReadOutcome, WriteOutcome } from '../plan/outcome.ts'
import type { ReadPlan, WritePlan } from '../plan/plan.ts'
import type { MetadataHistory } from '../plan/metadata-changes.ts'
import type { EditResult, SchemaEdit } from '../schema/schema-edit.ts'
import type { Schema } from '../schema/schema.ts'
import type { HttpResponse } from './http-message.ts'

/** Every URL in an answer begins with `apiRoot`. */
export type Links = { readonly apiRoot: string }

export type App = {
  readonly schema: () => Schema
  readonly caller: Caller
  readonly organization: OrganizationFacts
  readonly clock: Clock
  readonly newId: () => Guid
  readonly read: (plan: ReadPlan, links: Links) => Promise<ReadOutcome>
  readonly metadataHistory: () => Promise<MetadataHistory>
  /** Only where an open write transaction stands behind it. */
  readonly writes?: Writes | undefined
  readonly log: (level: 'error' | 'warn' | 'info', details: object, text: string) => void
}

export type Writes = {
  readonly write: (plan: WritePlan, links: Links) => Promise<WriteOutcome>
  readonly edit: (edit: SchemaEdit) => Promise<EditResult>
}

/** What `RetrieveCurrentOrganization` tells. */
export type OrganizationFacts = {
  readonly organizationId: Guid
  readonly friendlyName: string
  readonly uniqueName: string
  /** Clients gate features on it: `9.2.…` */
  readonly version: string
}

/** A change set that failed: what answers for the whole of it. */
export type ChangeSetResult =
  | { readonly kind: 'done'; readonly responses: readonly HttpResponse[] }
  | { readonly kind: 'failed'; readonly response: HttpResponse }

/** Writes are handled only where a transaction stands behind the app. */
export function writesOf(app: App): Writes {
  assert(app.writes, 'a write was handled outside of the writer')
  return app.writes
}

export function queryContext(app: App, schema: Schema): QueryContext {
  return { schema, caller: app.caller, now: formatInstant(app.clock.now()), calendar: PLAIN_CALENDAR }
}
