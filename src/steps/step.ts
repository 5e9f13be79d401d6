/**
 * A step: what runs when a row of a table is created, changed, deleted or linked. Its code stands in a module of the steps folder, or it
 * is a webhook. And what it is told: the context, plain data that is copied between threads.
 */
import type { EventReference, EventRow } from '../store/event-values.ts'

export const MESSAGES = ['Create', 'Update', 'Delete', 'Associate', 'Disassociate', 'CreateMultiple', 'UpdateMultiple'] as const
export type Message = (typeof MESSAGES)[number]

export const STAGES = { PreValidation: 10, PreOperation: 20, PostOperation: 40 } as const
export type Stage = keyof typeof STAGES

/** A copy of the row before or after the write, under its alias. No columns: all of them. */
export type Image = { readonly alias: string; readonly columns: readonly string[] | undefined }

/** What is registered, whoever runs it. */
export type Registration = {
  readonly name: string
  readonly message: Message
  /** Undefined: of every table. */
  readonly table: string | undefined
  readonly stage: Stage
  readonly mode: 'sync' | 'async'
  readonly rank: number
  /** On updates: it runs where one of them is among the changed. Undefined: always. */
  readonly filteringColumns: readonly string[] | undefined
  readonly preImages: readonly Image[]
  readonly postImages: readonly Image[]
  /** The system job is deleted once it has succeeded. */
  readonly asyncAutoDelete: boolean
}

/** `serviceendpoint.authtype` of webhooks: what `authvalue` is put into. */
export const AUTH_TYPES = { key: 4, headers: 5, query: 6 } as const

export type Endpoint = { readonly id: string; readonly url: string; readonly authType: number | undefined; readonly authValue: string | undefined }

/** Code of a module, or a webhook. */
export type Handler = { readonly kind: 'code' } | { readonly kind: 'webhook'; readonly endpointId: string }

export type Step = Registration & { readonly id: string; readonly handler: Handler }

export type Images = { readonly [alias: string]: EventRow }

export type StepContext = {
  readonly messageName: Message
  readonly primaryEntityName: string
  /** The empty id where the message is about several rows. */
  readonly primaryEntityId: string
  readonly stage: Stage
  readonly mode: 'sync' | 'async'
  readonly depth: number
  readonly correlationId: string
  readonly operationId: string
  readonly operationCreatedOn: string
  readonly userId: string
  readonly initiatingUserId: string
  readonly businessUnitId: string
  readonly organizationId: string
  readonly organizationName: string
  readonly isInTransaction: boolean
  /** Of Create and Update: what is written, which steps before the write may change. Of the others: the row. */
  readonly target?: EventRow | EventReference
  /** Of CreateMultiple and UpdateMultiple. */
  readonly targets?: readonly EventRow[]
  /** Of Associate and Disassociate. */
  readonly relationship?: string
  readonly relatedEntities?: readonly EventReference[]
  readonly preEntityImages: Images
  readonly postEntityImages: Images
  /** Of CreateMultiple and UpdateMultiple: those of each target, in order. */
  readonly preEntityImagesCollection?: readonly Images[]
  readonly postEntityImagesCollection?: readonly Images[]
  /** Kept from step to step of one operation. */
  readonly sharedVariables: { readonly [name: string]: unknown }
  /** Of the operation in whose step this one was asked for. */
  readonly parentContext: StepContext | null
}

/** Of a step, to the server: a Web API request. `asSystem`: with all rights, not as the caller. */
export type ServiceRequest = {
  readonly method: string
  /** Behind the service root: `accounts?$top=1`. */
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string | undefined
  readonly asSystem: boolean
}
export type ServiceAnswer = { readonly status: number; readonly headers: { readonly [name: string]: string }; readonly body: string }
export type Serve = (request: ServiceRequest) => Promise<ServiceAnswer>

/** Tables of what steps are made of, or that they go with when it is deleted. Who hears of events is no event. */
export const STEP_TABLES: ReadonlySet<string> = new Set([
  'sdkmessageprocessingstep',
  'sdkmessageprocessingstepimage',
  'serviceendpoint',
  'sdkmessage',
  'sdkmessagefilter',
])
