/**
 * Service protection (`--limits`) around `dispatch`: each user has a budget, who is over it is answered 429 before anything is parsed.
 * A batch is one request, and its parts' time is its own. Health, readiness and metrics are nobody's.
 */
import { type DataverseError, fail } from '../protocol/errors.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { respondError } from './respond-error.ts'
import { type Admission, type ServiceLimits, type UserBudget, userBudget } from './service-limits.ts'
import { parseServiceUrl } from './service-url.ts'

type Dispatch = (request: HttpRequest) => Promise<HttpResponse>

export type LimitOptions = {
  /** Whose budget a request is charged to: who sent it, not whom they act for. */
  readonly userOf: (request: HttpRequest) => string
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
}

/** Beyond so many users those are forgotten that ask for nothing: each keeps 5 KB. */
const MAX_USERS = 2000

export function limitRequests(limits: ServiceLimits, { userOf, now }: LimitOptions, dispatch: Dispatch): Dispatch {
  const budgets = new Map<string, UserBudget>()

  function budgetOf(user: string): UserBudget {
    const known = budgets.get(user)
    if (known) return known
    if (budgets.size >= MAX_USERS) forgetIdle(budgets, now())
    const budget = userBudget(limits)
    budgets.set(user, budget)
    return budget
  }

  return async (request) => {
    if (!parseServiceUrl(request.origin, request.url)) return dispatch(request)
    const budget = budgetOf(userOf(request))
    const started = now()
    const admission = budget.begin(started)
    if (admission.kind === 'refused') return withRemaining(refused(admission, limits, request), budget, started)
    try {
      return withRemaining(await dispatch(request), budget, now())
    } finally {
      const ended = now()
      budget.end(ended, ended - started)
    }
  }
}

function refused({ limit, retryAfterSeconds }: Extract<Admission, { kind: 'refused' }>, limits: ServiceLimits, request: HttpRequest): HttpResponse {
  const response = respondError(refusalOf(limit, limits), request.requestId)
  return { ...response, headers: { ...response.headers, 'Retry-After': String(retryAfterSeconds) } }
}

function refusalOf(limit: Extract<Admission, { kind: 'refused' }>['limit'], limits: ServiceLimits): DataverseError {
  switch (limit) {
    case 'requests':
      return fail('TooManyRequests', limits.requests, limits.windowSeconds)
    case 'time':
      return fail('TooMuchTime', limits.seconds * 1000, limits.windowSeconds)
    case 'concurrent':
      return fail('TooManyAtOnce', limits.concurrent)
  }
}

/** On every answer, in Dataverse's form: `5999` and `1,199.46`. The request's own time counts only once it is answered. */
function withRemaining(response: HttpResponse, budget: UserBudget, now: number): HttpResponse {
  const { requests, seconds } = budget.remaining(now)
  const headers = {
    ...response.headers,
    'x-ms-ratelimit-time-remaining-xrm-requests': seconds.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    'x-ms-ratelimit-burst-remaining-xrm-requests': String(requests),
  }
  return { ...response, headers }
}

/** Where everybody is busy, the one who came first is: a budget that is lost is a user who may ask for more, not less. */
function forgetIdle(budgets: Map<string, UserBudget>, now: number): void {
  for (const [user, budget] of budgets) if (budget.isIdle(now)) budgets.delete(user)
  const [first] = budgets.keys()
  if (budgets.size >= MAX_USERS && first !== undefined) budgets.delete(first)
}
