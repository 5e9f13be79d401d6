/** A client that goes away while its query runs gives its reader back: with one reader, the next query waits for it no longer than that. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, apiOf, expectStatus } from '../support/api.ts'
import { batchBody } from '../support/batch.ts'
import type { MadeTable } from '../support/make-table.ts'
import { makeEssays, slowFilter } from '../support/slow-query.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

/** Far longer than the test is ready to wait. */
const QUERY_SECONDS = 60

let server: TestServer
let api: Api
let essay: MadeTable
before(async () => {
  server = await startServer({ args: ['--query-seconds', String(QUERY_SECONDS), '--readers', '1'] })
  api = apiOf(server.api)
  essay = await makeEssays(api, 1000)
})
after(() => server[Symbol.asyncDispose]())

const HEAVY = slowFilter(300)

/** Sends, waits until the query is at work, and hangs up. */
async function sendAndLeave(method: string, path: string, headers: { readonly [name: string]: string } = {}, body?: string): Promise<void> {
  const outgoing = request(`${server.api}/${path.replaceAll(' ', '%20')}`, { method, headers: { ...headers } })
  outgoing.on('error', () => {})
  let isAnswered = false
  outgoing.on('response', () => (isAnswered = true))
  outgoing.end(body)
  await wait(1000)
  assert.equal(isAnswered, false, 'the query is to be at work when its client leaves')
  outgoing.destroy()
}

async function expectServedSoon(): Promise<void> {
  const started = performance.now()
  expectStatus(await api.get(`${essay.set}?$select=new_name&$top=3`), 200)
  const took = performance.now() - started
  assert.ok(took < 10_000, `the next query waited ${Math.round(took)} ms`)
}

test('a query of its own', async () => {
  await sendAndLeave('GET', `${essay.set}?$select=new_name&$filter=${HEAVY}`)
  await expectServedSoon()
})

test('a part of a batch', async () => {
  const body = batchBody([{ method: 'GET', url: `${essay.set}?$filter=${HEAVY}` }])
  await sendAndLeave('POST', '$batch', { 'Content-Type': 'multipart/mixed; boundary=batch_tide' }, body)
  await expectServedSoon()
  // Nobody is to be told of it.
  assert.deepEqual(
    server.log.filter((line) => line.includes('"msg":"bug"')),
    [],
  )
})
