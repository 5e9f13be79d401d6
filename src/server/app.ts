/** What the pipeline needs from the process around it. Only `server/` and `cli/` know it; phases get the two things they use. */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import type { Clock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { type Calendar, PLAIN_CALENDAR } from '../plan/calendar.ts'
import type { QueryContext } from '../plan/query-context.ts'
import type { Caller } from '../plan/caller.ts'
import type { ReadOutcome, WriteOutcome } from '../plan/outcome.ts'
import type { ReadPlan, WritePlan } from '../plan/plan.ts'
import type { Rights } from '../plan/rights.ts'
import type { Reference } from '../plan/value.ts'
import type { MetadataHistory } from '../plan/metadata-changes.ts'
import type { EditResult, SchemaEdit } from '../schema/schema-edit.ts'
import type { Schema } from '../schema/schema.ts'
import type { AskedCaller } from '../store/load-caller.ts'
import type { HttpResponse } from './http-message.ts'
import type { ParsedRequest } from './parse-request.ts'

/** Of a request, what its run needs. Every URL in an answer begins with `apiRoot`. `gone`: of the client who waits for the answer. */
export type Links = {
  readonly apiRoot: string
  readonly gone?: (() => AbortSignal) | undefined
  /** What the events of a write are told: what to pass over, and a word for all steps. */
  readonly headers?: ParsedRequest['headers']
  readonly options?: Pick<ParsedRequest['options'], 'other'>
}

export type App = {
  readonly schema: () => Schema
  readonly caller: Caller
  /** The same for another caller. Refuses who is disabled, unknown, or may not be acted for. */
  readonly as: (asked: AskedCaller) => Promise<App>
  /** What any user or team may do. Undefined: there is none of that id. */
  readonly rightsOf: (principal: Reference) => Promise<Rights | undefined>
  readonly organization: OrganizationFacts
  readonly clock: Clock
  readonly newId: () => Guid
  readonly read: (plan: ReadPlan, links: Links) => Promise<ReadOutcome>
  /** The caller's, as their settings and the organization's are now. */
  readonly calendar: () => Calendar | Promise<Calendar>
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

/** `calendar`: left out where no date is compared, grouped or formatted. */
export function queryContext(app: App, schema: Schema, calendar: Calendar = PLAIN_CALENDAR): QueryContext {
  let now: string | undefined
  return {
    schema,
    caller: app.caller,
    calendar,
    // Put into words when it is asked for, and then the same for the whole of a query: a point read tells no time.
    get now() {
      now ??= formatInstant(app.clock.now())
      return now
    },
  }
}

/** What a request is to be planned with. Most point reads and writes tell no time, and so do not ask for the calendar. */
export function calendarFor(app: App, { options, preferences }: Pick<ParsedRequest, 'options' | 'preferences'>): Calendar | Promise<Calendar> {
  const { filter, expand, apply, fetchXml, sql, storedQuery, other } = options
  const mayTellTime =
    (filter ?? expand ?? apply ?? fetchXml ?? sql ?? storedQuery) !== undefined || other.size > 0 || preferences.includeAnnotations !== undefined
  return mayTellTime ? app.calendar() : PLAIN_CALENDAR
}
