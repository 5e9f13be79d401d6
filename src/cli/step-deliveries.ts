/** What the outbox has steps and webhooks do once their write is committed: asynchronous steps one after the other, webhooks side by side. */
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import type { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import type { App } from '../server/app.ts'
import type { HttpRequest, HttpResponse } from '../server/http-message.ts'
import { type Attempt, type Deliveries, openDeliveries } from '../steps/deliver.ts'
import { payloadOf } from '../steps/remote-context.ts'
import { openStepHost, type StepHost, StepThrew } from '../steps/step-host.ts'
import type { Serve, Step, StepContext } from '../steps/step.ts'
import { postWebhook, WEBHOOK_MS, webhookHeaders } from '../steps/webhook.ts'
import { deleteFound } from '../store/delete-row.ts'
import type { Entry, EntryKind } from '../store/outbox.ts'
import type { Transaction } from '../store/sql/connection.ts'
import type { WriteLane } from '../store/write-lane.ts'
import type { Schema } from '../schema/schema.ts'
import { asServer, type Moment, ownMoment, startWork } from '../store/write-work.ts'
import { answerOf, stepRequest } from './step-requests.ts'
import type { StepOptions, StepPlace, WriterSteps } from './writer-steps.ts'

export type StepDeliveryOptions = StepOptions & {
  readonly lane: WriteLane
  readonly schema: () => Schema
  readonly caller: Caller
  readonly steps: WriterSteps
  /** A request of a step's, as a job of its own. */
  readonly handleAlone: (request: HttpRequest, place: StepPlace) => Promise<HttpResponse>
  readonly log: App['log']
}

/** What these statuses say may be otherwise in a while; of others it is final. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429])

export function openStepDeliveries(options: StepDeliveryOptions): Deliveries {
  const { lane, schema, caller, steps, folder, seconds, handleAlone, log } = options
  let host: Promise<StepHost> | undefined

  const report = (cause: unknown) => log('error', { err: String(cause), stack: (cause as Error)?.stack }, 'a delivery failed')
  const deliverer = (kind: EntryKind, atOnce: number) =>
    openDeliveries({
      kind,
      atOnce,
      inTransaction: (job) =>
        lane.run(async (tx) => {
          await steps.refresh(tx)
          return job(tx, ownMoment({ now: formatInstant(systemClock.now()), caller }, tx.schema()))
        }),
      attempt,
      deleteJob,
      report,
    })
  // One that runs away takes its thread with it, and so it runs alone. Endpoints that are slow must not hold up the others for long.
  const both = [deliverer('code', 1), deliverer('webhook', 16)]

  async function attempt({ jobId, handler, context: text }: Entry): Promise<Attempt> {
    const { step: id, onBehalfBy } = JSON.parse(handler) as { readonly step: string; readonly onBehalfBy?: Guid }
    const context = JSON.parse(text) as StepContext
    const step = steps.step(id) ?? (await lookAgain(id))
    if (!step) return failed(fail('StepCrashed', id, 'the step is no longer registered'), true)
    const result = step.handler.kind === 'webhook' ? await post(jobId, step, context) : await runCode(step, context, onBehalfBy)
    return result.kind === 'done' ? { ...result, deletesJob: step.asyncAutoDelete } : result
  }

  /** It may have been registered by another server a moment ago. */
  async function lookAgain(id: string): Promise<Step | undefined> {
    await lane.run((tx) => steps.refresh(tx))
    return steps.step(id)
  }

  async function post(jobId: Guid, step: Step, context: StepContext): Promise<Attempt> {
    const endpoint = step.handler.kind === 'webhook' ? steps.endpoint(step.handler.endpointId) : undefined
    if (!endpoint) return failed(fail('WebhookFailed', 'The service endpoint is gone.'), true)
    const payload = payloadOf(context, step.id, schema())
    const failure = await postWebhook(endpoint, payload.body, webhookHeaders(context, payload, endpoint, jobId), WEBHOOK_MS)
    if (!failure) return { kind: 'done', deletesJob: false }
    const { status } = failure
    return failed(failure.refusal, status !== undefined && status < 500 && !PASSING.has(status))
  }

  async function runCode(step: Step, context: StepContext, onBehalfBy: Guid | undefined): Promise<Attempt> {
    const code = steps.codeStep(step)
    if (!code || folder === undefined) return failed(fail('StepCrashed', step.name, 'its module is gone'), true)
    const place = { depth: context.depth + 1, parent: context }
    const serve: Serve = async (request) => answerOf(await handleAlone(stepRequest(request, { userId: context.userId as Guid, onBehalfBy }, ''), place))
    try {
      host ??= openStepHost(folder)
      await (await host).run(code, context, serve, { until: performance.now() + seconds * 1000, seconds })
      return { kind: 'done', deletesJob: false }
    } catch (cause) {
      if (!(cause instanceof StepThrew)) throw cause
      return failed(cause.refusal, cause.isDeliberate)
    }
  }

  async function close(): Promise<void> {
    // A step under way would hold up the end: it is run again at the next start.
    if (host) await (await host.catch(() => undefined))?.close()
    await Promise.all(both.map((one) => one.close()))
  }

  function look(): void {
    for (const one of both) one.look()
  }

  return { look, close }
}

function failed({ message, code }: DataverseError, isFinal: boolean): Attempt {
  return { kind: 'failed', failure: { message, code }, isFinal }
}

async function deleteJob(jobId: Guid, tx: Transaction, moment: Moment): Promise<void> {
  const table = moment.schema.tables.get('asyncoperation')
  if (!table) return
  const address = { by: 'id', table, id: jobId } as const
  await deleteFound({ kind: 'delete-row', table, address, precondition: { kind: 'none' } }, asServer(startWork(tx, moment)))
}
