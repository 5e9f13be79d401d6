/** Dates and times are told alike on both engines, in every zone that a user can choose. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { addDays } from '../../src/base/days.ts'
import { TIME_ZONES } from '../../src/base/time-zone-codes.ts'
import { type Calendar, PLAIN_CALENDAR } from '../../src/plan/calendar.ts'
import type { DatePart } from '../../src/plan/results-plan.ts'
import { testColumn } from '../../src/plan/test-schema.ts'
import { dateFunctions } from '../../src/store/postgres/functions/dates.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { DATETIME, sample } from '../support/any-values.ts'
import { type BothEngines, openBothEngines } from '../support/both-engines.ts'

let engines: BothEngines
before(async () => {
  engines = await openBothEngines()
})
after(() => engines.close())

const column = testColumn('c', DATETIME)
const days = fc.integer({ min: 0, max: 90_000 }).map((number) => addDays('1753-01-01', number))
/** What clocks showed long ago is still being found out, and what they will show decided: servers and this process may know different things of it. */
const instants = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2022-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`)
const EDGES = ['2021-03-28T00:59:59Z', '2021-03-28T01:00:00Z', '2021-10-31T00:59:59Z', '2021-10-31T01:00:00Z', '2009-11-01T02:43:42Z']

test('what a clock shows', async () => {
  const zones = new Set([...TIME_ZONES.values()].map(({ iana }) => iana))
  for (const zone of zones) {
    const values = [null, ...EDGES, ...sample(instants, 600)]
    await engines.same(column, values, (dialect, stored) => dialect.localTime(stored, zone))
  }
})

test('a zone is told by the name that the server knows it by', async () => {
  await engines.postgres.execute(dateFunctions(['Europe/Kyiv']))
  const row = await engines.postgres.get(sql`select tidemark_local_time('2020-07-01T10:00:00Z', 'Europe/Kyiv') as kyiv`)
  assert.equal(row?.kyiv, '2020-07-01T13:00:00Z')
  assert.match(dateFunctions(['Europe/Kyiv']), /when 'Europe\/Kyiv' then 'Europe\/Kiev'/)
  await engines.postgres.execute(dateFunctions([]))
})

test('what a clock shows at the first and last instants stays in their range', async () => {
  for (const zone of ['Asia/Tokyo', 'America/Los_Angeles'])
    await engines.same(column, ['9999-12-31T23:59:59Z'], (dialect, stored) => dialect.localTime(stored, zone))
})

const calendars: fc.Arbitrary<Calendar> = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Asia/Kolkata'),
  weekStart: fc.integer({ min: 0, max: 6 }),
  fiscal: fc.record({
    start: fc.record({ month: fc.integer({ min: 1, max: 12 }), day: fc.constantFrom(1, 15, 28, 29, 30, 31) }),
    period: fc.constantFrom('Annually', 'SemiAnnually', 'Quarterly', 'Monthly', 'FourWeekly'),
    namedBy: fc.constantFrom('start', 'end'),
  }),
  language: fc.constant(1033),
})

const PARTS: readonly DatePart[] = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-period', 'fiscal-year']

test('parts of days and of instants', async () => {
  const values = [null, ...EDGES, '1753-01-01', '9999-12-31', '2024-02-29', ...sample(instants, 300), ...sample(days, 300)]
  for (const calendar of [PLAIN_CALENDAR, ...sample(calendars, 20)])
    for (const part of PARTS) await engines.same(column, values, (dialect, stored) => dialect.datePart({ part, calendar }, stored))
})
