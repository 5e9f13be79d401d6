/**
 * Arithmetic of calendar days, `2024-02-29`, of the Gregorian calendar without zone or time: `addMonths('2024-01-31', 1)` is `2024-02-29`.
 * What would lie beyond the days that a column can hold is the first or the last of them.
 */
import { FIRST_DATE, LAST_DATE, lengthOfMonth } from './date-time.ts'

const DAY = 86_400_000
const FIRST = Date.parse(FIRST_DATE)
const LAST = Date.parse(LAST_DATE)
/** More than there are between the first day and the last. */
const MAX_DAYS = 4_000_000
const MAX_MONTHS = 120_000

export function dayOf(year: number, month: number, day: number): string {
  // Years below 100 would be taken for those of the last century, but are before the first day anyway.
  return textOf(Date.UTC(knownYear(year), month - 1, day))
}

export function addDays(day: string, days: number): string {
  return textOf(Date.parse(day) + bounded(days, MAX_DAYS) * DAY)
}

/** The same day of another month, or that month's last. */
export function addMonths(day: string, months: number): string {
  const { year, month, date } = partsOf(day)
  const wanted = year * 12 + month - 1 + bounded(months, MAX_MONTHS)
  const inYear = Math.floor(wanted / 12)
  const inMonth = wanted - inYear * 12 + 1
  return dayOf(inYear, inMonth, Math.min(date, lengthOfMonth(inYear, inMonth)))
}

/** 0 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(Date.parse(day)).getUTCDay()
}

export function startOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`
}

export function startOfYear(day: string): string {
  return `${day.slice(0, 5)}01-01`
}

export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY
}

export function partsOf(day: string): { readonly year: number; readonly month: number; readonly date: number } {
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), date: Number(day.slice(8, 10)) }
}

/** `Date` goes no further than some 270,000 years. */
function knownYear(year: number): number {
  return Math.min(Math.max(year, 1000), 10_001)
}

function bounded(count: number, limit: number): number {
  return Math.min(Math.max(count, -limit), limit)
}

function textOf(time: number): string {
  if (time <= FIRST) return FIRST_DATE
  return time >= LAST ? LAST_DATE : new Date(time).toISOString().slice(0, 10)
}
