/**
 * The door before the dispatcher, where authentication is on: a request goes on with its caller's id, or is answered with a refusal that says
 * where tokens come from. `refuseEarly` looks at the head of a request alone, so that nobody has a large body read who may not send one.
 */
import { fail } from '../../protocol/errors.ts'
import type { Guid } from '../../base/guid.ts'
import type { HttpRequest, HttpResponse } from '../http-message.ts'
import { logBug, respondError } from '../respond-error.ts'
import type { Authentication } from './authentication.ts'

export type Door = {
  readonly dispatch: (request: HttpRequest) => Promise<HttpResponse>
  /** Undefined: its body may be read. */
  readonly refuseEarly: (request: HttpRequest) => Promise<HttpResponse | undefined>
}

type Inner = (request: HttpRequest) => Promise<HttpResponse>
type Log = (level: 'error' | 'info', details: object, text: string) => void

// A form with a secret in it has a hundred bytes.
const MAX_OPEN_BODY = 16 * 1024

export function openDoor(authentication: Authentication, inner: Inner, log: Log): Door {
  const pathOf = ({ url }: HttpRequest) => url.split('?', 1)[0] ?? ''

  function refuse(thrown: unknown, request: HttpRequest): HttpResponse {
    const { requestId, address } = request
    logBug(log, thrown, { requestId })
    const response = authentication.challenge(respondError(thrown, requestId))
    const cause = thrown instanceof Error && thrown.cause !== undefined ? String(thrown.cause) : undefined
    // Why, and never what: a token in a log is as good as one that was stolen.
    if (response.status !== 500) log('info', { requestId, address, reason: (thrown as Error).message, cause }, 'a caller was not let in')
    return response
  }

  async function goOn(request: HttpRequest, callerId: Guid): Promise<HttpResponse> {
    const response = await inner({ ...request, callerId })
    return { ...response, callerId }
  }

  async function dispatch(request: HttpRequest): Promise<HttpResponse> {
    let callerId: Guid
    try {
      // None of the open pages is there, and most requests are.
      if (!request.url.startsWith('/api/')) {
        const page = authentication.serve(request)
        if (page) return await page
        if (authentication.isOpen(pathOf(request))) return inner(request)
      }
      const found = authentication.identify(request)
      callerId = found instanceof Promise ? await found : found
    } catch (thrown) {
      return refuse(thrown, request)
    }
    return goOn(request, callerId)
  }

  async function refuseEarly(request: HttpRequest): Promise<HttpResponse | undefined> {
    if (request.method === 'OPTIONS') return undefined
    if (authentication.isOpen(pathOf(request))) {
      const length = request.headers['transfer-encoding'] === undefined ? Number(request.headers['content-length'] ?? 0) : Infinity
      return length > MAX_OPEN_BODY ? respondError(fail('BodyTooLarge', MAX_OPEN_BODY), request.requestId) : undefined
    }
    try {
      await authentication.identify(request)
      return undefined
    } catch (thrown) {
      return refuse(thrown, request)
    }
  }

  return { dispatch, refuseEarly }
}
