/**
 * A JSON value of a request body → the column's `Value`, with all of the column's limits checked.
 * `bindValue(account, revenue, 12.345, schema)` is `123500n`: money, rounded to the column's two digits.
 * Lookups are not here: a row names them through a navigation property (`bind-row.ts`).
 */
import { FIRST_DATE, FIRST_INSTANT, LAST_DATE, LAST_INSTANT, parseDate, parseInstant } from '../base/date-time.ts'
import { Decimal } from '../base/decimal.ts'
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { ExactNumber } from '../protocol/row-json.ts'
import type { Column, ColumnOf } from '../schema/column.ts'
import { isOption, type OptionColumn } from '../schema/column-options.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { MONEY_SCALE, type Value } from './value.ts'

export type Scalar = string | number | boolean | null | ExactNumber

// 150: the documented limit of values in a multi-select choice.
const MAX_CHOICES = 150
const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

export function bindValue(table: Table, column: Column, value: Scalar, schema: Schema): Value {
  if (value === null) return null
  switch (column.type) {
    case 'string':
    case 'memo':
      return bindText(table, column, value, column.maxLength)
    case 'entityname':
      return bindText(table, column, value, 100)
    case 'integer':
      return bindInteger(table, column, value)
    case 'choice':
    case 'state':
    case 'status':
      return bindOption(table, column, value, schema)
    case 'choices':
      return bindChoices(table, column, value, schema)
    case 'bigint':
      return bindBigint(table, column, value)
    case 'money':
      return bindMoney(table, column, value)
    case 'decimal':
      return bindDecimal(table, column, value)
    case 'double':
      return bindDouble(table, column, value)
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(table, column, 'Edm.Boolean')
      return value
    case 'datetime':
      return bindDateTime(table, column, value)
    case 'guid': {
      const guid = typeof value === 'string' ? Guid.parse(value) : undefined
      if (!guid) throw wrongType(table, column, 'Edm.Guid')
      return guid
    }
    case 'lookup':
    case 'customer':
    case 'owner':
      throw wrongType(table, column, 'navigation property')
  }
}

function bindText(table: Table, column: Column, value: Scalar, maxLength: number): string | null {
  if (typeof value !== 'string') throw wrongType(table, column, 'Edm.String')
  // The original stores an empty text as null.
  if (value === '') return null
  if (value.length > maxLength) throw fail('TextTooLong', column.logicalName, table.logicalName, maxLength)
  if (!value.isWellFormed() || value.includes('\0')) {
    throw fail('InvalidArgument', `The value of '${column.logicalName}' holds U+0000 or half of a surrogate pair, which cannot be stored.`)
  }
  return value
}

/** Number text as a canonical decimal. Numbers given as strings are accepted, as the original does. */
function toDecimal(table: Table, column: Column, value: Scalar, wanted: string): string {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : isExact(value) ? value.exact : undefined
  const decimal = text === undefined ? undefined : Decimal.parse(text)
  if (decimal === undefined) throw wrongType(table, column, wanted)
  return decimal
}

function isExact(value: Scalar): value is ExactNumber {
  return typeof value === 'object' && value !== null
}

/** A whole number that a double holds exactly, or one out of any column's range. */
function toWhole(table: Table, column: Column, value: Scalar, wanted: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  const decimal = toDecimal(table, column, value, wanted)
  if (Decimal.scaleOf(decimal) > 0) throw wrongType(table, column, wanted)
  return Number(decimal)
}

function bindInteger(table: Table, column: ColumnOf<'integer'>, value: Scalar): number {
  const whole = toWhole(table, column, value, 'Edm.Int32')
  if (whole < column.min || whole > column.max) throw outOfRange(table, column, String(column.min), String(column.max))
  // -0 is no number of its own in SQL or JSON.
  return whole === 0 ? 0 : whole
}

function bindOption(table: Table, column: OptionColumn, value: Scalar, schema: Schema): number {
  const option = toWhole(table, column, value, 'Edm.Int32')
  if (!isOption(column, option, schema)) throw fail('InvalidOption', column.logicalName, table.logicalName, String(option))
  return option
}

