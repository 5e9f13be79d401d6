/**
 * Everything that is written, whichever engine keeps it: requests run the same pipeline as everywhere, on an open transaction, and an answer
 * of 400 and above undoes it; steps hear of them; and what nobody waits for is done behind them. It knows no thread and no engine.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { DataverseError, fail } from '../protocol/errors.ts'
import type { Schema } from '../schema/schema.ts'
import type { App, ChangeSetResult } from '../server/app.ts'
import type { WriteSide } from '../server/dispatch.ts'
import { handle } from '../server/handle.ts'
import { handleChangeSet } from '../server/handle-change-set.ts'
import type { HttpRequest, HttpResponse } from '../server/http-message.ts'
import { respondError } from '../server/respond-error.ts'
import type { Upkeep } from '../store/upkeep.ts'
import type { WriteLane, WriteTransaction } from '../store/write-lane.ts'
import { ownMoment } from '../store/write-work.ts'
import { type Leadership, openBackground } from './background.ts'
import { type LookupReads, openBulkDeletes } from './bulk-delete.ts'
import type { FirstStart } from './first-start.ts'
import { openHousekeeping } from './housekeeping.ts'
import { openStepDeliveries } from './step-deliveries.ts'
import { problemOf, runUserCommand, type UserCommand, type UserResult } from './user-commands.ts'
import { writerApp } from './writer-app.ts'
import { FIRST_PLACE, openWriterSteps, startJob, type StepOptions, type StepPlace } from './writer-steps.ts'

export type WriteJob =
  | { readonly kind: 'request'; readonly request: HttpRequest }
  | { readonly kind: 'change-set'; readonly requests: readonly HttpRequest[]; readonly contentIds: readonly (string | undefined)[] }
  /** Of the command line. */
  | { readonly kind: 'users'; readonly command: UserCommand }

export type WriteResult = HttpResponse | ChangeSetResult | UserResult

export type WriteServiceOptions = {
  readonly lane: WriteLane
  /** As last committed, as far as this server knows. */
  readonly schema: () => Schema
  readonly start: FirstStart
  readonly steps: StepOptions
  readonly upkeep: Upkeep
  /** For the queries of bulk deletions. */
  readonly openReads: () => LookupReads
  /** Where several servers are at one database. */
  readonly leadership?: Leadership | undefined
  readonly log: App['log']
}

export type WriteService = {
  /** It never rejects. */
  readonly answer: (job: WriteJob) => Promise<WriteResult>
  /** Once the server is open: the work that nobody waits for begins. */
  readonly begin: () => void
  /** A schema has been committed, here or by another server: there may be keys to build. */
  readonly schemaChanged: () => void
  /** What is under way is finished; the rest is done after the next start. */
  readonly close: () => Promise<void>
}

/** Thrown out of a job to undo it; the answer is kept. */
class Undone extends Error {
  readonly result: WebResult
  constructor(result: WebResult) {
    super('undone')
    this.result = result
  }
}

type WebJob = Exclude<WriteJob, { kind: 'users' }>
type WebResult = HttpResponse | ChangeSetResult

// On a small table a key's index is there within milliseconds: who has just asked for one finds it Active. On a large one the job goes on.
const KEY_PATIENCE_MS = 25

