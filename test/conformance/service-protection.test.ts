/** `--limits`: a client that asks for too much is told so as Dataverse tells it (webapi.md 3.5), and served again when it has waited. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, apiOf, expectStatus } from '../support/api.ts'
import { bearer, tokenOf } from '../support/ask-token.ts'
import { addClient } from '../support/command.ts'
import { startServer } from '../support/start-server.ts'

const REQUESTS_LEFT = 'x-ms-ratelimit-burst-remaining-xrm-requests'
const TIME_LEFT = 'x-ms-ratelimit-time-remaining-xrm-requests'
const WINDOW = 5

/** A server of its own for each test: what one has asked for is not in the way of the next. */
const limited = (limits: string) => startServer({ args: ['--limits', limits] })

const refusal = ({ status, headers, body }: Answer) => [status, Number(headers['retry-after']) > 0, body.error.code, body.error.message]

test('without the flag nothing is limited and nothing said of limits', async () => {
  await using free = await startServer()
  const answer = expectStatus(await apiOf(free.api).get('WhoAmI'), 200)
  assert.deepEqual([answer.headers[REQUESTS_LEFT], answer.headers[TIME_LEFT]], [undefined, undefined])
})

test('the ninth request is refused, changes nothing, and is served after Retry-After', async () => {
  await using server = await limited(`requests=8,window=${WINDOW}`)
  const api = apiOf(server.api)
  for (let left = 7; left >= 1; left--) {
    const answer = expectStatus(await api.get('WhoAmI'), 200)
    assert.equal(answer.headers[REQUESTS_LEFT], String(left))
    assert.match(answer.headers[TIME_LEFT] ?? '', /^1,(?:200\.00|19\d\.\d\d)$/)
  }
  expectStatus(await api.post('accounts', { name: 'the eighth' }), 204)
  const refused = await api.post('accounts', { name: 'the ninth' })
  assert.deepEqual(refusal(refused), [429, true, '0x80072322', 'Number of requests exceeded the limit of 8 over time window of 5 seconds.'])
  assert.equal(refused.headers['odata-version'], '4.0')
  assert.equal(refused.headers[REQUESTS_LEFT], '0')
  const wait = Number(refused.headers['retry-after'])
  assert.ok(wait <= WINDOW, `${wait}`)
  await delay(wait * 1000)
  const { body } = expectStatus(await api.get('accounts?$select=name'), 200)
  assert.deepEqual(
    body.value.map((row: { name: string }) => row.name),
    ['the eighth'],
  )
})

test('a batch is one request, however much is in it', async () => {
  await using server = await limited('requests=8')
  const api = apiOf(server.api)
  const parts = Array.from({ length: 20 }, () => '--b\r\nContent-Type: application/http\r\n\r\nGET WhoAmI HTTP/1.1\r\n\r\n\r\n')
  const batch = await api.send('POST', '$batch', { headers: { 'Content-Type': 'multipart/mixed;boundary=b' }, raw: `${parts.join('')}--b--\r\n` })
  expectStatus(batch, 200)
  assert.equal(batch.headers[REQUESTS_LEFT], '7')
  assert.equal(batch.text.match(/HTTP\/1\.1 200/g)?.length, 20)
  assert.equal(batch.text.includes(REQUESTS_LEFT), false)
})

test('the fifth at once is refused at once', async () => {
  await using server = await limited('concurrent=4')
  const api = apiOf(server.api)
  // On a busy machine eight may come one after the other: then they are sent again.
  let sent = 0
  let refused: Answer[] = []
  for (; refused.length === 0 && sent < 8 * 50; sent += 8) {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => api.post('accounts', { name: `at once ${sent + index}` })))
    refused = answers.filter(({ status }) => status === 429)
  }
  assert.ok(refused.length >= 1 && refused.length <= 4, `${refused.length} of 8 were refused`)
  for (const answer of refused) assert.deepEqual(refusal(answer), [429, true, '0x80072326', 'Number of concurrent requests exceeded the limit of 4.'])
  const { body } = expectStatus(await api.get("accounts?$select=name&$filter=startswith(name,'at once')"), 200)
  assert.equal(body.value.length, sent - refused.length)
})

test('combined time is limited too', async () => {
  await using slow = await limited('seconds=0.001')
  const { get } = apiOf(slow.api)
  let answer = await get('accounts?$count=true')
  for (let count = 0; count < 100 && answer.status === 200; count++) answer = await get('accounts?$count=true')
  assert.deepEqual(refusal(answer).slice(0, 3), [429, true, '0x80072321'])
  assert.match(
    answer.body.error.message,
    /^Combined execution time of incoming requests exceeded limit of 1 milliseconds over time window of 300 seconds\. Decrease /,
  )
})

test('each caller has a budget of their own, and who acts for another spends their own', async () => {
  await using many = await startServer({ args: ['--auth', 'local', '--limits', 'requests=3'] })
  const one = await addClient(many.data, 'One')
  const [first, second] = [bearer(await tokenOf(many.url, one)), bearer(await tokenOf(many.url, await addClient(many.data, 'Two')))]
  const { get } = apiOf(many.api)
  const left = (answer: Answer) => [answer.status, answer.headers[REQUESTS_LEFT]]
  assert.deepEqual(left(await get('WhoAmI', first)), [200, '2'])
  assert.deepEqual(left(await get('WhoAmI', { ...second, MSCRMCallerID: one.userId })), [200, '2'])
  assert.deepEqual(left(await get('WhoAmI', first)), [200, '1'])
  assert.deepEqual(left(await get('WhoAmI', first)), [200, '0'])
  assert.deepEqual(left(await get('WhoAmI', first)), [429, '0'])
  assert.deepEqual(left(await get('WhoAmI', second)), [200, '1'])
  // Whoever has no token is nobody: refused before there is a budget.
  assert.deepEqual(left(await get('WhoAmI')), [401, undefined])
})

test('health is answered whatever its caller has used up', async () => {
  await using server = await limited('requests=8')
  const api = apiOf(server.api)
  for (let count = 0; count < 12; count++) await api.get('WhoAmI')
  assert.equal((await api.get('WhoAmI')).status, 429)
  assert.equal((await api.get(`${server.url}/health`)).status, 200)
})

test('limits that are none are refused before the server starts', async () => {
  await assert.rejects(startServer({ args: ['--limits', 'requests=many'] }), /--limits <limits>: 'requests=many' is none of/)
})
