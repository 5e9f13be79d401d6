/**
 * Points in time as text: `2024-05-01T10:00:00Z`, and days: `2024-05-01`. In this form the order of texts is the order of time.
 * Takes ISO 8601 with or without seconds, fraction and offset; no offset means UTC; a fraction is cut off.
 * Years 0001–9999 are read; which years a column takes is the caller's check.
 */

/** What a date column can hold: Dataverse's own limits. */
export const FIRST_INSTANT = '1753-01-01T00:00:00Z'
export const LAST_INSTANT = '9999-12-31T23:59:59Z'
export const FIRST_DATE = '1753-01-01'
export const LAST_DATE = '9999-12-31'

const SHAPE = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,16})?)?([Zz]|[+-]\d\d:?\d\d)?)?$/
const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

type Parts = { readonly day: string; readonly time: string; readonly offsetMinutes: number }

/** A date-time, or a date alone (midnight UTC), as `YYYY-MM-DDTHH:mm:ssZ`. */
export function parseInstant(text: string): string | undefined {
  const parts = parse(text)
  if (!parts) return undefined
  const local = `${parts.day}T${parts.time}Z`
  if (parts.offsetMinutes === 0) return local
  const moved = new Date(Date.parse(local) - parts.offsetMinutes * 60_000)
  const year = moved.getUTCFullYear()
  return year < 1 || year > 9999 ? undefined : formatInstant(moved)
}

/** The day as it is written, whatever offset follows: `2024-05-01T23:00:00-05:00` is 1 May. */
export function parseDate(text: string): string | undefined {
  return parse(text)?.day
}

let lastSecond = Number.NaN
let lastText = ''

/** Almost always of this very second, again and again: one in twenty of a point read's microseconds. */
export function formatInstant(date: Date): string {
  const second = Math.floor(date.getTime() / 1000)
  if (second !== lastSecond) {
    lastText = `${date.toISOString().slice(0, 19)}Z`
    lastSecond = second
  }
  return lastText
}

const FIRST = Date.parse(FIRST_INSTANT)
const LAST = Date.parse(LAST_INSTANT)

/** Of milliseconds; what would lie beyond the instants that a column can hold is the first or the last of them. */
export function instantAt(time: number): string {
  return formatInstant(new Date(Math.min(Math.max(time, FIRST), LAST)))
}

function parse(text: string): Parts | undefined {
  const match = text.length > 48 ? null : SHAPE.exec(text)
  if (!match) return undefined
  const day = text.slice(0, 10)
  if (!isDay(Number(match[1]), Number(match[2]), Number(match[3]))) return undefined
  if (match[4] === undefined) return { day, time: '00:00:00', offsetMinutes: 0 }
  const seconds = match[6] ?? '00'
  if (Number(match[4]) > 23 || Number(match[5]) > 59 || Number(seconds) > 59) return undefined
  const offsetMinutes = CANONICAL.test(text) ? 0 : parseOffset(match[7])
  return offsetMinutes === undefined ? undefined : { day, time: `${match[4]}:${match[5]}:${seconds}`, offsetMinutes }
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  return day <= lengthOfMonth(year, month)
}

export function lengthOfMonth(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0)
}

/** Minutes east of Greenwich; no country is further than 14 hours off. */
function parseOffset(text: string | undefined): number | undefined {
  if (text === undefined || text === 'Z' || text === 'z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
