/**
 * The moments that a relative date operator means: on Monday, 20 May 2024, 13:30, `last-x-days` 2 is from 18 May, 00:00, until now.
 *
 * | operator | from | to |
 * |---|---|---|
 * | `today`, `this-week`, `last-month`, `next-fiscal-year` … | the first midnight of it | the midnight behind it |
 * | `last-x-…` days, weeks, months, years | today's midnight, x back | now |
 * | `next-x-…` days, weeks, months, years | now | the midnight that ends today, x on |
 * | `last-x-hours`, `next-x-hours` | the hour begun, x back; now | now; the end of the hour begun, x on |
 * | `olderthan-x-…` | | today's midnight (the hour, the minute begun), x back |
 * | `last-x-fiscal-…`, `next-x-fiscal-…` | the x whole ones before, or after, the one that is now | |
 * | `last-seven-days`, `next-seven-days` | as with x = 7 | |
 *
 * These are what Dataverse was seen to do; its reference says no more than «within the last X days».
 */
import { addDays, addMonths, startOfMonth, startOfYear, weekdayOf } from '../base/days.ts'
import { instantAt } from '../base/date-time.ts'
import { wallClock } from '../base/time-zone.ts'
import type { Calendar } from './calendar.ts'
import { fiscalMomentOf, fiscalYear, startOfPeriod } from './fiscal-calendar.ts'

/** A midnight of the caller's zone, or an instant. */
export type Edge = { readonly day: string } | { readonly instant: string }
export type DateRange = {
  readonly from?: Edge | undefined
  /** No longer in it; but a row of this very moment is, where it is now. */
  readonly to?: Edge | undefined
  readonly toIsIncluded?: boolean | undefined
}

type Moment = { readonly now: string; readonly today: string; readonly calendar: Calendar }
type Relative = (moment: Moment, count: number) => DateRange

const HOUR = 3_600_000

/** Those that take no value. */
const PLAIN: Readonly<Record<string, Relative>> = {
  yesterday: days(-1, 0),
  today: days(0, 1),
  tomorrow: days(1, 2),
  'last-seven-days': (moment) => last(moment, addDays(moment.today, -7)),
  'next-seven-days': (moment) => next(moment, addDays(moment.today, 8)),
  'last-week': weeks(-1),
  'this-week': weeks(0),
  'next-week': weeks(1),
  'last-month': months(startOfMonth, -1, 1),
  'this-month': months(startOfMonth, 0, 1),
  'next-month': months(startOfMonth, 1, 1),
  'last-year': months(startOfYear, -12, 12),
  'this-year': months(startOfYear, 0, 12),
  'next-year': months(startOfYear, 12, 12),
  'last-fiscal-year': (moment) => fiscalYears(moment, -1, 0),
  'this-fiscal-year': (moment) => fiscalYears(moment, 0, 1),
  'next-fiscal-year': (moment) => fiscalYears(moment, 1, 2),
  'last-fiscal-period': (moment) => fiscalPeriods(moment, -1, 0),
  'this-fiscal-period': (moment) => fiscalPeriods(moment, 0, 1),
  'next-fiscal-period': (moment) => fiscalPeriods(moment, 1, 2),
}