function bindChoices(table: Table, column: OptionColumn, value: Scalar, schema: Schema): string | null {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') throw wrongType(table, column, 'Edm.String')
  if (text.trim() === '') return null
  const parts = text.split(',').map((part) => part.trim())
  const options = [...new Set(parts.map((part) => toWhole(table, column, part, 'a comma-separated list of option values')))]
  const unknown = options.find((option) => !isOption(column, option, schema))
  if (unknown !== undefined) throw fail('InvalidOption', column.logicalName, table.logicalName, String(unknown))
  if (options.length > MAX_CHOICES) throw fail('InvalidArgument', `The column '${column.logicalName}' takes ${MAX_CHOICES} values at the most.`)
  return options.sort((a, b) => a - b).join(',')
}

function bindBigint(table: Table, column: Column, value: Scalar): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  const decimal = toDecimal(table, column, value, 'Edm.Int64')
  if (Decimal.scaleOf(decimal) > 0) throw wrongType(table, column, 'Edm.Int64')
  const whole = BigInt(decimal)
  if (whole < INT64_MIN || whole > INT64_MAX) throw outOfRange(table, column, String(INT64_MIN), String(INT64_MAX))
  return whole
}

/**
 * Digits beyond the column's precision are rounded away, half away from zero; only the rounded amount must be in range. Where the
 * precision is the organization's or the currency's, the run rounds: it knows them.
 */
function bindMoney(table: Table, column: ColumnOf<'money'>, value: Scalar): bigint {
  const digits = column.precisionSource === 0 ? Math.min(column.precision, MONEY_SCALE) : MONEY_SCALE
  const rounded = Decimal.round(toDecimal(table, column, value, 'Edm.Decimal'), digits)
  checkRange(table, column, rounded)
  return Decimal.toScaled(rounded, MONEY_SCALE)
}

function bindDecimal(table: Table, column: ColumnOf<'decimal'>, value: Scalar): string {
  const rounded = Decimal.round(toDecimal(table, column, value, 'Edm.Decimal'), column.precision)
  checkRange(table, column, rounded)
  return rounded
}

function bindDouble(table: Table, column: ColumnOf<'double'>, value: Scalar): number {
  const number = Number(toDecimal(table, column, value, 'Edm.Double'))
  if (!Number.isFinite(number)) throw wrongType(table, column, 'Edm.Double')
  if (number < column.min || number > column.max) throw outOfRange(table, column, String(column.min), String(column.max))
  return number === 0 ? 0 : number
}

function checkRange(table: Table, column: ColumnOf<'money' | 'decimal'>, value: string): void {
  const [min, max] = boundsOf(column)
  if (Decimal.compare(value, min) < 0 || Decimal.compare(value, max) > 0) throw outOfRange(table, column, min, max)
}

const BOUNDS = new WeakMap<Column, readonly [min: string, max: string]>()

/** The limits as canonical decimals; a double's text may have an exponent (`1e-12`). */
function boundsOf(column: ColumnOf<'money' | 'decimal'>): readonly [min: string, max: string] {
  const known = BOUNDS.get(column)
  if (known) return known
  const bounds = [Decimal.parse(String(column.min)) ?? '0', Decimal.parse(String(column.max)) ?? '0'] as const
  BOUNDS.set(column, bounds)
  return bounds
}

function bindDateTime(table: Table, column: ColumnOf<'datetime'>, value: Scalar): string {
  const isDate = column.behavior === 'DateOnly'
  const wanted = isDate ? 'Edm.Date' : 'Edm.DateTimeOffset'
  if (typeof value !== 'string') throw wrongType(table, column, wanted)
  const moment = isDate ? parseDate(value) : parseInstant(value)
  if (moment === undefined) throw wrongType(table, column, wanted)
  const [first, last] = isDate ? [FIRST_DATE, LAST_DATE] : [FIRST_INSTANT, LAST_INSTANT]
  if (moment < first || moment > last) throw outOfRange(table, column, first, last)
  return moment
}

function wrongType(table: Table, column: Column, wanted: string): Error {
  return fail('WrongType', table.entitySetName, column.logicalName, wanted)
}

function outOfRange(table: Table, column: Column, min: string, max: string): Error {
  return fail('OutOfRange', column.logicalName, table.logicalName, min, max)
}
