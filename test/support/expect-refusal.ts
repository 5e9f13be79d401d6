/** An error answer, whole: status, code, text, and the headers that every answer has. */
import assert from 'node:assert/strict'
import { type Answer, expectStatus } from './api.ts'

export function expectRefusal(answer: Answer, status: number, code: string, message?: RegExp | string): void {
  expectStatus(answer, status)
  assert.match(answer.headers['content-type'] ?? '', /^application\/json; odata\.metadata=minimal/)
  assert.equal(answer.headers['odata-version'], '4.0')
  assert.deepEqual(Object.keys(answer.body), ['error'], answer.text)
  const { error } = answer.body
  // Hex digits are written in both cases by the documentation itself.
  assert.equal(String(error.code).toLowerCase(), code.toLowerCase(), answer.text)
  if (typeof message === 'string') assert.equal(error.message, message)
  else if (message) assert.match(error.message, message)
  else assert.notEqual(error.message, '')
}
