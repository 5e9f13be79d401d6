/**
 * The writer thread: owns every write and schema edit. A request's job runs the same pipeline as everywhere, on the open transaction;
 * an answer of 400 and above undoes it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { setTimeout as delay } from 'node:timers/promises'
import { assert } from '../base/assert.ts'
import { systemClock } from '../base/clock.ts'
import { formatInstant } from '../base/date-time.ts'
import { fail } from '../protocol/errors.ts'
import { diffSchemas } from '../schema/schema-diff.ts'
import type { App } from '../server/app.ts'
import { handle } from '../server/handle.ts'
import type { HttpResponse } from '../server/http-message.ts'
import { handleChangeSet } from '../server/handle-change-set.ts'
import { respondError } from '../server/respond-error.ts'
import { openWriteLane } from '../store/sqlite/write-lane.ts'
import { openWriter } from '../store/sqlite/writer.ts'
import type { WriteTransaction } from '../store/write-lane.ts'
import { openBulkDeletes } from './bulk-delete.ts'
import { firstStart } from './first-start.ts'
import { openHousekeeping } from './housekeeping.ts'
import { collectWhenIdle } from './idle-collection.ts'
import { openStepDeliveries } from './step-deliveries.ts'
import { problemOf, runUserCommand, type UserCommand } from './user-commands.ts'
import { writerApp } from './writer-app.ts'
import { FIRST_PLACE, openWriterSteps, startJob, type StepPlace } from './writer-steps.ts'
import type { FromWriter, Job, JobResult, ToWriter, WriterOptions } from './writer-messages.ts'
import { ownMoment } from '../store/write-work.ts'

/** Thrown out of a job to undo it; the answer is kept. */
class Undone extends Error {
  readonly result: JobResult
  constructor(result: JobResult) {
    super('undone')
    this.result = result
  }
}

// On a small table a key's index is there within milliseconds: who has just asked for one finds it Active. On a large one the job goes on.
const KEY_PATIENCE_MS = 25

function isKeyRequest(job: Job): boolean {
  return job.kind === 'request' && job.request.method === 'POST' && /\/(?:Keys|ReactivateEntityKey)\/?(?:\?|$)/.test(job.request.url)
}

