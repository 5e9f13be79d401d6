/**
 * The calendar of whoever asks: the time zone and language of their `usersettings`, the week and fiscal year of the `organization`.
 * What is null or unknown there is as on a server on which nothing has been set.
 */
import { zoneOfCode } from '../base/time-zone-codes.ts'
import { type Calendar, type FiscalPeriod, PLAIN_CALENDAR } from '../plan/calendar.ts'
import type { Caller } from '../plan/caller.ts'
import type { SqlRow } from './sql/connection.ts'
import { type Sql, sql } from './sql/sql.ts'

/** `organization.fiscalperiodtype`: the numbers of FiscalPeriodType in Microsoft's organization settings. */
export const FISCAL_QUARTERS = 2002
const PERIODS: Readonly<Record<number, FiscalPeriod>> = {
  2000: 'Annually',
  2001: 'SemiAnnually',
  [FISCAL_QUARTERS]: 'Quarterly',
  2003: 'Monthly',
  2004: 'FourWeekly',
}

/** `organization.fiscalyeardisplaycode`. */
export const NAMED_BY_START = 1
const NAMED_BY_END = 2

/** At the most one row. */
export function calendarSql({ userId, organizationId }: Caller): Sql {
  return sql`select o.fiscalcalendarstart, o.fiscalperiodtype, o.fiscalyeardisplaycode, o.weekstartdaycode, s.timezonecode, s.uilanguageid from organization as o left join usersettings as s on s.systemuserid = ${userId} where o.organizationid = ${organizationId}`
}

export function calendarOf(row: SqlRow | undefined): Calendar {
  if (!row) return PLAIN_CALENDAR
  const { fiscal, weekStart, language } = PLAIN_CALENDAR
  const start = /^\d{4}-(\d\d)-(\d\d)/.exec(String(row.fiscalcalendarstart))
  const week = wholeOf(row.weekstartdaycode)
  const code = wholeOf(row.timezonecode)
  return {
    timeZone: code === undefined ? PLAIN_CALENDAR.timeZone : zoneOfCode(code),
    weekStart: week !== undefined && week >= 0 && week <= 6 ? week : weekStart,
    fiscal: {
      start: start ? { month: Number(start[1]), day: Number(start[2]) } : fiscal.start,
      period: PERIODS[wholeOf(row.fiscalperiodtype) ?? 0] ?? fiscal.period,
      namedBy: wholeOf(row.fiscalyeardisplaycode) === NAMED_BY_END ? 'end' : 'start',
    },
    language: wholeOf(row.uilanguageid) ?? language,
  }
}

function wholeOf(value: SqlRow[string] | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}