export async function openWriteService(options: WriteServiceOptions): Promise<WriteService> {
  const { lane, schema, start, upkeep, openReads, leadership, log } = options
  const { caller, organization } = start
  const steps = await openWriterSteps(options.steps, organization, log)
  const makeApp = writerApp(start, steps, log)
  const background = openBackground(openWork, leadership)

  function openWork() {
    const housekeeping = openHousekeeping({ lane, schema, caller, upkeep, log })
    const deliveries = openStepDeliveries({
      ...options.steps,
      lane,
      schema,
      caller,
      steps,
      handleAlone: async (request, place) => (await answerWeb({ kind: 'request', request }, place)) as HttpResponse,
      log,
    })
    const bulkDeletes = openBulkDeletes({
      run: lane.run,
      openReads,
      caller,
      log,
      events: {
        of: async (asker, tx) => {
          const job = { ...startJob(), isAlone: true }
          await steps.refresh(tx, job)
          return steps.eventsFor({ apiRoot: '' }, asker, tx, job, FIRST_PLACE, makeApp)
        },
        needAlone: () => steps.hasSync('Delete'),
        committed: deliveries.look,
      },
    })
    return {
      look: () => {
        bulkDeletes.look()
        deliveries.look()
      },
      schemaChanged: housekeeping.schemaChanged,
      keysBuilt: housekeeping.idle,
      close: async () => {
        await Promise.all([housekeeping.close(), bulkDeletes.close(), deliveries.close()])
      },
    }
  }

  async function answer(job: WriteJob): Promise<WriteResult> {
    const result = job.kind === 'users' ? await answerUsers(job.command) : await answerWeb(job)
    if (isAboutJobs(job)) background.look()
    if (!isKeyRequest(job)) return result
    background.schemaChanged()
    await Promise.race([background.keysBuilt(), delay(KEY_PATIENCE_MS)])
    return result
  }

  /** A write with steps is done again by itself: the first time it was in one transaction with others. */
  async function answerWeb(job: WebJob, place: StepPlace = FIRST_PLACE, mustBeAlone = false): Promise<WebResult> {
    let stepJob = startJob()
    try {
      return await lane.run(async (tx, isAlone) => {
        // An engine may run a job again, from its beginning.
        stepJob = { ...startJob(), isAlone }
        await steps.refresh(tx, stepJob)
        return runJob(makeApp(tx, stepJob, place), job)
      }, mustBeAlone)
    } catch (cause) {
      if (stepJob.wantsAlone) return answerWeb(job, place, true)
      return answerFailed(cause, job, log)
    } finally {
      if (stepJob.hasQueued) background.look()
    }
  }

  function answerUsers(command: UserCommand): Promise<UserResult> {
    const moment = (tx: WriteTransaction) => ownMoment({ now: formatInstant(systemClock.now()), caller }, tx.schema())
    return lane.run((tx) => runUserCommand(tx, moment(tx), command)).catch(problemOf)
  }

  async function close(): Promise<void> {
    await background.close()
    await lane.idle()
    await steps.close()
  }

  return { answer, begin: background.begin, schemaChanged: background.schemaChanged, close }
}

export type Writes = WriteSide & { readonly users: (command: UserCommand) => Promise<UserResult> }

/** The jobs by name. */
export function writesBy(run: (job: WriteJob) => Promise<WriteResult>): Writes {
  return {
    write: (request) => run({ kind: 'request', request }) as Promise<HttpResponse>,
    changeSet: (requests, contentIds) => run({ kind: 'change-set', requests, contentIds }) as Promise<ChangeSetResult>,
    users: (command) => run({ kind: 'users', command }) as Promise<UserResult>,
  }
}

function isKeyRequest(job: WriteJob): boolean {
  return job.kind === 'request' && job.request.method === 'POST' && /\/(?:Keys|ReactivateEntityKey)\/?(?:\?|$)/.test(job.request.url)
}

/** Whether a job may have asked for a bulk deletion, or made any job ready again or canceled it. */
function isAboutJobs(job: WriteJob): boolean {
  const requests = job.kind === 'request' ? [job.request] : job.kind === 'change-set' ? job.requests : []
  return requests.some(({ url }) => /\/(?:BulkDelete\/?(?:\?|$)|asyncoperations\()/.test(url))
}

function answerFailed(cause: unknown, job: WebJob, log: App['log']): WebResult {
  if (cause instanceof Undone) return cause.result
  // The commit itself failed (disk full): nothing of its transaction was kept. Where the engine has no word for it, people have to know.
  if (!(cause instanceof DataverseError)) log('error', { err: String(cause) }, 'a write could not be committed')
  const first = job.kind === 'request' ? job.request : job.requests[0]
  const refusal = cause instanceof DataverseError ? cause : fail('Unavailable', 'The write could not be stored.')
  const response = respondError(refusal, first?.requestId ?? '')
  return job.kind === 'request' ? response : { kind: 'failed', response }
}

async function runJob(app: App, job: WebJob): Promise<WebResult> {
  if (job.kind === 'change-set') {
    const result = await handleChangeSet(app, job.requests, job.contentIds)
    if (result.kind === 'failed') throw new Undone(result)
    return result
  }
  const response = await handle(app, job.request)
  if (response.status >= 400) throw new Undone(response)
  return response
}
