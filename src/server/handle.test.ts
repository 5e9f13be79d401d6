import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from '../store/sql/connection.ts'
import { BeginAgain } from '../store/write-lane.ts'
import type { App } from './app.ts'
import { handle } from './handle.ts'
import type { HttpRequest } from './http-message.ts'

const request: HttpRequest = { method: 'GET', url: '/api/data/v9.2/accounts', headers: {}, origin: 'http://localhost', body: undefined, requestId: 'r' }

/** An app of which whatever is asked throws; `logged` gathers what it says of it. */
function throwing(thrown: Error, hasWrites: boolean) {
  const logged: string[] = []
  const schema = () => {
    throw thrown
  }
  const app = { schema, writes: hasWrites ? {} : undefined, log: (_level: string, _details: object, text: string) => logged.push(text) } as unknown as App
  return { app, logged }
}

test('what ends a transaction goes through to its engine, and is no bug', async () => {
  for (const thrown of [
    new BeginAgain(),
    new EngineError('serializationFailure', undefined, undefined),
    new EngineError('unavailable', undefined, undefined),
  ]) {
    const { app, logged } = throwing(thrown, true)
    await assert.rejects(handle(app, request), (error) => error === thrown)
    assert.deepEqual(logged, [])
  }
})

test('anything else is answered, and undone by whoever sees the answer', async () => {
  const { app, logged } = throwing(new EngineError('tooLarge', undefined, undefined), true)
  assert.equal((await handle(app, request)).status, 500)
  assert.deepEqual(logged, ['bug'])
})

test('without a transaction every failure is answered', async () => {
  const { app } = throwing(new BeginAgain(), false)
  assert.equal((await handle(app, request)).status, 500)
})