/** Those that take a number, of at least 1. */
const COUNTED: Readonly<Record<string, Relative>> = {
  'last-x-hours': ({ now, calendar }, x) => ({ from: hourBegun(now, calendar, -x), to: { instant: now }, toIsIncluded: true }),
  'last-x-days': (moment, x) => last(moment, addDays(moment.today, -x)),
  'last-x-weeks': (moment, x) => last(moment, addDays(moment.today, -7 * x)),
  'last-x-months': (moment, x) => last(moment, addMonths(moment.today, -x)),
  'last-x-years': (moment, x) => last(moment, addMonths(moment.today, -12 * x)),
  'next-x-hours': ({ now, calendar }, x) => ({ from: { instant: now }, to: hourBegun(now, calendar, x + 1) }),
  'next-x-days': (moment, x) => next(moment, addDays(moment.today, x + 1)),
  'next-x-weeks': (moment, x) => next(moment, addDays(moment.today, 7 * x + 1)),
  'next-x-months': (moment, x) => next(moment, addMonths(addDays(moment.today, 1), x)),
  'next-x-years': (moment, x) => next(moment, addMonths(addDays(moment.today, 1), 12 * x)),
  'olderthan-x-minutes': ({ now }, x) => ({ to: { instant: later(now, -x * 60_000 - secondsOf(now)) } }),
  'olderthan-x-hours': ({ now, calendar }, x) => ({ to: hourBegun(now, calendar, -x) }),
  'olderthan-x-days': ({ today }, x) => ({ to: { day: addDays(today, -x) } }),
  'olderthan-x-weeks': ({ today }, x) => ({ to: { day: addDays(today, -7 * x) } }),
  'olderthan-x-months': ({ today }, x) => ({ to: { day: addMonths(today, -x) } }),
  'olderthan-x-years': ({ today }, x) => ({ to: { day: addMonths(today, -12 * x) } }),
  'last-x-fiscal-years': (moment, x) => fiscalYears(moment, -x, 0),
  'last-x-fiscal-periods': (moment, x) => fiscalPeriods(moment, -x, 0),
  'next-x-fiscal-years': (moment, x) => fiscalYears(moment, 1, x + 1),
  'next-x-fiscal-periods': (moment, x) => fiscalPeriods(moment, 1, x + 1),
}

export const PLAIN_DATE_OPERATORS: ReadonlySet<string> = new Set(Object.keys(PLAIN))
export const COUNTED_DATE_OPERATORS: ReadonlySet<string> = new Set(Object.keys(COUNTED))

/** `operator`: of one of the two sets; `count` counts only with the second. */
export function relativeRange(operator: string, count: number, now: string, calendar: Calendar): DateRange {
  const relative = PLAIN[operator] ?? COUNTED[operator]
  return relative ? relative({ now, today: wallClock(now, calendar.timeZone).slice(0, 10), calendar }, count) : {}
}

function days(from: number, to: number): Relative {
  return ({ today }) => between(addDays(today, from), addDays(today, to))
}

function weeks(offset: number): Relative {
  return ({ today, calendar }) => {
    const start = addDays(today, -((weekdayOf(today) - calendar.weekStart + 7) % 7) + 7 * offset)
    return between(start, addDays(start, 7))
  }
}

function months(startOf: (day: string) => string, offset: number, length: number): Relative {
  return ({ today }) => between(addMonths(startOf(today), offset), addMonths(startOf(today), offset + length))
}

function fiscalYears({ today, calendar: { fiscal } }: Moment, first: number, end: number): DateRange {
  const { year } = fiscalMomentOf(today, fiscal)
  return between(fiscalYear(year + first, fiscal).from, fiscalYear(year + end, fiscal).from)
}

function fiscalPeriods({ today, calendar: { fiscal } }: Moment, first: number, end: number): DateRange {
  const { year, period } = fiscalMomentOf(today, fiscal)
  return between(startOfPeriod(year, period + first, fiscal), startOfPeriod(year, period + end, fiscal))
}

export function between(from: string, to: string): DateRange {
  return { from: { day: from }, to: { day: to } }
}

function last({ now }: Moment, from: string): DateRange {
  return { from: { day: from }, to: { instant: now }, toIsIncluded: true }
}

function next({ now }: Moment, to: string): DateRange {
  return { from: { instant: now }, to: { day: to } }
}

/** The hour of the caller's clock that has begun, some hours off: real hours, also where a clock is put forward between. */
function hourBegun(now: string, { timeZone }: Calendar, hours: number): Edge {
  const wall = wallClock(now, timeZone)
  return { instant: later(now, hours * HOUR - Number(wall.slice(14, 16)) * 60_000 - secondsOf(wall)) }
}

/** Milliseconds. */
function secondsOf(moment: string): number {
  return Number(moment.slice(17, 19)) * 1000
}

function later(instant: string, milliseconds: number): string {
  return instantAt(Date.parse(instant) + milliseconds)
}
