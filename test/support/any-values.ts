/** Columns of each type and values of them, for properties over engines. */
import fc from 'fast-check'
import { Decimal } from '../../src/base/decimal.ts'
import type { ColumnType } from '../../src/schema/column.ts'

export const STRING: ColumnType = { type: 'string', maxLength: 4000, format: 'Text' }
export const INTEGER: ColumnType = { type: 'integer', min: -2147483648, max: 2147483647, format: 'None' }
export const BIGINT: ColumnType = { type: 'bigint' }
export const DECIMAL: ColumnType = { type: 'decimal', min: -100000000000, max: 100000000000, precision: 10 }
export const MONEY: ColumnType = { type: 'money', min: 0, max: 0, precision: 2, precisionSource: 2 }
export const DOUBLE: ColumnType = { type: 'double', min: 0, max: 0, precision: 5 }
export const DATETIME: ColumnType = { type: 'datetime', behavior: 'UserLocal', format: 'DateAndTime' }

const LIMIT = 10n ** 25n

/** All that SQLite can store: 13 digits before the point, 12 behind. */
export const decimals = fc
  .tuple(fc.bigInt({ min: -LIMIT + 1n, max: LIMIT - 1n }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 24 }))
  .map(([digits, scale, cut]) => Decimal.fromScaled(digits / 10n ** BigInt(cut), scale))
  .filter((text) => Decimal.toScaled(text, 12) > -LIMIT && Decimal.toScaled(text, 12) < LIMIT)

export const integers64 = fc
  .tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer({ min: 0, max: 62 }))
  .map(([whole, cut]) => whole / 2n ** BigInt(cut))

/** Of a seed that is said where a test fails: engines answer many values at once. */
export function sample<T>(of: fc.Arbitrary<T>, count: number): readonly T[] {
  return fc.sample(of, { numRuns: count, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) })
}
