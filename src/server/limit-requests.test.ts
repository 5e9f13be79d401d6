import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Config } from './config.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { limitRequests } from './limit-requests.ts'
import { DATAVERSE_LIMITS, type ServiceLimits } from './service-limits.ts'

const DONE: HttpResponse = { status: 204, headers: { 'OData-Version': '4.0' }, body: undefined }

function requestOf(url: string, user = 'one'): HttpRequest {
  return { method: 'GET', url, headers: { user }, origin: 'http://localhost', body: undefined, requestId: 'r' }
}

/** A server on which every request takes `takes` milliseconds of a clock of its own. */
function serverWith(some: Partial<ServiceLimits>, takes = 0) {
  const clock = { now: 0, handled: 0 }
  const limits = { ...DATAVERSE_LIMITS, ...some }
  const dispatch = limitRequests(limits, { userOf: ({ headers }) => headers.user ?? '', now: () => clock.now }, async () => {
    clock.handled++
    clock.now += takes
    return DONE
  })
  return { clock, get: (url = '/api/data/v9.2/accounts', user = 'one') => dispatch(requestOf(url, user)) }
}

function errorOf(response: HttpResponse): unknown {
  return JSON.parse(String(response.body)).error
}

test('too many requests are answered 429 with the documented words, and reach nothing', async () => {
  const { clock, get } = serverWith({ requests: 2 })
  await get()
  await get()
  const refused = await get()
  assert.deepEqual([refused.status, refused.headers['Retry-After'], clock.handled], [429, '300', 2])
  assert.deepEqual(errorOf(refused), { code: '0x80072322', message: 'Number of requests exceeded the limit of 2 over time window of 300 seconds.' })
})

test('too much time is answered in milliseconds', async () => {
  const { get } = serverWith({ seconds: 1200 }, 700_000)
  await get()
  await get()
  const third = await get()
  // The first is out of the window by now.
  assert.equal(third.status, 204)
  const { get: again } = serverWith({ seconds: 1200, windowSeconds: 3000 }, 700_000)
  await again()
  await again()
  assert.deepEqual(errorOf(await again()), {
    code: '0x80072321',
    message:
      'Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 3000 seconds. ' +
      'Decrease number of concurrent requests or reduce the duration of requests and try again later.',
  })
})

test('too many at once are refused, and one that fails gives its place back', async () => {
  let finish = () => {}
  const gate = new Promise<void>((open) => (finish = open))
  let isBroken = false
  const dispatch = limitRequests({ ...DATAVERSE_LIMITS, concurrent: 1 }, { userOf: () => 'one', now: () => 0 }, async () => {
    if (isBroken) throw new Error('broken')
    await gate
    return DONE
  })
  const first = dispatch(requestOf('/api/data/v9.2/WhoAmI'))
  const refused = await dispatch(requestOf('/api/data/v9.2/WhoAmI'))
  assert.deepEqual(errorOf(refused), { code: '0x80072326', message: 'Number of concurrent requests exceeded the limit of 1.' })
  finish()
  await first
  isBroken = true
  await assert.rejects(dispatch(requestOf('/api/data/v9.2/WhoAmI')))
  isBroken = false
  assert.equal((await dispatch(requestOf('/api/data/v9.2/WhoAmI'))).status, 204)
})

test('every answer says what is left, as Dataverse writes it', async () => {
  const { get } = serverWith({ requests: 3 }, 540)
  const headersOf = ({ headers }: HttpResponse) => [
    headers['x-ms-ratelimit-burst-remaining-xrm-requests'],
    headers['x-ms-ratelimit-time-remaining-xrm-requests'],
  ]
  assert.deepEqual(headersOf(await get()), ['2', '1,200.00'])
  assert.deepEqual(headersOf(await get()), ['1', '1,199.46'])
  await get()
  assert.deepEqual(headersOf(await get()), ['0', '1,198.38'])
})

test('each user has their own budget', async () => {
  const { get } = serverWith({ requests: 1 })
  assert.equal((await get('/api/data/v9.2/accounts', 'one')).status, 204)
  assert.equal((await get('/api/data/v9.2/accounts', 'one')).status, 429)
  assert.equal((await get('/api/data/v9.2/accounts', 'two')).status, 204)
})

test('health and metrics are nobody’s requests', async () => {
  const { get } = serverWith({ requests: 1 })
  for (let count = 0; count < 5; count++) assert.equal((await get('/health')).status, 204)
  assert.equal((await get()).status, 204)
})

test('of ten thousand users those are forgotten that ask for nothing, and nobody who is over the limit', async () => {
  const { clock, get } = serverWith({ requests: 1 })
  for (let user = 0; user < 1500; user++) await get(undefined, `early ${user}`)
  clock.now = 200_000
  await get(undefined, 'greedy')
  clock.now = 400_000
  for (let user = 0; user < 1500; user++) await get(undefined, `late ${user}`)
  assert.equal((await get(undefined, 'greedy')).status, 429)
})

test('the flag: none, dataverse, or what one says; anything else is refused by name', () => {
  const limitsOf = (limits?: string) => Config.parse({ limits }).limits
  assert.equal(limitsOf(), undefined)
  assert.equal(limitsOf('none'), undefined)
  assert.deepEqual(limitsOf('dataverse'), { requests: 6000, seconds: 1200, concurrent: 52, windowSeconds: 300 })
  assert.deepEqual(limitsOf('requests=5, window=0.5'), { requests: 5, seconds: 1200, concurrent: 52, windowSeconds: 0.5 })
  for (const bad of ['', 'on', 'requests', 'requests=0', 'requests=-1', 'requests=1.5', 'seconds=x', 'requests=5,more=1'])
    assert.throws(() => limitsOf(bad), /is none of none, dataverse/, bad)
})
