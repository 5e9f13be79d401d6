/**
 * The thread in which steps run: other people's code, which may run for ever, throw or end its thread, and must harm nobody by it. It loads
 * the modules of the folder in the order of their names, says what they register, and runs what it is told to.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { registrationOf } from './register.ts'
import type { CodeStep, FromSteps, StepError, ToSteps } from './step-messages.ts'
import { type Service, ServiceRefusal, serviceOf } from './step-service.ts'
import type { ServiceAnswer, ServiceRequest, StepContext } from './step.ts'

type Run = (context: object, service: Service) => unknown

/** The deliberate refusal of a step: its message goes to whoever asked for the write. */
class InvalidPluginExecutionException extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'InvalidPluginExecutionException'
  }
}

const runs = new Map<string, Run>()
const served = new Map<number, { readonly resolve: (answer: ServiceAnswer) => void; readonly reject: (error: Error) => void }>()
let lastService = 0

const send = (message: FromSteps) => parentPort?.postMessage(message)
const nameOf = (module: string, place: number) => `${module}#${place}`

async function load(folder: string): Promise<readonly CodeStep[]> {
  const steps: CodeStep[] = []
  const modules = readdirSync(folder).filter((name) => /\.(?:m?js|ts)$/.test(name) && !/\.(?:test|d)\.ts$/.test(name))
  for (const module of modules.sort()) {
    let place = 0
    const register = (given: unknown) => {
      const registration = registrationOf(given, nameOf(module, place))
      runs.set(nameOf(module, place), (given as { readonly run: Run }).run)
      steps.push({ ...registration, module, place })
      place++
    }
    try {
      const loaded = (await import(pathToFileURL(join(folder, module)).href)) as { readonly default?: unknown }
      if (typeof loaded.default !== 'function') throw new Error('its default export must be a function')
      // Both `({ register }) => …` and `(register) => …`.
      await loaded.default(Object.assign(register, { register, InvalidPluginExecutionException }))
    } catch (cause) {
      throw new Error(`the step module ${module} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
  return steps
}

async function run(call: number, name: string, context: StepContext): Promise<void> {
  const open = new Set<Promise<unknown>>()
  let hidden: string | undefined
  const ask = (request: ServiceRequest) => {
    const service = ++lastService
    const { promise, resolve, reject } = Promise.withResolvers<ServiceAnswer>()
    served.set(service, { resolve, reject })
    send({ kind: 'service', call, service, request })
    open.add(promise)
    promise.catch((error: Error) => {
      hidden = error.message
    })
    return promise
  }
  try {
    const given = contextFor(context)
    await runs.get(name)?.(given, serviceOf(ask))
    // What a step did not wait for belongs to it all the same.
    await Promise.allSettled(open)
    send({ kind: 'done', call, target: given.target, targets: given.targets, sharedVariables: given.sharedVariables, hidden })
  } catch (thrown) {
    await Promise.allSettled(open)
    send({ kind: 'failed', call, error: errorOf(thrown) })
  }
}

/** With the parameters under the names of the message's own. */
function contextFor(context: StepContext) {
  const { target, targets, relationship, relatedEntities } = context
  const inputParameters = {
    ...(target !== undefined && { Target: target }),
    ...(targets !== undefined && { Targets: targets }),
    ...(relationship !== undefined && { Relationship: relationship, RelatedEntities: relatedEntities }),
  }
  return { ...context, inputParameters }
}

function errorOf(thrown: unknown): StepError {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return {
    message: message === '' ? 'A step refused the write.' : message,
    isDeliberate: thrown instanceof Error && thrown.name === 'InvalidPluginExecutionException',
    service: thrown instanceof ServiceRefusal ? thrown.refusal : undefined,
  }
}

parentPort?.on('message', (message: ToSteps) => {
  if (message.kind === 'run') {
    run(message.call, nameOf(message.module, message.place), message.context).catch((cause: unknown) => {
      // What a step leaves behind may be no plain data: a function among the shared variables.
      send({ kind: 'failed', call: message.call, error: errorOf(cause) })
    })
    return
  }
  const waiting = served.get(message.service)
  served.delete(message.service)
  if (message.kind === 'served') waiting?.resolve(message.answer)
  else waiting?.reject(new ServiceRefusal(message.error))
})

load((workerData as { readonly folder: string }).folder).then(
  (steps) => send({ kind: 'loaded', steps }),
  (cause: unknown) => send({ kind: 'broken', reason: cause instanceof Error ? cause.message : String(cause) }),
)
