/**
 * Conditions on days and stretches of time become plain comparisons of the column: `createdon today` is `createdon ge 2024-05-20T04:00:00Z
 * and createdon lt 2024-05-21T04:00:00Z` for a caller in New York. What a midnight is depends on the column: of a UserLocal one it is the
 * instant at which the caller's day begins; of a DateOnly one the day itself; of a TimeZoneIndependent one midnight as it is stored.
 */
import { addDays } from '../base/days.ts'
import { instantOf, wallClock } from '../base/time-zone.ts'
import { parseDate, parseInstant } from '../base/date-time.ts'
import type { ColumnOf } from '../schema/column.ts'
import type { BoundFilter, ColumnPath } from './bound-filter.ts'
import { type Calendar, zoneOf } from './calendar.ts'
import { fiscalPeriod, fiscalYear, periodsInYear } from './fiscal-calendar.ts'
import { hasZone, unfit } from './operator-value.ts'
import type { QueryContext } from './query-context.ts'
import { between, COUNTED_DATE_OPERATORS, type DateRange, type Edge, PLAIN_DATE_OPERATORS, relativeRange } from './relative-dates.ts'

export type DatePath = ColumnPath & { readonly column: ColumnOf<'datetime'> }

/** How many values each takes. */
const VALUES: ReadonlyMap<string, number> = new Map([
  ['on', 1],
  ['not-on', 1],
  ['on-or-before', 1],
  ['on-or-after', 1],
  ['in-fiscal-year', 1],
  ['in-fiscal-period', 1],
  ['in-fiscal-period-and-year', 2],
  ['in-or-before-fiscal-period-and-year', 2],
  ['in-or-after-fiscal-period-and-year', 2],
])

/** The number of values that a date operator takes; undefined: it is none. */
export function dateOperatorValues(operator: string): number | undefined {
  if (PLAIN_DATE_OPERATORS.has(operator)) return 0
  return COUNTED_DATE_OPERATORS.has(operator) ? 1 : VALUES.get(operator)
}

/** Hours and minutes mean nothing to a day. */
export function needsTime(operator: string): boolean {
  return operator.endsWith('-x-hours') || operator.endsWith('-x-minutes')
}

/** `values`: as many as the operator takes. */
export function bindDateOperator(operator: string, left: DatePath, values: readonly string[], context: QueryContext): BoundFilter {
  const { calendar, now } = context
  const [first = '', second = ''] = values
  if (PLAIN_DATE_OPERATORS.has(operator)) return inRange(left, relativeRange(operator, 0, now, calendar), calendar)
  if (COUNTED_DATE_OPERATORS.has(operator)) return inRange(left, relativeRange(operator, countOf(left, first, 1), now, calendar), calendar)
  const { fiscal } = calendar
  switch (operator) {
    case 'in-fiscal-year': {
      const { from, to } = fiscalYear(countOf(left, first, 1), fiscal)
      return inRange(left, between(from, to), calendar)
    }
    case 'in-fiscal-period':
      return inPeriodOfAnyYear(left, countOf(left, first, 1), calendar)
    case 'in-fiscal-period-and-year':
    case 'in-or-before-fiscal-period-and-year':
    case 'in-or-after-fiscal-period-and-year':
      return aroundPeriod(operator, left, countOf(left, first, 1), countOf(left, second, 1), calendar)
    default:
      return onDay(operator, left, dayOf(left, first, calendar), calendar)
  }
}

function onDay(operator: string, left: DatePath, day: string, calendar: Calendar): BoundFilter {
  const from = { day }
  const to = { day: addDays(day, 1) }
  if (operator === 'on-or-after') return inRange(left, { from }, calendar)
  if (operator === 'on-or-before') return inRange(left, { to }, calendar)
  const filter = inRange(left, { from, to }, calendar)
  return operator === 'not-on' ? { op: 'not', term: filter } : filter
}

/** A period that the calendar does not have holds nothing: quarters have no fifth. */
function aroundPeriod(operator: string, left: DatePath, period: number, year: number, calendar: Calendar): BoundFilter {
  const { fiscal } = calendar
  if (period > periodsInYear(fiscal)) return { op: 'constant', value: false }
  const { from, to } = fiscalPeriod({ year, period }, fiscal)
  if (operator === 'in-or-before-fiscal-period-and-year') return inRange(left, { to: { day: to } }, calendar)
  if (operator === 'in-or-after-fiscal-period-and-year') return inRange(left, { from: { day: from } }, calendar)
  return inRange(left, between(from, to), calendar)
}

function inPeriodOfAnyYear(left: DatePath, period: number, calendar: Calendar): BoundFilter {
  if (period > periodsInYear(calendar.fiscal)) return { op: 'constant', value: false }
  return { op: 'fiscal-period', left, period, calendar: { ...calendar, timeZone: zoneOf(left.column, calendar) } }
}

/** The range as comparisons with what the column stores. */
function inRange(left: DatePath, { from, to, toIsIncluded }: DateRange, calendar: Calendar): BoundFilter {
  const terms: BoundFilter[] = []
  if (from) terms.push(notBefore(left, from, calendar))
  if (to) terms.push({ op: toIsIncluded ? 'le' : 'lt', left, right: storedEdge(left.column, to, calendar) })
  return terms.length === 1 && terms[0] ? terms[0] : { op: 'and', terms }
}

/** A day counts as its midnight, so that the day of which some has passed already is not «from now». */
function notBefore(left: DatePath, edge: Edge, calendar: Calendar): BoundFilter {
  const right = storedEdge(left.column, edge, calendar)
  const hasBegun = left.column.behavior === 'DateOnly' && 'instant' in edge && !wallClock(edge.instant, calendar.timeZone).endsWith('T00:00:00Z')
  return { op: hasBegun ? 'gt' : 'ge', left, right }
}

function storedEdge({ behavior }: ColumnOf<'datetime'>, edge: Edge, { timeZone }: Calendar): string {
  if (behavior === 'UserLocal') return 'day' in edge ? instantOf(edge.day, timeZone) : edge.instant
  const wall = 'day' in edge ? `${edge.day}T00:00:00Z` : wallClock(edge.instant, timeZone)
  return behavior === 'DateOnly' ? wall.slice(0, 10) : wall
}

/** The day that a value names: an instant of a UserLocal column is told in the caller's zone first. */
function dayOf(left: DatePath, text: string, { timeZone }: Calendar): string {
  const trimmed = text.trim()
  const isInstant = left.column.behavior === 'UserLocal' && hasZone(trimmed)
  const instant = isInstant ? parseInstant(trimmed) : undefined
  const day = instant === undefined ? parseDate(trimmed) : wallClock(instant, timeZone).slice(0, 10)
  if (day === undefined) throw unfit(left, text, 'System.DateTime')
  return day
}

function countOf(left: ColumnPath, text: string, least: number): number {
  const count = /^\s*[+-]?\d{1,10}\s*$/.test(text) ? Number(text) : Number.NaN
  if (!(count >= least && count < 2 ** 31)) throw unfit(left, text, 'System.Int32')
  return count
}
