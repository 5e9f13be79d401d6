/**
 * Values in SQL as texts: `'it''s'`, `-1.5`, and moments that are reckoned from now: `DATEADD(day, -7, GETUTCDATE())`.
 * The column that a value is compared with decides what its text says.
 */
import { unreachable } from '../base/assert.ts'
import { FIRST_INSTANT, formatInstant, LAST_INSTANT, parseInstant } from '../base/date-time.ts'
import { addDays, addMonths } from '../base/days.ts'
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { advance, expectMark, isCall, isMark, isWord, nested, type SqlReader, takeMark, unexpected } from './sql-reader.ts'

type Unit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second'

const UNITS: Readonly<Record<string, Unit>> = {
  ...aliases('year', 'year yy yyyy'),
  ...aliases('quarter', 'quarter qq q'),
  ...aliases('month', 'month mm m'),
  ...aliases('week', 'week wk ww'),
  ...aliases('day', 'day dd d dayofyear dy y weekday dw w'),
  ...aliases('hour', 'hour hh'),
  ...aliases('minute', 'minute mi n'),
  ...aliases('second', 'second ss s'),
}
const NOW: ReadonlySet<string> = new Set(['getutcdate', 'getdate', 'sysutcdatetime', 'sysdatetime'])
/** T-SQL's number here is an int. */
const MAX_AMOUNT = 2_147_483_647

/** Whether a value comes next, and no column. */
export function isValue(reader: SqlReader): boolean {
  const { kind } = reader.token
  if (kind === 'text' || kind === 'number') return true
  if (isMark(reader, '-') || isMark(reader, '+')) return true
  if (isWord(reader, 'null') || isWord(reader, 'true') || isWord(reader, 'false')) return true
  return isCall(reader) || isWord(reader, 'current_timestamp')
}

export function readValue(reader: SqlReader): string {
  const { token } = reader
  if (token.kind === 'text') return advance(reader).text
  if (isWord(reader, 'true') || isWord(reader, 'false')) return advance(reader).text
  if (isWord(reader, 'null')) throw fail('UnsupportedClause', 'A comparison with NULL is not supported in SQL queries: use IS NULL or IS NOT NULL.')
  if (isWord(reader, 'current_timestamp')) return readNow(reader)
  if (isCall(reader)) return readMoment(reader)
  return readNumber(reader)
}

function readNumber(reader: SqlReader): string {
  const sign = takeMark(reader, '-') ? '-' : ''
  if (sign === '') takeMark(reader, '+')
  if (reader.token.kind !== 'number') throw unexpected(reader)
  return sign + advance(reader).text
}

/** A moment as text: a function of the present time, DATEADD, or a literal. */
function readMoment(reader: SqlReader): string {
  const { text } = reader.token
  if (text === 'dateadd') return nested(reader, readDateAdd)
  if (!NOW.has(text)) throw unexpected(reader)
  advance(reader)
  expectMark(reader, '(')
  expectMark(reader, ')')
  return reader.now
}

function readNow(reader: SqlReader): string {
  advance(reader)
  return reader.now
}

function readDateAdd(reader: SqlReader): string {
  advance(reader)
  expectMark(reader, '(')
  const unit = readUnit(reader)
  expectMark(reader, ',')
  const amount = Number(readNumber(reader))
  if (!Number.isInteger(amount) || Math.abs(amount) > MAX_AMOUNT) throw fail('BadRequest', 'DATEADD takes a whole number as its second argument.')
  expectMark(reader, ',')
  const text = readValue(reader)
  const moment = parseInstant(text)
  if (moment === undefined) throw fail('BadRequest', `'${excerpt(text)}' is not a date that DATEADD can start from.`)
  expectMark(reader, ')')
  return addUnits(unit, amount, moment)
}

function readUnit(reader: SqlReader): Unit {
  const { token } = reader
  const unit = token.kind === 'word' && Object.hasOwn(UNITS, token.text) ? UNITS[token.text] : undefined
  if (unit === undefined) throw fail('BadRequest', `'${excerpt(token.source)}' is not a date part that DATEADD takes.`)
  advance(reader)
  return unit
}

function addUnits(unit: Unit, amount: number, moment: string): string {
  const [day, time] = [moment.slice(0, 10), moment.slice(10)]
  switch (unit) {
    case 'year':
      return addMonths(day, amount * 12) + time
    case 'quarter':
      return addMonths(day, amount * 3) + time
    case 'month':
      return addMonths(day, amount) + time
    case 'week':
      return addDays(day, amount * 7) + time
    case 'day':
      return addDays(day, amount) + time
    case 'hour':
      return addSeconds(moment, amount * 3600)
    case 'minute':
      return addSeconds(moment, amount * 60)
    case 'second':
      return addSeconds(moment, amount)
    default:
      return unreachable(unit)
  }
}

/** No further than a column can hold. */
function addSeconds(moment: string, seconds: number): string {
  const time = Date.parse(moment) + seconds * 1000
  return formatInstant(new Date(Math.min(Math.max(time, Date.parse(FIRST_INSTANT)), Date.parse(LAST_INSTANT))))
}

function aliases(unit: Unit, names: string): Record<string, Unit> {
  return Object.fromEntries(names.split(' ').map((name) => [name, unit]))
}
