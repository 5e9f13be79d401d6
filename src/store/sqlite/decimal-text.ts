/**
 * A decimal as text whose byte order is its numeric order: `12.5` is `10000000000012.5`, `-12.5` is `09999999999987.5`.
 * The first digit is the sign (1: zero or more), then come 13 whole digits and, after a point, the fraction without trailing zeros.
 * A negative number is stored as its distance from -10^13 (ten's complement), so that a longer fraction is the greater number on
 * both sides of zero and nothing has to mark the end. Limits: |x| < 10^13, 12 fraction digits.
 */
import { assert } from '../../base/assert.ts'
import { Decimal } from '../../base/decimal.ts'
import type { Sql } from '../sql/sql.ts'
import { sql } from '../sql/sql.ts'

const WHOLE = 13
const PLAIN = /^-?\d{1,13}(\.\d{1,12})?$/

/** A canonical decimal (`-12.5`) to its stored text. */
export function encodeDecimal(value: string): string {
  assert(PLAIN.test(value), `decimal out of the stored range: ${value}`)
  const point = value.indexOf('.')
  const whole = point < 0 ? value : value.slice(0, point)
  if (!value.startsWith('-')) return `1${whole.padStart(WHOLE, '0')}${point < 0 ? '' : value.slice(point)}`
  const scale = Decimal.scaleOf(value)
  const digits = (10n ** BigInt(WHOLE + scale) + Decimal.toScaled(value, scale)).toString().padStart(WHOLE + scale, '0')
  return `0${digits.slice(0, WHOLE)}${scale === 0 ? '' : `.${digits.slice(WHOLE)}`}`
}

/** The stored text to a canonical decimal. */
export function decodeDecimal(stored: string): string {
  const scale = Decimal.scaleOf(stored)
  const digits = BigInt(stored.slice(1).replace('.', ''))
  return Decimal.fromScaled(stored.startsWith('1') ? digits : digits - 10n ** BigInt(WHOLE + scale), scale)
}

/** The stored text times 10^scale. */
export function scaledDecimal(stored: string, scale: number): bigint {
  return Decimal.toScaled(decodeDecimal(stored), scale)
}

/**
 * The stored text as a JSON number, in SQL alone: 0.2 µs, where a JavaScript function costs about as much for its call and
 * then computes. `substr(x, 2, 12)` loses its leading zeros, `substr(x, 14)` keeps the last whole digit: `0.5`, not `.5`.
 */
export function decimalJson(stored: Sql): Sql {
  return sql`case when ${stored} >= '1' then concat(ltrim(substr(${stored}, 2, 12), '0'), substr(${stored}, 14)) when ${stored} is null then 'null' else ${negativeJson(stored)} end`
}

/** Both halves of ten's complement fit a 64-bit integer. `2·10^12 - fraction` has a 1 before its 12 digits, which keeps their leading zeros. */
function negativeJson(stored: Sql): Sql {
  const fraction = sql`cast(substr(concat(substr(${stored}, 16), '000000000000'), 1, 12) as integer)`
  return sql`case when length(${stored}) = 14 then concat('-', 10000000000000 - cast(substr(${stored}, 2) as integer)) else concat('-', 9999999999999 - cast(substr(${stored}, 2, 13) as integer), '.', rtrim(substr(2000000000000 - ${fraction}, 2), '0')) end`
}
