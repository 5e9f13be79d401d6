/** A query that would run for minutes is killed at its limit and answered with the documented error; meanwhile everybody else is served. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { batchBody, onlyPart, postBatch, readBatch } from '../support/batch.ts'
import type { MadeTable } from '../support/make-table.ts'
import { makeEssays, slowFilter } from '../support/slow-query.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const READERS = 2

let server: TestServer
let api: Api
let essay: MadeTable
let id: string

before(async () => {
  server = await startServer({ args: ['--query-seconds', '1', '--readers', String(READERS)] })
  api = apiOf(server.api)
  essay = await makeEssays(api, 1000)
  id = createdId(await api.post('accounts', { name: 'Bystander' }))
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

const HEAVY = slowFilter(120)
const runaway = () => api.get(`${essay.set}?$select=new_name&$filter=${HEAVY}`)

function expectKilled(answer: Answer): void {
  assert.equal(answer.body?.error?.code, '0x80044151', answer.text.slice(0, 300))
  assert.ok(answer.status >= 500 && answer.status < 600, String(answer.status))
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
  assert.notEqual(answer.body.error.message, '')
}

/** What `work` did before the runaway had its answer. */
async function during<T>(killed: Promise<T>, work: () => Promise<void>): Promise<number> {
  let isOver = false
  const over = killed.finally(() => (isOver = true))
  let done = 0
  while (!isOver) {
    await work()
    if (!isOver) done++
  }
  await over
  return done
}

test('a query is killed at its limit, and other reads and writes are answered meanwhile', async () => {
  const started = performance.now()
  const killed = runaway()
  const served = await during(killed, async () => {
    expectStatus(await api.get('accounts?$select=name&$orderby=name&$top=5'), 200)
    expectStatus(await api.get(`accounts(${id})?$select=name`), 200)
    expectStatus(await api.patch(`accounts(${id})`, { name: 'Bystander' }), 204)
  })
  const took = performance.now() - started
  expectKilled(await killed)
  assert.ok(took > 900 && took < 6000, `it took ${Math.round(took)} ms`)
  assert.ok(served >= 3, `${served} rounds of others were served`)
})

test('as many as there are readers hold up neither point reads nor writes, and the next query is answered after them', async () => {
  const killed = Promise.all(Array.from({ length: READERS * 2 }, runaway))
  const served = await during(killed, async () => {
    expectStatus(await api.get(`accounts(${id})?$select=name`), 200)
    expectStatus(await api.patch(`accounts(${id})`, { name: 'Bystander' }), 204)
  })
  for (const answer of await killed) expectKilled(answer)
  assert.ok(served >= 10, `${served} rounds of others were served`)
  assert.equal(expectStatus(await api.get(`${essay.set}?$select=new_name&$top=3`), 200).body.value.length, 3)
})

test('counts, tracked reads and parts of a batch have the same limit', async () => {
  expectKilled(await api.get(`${essay.set}/$count?$filter=${HEAVY}`))
  const answer = expectStatus(
    await postBatch(api, batchBody([{ method: 'GET', url: `${essay.set}?$filter=${HEAVY}` }]), { Prefer: 'odata.continue-on-error' }),
    200,
  )
  assert.equal(onlyPart(readBatch(answer)[0]).body.error.code, '0x80044151')
})

test('the query of a bulk deletion has it too: its job has failed, and nothing is deleted', async () => {
  const conditions = Array.from({ length: 120 }, (_, index) => ({ AttributeName: 'new_text', Operator: 'Like', Values: [{ Value: `%word ${index}%` }] }))
  const QuerySet = [{ EntityName: essay.name, Criteria: { FilterOperator: 'Or', Conditions: conditions } }]
  const { JobId } = expectStatus(await api.post('BulkDelete', { JobName: 'Runaway', QuerySet }), 200).body
  let job: Answer['body'] = {}
  for (let turn = 0; turn < 400 && job.statecode !== 3; turn++) {
    await wait(25)
    job = expectStatus(await api.get(`asyncoperations(${JobId})`), 200).body
    expectStatus(await api.patch(`accounts(${id})`, { name: 'Bystander' }), 204)
  }
  assert.deepEqual([job.statecode, job.statuscode, job.friendlymessage], [3, 31, 'SQL timeout expired.'])
  assert.equal(expectStatus(await api.get(`${essay.set}/$count`), 200).text.trim(), '1000')
})
