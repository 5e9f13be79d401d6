import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addDays } from '../base/days.ts'
import type { Calendar, FiscalPeriod } from './calendar.ts'
import { fiscalMomentOf, fiscalPeriod, fiscalYear, periodsInYear } from './fiscal-calendar.ts'

type Fiscal = Calendar['fiscal']
const april = (period: FiscalPeriod, namedBy: 'start' | 'end' = 'start'): Fiscal => ({ start: { month: 4, day: 1 }, period, namedBy })

test('a day lies in a period of a year', () => {
  for (const [day, fiscal, year, period] of [
    ['2024-05-20', april('Quarterly'), 2024, 1],
    ['2024-03-31', april('Quarterly'), 2023, 4],
    ['2024-04-01', april('Quarterly'), 2024, 1],
    ['2024-04-01', april('Quarterly', 'end'), 2025, 1],
    ['2024-03-31', april('Quarterly', 'end'), 2024, 4],
    ['2024-09-30', april('SemiAnnually'), 2024, 1],
    ['2024-10-01', april('SemiAnnually'), 2024, 2],
    ['2024-02-29', april('Monthly'), 2023, 11],
    ['2024-02-29', april('Annually'), 2023, 1],
    ['2024-04-28', april('FourWeekly'), 2024, 1],
    ['2024-04-29', april('FourWeekly'), 2024, 2],
    ['2025-03-31', april('FourWeekly'), 2024, 13],
    // A year that is the calendar's has one name, whichever end names it.
    ['2024-12-31', { start: { month: 1, day: 1 }, period: 'Quarterly', namedBy: 'end' }, 2024, 4],
    // 31 August: quarters begin on 31 August, 30 November, 28 February, 31 May.
    ['2025-02-27', { start: { month: 8, day: 31 }, period: 'Quarterly', namedBy: 'start' }, 2024, 2],
    ['2025-02-28', { start: { month: 8, day: 31 }, period: 'Quarterly', namedBy: 'start' }, 2024, 3],
    // A year from 29 February begins on the 28th where there is none.
    ['2023-02-28', { start: { month: 2, day: 29 }, period: 'Annually', namedBy: 'start' }, 2023, 1],
  ] as const) {
    assert.deepEqual(fiscalMomentOf(day, fiscal), { year, period }, `${day} ${JSON.stringify(fiscal)}`)
  }
})

test('periods are counted over the ends of years', () => {
  assert.deepEqual(fiscalYear(2024, april('Quarterly')), { from: '2024-04-01', to: '2025-04-01' })
  assert.deepEqual(fiscalYear(2025, april('Quarterly', 'end')), { from: '2024-04-01', to: '2025-04-01' })
  assert.deepEqual(fiscalPeriod({ year: 2024, period: 0 }, april('Quarterly')), { from: '2024-01-01', to: '2024-04-01' })
  assert.deepEqual(fiscalPeriod({ year: 2024, period: 5 }, april('Quarterly')), { from: '2025-04-01', to: '2025-07-01' })
  assert.deepEqual(fiscalPeriod({ year: 2024, period: -12 }, april('Monthly')), { from: '2023-03-01', to: '2023-04-01' })
  // The thirteenth has the odd day.
  assert.deepEqual(fiscalPeriod({ year: 2024, period: 13 }, april('FourWeekly')), { from: '2025-03-03', to: '2025-04-01' })
})

const anyFiscal: fc.Arbitrary<Fiscal> = fc.record({
  start: fc.record({ month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 31 }) }),
  period: fc.constantFrom('Annually', 'SemiAnnually', 'Quarterly', 'Monthly', 'FourWeekly'),
  namedBy: fc.constantFrom('start', 'end'),
})

test('every day lies in the period that it is said to lie in, and periods fill their year', () => {
  fc.assert(
    fc.property(anyFiscal, fc.integer({ min: -30_000, max: 30_000 }), (fiscal, offset) => {
      const day = addDays('2024-02-29', offset)
      const moment = fiscalMomentOf(day, fiscal)
      const { from, to } = fiscalPeriod(moment, fiscal)
      assert.ok(from <= day && day < to, `${day} is not in ${from} to ${to}`)
      assert.ok(moment.period >= 1 && moment.period <= periodsInYear(fiscal))
      const year = fiscalYear(moment.year, fiscal)
      assert.equal(fiscalPeriod({ ...moment, period: 1 }, fiscal).from, year.from)
      assert.equal(fiscalPeriod({ ...moment, period: periodsInYear(fiscal) }, fiscal).to, year.to)
    }),
    { numRuns: 2000 },
  )
})
