import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays } from '../../base/days.ts'
import { PLAIN_CALENDAR } from '../../plan/calendar.ts'
import type { DatePart } from '../../plan/results-plan.ts'
import { datePart } from './date-part.ts'

const PARTS = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-period', 'fiscal-year'] as const
const partsOf = (stored: string, calendar = PLAIN_CALENDAR) => PARTS.map((part) => datePart(part, stored, calendar))

test('a date has the parts that the platform documents', () => {
  assert.deepEqual(partsOf('2023-03-25T10:00:00Z'), [25, 12, 3, 1, 2023, 202301, 2023])
  assert.deepEqual(partsOf('2023-08-27'), [27, 35, 8, 3, 2023, 202303, 2023])
})

test('an instant is told in the zone, a day is what it is', () => {
  const tokyo = { ...PLAIN_CALENDAR, timeZone: 'Asia/Tokyo' }
  assert.deepEqual(partsOf('2023-12-31T15:00:00Z', tokyo), [1, 1, 1, 1, 2024, 202401, 2024])
  assert.deepEqual(partsOf('2023-12-31', tokyo), [31, 53, 12, 4, 2023, 202304, 2023])
})

test('fiscal years begin where the organization says, and are named so', () => {
  const april = { ...PLAIN_CALENDAR, fiscal: { start: { month: 4, day: 1 }, period: 'Monthly', namedBy: 'end' } } as const
  assert.deepEqual(partsOf('2024-03-31', april).slice(5), [202412, 2024])
  assert.deepEqual(partsOf('2024-04-01', april).slice(5), [202501, 2025])
})

test('a week goes on for seven days, and begins on its day or with its year', () => {
  const days = fc.integer({ min: 0, max: 80_000 }).map((number) => addDays('1800-01-01', number))
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 6 }), (day, weekStart) => {
      const calendar = { ...PLAIN_CALENDAR, weekStart }
      const week = (of: string) => datePart('week' satisfies DatePart, of, calendar)
      const next = addDays(day, 1)
      const begins = new Date(next).getUTCDay() === weekStart
      const expected = next.endsWith('-01-01') ? 1 : week(day) + Number(begins)
      assert.equal(week(next), expected)
    }),
  )
})
