import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readsOrRefuses, roundTrips } from './arbitraries.test.ts'
import { formatEtag, parseEtag } from './etag.ts'

test('an etag is weak, decimal, and tolerated strong', () => {
  assert.equal(formatEtag(1234567n), 'W/"1234567"')
  assert.equal(parseEtag('W/"1234567"'), 1234567n)
  assert.equal(parseEtag('"1234567"'), 1234567n)
  for (const bad of ['', '*', '1', 'W/1', 'W/""', 'W/"1a"', 'w/"1"', 'W/"-1"', 'W/"1" ', 'W/"9223372036854775808"'])
    assert.equal(parseEtag(bad), undefined, bad)
})

test('an etag written is read back as the same', () => {
  roundTrips(fc.bigInt({ min: 0n, max: 9223372036854775807n }), formatEtag, parseEtag)
  readsOrRefuses(fc.string(), parseEtag)
})
