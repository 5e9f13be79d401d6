/**
 * A literal of a URL becomes a value of its column: `12.50` is `12.5` for a decimal, `125000n` for money, `12.5` for a double.
 * `strict` (keys): quotes decide the type, `'25'` is no number. `lenient` (filters): a quoted number is one for number and choice columns.
 * A guid may be quoted in both. A lookup is compared with a guid, so its value here is a Guid, not a Reference.
 */
import { unreachable } from '../base/assert.ts'
import { parseDate, parseInstant } from '../base/date-time.ts'
import { Decimal } from '../base/decimal.ts'
import { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import { formatLiteral, type Literal } from '../protocol/literal.ts'
import { type Column, type ColumnOf, wireName } from '../schema/column.ts'
import { MONEY_SCALE, type Value } from './value.ts'

export type Spelling = 'strict' | 'lenient'

/** What a decimal is stored with, on every store; its own columns allow less. */
const DECIMAL_SCALE = 12
const DECIMAL_LIMIT = 10n ** 13n
const INT32 = 2n ** 31n
const INT64 = 2n ** 63n

/** `null` gives null, whatever the column. */
export function bindLiteral(column: Column, literal: Literal, spelling: Spelling = 'strict'): Value {
  if (literal.kind === 'null') return null
  switch (column.type) {
    case 'string':
    case 'memo':
    case 'entityname':
      return literal.kind === 'string' ? literal.text : refuse(column, literal, 'Edm.String')
    case 'integer':
    case 'choice':
    case 'state':
    case 'status':
      return Number(whole(column, literal, spelling, INT32, 'Edm.Int32'))
    case 'bigint':
      return whole(column, literal, spelling, INT64, 'Edm.Int64')
    case 'money':
      return within(Decimal.toScaled(decimal(column, literal, spelling), MONEY_SCALE), INT64) ?? refuse(column, literal, 'Edm.Decimal')
    case 'decimal':
      return storedDecimal(column, literal, spelling)
    case 'double':
      return double(column, literal, spelling)
    case 'boolean':
      return literal.kind === 'boolean' ? literal.value : refuse(column, literal, 'Edm.Boolean')
    case 'choices':
      return options(column, literal)
    case 'datetime':
      return moment(column, literal)
    case 'guid':
    case 'lookup':
    case 'customer':
    case 'owner':
      return guid(literal) ?? refuse(column, literal, 'Edm.Guid')
    default:
      return unreachable(column)
  }
}

function refuse(column: Column, literal: Literal, wanted: string): never {
  throw mismatch(column, literal, wanted)
}

function mismatch(column: Column, literal: Literal, wanted: string): DataverseError {
  return fail('BadRequest', `The value ${excerpt(formatLiteral(literal))} does not fit '${wireName(column)}', which is of type '${wanted}'.`)
}

/** A number's source text, or undefined where the literal is not one. */
function numberText(literal: Literal, spelling: Spelling): string | undefined {
  if (literal.kind === 'number') return literal.text
  return literal.kind === 'string' && spelling === 'lenient' ? literal.text.trim() : undefined
}

function decimal(column: Column, literal: Literal, spelling: Spelling): string {
  const text = numberText(literal, spelling)
  return (text === undefined ? undefined : Decimal.parse(text)) ?? refuse(column, literal, 'Edm.Decimal')
}

/** Computed numbers come with more digits than are kept: `0.30000000000000004`. */
function storedDecimal(column: Column, literal: Literal, spelling: Spelling): string {
  const scaled = Decimal.toScaled(decimal(column, literal, spelling), DECIMAL_SCALE)
  const limit = DECIMAL_LIMIT * 10n ** BigInt(DECIMAL_SCALE)
  return scaled > -limit && scaled < limit ? Decimal.fromScaled(scaled, DECIMAL_SCALE) : refuse(column, literal, 'Edm.Decimal')
}

function double(column: Column, literal: Literal, spelling: Spelling): number {
  const number = Number(decimal(column, literal, spelling))
  return Number.isFinite(number) ? number : refuse(column, literal, 'Edm.Double')
}

/** `5.0` is whole too; `limit` is the first number beyond the type. */
function whole(column: Column, literal: Literal, spelling: Spelling, limit: bigint, wanted: string): bigint {
  const text = numberText(literal, spelling)
  const number = text === undefined ? undefined : Decimal.parse(text)
  if (number === undefined || Decimal.scaleOf(number) > 0) return refuse(column, literal, wanted)
  return within(BigInt(number), limit) ?? refuse(column, literal, wanted)
}

function within(number: bigint, limit: bigint): bigint | undefined {
  return number >= -limit && number < limit ? number : undefined
}

/** `'9, 1'` and `9` alike: the stored form is ascending. */
function options(column: Column, literal: Literal): string {
  const text = literal.kind === 'string' || literal.kind === 'number' ? literal.text : ''
  const values = text.split(',').map((value) => value.trim())
  if (!values.every((value) => /^-?\d{1,10}$/.test(value))) return refuse(column, literal, 'Edm.String')
  return [...new Set(values.map(Number))].sort((a, b) => a - b).join(',')
}

function moment(column: ColumnOf<'datetime'>, literal: Literal): string {
  const isDay = column.behavior === 'DateOnly'
  const wanted = isDay ? 'Edm.Date' : 'Edm.DateTimeOffset'
  if (literal.kind !== 'date' && literal.kind !== 'datetime') return refuse(column, literal, wanted)
  return (isDay ? parseDate(literal.text) : parseInstant(literal.text)) ?? refuse(column, literal, wanted)
}

export function guid(literal: Literal): Guid | undefined {
  if (literal.kind === 'guid') return literal.value
  return literal.kind === 'string' ? Guid.parse(literal.text) : undefined
}
