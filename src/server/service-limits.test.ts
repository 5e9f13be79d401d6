import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DATAVERSE_LIMITS, type ServiceLimits, userBudget } from './service-limits.ts'

const SECOND = 1000
const limits = (some: Partial<ServiceLimits>): ServiceLimits => ({ ...DATAVERSE_LIMITS, ...some })

/** A request that takes no time. */
function ask(budget: ReturnType<typeof userBudget>, now: number) {
  const admission = budget.begin(now)
  if (admission.kind === 'admitted') budget.end(now, 0)
  return admission
}

describe('requests', () => {
  test('6,000 within five minutes are admitted, the next is refused', () => {
    const budget = userBudget(DATAVERSE_LIMITS)
    for (let count = 0; count < 6000; count++) assert.equal(ask(budget, count * 10).kind, 'admitted')
    assert.deepEqual(ask(budget, 60 * SECOND), { kind: 'refused', limit: 'requests', retryAfterSeconds: 240 })
  })

  test('whoever waits as long as they are told is admitted, and a second before is not', () => {
    const budget = userBudget(limits({ requests: 3 }))
    for (const at of [0, 10, 20]) ask(budget, at * SECOND)
    const refused = budget.begin(30 * SECOND)
    assert.ok(refused.kind === 'refused')
    // The one that was refused counts: two have to leave, those of the seconds 0 and 10.
    assert.equal(refused.retryAfterSeconds, 280)
    const early = userBudget(limits({ requests: 3 }))
    for (const at of [0, 10, 20]) ask(early, at * SECOND)
    early.begin(30 * SECOND)
    assert.equal(early.begin((30 + 279) * SECOND).kind, 'refused')
    assert.equal(budget.begin((30 + 280) * SECOND).kind, 'admitted')
  })

  test('who goes on without waiting waits longer', () => {
    const budget = userBudget(limits({ requests: 2 }))
    ask(budget, 0)
    ask(budget, 0)
    const waits = [100, 200, 250].map((at) => {
      const refused = budget.begin(at * SECOND)
      return refused.kind === 'refused' ? at + refused.retryAfterSeconds : 0
    })
    assert.deepEqual(waits, [300, 400, 500])
  })

  test('the window slides: what is five minutes old counts no more', () => {
    const budget = userBudget(limits({ requests: 10 }))
    for (let at = 0; at < 3000; at += 31) assert.equal(ask(budget, at * SECOND).kind, 'admitted', `at ${at}`)
    assert.equal(budget.remaining(3300 * SECOND).requests, 10)
  })
})

describe('time', () => {
  test('20 minutes of combined time are refused from then on', () => {
    const budget = userBudget(DATAVERSE_LIMITS)
    for (let request = 0; request < 50; request++) {
      assert.equal(budget.begin(0).kind, 'admitted')
    }
    for (let request = 0; request < 40; request++) budget.end(30 * SECOND, 30 * SECOND)
    assert.equal(budget.remaining(30 * SECOND).seconds, 0)
    assert.deepEqual(budget.begin(31 * SECOND), { kind: 'refused', limit: 'time', retryAfterSeconds: 299 })
    assert.equal(budget.begin(330 * SECOND).kind, 'admitted')
  })

  test('a request under way is let finish, and its time counts when it ends', () => {
    const budget = userBudget(limits({ seconds: 1 }))
    assert.equal(budget.begin(0).kind, 'admitted')
    assert.equal(budget.begin(5 * SECOND).kind, 'admitted')
    budget.end(5 * SECOND, 5 * SECOND)
    assert.equal(budget.begin(5 * SECOND).kind, 'refused')
  })
})

describe('at once', () => {
  test('52 at once are admitted, the next is refused until one ends', () => {
    const budget = userBudget(DATAVERSE_LIMITS)
    for (let count = 0; count < 52; count++) assert.equal(budget.begin(0).kind, 'admitted')
    assert.deepEqual(budget.begin(0), { kind: 'refused', limit: 'concurrent', retryAfterSeconds: 1 })
    budget.end(1, 1)
    assert.equal(budget.begin(2).kind, 'admitted')
  })
})

test('a user who asks for nothing any more is idle, and not before the window has passed', () => {
  const budget = userBudget(DATAVERSE_LIMITS)
  budget.begin(0)
  budget.end(0.3, 0.1 + 0.2)
  budget.begin(SECOND)
  budget.end(SECOND + 0.7, 0.7)
  assert.equal(budget.isIdle(299 * SECOND), false)
  assert.equal(budget.isIdle(302 * SECOND), true)
})

test('a clock that jumps far ahead forgets everything', () => {
  const budget = userBudget(limits({ requests: 1 }))
  ask(budget, 0)
  assert.equal(budget.begin(10_000_000 * SECOND).kind, 'admitted')
})
