/**
 * What clients do with a 429 of `--limits`. DynamicsWebApi 2.5 does not try again by itself: it hands over status, code and headers, and its users wrap it
 * in a loop like the one here, which is also that of Microsoft's sample (wait for `Retry-After`, else twice as long each time).
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { DynamicsWebApi } from 'dynamics-web-api'
import { startServer, type TestServer } from '../support/start-server.ts'

type Failure = { readonly status: number; readonly code: string; readonly headers?: { readonly [name: string]: string } }

let server: TestServer
let client: DynamicsWebApi

before(async () => {
  server = await startServer({ args: ['--limits', 'requests=4,window=1'] })
  client = new DynamicsWebApi({ serverUrl: server.url, dataApi: { version: '9.2' } })
})

after(() => server?.[Symbol.asyncDispose]())

async function retrying<T>(send: () => Promise<T>, waits: number[]): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (thrown) {
      const { status, headers } = thrown as Failure
      if (status !== 429 || attempt > 10) throw thrown
      const seconds = Number(headers?.['retry-after'] ?? 2 ** attempt)
      waits.push(seconds)
      await delay(seconds * 1000)
    }
  }
}

test('DynamicsWebApi hands over what a retry needs', async () => {
  const failures: Failure[] = []
  for (let count = 0; count < 15 && failures.length === 0; count++) await client.callFunction('WhoAmI').catch((thrown: Failure) => failures.push(thrown))
  const [failure] = failures
  assert.deepEqual([failure?.status, failure?.code, failure?.headers?.['retry-after']], [429, '0x80072322', '1'])
})

test('a client that waits as it is told gets everything done, once', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `retried ${index}`)
  const waits: number[] = []
  for (const name of names) await retrying(() => client.create({ collection: 'accounts', data: { name } }), waits)
  assert.ok(waits.length >= 2, `25 creates at 4 a second waited ${waits.length} times`)
  const { value } = await retrying(() => client.retrieveMultiple({ collection: 'accounts', select: ['name'], orderBy: ['name'] }), waits)
  assert.deepEqual(value.map((row) => row.name).sort(), [...names].sort())
})
