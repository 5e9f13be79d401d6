/**
 * Sums and averages without an error of rounding, as aggregate functions of SQLite that give JSON numbers. Each takes one argument, so that
 * `money_sum(distinct …)` works. A sum of nothing is 0, an average of nothing null.
 *
 * | function | gives |
 * |---|---|
 * | `integer_sum`, `integer_avg` | `35200`, `3911`: the average of whole numbers is cut off to one, as SQL Server does it |
 * | `money_sum`, `money_avg` | `440000.000000000` of amounts times 10,000: nine decimals (webapi.md 6.6) |
 * | `decimal_sum`, `decimal_avg` | the same of stored decimals (`decimal-text.ts`) |
 * | `exact_order(json)` | a text whose byte order is the numeric order of such results |
 */
import { assert } from '../../base/assert.ts'
import type { DatabaseSync } from 'node:sqlite'
import { Decimal } from '../../base/decimal.ts'
import { MONEY_SCALE } from '../../plan/value.ts'
import { registerAggregate } from './aggregate-function.ts'
import { scaledDecimal } from './decimal-text.ts'

type Total = { readonly sum: bigint; readonly count: bigint }
type Finish = (total: Total) => string | null

const DECIMALS = 9
/** What a stored decimal can have behind its point. */
const DECIMAL_SCALE = 12

export function registerExactNumbers(database: DatabaseSync): void {
  const integer = (value: unknown) => value as bigint
  aggregate(database, 'integer_sum', integer, ({ sum }) => String(sum))
  aggregate(database, 'integer_avg', integer, ({ sum, count }) => (count === 0n ? null : String(sum / count)))
  const scaled = (prefix: string, scale: number, read: (value: unknown) => bigint) => {
    aggregate(database, `${prefix}_sum`, read, ({ sum }) => withDecimals(Decimal.fromScaled(sum, scale)))
    aggregate(database, `${prefix}_avg`, read, ({ sum, count }) => (count === 0n ? null : withDecimals(average(sum, count, scale))))
  }
  scaled('money', MONEY_SCALE, integer)
  scaled('decimal', DECIMAL_SCALE, (value) => scaledDecimal(String(value), DECIMAL_SCALE))
  database.function('exact_order', { deterministic: true }, (json) => (typeof json === 'string' ? exactOrder(json) : null))
}

function aggregate(database: DatabaseSync, name: string, read: (value: unknown) => bigint, finish: Finish): void {
  registerAggregate<Total>(database, name, {
    start: () => ({ sum: 0n, count: 0n }),
    step: ({ sum, count }, value) => ({ sum: sum + read(value), count: count + 1n }),
    result: finish,
  })
}

function average(sum: bigint, count: bigint, scale: number): string {
  return Decimal.divide(Decimal.fromScaled(sum, scale), String(count), DECIMALS)
}

/** At least nine, so that a sum stays exact. */
function withDecimals(value: string): string {
  const scale = Decimal.scaleOf(value)
  return scale >= DECIMALS ? value : `${value}${scale === 0 ? '.' : ''}${'0'.repeat(DECIMALS - scale)}`
}

const WHOLE = 40
const OFFSET = 10n ** BigInt(WHOLE + DECIMAL_SCALE)

/** More than 50,000 of the largest numbers there are come to; a negative one is told by its distance from an offset. */
function exactOrder(json: string): string {
  const scaled = Decimal.toScaled(Decimal.parse(json) ?? '0', DECIMAL_SCALE) + OFFSET
  assert(scaled >= 0n && scaled < 2n * OFFSET, `a sum of more than ${WHOLE} digits`)
  return String(scaled).padStart(WHOLE + DECIMAL_SCALE + 1, '0')
}
