/**
 * Steps where writes are: which there are, what a request's events are told, and what a step asks for while its write is open. The steps of
 * modules run in threads of their own, one for those inside writes and one for those after them; webhooks are called from here.
 */
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import type { WritePlan } from '../plan/plan.ts'
import { fail } from '../protocol/errors.ts'
import type { App, Links, OrganizationFacts } from '../server/app.ts'
import { type Bypass, bypassOf } from '../server/bypass-steps.ts'
import { eventsOf, type StepResult } from '../steps/pipeline.ts'
import { type Registry, registryOf } from '../steps/registry.ts'
import { payloadOf } from '../steps/remote-context.ts'
import { openStepHost, type StepHost, StepThrew } from '../steps/step-host.ts'
import type { CodeStep } from '../steps/step-messages.ts'
import { loadStepRows } from '../steps/step-rows.ts'
import { type Endpoint, type Message, type Serve, type Step, STEP_TABLES, type StepContext } from '../steps/step.ts'
import { postWebhook, WEBHOOK_MS, webhookHeaders } from '../steps/webhook.ts'
import type { Events } from '../store/events.ts'
import { insertEntry } from '../store/outbox.ts'
import type { WriteTransaction } from '../store/write-lane.ts'
import type { Work } from '../store/write-work.ts'
import { serveInside } from './step-requests.ts'

/**
 * What the events of one job share. `known`: the steps as its transaction sees them. `until`: when all of its steps have to be done, of
 * `performance.now()`.
 */
export type StepJob = {
  known: KnownSteps | undefined
  isAlone: boolean
  wantsAlone: boolean
  hasQueued: boolean
  until: number | undefined
  /** What ended the transaction while a step asked for something: no step can go on from there. */
  ended: unknown
}

/** As transactions of that number of `security` see them. */
type KnownSteps = { readonly security: number; readonly registry: Registry; readonly endpoints: ReadonlyMap<string, Endpoint> }

/** Where in a chain of steps a request stands: a client's own stands at its beginning. */
export type StepPlace = { readonly depth: number; readonly parent: StepContext | null }
export const FIRST_PLACE: StepPlace = { depth: 1, parent: null }

export type MakeApp = (tx: WriteTransaction, job: StepJob, place: StepPlace) => App

export type WriterSteps = {
  /** Undefined: there are no steps at all. */
  readonly eventsFor: (request: Links, caller: Caller, tx: WriteTransaction, job: StepJob, place: StepPlace, makeApp: MakeApp) => Events | undefined
  /** After a write, in its transaction: the rows of steps it may have changed are read again. A row that cannot be run is refused. */
  readonly follow: (plan: WritePlan, tx: WriteTransaction, job: StepJob) => Promise<void>
  /** At the beginning of a job. */
  readonly refresh: (tx: WriteTransaction, job?: StepJob) => Promise<void>
  readonly hasSync: (message: Message) => boolean
  readonly step: (id: string) => Step | undefined
  readonly codeStep: (step: Step) => CodeStep | undefined
  readonly endpoint: (id: string) => Endpoint | undefined
  readonly close: () => Promise<void>
}

export type StepOptions = { readonly folder: string | undefined; readonly seconds: number }

export function startJob(): StepJob {
  return { known: undefined, isAlone: false, wantsAlone: false, hasQueued: false, until: undefined, ended: undefined }
}

/** Of a step that runs after its write, each read is by itself. */
const LONE_READ_MS = 2000

/** For a read, in milliseconds. */
export function timeLeft({ until }: StepJob): number {
  return until === undefined ? LONE_READ_MS : Math.max(1, until - performance.now())
}

