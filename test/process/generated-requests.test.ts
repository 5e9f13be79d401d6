/** Generated requests: none is answered with a 5xx, every refusal is an error of the catalogue as JSON, and a refused request has changed nothing. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Answer, type Api, apiOf, createdId } from '../support/api.ts'
import { type AnyRequest, anyRequest } from '../support/any-request.ts'
import type { Ground } from '../support/any-words.ts'
import { bounded } from '../support/how-long.ts'
import { startServer, type TestServer } from '../support/start-server.ts'
import { type Watch, watch } from '../support/unchanged.ts'
import { makeParts } from '../support/make-parts.ts'

const REQUESTS = bounded(5_000, 150_000)
const ROUND = 250
const AT_ONCE = 16

let server: TestServer
let api: Api

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

test(`${REQUESTS} generated requests`, async (t) => {
  const { ground, watched } = await layGround()
  const statuses = new Map<number, number>()
  const rounds = fc.asyncProperty(fc.array(anyRequest(ground), { minLength: ROUND, maxLength: ROUND, size: 'max' }), async (requests) => {
    await keepGround(ground)
    const answers = await sendAll(requests)
    for (const [index, answer] of answers.entries()) {
      checkAnswer(requests[index] as AnyRequest, answer)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    }
    await expectRefusedUnchanged(
      requests.filter((_, index) => isRefusedWrite(requests[index], answers[index])),
      watched,
    )
  })
  await fc.assert(rounds, { numRuns: REQUESTS / ROUND, endOnFailure: true })
  t.diagnostic(
    [...statuses]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', '),
  )
  assert.deepEqual(
    server.log.filter((line) => line.includes('"bug"')),
    [],
  )
  assert.ok((statuses.get(200) ?? 0) + (statuses.get(204) ?? 0) > REQUESTS / 20, 'some requests are good')
})

async function layGround() {
  await makeParts(api)
  const contact = createdId(await api.post('contacts', { lastname: 'Alder' }))
  const account = createdId(await api.post('accounts', { name: 'Maker', 'primarycontactid@odata.bind': `/contacts(${contact})` }))
  const part = createdId(await api.post('new_parts', { new_number: 'P-1', new_stock: 1, 'new_MakerId@odata.bind': `/accounts(${account})` }))
  await api.post('new_parts', { new_number: 'P-2' })
  return { ground: { part, account, contact }, watched: await watch(api, ['new_parts', 'accounts', 'contacts']) }
}

/** What earlier requests have deleted or renamed is there again, as far as they let it. */
async function keepGround({ part, account, contact }: Ground): Promise<void> {
  await api.patch(`contacts(${contact})`, { lastname: 'Alder' })
  await api.patch(`accounts(${account})`, { name: 'Maker' })
  await api.patch(`new_parts(${part})`, { new_number: 'P-1', 'new_MakerId@odata.bind': `/accounts(${account})` })
  await api.patch("new_parts(new_number='P-2')", {})
}

async function sendAll(requests: readonly AnyRequest[]): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  let next = 0
  async function work(): Promise<void> {
    while (next < requests.length) {
      const index = next++
      answers[index] = await send(requests[index] as AnyRequest)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return answers
}

function send({ method, path, headers, body }: AnyRequest): Promise<Answer> {
  return api.send(method, path, { headers, ...(body !== undefined && { raw: body }) })
}

const describe = ({ method, path, headers, body }: AnyRequest, answer: Answer) =>
  `${method} ${path} ${JSON.stringify(headers)} ${String(body).slice(0, 500)}\n→ ${answer.status} ${answer.text.slice(0, 500)}`

function checkAnswer(request: AnyRequest, answer: Answer): void {
  const isKnownGap = answer.status === 501 && answer.body?.error.code === '0x80040219'
  assert.ok((answer.status >= 200 && answer.status < 500) || isKnownGap, describe(request, answer))
  // A batch answers its own refusals part by part; HEAD has no body.
  if (answer.status < 400 || request.method === 'HEAD' || answer.headers['content-type']?.startsWith('multipart/mixed')) return
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/, describe(request, answer))
  assert.match(answer.body?.error?.code ?? '', /^0x[0-9a-f]+$/i, describe(request, answer))
  assert.ok(typeof answer.body.error.message === 'string' && answer.body.error.message !== '', describe(request, answer))
}

function isRefusedWrite(request: AnyRequest | undefined, answer: Answer | undefined): boolean {
  if (!request || !answer || request.method === 'GET' || request.method === 'HEAD') return false
  return answer.status >= 400 && !answer.headers['content-type']?.startsWith('multipart/mixed')
}

/** They are sent again, alone: as long as all are refused again, nothing changes. What is accepted now, since others have changed the ground, is left out. */
async function expectRefusedUnchanged(refused: readonly AnyRequest[], watched: Watch): Promise<void> {
  let remaining = refused
  for (;;) {
    await watched.catchUp()
    const answers = await sendAll(remaining)
    const again = remaining.filter((request, index) => isRefusedWrite(request, answers[index]))
    if (again.length === remaining.length) break
    remaining = again
  }
  await watched.expectUnchanged(`one of ${remaining.length} refused requests`)
}
