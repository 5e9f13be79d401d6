/**
 * The organization's fiscal years and their periods, as days: with years from April, named by their start, in quarters, `2024-05-20`
 * lies in period 1 of 2024, which begins on `2024-04-01`.
 */
import { lengthOfMonth } from '../base/date-time.ts'
import { addDays, addMonths, dayOf, daysBetween, partsOf } from '../base/days.ts'
import type { Calendar, FiscalPeriod } from './calendar.ts'

type Fiscal = Calendar['fiscal']
/** `period` from 1. `year` is the year's name. */
export type FiscalMoment = { readonly year: number; readonly period: number }
/** `to` is no longer in it. */
export type Days = { readonly from: string; readonly to: string }

const PERIODS: Record<FiscalPeriod, number> = { Annually: 1, SemiAnnually: 2, Quarterly: 4, Monthly: 12, FourWeekly: 13 }

export function periodsInYear(fiscal: Fiscal): number {
  return PERIODS[fiscal.period]
}

export function fiscalMomentOf(day: string, fiscal: Fiscal): FiscalMoment {
  const { year } = partsOf(day)
  const begun = day < startIn(year, fiscal) ? year - 1 : year
  return { year: begun + nameOffset(fiscal), period: periodOf(day, startIn(begun, fiscal), fiscal) }
}

export function fiscalYear(year: number, fiscal: Fiscal): Days {
  const begun = year - nameOffset(fiscal)
  return { from: startIn(begun, fiscal), to: startIn(begun + 1, fiscal) }
}

export function fiscalPeriod({ year, period }: FiscalMoment, fiscal: Fiscal): Days {
  return { from: startOfPeriod(year, period, fiscal), to: startOfPeriod(year, period + 1, fiscal) }
}

/** `period` may lie outside of 1 to the number of periods: 0 is the last period of the year before. */
export function startOfPeriod(year: number, period: number, fiscal: Fiscal): string {
  const count = PERIODS[fiscal.period]
  const years = Math.floor((period - 1) / count)
  const from = startIn(year + years - nameOffset(fiscal), fiscal)
  const index = period - 1 - years * count
  return fiscal.period === 'FourWeekly' ? addDays(from, index * 28) : addMonths(from, (index * 12) / count)
}

function periodOf(day: string, start: string, fiscal: Fiscal): number {
  const count = PERIODS[fiscal.period]
  // The thirteenth takes the odd day.
  if (fiscal.period === 'FourWeekly') return Math.min(Math.floor(daysBetween(start, day) / 28) + 1, count)
  let period = 1
  while (period < count && day >= addMonths(start, (period * 12) / count)) period++
  return period
}

/** The first day of the fiscal year that begins in a calendar year. */
function startIn(year: number, { start }: Fiscal): string {
  return dayOf(year, start.month, Math.min(start.day, lengthOfMonth(year, start.month)))
}

/** 1 where a year is named by its end and ends in another calendar year than it begins in. */
export function nameOffset({ start, namedBy }: Fiscal): number {
  return namedBy === 'end' && (start.month > 1 || start.day > 1) ? 1 : 0
}
