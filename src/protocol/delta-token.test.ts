import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readsOrRefuses, record, roundTrips, rubbishOf } from './arbitraries.test.ts'
import { type DeltaToken, formatDeltaToken, parseDeltaToken } from './delta-token.ts'

const token: DeltaToken = { version: 919042n, at: new Date('2026-11-22T10:00:00Z'), storePart: 's1.account.6f0c~919042' }
const text = '919042!11/22/2026 10:00:00!s1.account.6f0c~919042'

test('a token has the head of a Dataverse token and a tail of the store', () => {
  assert.equal(formatDeltaToken(token), text)
  assert.deepEqual(parseDeltaToken(text), token)
})

test('a token of a genuine Dataverse is known as foreign', () => {
  assert.deepEqual(parseDeltaToken('919042!08/22/2017 08:10:44'), { foreign: true })
})

test('a token encoded once too often, as clients do that rebuild links, is understood', () => {
  const spellings = [
    text.replace(' ', '+'),
    encodeURIComponent(text),
    '919042%2111%2f22%2f2026+10%3a00%3a00%21s1.account.6f0c~919042',
    encodeURIComponent(text.replace(' ', '+')),
  ]
  for (const spelling of spellings) assert.deepEqual(parseDeltaToken(spelling), token, spelling)
})

test('anything else is refused', () => {
  const bad = [
    '',
    'x',
    '919042',
    '919042!',
    '919042!08/22/2017',
    '1!02/30/2024 00:00:00',
    '1!13/01/2024 00:00:00',
    '1!01/01/2024 24:00:00',
    '1!01/01/2024 00:60:00',
    '-1!01/01/2024 00:00:00',
  ]
  const more = [`${text}!`, `${text}!x`, `${text} `, '1!01/01/2024 00:00:00!', '1!01/01/2024 00:00:00!a b', '%', '99999999999999999999!01/01/2024 00:00:00']
  for (const wrong of [...bad, ...more]) assert.throws(() => parseDeltaToken(wrong), { name: 'BadToken' }, wrong)
})

test('a token written is read back as the same', () => {
  const any: fc.Arbitrary<DeltaToken> = record({
    version: fc.bigInt({ min: 0n, max: 9223372036854775807n }),
    at: fc.integer({ min: 0, max: 253402300799 }).map((seconds) => new Date(seconds * 1000)),
    storePart: fc.stringMatching(/^[A-Za-z0-9._~-]{1,40}$/),
  })
  roundTrips(any, formatDeltaToken, parseDeltaToken)
})

test('rubbish is refused, never more', () => {
  readsOrRefuses(rubbishOf('919042', '!', '08/22/2017', ' ', '08:10:44', '+', '%21', '%', 'a', '/', ':'), parseDeltaToken)
})