/** Whether a job may have asked for a bulk deletion, or made any job ready again or canceled it. */
function isAboutJobs(job: Job): boolean {
  const requests = job.kind === 'request' ? [job.request] : job.kind === 'change-set' ? job.requests : []
  return requests.some(({ url }) => /\/(?:BulkDelete\/?(?:\?|$)|asyncoperations\()/.test(url))
}

type WebJob = Exclude<Job, { kind: 'users' }>

const port = parentPort
assert(port, 'writer-thread.ts runs as a worker')
const send = (message: FromWriter) => port.postMessage(message)
const log: App['log'] = (level, details, text) => send({ kind: 'log', level, details, text })

async function main(options: WriterOptions): Promise<void> {
  const writer = openWriter(options.file, { durability: options.durability })
  const start = await firstStart(writer)
  const stepOptions = { folder: options.stepFolder, seconds: options.stepSeconds }
  const steps = await openWriterSteps(stepOptions, start.organization, log)
  const makeApp = writerApp(start, steps, log)
  let sent = writer.schema()
  let security = writer.security()
  let results: { id: number; result: JobResult }[] = []
  const lane = openWriteLane(writer, afterGroup)
  collectWhenIdle()
  const housekeeping = openHousekeeping(lane, () => writer.schema(), start.caller, log)
  const { file, querySeconds } = options

  const deliveries = openStepDeliveries({
    ...stepOptions,
    lane,
    schema: () => writer.schema(),
    caller: start.caller,
    steps,
    handleAlone: async (request, place) => (await answer({ kind: 'request', request }, place)) as HttpResponse,
    log,
  })
  const bulkDeletes = openBulkDeletes(lane.run, {
    file,
    querySeconds,
    caller: start.caller,
    log,
    events: {
      of: (asker, tx) => steps.eventsFor({ apiRoot: '' }, asker, tx, { ...startJob(), isAlone: true }, FIRST_PLACE, makeApp),
      needAlone: () => steps.hasSync('Delete'),
      committed: deliveries.look,
    },
  })

  function afterGroup(): void {
    const schema = writer.schema()
    const diff = schema === sent ? undefined : diffSchemas(sent, schema)
    sent = schema
    const isSecurityChanged = writer.security() !== security
    security = writer.security()
    if (diff || isSecurityChanged || results.length > 0) send({ kind: 'done', isSecurityChanged, schema: diff, results })
    results = []
    if (diff) housekeeping.schemaChanged()
  }

  async function answerJob(id: number, job: Job): Promise<void> {
    const result = job.kind === 'users' ? await answerUsers(job.command) : await answer(job)
    if (isAboutJobs(job)) {
      bulkDeletes.look()
      deliveries.look()
    }
    if (!isKeyRequest(job)) return void results.push({ id, result })
    housekeeping.schemaChanged()
    await Promise.race([housekeeping.idle(), delay(KEY_PATIENCE_MS)])
    results.push({ id, result })
    setImmediate(afterGroup)
  }

  /** A write with steps is done again by itself: the first time it was in one transaction with others. */
  async function answer(job: WebJob, place: StepPlace = FIRST_PLACE, mustBeAlone = false): Promise<JobResult> {
    const stepJob = startJob()
    try {
      return await lane.run(async (tx, isAlone) => {
        stepJob.isAlone = isAlone
        await steps.refresh(tx)
        return runJob(makeApp(tx, stepJob, place), job)
      }, mustBeAlone)
    } catch (cause) {
      if (stepJob.wantsAlone) return answer(job, place, true)
      return answerFailed(cause, job)
    } finally {
      if (stepJob.hasQueued) deliveries.look()
    }
  }

  function answerUsers(command: UserCommand): Promise<JobResult> {
    const moment = (tx: WriteTransaction) => ownMoment({ now: formatInstant(systemClock.now()), caller: start.caller }, tx.schema())
    return lane.run((tx) => runUserCommand(tx, moment(tx), command)).catch(problemOf)
  }

  async function close(): Promise<void> {
    await Promise.all([housekeeping.close(), bulkDeletes.close(), deliveries.close()])
    await lane.idle()
    await steps.close()
    writer.close()
    send({ kind: 'closed' })
  }

  port?.on('message', (message: ToWriter) => {
    if (message.kind === 'close') return void close()
    for (const { id, job } of message.jobs) void answerJob(id, job)
  })
  send({ kind: 'opened', caller: start.caller, organization: start.organization })
  housekeeping.schemaChanged()
  bulkDeletes.look()
  await lane.run(steps.refresh)
  deliveries.look()
}

function answerFailed(cause: unknown, job: WebJob): JobResult {
  if (cause instanceof Undone) return cause.result
  // The commit itself failed (disk full): nothing of the group was kept.
  log('error', { err: String(cause) }, 'a group could not be committed')
  const first = job.kind === 'request' ? job.request : job.requests[0]
  const response = respondError(fail('Unavailable', 'The write could not be stored.'), first?.requestId ?? '')
  return job.kind === 'request' ? response : { kind: 'failed', response }
}

async function runJob(app: App, job: WebJob): Promise<JobResult> {
  if (job.kind === 'change-set') {
    const result = await handleChangeSet(app, job.requests, job.contentIds)
    if (result.kind === 'failed') throw new Undone(result)
    return result
  }
  const response = await handle(app, job.request)
  if (response.status >= 400) throw new Undone(response)
  return response
}

main(workerData as WriterOptions).catch((cause) => send({ kind: 'refused', reason: cause instanceof Error ? cause.message : String(cause) }))
