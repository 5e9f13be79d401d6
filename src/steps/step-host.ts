/**
 * Keeps a thread in which steps run, and ends it where one of them is not done in time: `while (true)` is stopped like anything else. The
 * next step finds a new thread. What was running in the old one has failed.
 */
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DataverseError, fail } from '../protocol/errors.ts'
import type { CodeStep, FromSteps, StepError, ToSteps } from './step-messages.ts'
import type { Serve, StepContext } from './step.ts'

export type StepDone = Omit<Extract<FromSteps, { kind: 'done' }>, 'kind' | 'call'>

/** A step threw: the refusal that answers the write. */
export class StepThrew extends Error {
  readonly refusal: DataverseError
  /** Said on purpose: to try again would bring the same. */
  readonly isDeliberate: boolean
  constructor(refusal: DataverseError, isDeliberate: boolean) {
    super(refusal.message)
    this.refusal = refusal
    this.isDeliberate = isDeliberate
  }
}

export type StepHost = {
  readonly steps: readonly CodeStep[]
  /** Rejects with `StepThrew`. `until`: of `performance.now()`; `seconds`: how the limit is told. */
  readonly run: (step: CodeStep, context: StepContext, serve: Serve, limit: { readonly until: number; readonly seconds: number }) => Promise<StepDone>
  readonly close: () => Promise<void>
}

type Call = {
  readonly name: string
  readonly serve: Serve
  readonly serving: Set<Promise<unknown>>
  readonly resolve: (done: StepDone) => void
  readonly reject: (error: StepThrew) => void
}
type Thread = { readonly worker: Worker; readonly steps: Promise<readonly CodeStep[]>; readonly calls: Map<number, Call> }

const ENTRY = join(import.meta.dirname, `step-thread${extname(import.meta.filename)}`)
const MEMORY_MB = 256

export async function openStepHost(folder: string): Promise<StepHost> {
  let lastCall = 0
  let isClosed = false
  let thread: Thread = startThread(folder, onEnd)
  const steps = await thread.steps.catch(async (cause: unknown) => {
    isClosed = true
    await thread.worker.terminate()
    throw cause
  })

  function onEnd(ended: Thread, why: string): void {
    if (ended !== thread) return
    for (const [id, call] of ended.calls) settle(ended, id, call, () => call.reject(crashed(call.name, why)))
    if (isClosed) return
    thread = startThread(folder, onEnd)
    // A module that cannot be loaded any more fails whatever waits for it.
    thread.steps.catch(() => {})
  }

  async function run(step: CodeStep, context: StepContext, serve: Serve, { until, seconds }: { until: number; seconds: number }): Promise<StepDone> {
    const used = thread
    await used.steps.catch((cause: unknown) => {
      throw crashed(step.name, String(cause))
    })
    const id = ++lastCall
    const { promise, resolve, reject } = Promise.withResolvers<StepDone>()
    used.calls.set(id, { name: step.name, serve, serving: new Set(), resolve, reject })
    const timer = setTimeout(() => stop(used, seconds), Math.max(0, until - performance.now()))
    try {
      post(used.worker, { kind: 'run', call: id, module: step.module, place: step.place, context })
      return await promise
    } finally {
      clearTimeout(timer)
      used.calls.delete(id)
    }
  }

  /** The step that was begun last is the one that the others wait for. */
  function stop(used: Thread, seconds: number): void {
    const running = [...used.calls]
    const last = running.at(-1)?.[1]
    if (!last) return
    const refusal = new StepThrew(fail('StepTimedOut', last.name, seconds), false)
    if (thread === used && !isClosed) {
      thread = startThread(folder, onEnd)
      thread.steps.catch(() => {})
    }
    void used.worker.terminate()
    for (const [id, call] of running) settle(used, id, call, () => call.reject(refusal))
  }

  async function close(): Promise<void> {
    isClosed = true
    await thread.worker.terminate()
  }

  return { steps, run, close }
}

function startThread(folder: string, onEnd: (thread: Thread, why: string) => void): Thread {
  const worker = new Worker(ENTRY, { workerData: { folder }, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
  const loaded = Promise.withResolvers<readonly CodeStep[]>()
  const thread: Thread = { worker, steps: loaded.promise, calls: new Map() }

  worker.on('message', (message: FromSteps) => {
    switch (message.kind) {
      case 'loaded':
        return loaded.resolve(message.steps)
      case 'broken':
        return loaded.reject(new Error(message.reason))
      case 'service':
        return void answer(thread, message)
      case 'done':
      case 'failed': {
        const call = thread.calls.get(message.call)
        if (!call) return
        const { kind: _, call: id } = message
        return settle(thread, id, call, () => (message.kind === 'done' ? call.resolve(message) : call.reject(threw(message.error))))
      }
    }
  })
  const end = (why: string) => {
    loaded.reject(new Error(why))
    onEnd(thread, why)
  }
  worker.on('error', (cause) => end(cause instanceof Error ? cause.message : String(cause)))
  worker.on('exit', () => end('the thread ended'))
  return thread
}

async function answer(thread: Thread, { call: id, service, request }: Extract<FromSteps, { kind: 'service' }>): Promise<void> {
  const call = thread.calls.get(id)
  // A step that has been answered has nothing more to ask.
  if (!call) return
  const work = call.serve(request)
  call.serving.add(work)
  try {
    post(thread.worker, { kind: 'served', service, answer: await work })
  } catch (cause) {
    const { name, message, code, status } = cause instanceof DataverseError ? cause : fail('Unexpected', '')
    post(thread.worker, { kind: 'refused', service, error: { name, message, code, status } })
  } finally {
    call.serving.delete(work)
  }
}

/** Only when nothing of it is under way any more: the next transaction must not find its statements. */
function settle({ calls }: Thread, id: number, call: Call, say: () => void): void {
  calls.delete(id)
  if (call.serving.size === 0) say()
  else void Promise.allSettled(call.serving).then(say)
}

function threw({ message, isDeliberate, service }: StepError): StepThrew {
  // The refusal of a request of the step's own goes on as it is.
  const refusal = service ? new DataverseError('StepFailed', service.status, service.code, service.message) : fail('StepFailed', message)
  return new StepThrew(refusal, isDeliberate)
}

function crashed(name: string, why: string): StepThrew {
  return new StepThrew(fail('StepCrashed', name, why), false)
}

function post(worker: Worker, message: ToSteps): void {
  worker.postMessage(message)
}
