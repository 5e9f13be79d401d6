import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replaceContentIds } from './content-id.ts'
import type { HttpRequest } from './http-message.ts'

const KNOWN = new Map([['1', 'accounts(6f0c2b1e-0000-4000-8000-000000000001)']])
const requestOf = (url: string, body?: string): HttpRequest => ({
  method: 'POST',
  url: `/api/data/v9.2/${url}`,
  headers: {},
  origin: 'http://localhost',
  body,
  requestId: '',
})
const bodyOf = (body: string) => replaceContentIds(requestOf('contacts', body), KNOWN).body

test('a Content-ID in the URL stands for the row of its part', () => {
  assert.equal(replaceContentIds(requestOf('$1/name?$x'), KNOWN).url, `/api/data/v9.2/${KNOWN.get('1')}/name?$x`)
  assert.equal(replaceContentIds(requestOf('$metadata'), KNOWN).url, '/api/data/v9.2/$metadata')
  assert.throws(() => replaceContentIds(requestOf('$2'), KNOWN), { name: 'UnknownContentId' })
})

test('in a body it is replaced behind @odata.bind and @odata.id alone, and numbers stay as they were written', () => {
  const row = JSON.stringify(KNOWN.get('1'))
  assert.equal(
    bodyOf('{"a@odata.bind":"$1","n":1.00000000000000000001,"name":"$1","b@odata.bind" : ["$1","$1"],"c":{"@odata.id":"$1"}}'),
    `{"a@odata.bind":${row},"n":1.00000000000000000001,"name":"$1","b@odata.bind" : [${row},${row}],"c":{"@odata.id":${row}}}`,
  )
  const quoted = '{"a@odata.bind":"$1","name":"say \\"x@odata.bind\\": \\"$1\\"","last":"@odata.id"}'
  assert.equal(bodyOf(quoted), quoted.replace('"$1"', row))
})

test('a text of escaped quotes takes linear time', () => {
  const started = performance.now()
  const long = '\\"'.repeat(200_000)
  assert.equal(bodyOf(`{"a@odata.bind":"$1","name":"${long}"}`), `{"a@odata.bind":${JSON.stringify(KNOWN.get('1'))},"name":"${long}"}`)
  assert.ok(performance.now() - started < 1000)
})
