import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatInstant, parseDate, parseInstant } from './date-time.ts'

test('every spelling of an instant becomes whole seconds of UTC', () => {
  const spellings: Record<string, string> = {
    '2024-05-01T10:00:00Z': '2024-05-01T10:00:00Z',
    '2024-05-01T10:00:00': '2024-05-01T10:00:00Z',
    '2024-05-01T10:00': '2024-05-01T10:00:00Z',
    '2024-05-01t10:00:59.999999z': '2024-05-01T10:00:59Z',
    '2024-05-01T10:00:00+02:00': '2024-05-01T08:00:00Z',
    '2024-05-01T23:30:00-0530': '2024-05-02T05:00:00Z',
    '2024-05-01': '2024-05-01T00:00:00Z',
    '0099-02-28T00:00:00+00:00': '0099-02-28T00:00:00Z',
    '2000-02-29': '2000-02-29T00:00:00Z',
  }
  for (const [text, instant] of Object.entries(spellings)) assert.equal(parseInstant(text), instant, text)
})

test('what no calendar holds is not parsed', () => {
  for (const text of [
    '',
    '2024',
    '2024-13-01',
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-00-01',
    '0000-01-01',
    '2024-05-01T24:00:00Z',
    '2024-05-01T10:60Z',
    '2024-05-01T10:00:60Z',
    '2024-05-01T10:00:00+15:00',
    '2024-05-01Z',
    '10000-01-01',
    '9999-12-31T23:00:00-14:00',
    '0001-01-01T00:00:00+01:00',
  ]) {
    assert.equal(parseInstant(text), undefined, text)
  }
})

test('a date is the day as written', () => {
  assert.equal(parseDate('2024-05-01'), '2024-05-01')
  assert.equal(parseDate('2024-05-01T23:00:00-05:00'), '2024-05-01')
  assert.equal(parseDate('2024-02-30'), undefined)
  assert.equal(parseDate('May 1'), undefined)
})

test('formatting an instant and parsing it gives the same text', () =>
  fc.assert(
    fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (date) => {
      const text = formatInstant(date)
      return parseInstant(text) === text && Date.parse(text) === Math.floor(date.getTime() / 1000) * 1000
    }),
  ))
