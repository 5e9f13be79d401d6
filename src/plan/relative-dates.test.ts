/** Every relative operator at its edges. An edge is a midnight (`2024-05-18`) or an instant; `…` stands where there is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Calendar, PLAIN_CALENDAR } from './calendar.ts'
import { COUNTED_DATE_OPERATORS, type Edge, PLAIN_DATE_OPERATORS, relativeRange } from './relative-dates.ts'

/** Years from April, in quarters; weeks from Monday. */
const CALENDAR: Calendar = { ...PLAIN_CALENDAR, weekStart: 1, fiscal: { start: { month: 4, day: 1 }, period: 'Quarterly', namedBy: 'start' } }
const NEW_YORK: Calendar = { ...CALENDAR, timeZone: 'America/New_York' }
const MONDAY = '2024-05-20T13:30:45Z'

const edge = (one: Edge | undefined) => (one ? ('day' in one ? one.day : one.instant) : '…')
function rangeText(operator: string, count: number, now: string, calendar: Calendar): string {
  const { from, to, toIsIncluded } = relativeRange(operator, count, now, calendar)
  return `${edge(from)} to ${edge(to)}${toIsIncluded ? ' too' : ''}`
}

const PLAIN: Readonly<Record<string, string>> = {
  yesterday: '2024-05-19 to 2024-05-20',
  today: '2024-05-20 to 2024-05-21',
  tomorrow: '2024-05-21 to 2024-05-22',
  'last-seven-days': '2024-05-13 to 2024-05-20T13:30:45Z too',
  'next-seven-days': '2024-05-20T13:30:45Z to 2024-05-28',
  'last-week': '2024-05-13 to 2024-05-20',
  'this-week': '2024-05-20 to 2024-05-27',
  'next-week': '2024-05-27 to 2024-06-03',
  'last-month': '2024-04-01 to 2024-05-01',
  'this-month': '2024-05-01 to 2024-06-01',
  'next-month': '2024-06-01 to 2024-07-01',
  'last-year': '2023-01-01 to 2024-01-01',
  'this-year': '2024-01-01 to 2025-01-01',
  'next-year': '2025-01-01 to 2026-01-01',
  'last-fiscal-year': '2023-04-01 to 2024-04-01',
  'this-fiscal-year': '2024-04-01 to 2025-04-01',
  'next-fiscal-year': '2025-04-01 to 2026-04-01',
  'last-fiscal-period': '2024-01-01 to 2024-04-01',
  'this-fiscal-period': '2024-04-01 to 2024-07-01',
  'next-fiscal-period': '2024-07-01 to 2024-10-01',
}

const WITH_TWO: Readonly<Record<string, string>> = {
  'last-x-hours': '2024-05-20T11:00:00Z to 2024-05-20T13:30:45Z too',
  'last-x-days': '2024-05-18 to 2024-05-20T13:30:45Z too',
  'last-x-weeks': '2024-05-06 to 2024-05-20T13:30:45Z too',
  'last-x-months': '2024-03-20 to 2024-05-20T13:30:45Z too',
  'last-x-years': '2022-05-20 to 2024-05-20T13:30:45Z too',
  'next-x-hours': '2024-05-20T13:30:45Z to 2024-05-20T16:00:00Z',
  'next-x-days': '2024-05-20T13:30:45Z to 2024-05-23',
  'next-x-weeks': '2024-05-20T13:30:45Z to 2024-06-04',
  'next-x-months': '2024-05-20T13:30:45Z to 2024-07-21',
  'next-x-years': '2024-05-20T13:30:45Z to 2026-05-21',
  'olderthan-x-minutes': '… to 2024-05-20T13:28:00Z',
  'olderthan-x-hours': '… to 2024-05-20T11:00:00Z',
  'olderthan-x-days': '… to 2024-05-18',
  'olderthan-x-weeks': '… to 2024-05-06',
  'olderthan-x-months': '… to 2024-03-20',
  'olderthan-x-years': '… to 2022-05-20',
  'last-x-fiscal-years': '2022-04-01 to 2024-04-01',
  'last-x-fiscal-periods': '2023-10-01 to 2024-04-01',
  'next-x-fiscal-years': '2025-04-01 to 2027-04-01',
  'next-x-fiscal-periods': '2024-07-01 to 2025-01-01',
}