export async function openWriterSteps({ folder, seconds }: StepOptions, organization: OrganizationFacts, log: App['log']): Promise<WriterSteps> {
  const host: StepHost | undefined = folder === undefined ? undefined : await openStepHost(folder)
  const codeSteps = new Map((host?.steps ?? []).map((step) => [idOf(step), step]))
  const ofModules: readonly Step[] = [...codeSteps].map(([id, step]) => ({ ...step, id, handler: { kind: 'code' } }))
  // Of whatever was committed last, as far as it has been read.
  let known: KnownSteps = { security: Number.NaN, registry: registryOf(ofModules), endpoints: new Map() }

  async function load(tx: WriteTransaction, isUnusable?: (problem: unknown) => void): Promise<KnownSteps> {
    const security = tx.security()
    const rows = await loadStepRows(tx, isUnusable)
    return { security, registry: registryOf([...ofModules, ...rows.steps]), endpoints: rows.endpoints }
  }

  async function refresh(tx: WriteTransaction, job?: StepJob): Promise<void> {
    let current = known
    if (current.security !== tx.security()) {
      current = await load(tx, (problem) => log('warn', { err: String(problem) }, 'a step cannot be run'))
      known = current
    }
    if (job) job.known = current
  }

  async function follow(plan: WritePlan, tx: WriteTransaction, job: StepJob): Promise<void> {
    if (!concerns(plan)) return
    tx.securityChanged()
    // For this job alone: it may be undone yet.
    job.known = await load(tx)
  }

  function eventsFor(request: Links, caller: Caller, tx: WriteTransaction, job: StepJob, place: StepPlace, makeApp: MakeApp): Events | undefined {
    const { registry, endpoints } = job.known ?? known
    const bypass = bypassOf(request.headers ?? {}, caller.rights)
    if (registry.byId.size === 0) return undefined
    const correlationId = place.parent?.correlationId ?? correlationOf(request.headers?.['x-ms-correlation-request-id'])
    const tag = request.options?.other.get('tag')
    return eventsOf({
      registry,
      caller,
      organizationName: organization.uniqueName,
      depth: place.depth,
      correlationId,
      parent: place.parent,
      bypasses: (step) => isBypassed(step, bypass),
      sharedVariables: tag === undefined ? {} : { tag },
      demandAlone: () => demandAlone(job),
      run: (step, context, work) => run(step, context, work, serveInside({ tx, job, caller, context, origin: request.apiRoot, makeApp }), job, endpoints),
      queue: async (step, context, work) => {
        job.hasQueued = true
        await queue(step, context, caller, work)
      },
    })
  }

  async function run(step: Step, context: StepContext, work: Work, serve: Serve, job: StepJob, endpoints: KnownSteps['endpoints']): Promise<StepResult> {
    job.until ??= performance.now() + seconds * 1000
    if (step.handler.kind === 'webhook') return call(step, context, work, job.until, endpoints)
    const code = codeSteps.get(step.id)
    if (!code || !host) throw fail('StepCrashed', step.name, 'its module is gone')
    try {
      const { hidden, ...done } = await host.run(code, context, serve, { until: job.until, seconds })
      if (job.ended !== undefined) throw job.ended
      if (hidden !== undefined) throw fail('StepHidError', step.name, hidden)
      return done
    } catch (cause) {
      if (job.ended !== undefined) throw job.ended
      throw cause instanceof StepThrew ? cause.refusal : cause
    }
  }

  /** A bad gateway may be better the next moment: one more attempt, as documented. */
  async function call(step: Step, context: StepContext, work: Work, until: number, endpoints: KnownSteps['endpoints']): Promise<StepResult> {
    const endpoint = step.handler.kind === 'webhook' ? endpoints.get(step.handler.endpointId) : undefined
    if (!endpoint) throw fail('WebhookFailed', 'The service endpoint is gone.')
    const payload = payloadOf(context, step.id, work.moment.schema)
    const headers = webhookHeaders(context, payload, endpoint, undefined)
    const left = () => Math.max(1, Math.min(WEBHOOK_MS, until - performance.now()))
    let failure = await postWebhook(endpoint, payload.body, headers, left())
    if (failure && [502, 503, 504].includes(failure.status ?? 0)) failure = await postWebhook(endpoint, payload.body, headers, left())
    if (failure) throw failure.refusal
    return {}
  }

  return {
    eventsFor,
    follow,
    refresh,
    hasSync: (message) => known.registry.hasSync(message),
    step: (id) => known.registry.byId.get(id),
    codeStep: (step) => codeSteps.get(step.id),
    endpoint: (id) => known.endpoints.get(id),
    close: async () => host?.close(),
  }
}

/** The same at every start, as long as the module registers it at the same place. */
function idOf({ module, place }: CodeStep): string {
  return Guid.fromName(`step:${module}#${place}`)
}

function concerns(plan: WritePlan): boolean {
  return [...tablesOf(plan)].some((table) => STEP_TABLES.has(table))
}

function tablesOf(plan: WritePlan): readonly string[] {
  if ('row' in plan && typeof plan.row === 'object' && 'table' in plan.row)
    return [plan.row.table.logicalName, ...('other' in plan ? [plan.other.table.logicalName] : [])]
  return 'table' in plan && plan.table ? [plan.table.logicalName] : []
}

function isBypassed({ mode, id }: Step, bypass: Bypass | undefined): boolean {
  return bypass !== undefined && (bypass[mode] || bypass.stepIds.has(id))
}

function correlationOf(given: string | undefined): string | undefined {
  return given === undefined ? undefined : Guid.parse(given)
}

/** Other writes wait for this one's steps, but they are not in its transaction: it is undone here and done again by itself. */
function demandAlone(job: StepJob): void {
  if (job.isAlone) return
  job.wantsAlone = true
  throw fail('Unavailable', 'The write needs a transaction of its own.')
}

async function queue(step: Step, context: StepContext, caller: Caller, work: Work): Promise<void> {
  const { tx, moment } = work
  const { primaryEntityName: table, primaryEntityId } = context
  const regarding = moment.schema.tables.get('asyncoperation')?.columns.get('regardingobjectid')
  const isRegarding = regarding?.type === 'lookup' && regarding.targets.includes(table) && context.messageName !== 'Delete' && primaryEntityId !== Guid.empty
  await insertEntry(
    {
      jobId: Guid.next(),
      kind: step.handler.kind,
      handler: JSON.stringify({ step: step.id, onBehalfBy: caller.onBehalfBy }),
      context: JSON.stringify(context),
      columns: {
        name: step.name.slice(0, 256),
        messagename: step.message,
        primaryentitytype: table,
        depth: context.depth,
        correlationid: context.correlationId,
        ...(isRegarding && { regardingobjectid: { table, id: primaryEntityId as Guid } }),
        ...(step.handler.kind === 'webhook' && { owningextensionid: { table: 'sdkmessageprocessingstep', id: step.id as Guid } }),
      },
    },
    Date.now(),
    tx,
    moment,
  )
}
