/**
 * A column's value, typed and checked: what a plan holds between the wire and SQL.
 *
 * | column type | value |
 * |---|---|
 * | string, memo, entityname | string, never empty: `''` on the wire is null |
 * | integer, choice, state, status | number, whole |
 * | choices | string, the options ascending: `1,9` |
 * | bigint | bigint |
 * | money | bigint, the amount times 10,000 |
 * | decimal | string, plain decimal without exponent, no trailing zeros: `-12.5` |
 * | double | number, finite |
 * | boolean | boolean |
 * | datetime | string, `2024-05-01T10:00:00Z`, or `2024-05-01` where the behaviour is DateOnly |
 * | guid | Guid |
 * | lookup, customer, owner | Reference |
 */
import type { Guid } from '../base/guid.ts'

/** Digits behind the point that an amount keeps: it is stored times 10,000. */
export const MONEY_SCALE = 4

/** A row named by its table (logical name) and id. */
export type Reference = { readonly table: string; readonly id: Guid }
export type Value = null | string | number | bigint | boolean | Reference

export function isReference(value: Value): value is Reference {
  return typeof value === 'object' && value !== null
}
