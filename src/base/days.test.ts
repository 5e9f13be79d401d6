import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lengthOfMonth } from './date-time.ts'
import { addDays, addMonths, dayOf, daysBetween, weekdayOf } from './days.ts'

test('months are added by their names, and end where they end', () => {
  for (const [day, months, expected] of [
    ['2024-01-31', 1, '2024-02-29'],
    ['2023-01-31', 1, '2023-02-28'],
    ['2024-03-31', -1, '2024-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', -48, '2020-02-29'],
    ['2024-12-15', 1, '2025-01-15'],
    ['2024-01-15', -1, '2023-12-15'],
    ['2024-01-15', -13, '2022-12-15'],
  ] as const) {
    assert.equal(addMonths(day, months), expected, `${day} ${months}`)
  }
})

test('beyond the last day a column can hold there is none', () => {
  assert.equal(addDays('2024-01-01', 2 ** 31), '9999-12-31')
  assert.equal(addDays('2024-01-01', -(2 ** 31)), '1753-01-01')
  assert.equal(addMonths('2024-01-01', 12 * 2 ** 31), '9999-12-31')
  assert.equal(addMonths('2024-01-01', -12 * 2 ** 31), '1753-01-01')
  assert.equal(dayOf(-3000, 1, 1), '1753-01-01')
  assert.equal(dayOf(2 ** 31, 1, 1), '9999-12-31')
})

test('weekdays and lengths of months', () => {
  assert.equal(weekdayOf('2024-05-20'), 1)
  assert.equal(weekdayOf('2024-05-19'), 0)
  assert.deepEqual(
    [2023, 2024, 2100, 2000].map((year) => lengthOfMonth(year, 2)),
    [28, 29, 28, 29],
  )
})

test('days added are the days between', () => {
  fc.assert(
    fc.property(fc.integer({ min: -50_000, max: 50_000 }), (days) => {
      assert.equal(daysBetween('2024-05-20', addDays('2024-05-20', days)), days)
    }),
  )
})