test('every relative operator has its range', () => {
  assert.deepEqual([...PLAIN_DATE_OPERATORS].sort(), Object.keys(PLAIN).sort())
  assert.deepEqual([...COUNTED_DATE_OPERATORS].sort(), Object.keys(WITH_TWO).sort())
  for (const [operator, range] of Object.entries(PLAIN)) assert.equal(rangeText(operator, 0, MONDAY, CALENDAR), range, operator)
  for (const [operator, range] of Object.entries(WITH_TWO)) assert.equal(rangeText(operator, 2, MONDAY, CALENDAR), range, operator)
})

test('months end where they end, leap years have their day', () => {
  for (const [operator, count, now, range] of [
    ['last-x-months', 1, '2024-03-31T10:00:00Z', '2024-02-29 to 2024-03-31T10:00:00Z too'],
    ['last-x-years', 1, '2024-02-29T10:00:00Z', '2023-02-28 to 2024-02-29T10:00:00Z too'],
    ['olderthan-x-years', 4, '2024-02-29T10:00:00Z', '… to 2020-02-29'],
    ['next-x-months', 1, '2024-01-30T10:00:00Z', '2024-01-30T10:00:00Z to 2024-02-29'],
    ['this-month', 0, '2024-02-29T23:59:59Z', '2024-02-01 to 2024-03-01'],
    ['last-month', 0, '2024-03-31T00:00:00Z', '2024-02-01 to 2024-03-01'],
    ['next-month', 0, '2024-01-31T00:00:00Z', '2024-02-01 to 2024-03-01'],
    ['last-fiscal-period', 0, '2024-04-01T00:00:00Z', '2024-01-01 to 2024-04-01'],
    ['next-fiscal-period', 0, '2024-03-31T23:59:59Z', '2024-04-01 to 2024-07-01'],
    ['olderthan-x-minutes', 1, '2024-01-01T00:00:30Z', '… to 2023-12-31T23:59:00Z'],
  ] as const) {
    assert.equal(rangeText(operator, count, now, CALENDAR), range, operator)
  }
})

test('today, this week and this year are those of the caller', () => {
  // In New York it is still the evening before: Sunday, in weeks from Monday the last day of one.
  const now = '2024-05-20T02:15:00Z'
  assert.equal(rangeText('today', 0, now, NEW_YORK), '2024-05-19 to 2024-05-20')
  assert.equal(rangeText('this-week', 0, now, NEW_YORK), '2024-05-13 to 2024-05-20')
  assert.equal(rangeText('this-week', 0, now, { ...NEW_YORK, weekStart: 0 }), '2024-05-19 to 2024-05-26')
  assert.equal(rangeText('this-week', 0, now, { ...NEW_YORK, weekStart: 6 }), '2024-05-18 to 2024-05-25')
  assert.equal(rangeText('this-year', 0, '2024-01-01T03:00:00Z', NEW_YORK), '2023-01-01 to 2024-01-01')
})

test('hours are real ones, counted from the hour that has begun on the caller’s clock', () => {
  // An hour after the clocks were put forward in New York (2:00 is 3:00): two hours ago it was 12:00 at night.
  assert.equal(rangeText('last-x-hours', 2, '2024-03-10T07:20:00Z', NEW_YORK), '2024-03-10T05:00:00Z to 2024-03-10T07:20:00Z too')
  // Hours in Nepal begin at a quarter past.
  const nepal = { ...CALENDAR, timeZone: 'Asia/Kathmandu' }
  assert.equal(rangeText('last-x-hours', 1, '2024-05-20T13:20:00Z', nepal), '2024-05-20T12:15:00Z to 2024-05-20T13:20:00Z too')
  assert.equal(rangeText('olderthan-x-hours', 1, '2024-05-20T13:10:00Z', nepal), '… to 2024-05-20T11:15:00Z')
})

test('a count beyond time ends at its ends', () => {
  assert.equal(rangeText('last-x-years', 2 ** 31 - 1, MONDAY, CALENDAR), '1753-01-01 to 2024-05-20T13:30:45Z too')
  assert.equal(rangeText('next-x-hours', 2 ** 31 - 1, MONDAY, CALENDAR), '2024-05-20T13:30:45Z to 9999-12-31T23:59:59Z')
  assert.equal(rangeText('olderthan-x-minutes', 2 ** 31 - 1, MONDAY, CALENDAR), '… to 1753-01-01T00:00:00Z')
  assert.equal(rangeText('next-x-fiscal-periods', 2 ** 31 - 1, MONDAY, CALENDAR), '2024-07-01 to 9999-12-31')
})
