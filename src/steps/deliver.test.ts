import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delayAfter, MAX_ATTEMPTS } from './deliver.ts'

test('each attempt waits twice as long as the one before, up to five minutes', () => {
  const delays = Array.from({ length: MAX_ATTEMPTS }, (_, index) => delayAfter(index + 1) / 1000)
  assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300])
})
