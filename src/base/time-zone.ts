/**
 * Time zones by IANA name: the wall clock of an instant, and the instant of a wall clock. Both are texts of `date-time.ts`'s form; a wall
 * clock's `Z` says nothing then.
 * `wallClock('2024-03-31T01:30:00Z', 'Europe/Berlin')` is `2024-03-31T03:30:00Z`.
 *
 * Where a clock is put forward, the time that it leaves out is read with the offset from before (02:30 is what 03:30 is called then);
 * where it is put back, the first of the two instants is meant.
 */
import { FIRST_INSTANT, instantAt } from './date-time.ts'

const SECOND = 1000
const DAY = 86_400 * SECOND
const MAX_CACHED = 20_000

/** Whether this engine knows the zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** `instant` told in the zone. */
export function wallClock(instant: string, zone: string): string {
  if (zone === 'UTC') return instant
  const time = Date.parse(instant)
  return instantAt(time + offsetAt(time, zone))
}

/** The instant at which the zone's clock shows `wall`. */
export function instantOf(wall: string, zone: string): string {
  const local = Date.parse(wall.length === 10 ? `${wall}T00:00:00Z` : wall)
  return instantAt(zone === 'UTC' ? local : local - offsetOfWall(local, zone))
}

/** A zone changes its offset at most once in two days: one of the two around it holds. */
function offsetOfWall(local: number, zone: string): number {
  const before = offsetAt(local - DAY, zone)
  const after = offsetAt(local + DAY, zone)
  if (before === after) return before
  // Overlap: both hold, the first instant has the greater offset, which is the one before. Gap: neither holds.
  if (offsetAt(local - before, zone) === before) return before
  return offsetAt(local - after, zone) === after ? after : before
}

type Zone = { readonly format: Intl.DateTimeFormat; readonly quarters: Map<number, number> }
const zones = new Map<string, Zone>()
/** Clocks change at a whole quarter of an hour of UTC, all but a few: St. John's did at a minute past midnight until 2011. */
const QUARTER = 900 * SECOND
const EARLIEST = Date.parse(FIRST_INSTANT)

/** Milliseconds east of Greenwich. `Intl` takes some microseconds, so that what it said of a quarter of an hour is kept. */
function offsetAt(time: number, zone: string): number {
  const known = zoneOf(zone)
  const first = Math.max(time, EARLIEST)
  const quarter = Math.floor(first / QUARTER)
  const offset = offsetOfQuarter(quarter, known)
  return offset === offsetOfQuarter(quarter + 1, known) ? offset : askOffset(known.format, Math.floor(first / SECOND) * SECOND)
}

/** As it begins. */
function offsetOfQuarter(quarter: number, { format, quarters }: Zone): number {
  const known = quarters.get(quarter)
  if (known !== undefined) return known
  const offset = askOffset(format, quarter * QUARTER)
  if (quarters.size >= MAX_CACHED) quarters.clear()
  quarters.set(quarter, offset)
  return offset
}

function askOffset(format: Intl.DateTimeFormat, time: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(time)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - time
}

function zoneOf(name: string): Zone {
  const known = zones.get(name)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const zone: Zone = { format, quarters: new Map() }
  zones.set(name, zone)
  return zone
}
