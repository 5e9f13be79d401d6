/** Requests that steps send while they run: the same pipeline as a client's, one step deeper. */
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import { DataverseError, type ErrorName, fail } from '../protocol/errors.ts'
import { handle } from '../server/handle.ts'
import type { HttpRequest, HttpResponse } from '../server/http-message.ts'
import type { Serve, ServiceAnswer, ServiceRequest, StepContext } from '../steps/step.ts'
import { isForEngine, type WriteTransaction } from '../store/write-lane.ts'
import type { MakeApp, StepJob } from './writer-steps.ts'

type Inside = {
  readonly tx: WriteTransaction
  readonly job: StepJob
  readonly caller: Pick<Caller, 'userId' | 'onBehalfBy'>
  readonly context: StepContext
  /** `http://127.0.0.1:4000/api/data/v9.2` */
  readonly origin: string
  readonly makeApp: MakeApp
}

/** In the write's own transaction. What is refused is undone by itself. */
export function serveInside({ tx, job, caller, context, origin, makeApp }: Inside): Serve {
  const app = makeApp(tx, job, { depth: context.depth + 1, parent: context })
  let last: Promise<unknown> = Promise.resolve()
  // One after the other, whatever a step does not wait for: savepoints are nested, not side by side.
  return (request) => {
    const answer = last.then(() => tx.savepoint(async () => answerOf(await handle(app, stepRequest(request, caller, origin)))))
    last = answer.catch((cause: unknown) => {
      if (isForEngine(cause)) job.ended ??= cause
    })
    return answer
  }
}

export function stepRequest(request: ServiceRequest, { userId, onBehalfBy }: Pick<Caller, 'userId' | 'onBehalfBy'>, apiRoot: string): HttpRequest {
  const acting: Record<string, string> = onBehalfBy === undefined ? {} : { mscrmcallerid: userId }
  const headers = request.asSystem ? request.headers : { ...request.headers, ...acting }
  return {
    method: request.method,
    url: `/api/data/v9.2/${request.path.replace(/^\/+/, '')}`,
    headers,
    origin: apiRoot.replace(/\/api\/data\/.*$/i, ''),
    body: request.body,
    requestId: Guid.next(),
    ...(!request.asSystem && { callerId: onBehalfBy ?? userId }),
  }
}

/** A refusal is thrown with the status and code that a client would get. */
export function answerOf(response: HttpResponse): ServiceAnswer {
  const body = typeof response.body === 'string' ? response.body : response.body ? Buffer.concat(response.body).toString('utf8') : ''
  if (response.status >= 400) throw refusalOf(response.status, body)
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]))
  return { status: response.status, headers, body }
}

function refusalOf(status: number, body: string): DataverseError {
  try {
    const { error } = JSON.parse(body) as { readonly error: { readonly code: string; readonly message: string } }
    return new DataverseError('StepFailed' satisfies ErrorName, status, error.code, error.message)
  } catch {
    return fail('StepFailed', body)
  }
}
