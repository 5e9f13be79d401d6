/** Date operators against what they mean by the clocks alone, and rubbish against all of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { wallClock } from '../base/time-zone.ts'
import type { DateTimeBehavior } from '../schema/column.ts'
import { Schema } from '../schema/schema.ts'
import { systemDefinitions } from '../schema/system-tables.ts'
import { bindOperator } from './bind-operator.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import { type Calendar, PLAIN_CALENDAR } from './calendar.ts'
import { fiscalMomentOf } from './fiscal-calendar.ts'
import { ID, testColumn, testContext } from './test-schema.ts'

const schema = Schema.of(1, systemDefinitions())
/** Weeks from Monday, years from April in quarters. */
const calendar: Calendar = { ...PLAIN_CALENDAR, weekStart: 1, fiscal: { start: { month: 4, day: 1 }, period: 'Quarterly', namedBy: 'start' } }
const context = testContext(schema, { calendar })

function at(name: string): ColumnPath {
  const table = schema.tables.get('account')
  const column = table?.columns.get(name)
  assert.ok(table && column, name)
  return { steps: [], table, column }
}
const moment = (behavior: DateTimeBehavior): ColumnPath => ({
  ...at('createdon'),
  column: testColumn('when', { type: 'datetime', behavior, format: 'DateAndTime' }),
})

/** A condition on one stored date, told in memory. */
function holds(filter: BoundFilter, stored: string): boolean {
  switch (filter.op) {
    case 'and':
      return filter.terms.every((term) => holds(term, stored))
    case 'not':
      return !holds(filter.term, stored)
    case 'constant':
      return filter.value
    case 'fiscal-period':
      return fiscalMomentOf(dayIn(stored, filter.calendar.timeZone), filter.calendar.fiscal).period === filter.period
    case 'ge':
      return stored >= String(filter.right)
    case 'gt':
      return stored > String(filter.right)
    case 'le':
      return stored <= String(filter.right)
    case 'lt':
      return stored < String(filter.right)
    default:
      throw new Error(`not expected of a date: ${filter.op}`)
  }
}

const dayIn = (stored: string, timeZone: string) => (stored.length === 10 ? stored : wallClock(stored, timeZone).slice(0, 10))
const DAY = 86_400_000
const dayNumber = (wall: string) => Math.floor(Date.parse(wall) / DAY)
const monthNumber = (wall: string) => Number(wall.slice(0, 4)) * 12 + Number(wall.slice(5, 7))
const weekNumber = (wall: string) => Math.floor((dayNumber(wall) + 3) / 7)
/** Quarters from April, the year from April too. */
const quarterNumber = (wall: string) => Math.floor((monthNumber(wall) - 1) / 3)
const fiscalYearNumber = (wall: string) => Math.floor((monthNumber(wall) - 4) / 12)

type Definition = (row: string, now: string, x: number) => boolean
/** What each operator means, by the clocks alone: in other words than the operators', without an edge. Weeks from Monday. */
const DEFINITIONS: Readonly<Record<string, Definition>> = {
  yesterday: (row, now) => dayNumber(row) === dayNumber(now) - 1,
  today: (row, now) => dayNumber(row) === dayNumber(now),
  tomorrow: (row, now) => dayNumber(row) === dayNumber(now) + 1,
  'last-week': (row, now) => weekNumber(row) === weekNumber(now) - 1,
  'this-week': (row, now) => weekNumber(row) === weekNumber(now),
  'next-week': (row, now) => weekNumber(row) === weekNumber(now) + 1,
  'last-month': (row, now) => monthNumber(row) === monthNumber(now) - 1,
  'this-month': (row, now) => monthNumber(row) === monthNumber(now),
  'next-month': (row, now) => monthNumber(row) === monthNumber(now) + 1,
  'last-year': (row, now) => Number(row.slice(0, 4)) === Number(now.slice(0, 4)) - 1,
  'this-year': (row, now) => row.slice(0, 4) === now.slice(0, 4),
  'next-year': (row, now) => Number(row.slice(0, 4)) === Number(now.slice(0, 4)) + 1,
  'this-fiscal-period': (row, now) => quarterNumber(row) === quarterNumber(now),
  'last-fiscal-period': (row, now) => quarterNumber(row) === quarterNumber(now) - 1,
  'next-fiscal-period': (row, now) => quarterNumber(row) === quarterNumber(now) + 1,
  'this-fiscal-year': (row, now) => fiscalYearNumber(row) === fiscalYearNumber(now),
  'last-fiscal-year': (row, now) => fiscalYearNumber(row) === fiscalYearNumber(now) - 1,
  'next-fiscal-year': (row, now) => fiscalYearNumber(row) === fiscalYearNumber(now) + 1,
  'last-x-fiscal-periods': (row, now, x) => quarterNumber(row) < quarterNumber(now) && quarterNumber(row) >= quarterNumber(now) - x,
  'next-x-fiscal-periods': (row, now, x) => quarterNumber(row) > quarterNumber(now) && quarterNumber(row) <= quarterNumber(now) + x,
  'last-x-fiscal-years': (row, now, x) => fiscalYearNumber(row) < fiscalYearNumber(now) && fiscalYearNumber(row) >= fiscalYearNumber(now) - x,
  'next-x-fiscal-years': (row, now, x) => fiscalYearNumber(row) > fiscalYearNumber(now) && fiscalYearNumber(row) <= fiscalYearNumber(now) + x,
  'in-fiscal-period': (row, _now, x) => ((quarterNumber(row) + 3) % 4) + 1 === x,
  'in-fiscal-year': (row, _now, x) => fiscalYearNumber(row) === x,
  'olderthan-x-days': (row, now, x) => dayNumber(row) < dayNumber(now) - x,
  'olderthan-x-weeks': (row, now, x) => dayNumber(row) < dayNumber(now) - 7 * x,
  'last-x-days': (row, now, x) => dayNumber(row) >= dayNumber(now) - x && row <= now,
  'last-x-weeks': (row, now, x) => dayNumber(row) >= dayNumber(now) - 7 * x && row <= now,
  'next-x-days': (row, now, x) => dayNumber(row) <= dayNumber(now) + x && row >= now,
  'next-x-weeks': (row, now, x) => dayNumber(row) <= dayNumber(now) + 7 * x && row >= now,
}

