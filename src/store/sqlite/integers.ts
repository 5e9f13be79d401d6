/** Integers between JavaScript and SQLite: 64-bit there, exact up to 2^53 as a number here, a bigint beyond. */
import type { SqlValue } from '../sql/sql.ts'

export function narrow(value: SqlValue): SqlValue {
  if (typeof value !== 'bigint') return value
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** node:sqlite binds every number as a double, and 5 would be the text `5.0` in JSON. A real column takes the integer 5 as 5.0. */
export function bindable(value: SqlValue): SqlValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}
