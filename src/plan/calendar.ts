/**
 * What dates mean to a caller: the time zone of their user settings, and the organization's week and fiscal year. A column whose
 * behaviour is UserLocal is an instant, told and asked for in that zone; DateOnly and TimeZoneIndependent know no zone.
 */
import type { ColumnOf } from '../schema/column.ts'

export type FiscalPeriod = 'Annually' | 'SemiAnnually' | 'Quarterly' | 'Monthly' | 'FourWeekly'

export type Calendar = {
  /** IANA name: `America/New_York`, `UTC`. */
  readonly timeZone: string
  /** 0 is Sunday (`organization.weekstartdaycode`). */
  readonly weekStart: number
  readonly fiscal: {
    /** Of any year: the first day of a fiscal year, `month` 1 to 12. */
    readonly start: { readonly month: number; readonly day: number }
    readonly period: FiscalPeriod
    /** Whether a fiscal year is named by the calendar year in which it begins or ends. */
    readonly namedBy: 'start' | 'end'
  }
  /** The language in which the caller sees the product, as a locale id: 1033. */
  readonly language: number
}

/** That of a server on which nothing has been set. */
export const PLAIN_CALENDAR: Calendar = {
  timeZone: 'UTC',
  weekStart: 0,
  fiscal: { start: { month: 1, day: 1 }, period: 'Quarterly', namedBy: 'start' },
  language: 1033,
}

/** The zone in which what a column stores is told: only instants have one. */
export function zoneOf({ behavior }: ColumnOf<'datetime'>, { timeZone }: Calendar): string {
  return behavior === 'UserLocal' ? timeZone : 'UTC'
}
