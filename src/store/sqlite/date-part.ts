/**
 * `date_part(part, stored, calendar)`, a function of SQLite: a part of a date as a whole number. `stored` is an instant, told in the
 * calendar's zone, or a day. The calendar comes as JSON: the same text with every row of a statement.
 *
 * | part | gives |
 * |---|---|
 * | day, month, quarter, year | `31`, `12`, `4`, `2024` |
 * | week | 1 for the week of 1 January, and one more from each first day of a week on, as SQL Server counts |
 * | fiscal-year | the year's name, `2024` |
 * | fiscal-period | `202401`: year and period, so that its order is that of time |
 */
import type { DatabaseSync } from 'node:sqlite'
import { unreachable } from '../../base/assert.ts'
import { daysBetween, partsOf, startOfYear, weekdayOf } from '../../base/days.ts'
import { wallClock } from '../../base/time-zone.ts'
import type { Calendar } from '../../plan/calendar.ts'
import { type FiscalMoment, fiscalMomentOf } from '../../plan/fiscal-calendar.ts'
import type { DatePart } from '../../plan/results-plan.ts'

export function registerDatePart(database: DatabaseSync): void {
  // A number would become a double, and `2024.0` in text.
  database.function('date_part', { deterministic: true }, (part, stored, calendar) =>
    typeof stored === 'string' ? BigInt(datePart(part as DatePart, stored, calendarOf(String(calendar)))) : null,
  )
}

let lastText = ''
let last: Calendar | undefined
/** By `last`: rows have few days, and to find a period takes 6 µs. */
const moments = new Map<string, FiscalMoment>()
const MAX_MOMENTS = 20_000

function calendarOf(text: string): Calendar {
  if (!last || text !== lastText) {
    last = JSON.parse(text) as Calendar
    lastText = text
    moments.clear()
  }
  return last
}

export function datePart(part: DatePart, stored: string, calendar: Calendar): number {
  const day = stored.length === 10 ? stored : wallClock(stored, calendar.timeZone).slice(0, 10)
  const { year, month, date } = partsOf(day)
  switch (part) {
    case 'day':
      return date
    case 'week':
      return weekOf(day, calendar.weekStart)
    case 'month':
      return month
    case 'quarter':
      return Math.ceil(month / 3)
    case 'year':
      return year
    case 'fiscal-year':
      return momentOf(day, calendar).year
    case 'fiscal-period': {
      const moment = momentOf(day, calendar)
      return moment.year * 100 + moment.period
    }
    default:
      return unreachable(part)
  }
}

function momentOf(day: string, calendar: Calendar): FiscalMoment {
  if (calendar !== last) return fiscalMomentOf(day, calendar.fiscal)
  const known = moments.get(day)
  if (known) return known
  const moment = fiscalMomentOf(day, calendar.fiscal)
  if (moments.size >= MAX_MOMENTS) moments.clear()
  moments.set(day, moment)
  return moment
}

function weekOf(day: string, weekStart: number): number {
  const first = startOfYear(day)
  const before = (weekdayOf(first) - weekStart + 7) % 7
  return Math.floor((daysBetween(first, day) + before) / 7) + 1
}
