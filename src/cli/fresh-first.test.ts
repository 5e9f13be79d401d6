import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpRequest, HttpResponse } from '../server/http-message.ts'
import { freshFirst } from './fresh-first.ts'

const request = (url: string): HttpRequest => ({ method: 'GET', url, headers: {}, origin: 'http://localhost', body: undefined, requestId: 'r' })
const response = (status: number): HttpResponse => ({ status, headers: {}, body: undefined })
const log = () => {}

test('an engine that alone writes is asked nothing', () => {
  const dispatch = async () => response(200)
  assert.equal(freshFirst(undefined, { dispatch }, log).dispatch, dispatch)
})

test('a request is looked at once all is known that was there when it came', async () => {
  const order: string[] = []
  const fresh = async () => void order.push('fresh')
  const dispatch = async ({ url }: HttpRequest) => {
    order.push(url)
    return response(200)
  }
  const entries = freshFirst(fresh, { dispatch }, log)
  await entries.dispatch(request('/api/data/v9.2/accounts'))
  await entries.dispatch(request('/health'))
  assert.deepEqual(order, ['fresh', '/api/data/v9.2/accounts', '/health'])
})

test('while the database is away requests can be tried again later, and the process is alive', async () => {
  const fresh = () => Promise.reject(new Error('connection refused'))
  const { dispatch } = freshFirst(fresh, { dispatch: async () => response(200) }, log)
  const refused = await dispatch(request('/api/data/v9.2/accounts'))
  assert.equal(refused.status, 503)
  assert.equal(refused.headers['Retry-After'], '1')
  assert.equal((await dispatch(request('/health'))).status, 200)
})

test('who is not let in is looked at again: another server may have made them just now', async () => {
  let isKnown = false
  const fresh = async () => {
    isKnown = true
  }
  const refuseEarly = async ({ url }: HttpRequest) => (url === '/api/anonymous' ? response(401) : isKnown ? undefined : response(403))
  const entries = freshFirst(fresh, { dispatch: async () => response(200), refuseEarly }, log)
  assert.equal((await entries.refuseEarly?.(request('/api/anonymous')))?.status, 401)
  assert.equal(isKnown, false)
  assert.equal(await entries.refuseEarly?.(request('/api/known')), undefined)
})