const second = (from: string, to: string) =>
  fc.integer({ min: Date.parse(from) / 1000, max: Date.parse(to) / 1000 }).map((at) => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`)
const zone = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Auckland')

test('a row meets a bound date operator as it meets its definition, in whatever zone and of whatever behaviour', () => {
  const now = second('2023-06-01', '2025-06-01')
  const row = second('2021-01-01', '2028-01-01')
  // Most of what goes wrong goes wrong near now.
  const near = fc
    .tuple(now, fc.integer({ min: -40 * 86_400, max: 40 * 86_400 }))
    .map(([at, off]) => [at, `${new Date(Date.parse(at) + off * 1000).toISOString().slice(0, 19)}Z`] as const)
  const pair = fc.oneof(near, fc.tuple(now, row))
  const operator = fc.constantFrom(...Object.keys(DEFINITIONS))
  fc.assert(
    fc.property(
      pair,
      zone,
      operator,
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom('UserLocal', 'DateOnly', 'TimeZoneIndependent'),
      ([at, stored], timeZone, name, x, behavior) => {
        const value = name === 'in-fiscal-year' ? 2021 + x : x
        const values = /-x-|^in-/.test(name) ? [String(value)] : []
        const filter = bindOperator(name, moment(behavior), values, { ...context, now: at, calendar: { ...calendar, timeZone } })
        const clock = wallClock(at, timeZone)
        const told = behavior === 'UserLocal' ? wallClock(stored, timeZone) : behavior === 'DateOnly' ? `${stored.slice(0, 10)}T00:00:00Z` : stored
        // An hour that a clock shows twice: by the clock alone one cannot tell which of the two came first.
        fc.pre(behavior !== 'UserLocal' || Math.abs(Date.parse(at) - Date.parse(stored)) > 7_200_000 || told < clock === stored < at)
        const held = holds(filter, behavior === 'DateOnly' ? stored.slice(0, 10) : stored)
        assert.equal(held, DEFINITIONS[name]?.(told, clock, value), `${name} ${value} of ${told}, now ${clock} in ${timeZone}`)
      },
    ),
    { numRuns: 10_000 },
  )
})

test('rubbish is refused, and nothing else comes of it', () => {
  const operators = fc.oneof(
    fc.string(),
    fc.constantFrom('eq', 'in', 'on', 'like', 'between', 'last-x-days', 'in-fiscal-period-and-year', 'under', 'contain-values', 'eq-userid'),
  )
  const columns = fc.constantFrom(
    'name',
    'createdon',
    'revenue',
    'statecode',
    'accountid',
    'ownerid',
    'creditonhold',
    'owneridtype',
    'address1_latitude',
    'exchangerate',
  )
  fc.assert(
    fc.property(
      operators,
      columns,
      fc.array(fc.oneof(fc.string(), fc.constantFrom('1', '2024-01-01', ID, '9999-12-31T23:59:59-14:00', '0001-01-01'), fc.float().map(String))),
      (operator, name, values) => {
        try {
          bindOperator(operator, at(name), values, context)
        } catch (error) {
          assert.match((error as Error).name, /^(UnknownOperator|OperatorNotForColumn|InvalidArgument|BadRequest)$/, String(error))
        }
      },
    ),
    { numRuns: 5000 },
  )
})
