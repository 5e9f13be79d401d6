/**
 * How much one user may ask of the server: so many requests and so much combined time within a sliding window, so many requests at once.
 * Pure arithmetic: whoever asks says what time it is. `--limits requests=10,window=2` → refused at the eleventh request of two seconds.
 *
 * The window slides in three hundred steps (of a second, in Dataverse's five minutes), so a user costs the same however much they ask.
 */
export type ServiceLimits = {
  readonly requests: number
  /** Combined time of all requests. */
  readonly seconds: number
  readonly concurrent: number
  readonly windowSeconds: number
}

/** What Dataverse documents as its defaults for one web server. */
export const DATAVERSE_LIMITS: ServiceLimits = { requests: 6000, seconds: 1200, concurrent: 52, windowSeconds: 300 }

export type ExceededLimit = 'requests' | 'time' | 'concurrent'

export type Admission = { readonly kind: 'admitted' } | { readonly kind: 'refused'; readonly limit: ExceededLimit; readonly retryAfterSeconds: number }

export type UserBudget = {
  /** Every request that comes counts, refused ones too: who does not wait, waits longer. */
  readonly begin: (now: number) => Admission
  /** Of a request that was admitted: what it took counts from now on. */
  readonly end: (now: number, milliseconds: number) => void
  readonly remaining: (now: number) => { readonly requests: number; readonly seconds: number }
  /** Nothing is under way, and nothing that was counts any more. */
  readonly isIdle: (now: number) => boolean
}

const STEPS = 300
const ADMITTED: Admission = { kind: 'admitted' }

/** `now`: milliseconds of a clock that never goes back. */
export function userBudget(limits: ServiceLimits): UserBudget {
  const stepMs = (limits.windowSeconds * 1000) / STEPS
  const limitMs = limits.seconds * 1000
  const requests = createWindow(stepMs)
  const spent = createWindow(stepMs)
  let underWay = 0

  const refuse = (limit: ExceededLimit, waitMs: number): Admission => ({ kind: 'refused', limit, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) })

  function begin(now: number): Admission {
    requests.add(now, 1)
    if (requests.sum(now) > limits.requests) return refuse('requests', requests.waitUntilBelow(limits.requests, now))
    if (spent.sum(now) >= limitMs) return refuse('time', spent.waitUntilBelow(limitMs, now))
    // How long the others take nobody knows.
    if (underWay >= limits.concurrent) return refuse('concurrent', 0)
    underWay++
    return ADMITTED
  }

  return {
    begin,
    end: (now, milliseconds) => {
      underWay--
      spent.add(now, milliseconds)
    },
    remaining: (now) => ({ requests: Math.max(0, limits.requests - requests.sum(now)), seconds: Math.max(0, limitMs - spent.sum(now)) / 1000 }),
    isIdle: (now) => underWay === 0 && requests.sum(now) === 0 && spent.sum(now) === 0,
  }
}

type SlidingWindow = {
  readonly add: (now: number, amount: number) => void
  readonly sum: (now: number) => number
  /** Milliseconds until, without anything more, the sum is below `limit`. */
  readonly waitUntilBelow: (limit: number, now: number) => number
}

/** Amounts by step, in a ring: what is a window old is forgotten as time comes round to it again. */
function createWindow(stepMs: number): SlidingWindow {
  const amounts = new Float64Array(STEPS)
  let newest = 0
  let sum = 0

  function slideTo(now: number): void {
    const step = Math.floor(now / stepMs)
    if (step <= newest) return
    if (step - newest >= STEPS) {
      amounts.fill(0)
      sum = 0
    } else {
      for (let passed = newest + 1; passed <= step; passed++) {
        sum -= amounts[passed % STEPS] ?? 0
        amounts[passed % STEPS] = 0
      }
      // Fractions of milliseconds leave traces in a sum.
      if (sum < 1e-6) sum = 0
    }
    newest = step
  }

  function waitUntilBelow(limit: number, now: number): number {
    slideTo(now)
    let left = sum
    for (let step = newest - STEPS + 1; step <= newest; step++) {
      if (left < limit) return Math.max(0, (step - 1 + STEPS) * stepMs - now)
      left -= step < 0 ? 0 : (amounts[step % STEPS] ?? 0)
    }
    return (newest + STEPS) * stepMs - now
  }

  return {
    add: (now, amount) => {
      slideTo(now)
      amounts[newest % STEPS] = (amounts[newest % STEPS] ?? 0) + amount
      sum += amount
    },
    sum: (now) => {
      slideTo(now)
      return sum
    },
    waitUntilBelow,
  }
}
