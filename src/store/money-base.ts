/**
 * Amounts in the organization's base currency: `revenue_base` is `revenue` divided by the exchange rate of the row's currency.
 * Before that an amount is rounded as its column's `PrecisionSource` says.
 * A row in which an amount is set gets the organization's currency unless it names one; the rate is copied to the row, afresh
 * whenever an amount or the currency is written, and all its base amounts are recomputed with it.
 */
import { Decimal } from '../base/decimal.ts'
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { isReference, MONEY_SCALE, type Reference, type Value } from '../plan/value.ts'
import { type Column, type ColumnOf, isLookup } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { readColumns } from './find-row.ts'
import { roundAmount } from './money-precision.ts'
import { perTable } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import type { Work } from './write-work.ts'

type Amount = { readonly amount: ColumnOf<'money'>; readonly base: ColumnOf<'money'> }
type MoneyColumns = { readonly currency: Column; readonly rate: Column | undefined; readonly amounts: readonly Amount[] }

const INT64 = 2n ** 63n

const moneyOf = perTable((table): MoneyColumns | undefined => {
  const currency = table.columns.get('transactioncurrencyid')
  if (!currency || !isLookup(currency)) return undefined
  const amounts = [...table.columns.values()].flatMap((base): Amount[] => {
    const amount = base.type === 'money' && base.baseOf !== undefined ? table.columns.get(base.baseOf) : undefined
    return amount?.type === 'money' && base.type === 'money' ? [{ amount, base }] : []
  })
  return { currency, rate: table.columns.get('exchangerate'), amounts }
})

export function hasAmounts(table: Table): boolean {
  return moneyOf(table) !== undefined
}

/** `id`: of the row that is updated, whose other amounts are read; undefined for a new row. */
export async function fillBaseAmounts(table: Table, id: Guid | undefined, values: Values, work: Work): Promise<void> {
  const columns = moneyOf(table)
  if (!columns) return
  const { currency, rate, amounts } = columns
  const isTouched = values.has(currency) || amounts.some(({ amount }) => values.has(amount))
  if (!isTouched) return
  const row = id === undefined ? values : await withStored(table, id, [currency, ...amounts.map(({ amount }) => amount)], values, work)
  const hasAmount = amounts.some(({ amount }) => isAmount(row.get(amount)))
  const given = row.get(currency) ?? null
  const chosen = isReference(given) ? given : hasAmount ? await baseCurrency(work) : null
  if (chosen && !isReference(given)) values.set(currency, chosen)
  const exchangeRate = chosen && (await rateOf(chosen, work))
  if (rate) values.set(rate, exchangeRate)
  for (const { amount, base } of amounts) {
    const given = values.get(amount)
    if (isAmount(given)) values.set(amount, await roundAmount(amount, given, chosen, work))
    const value = values.get(amount) ?? row.get(amount)
    // A column of which nothing is known in a new row stays out of the insert.
    if (value !== undefined) values.set(base, isAmount(value) && exchangeRate ? baseAmount(table, base, value, exchangeRate) : null)
  }
}

/** Every base amount is that amount divided by one: the base currency has no other rate. */
export async function refuseBaseRate(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  const rate = table.logicalName === 'transactioncurrency' ? table.columns.get('exchangerate') : undefined
  const wanted = rate && values.get(rate)
  if (wanted === undefined || wanted === '1') return
  if ((await baseCurrency(work))?.id === id) throw fail('InvalidArgument', 'The exchange rate of the base currency is 1 and cannot be changed.')
}

function isAmount(value: Value | undefined): value is bigint {
  return typeof value === 'bigint'
}

async function withStored(table: Table, id: Guid, columns: readonly Column[], values: Values, work: Work): Promise<Values> {
  const row = (await readColumns(table, id, columns, work)) ?? new Map<Column, Value>()
  for (const column of columns) {
    const value = values.get(column)
    if (value !== undefined) row.set(column, value)
  }
  return row
}

/** Rounded to four decimals, half away from zero. */
function baseAmount(table: Table, base: ColumnOf<'money'>, amount: bigint, exchangeRate: string): bigint {
  const scaled = Decimal.toScaled(Decimal.divide(Decimal.fromScaled(amount, MONEY_SCALE), exchangeRate, MONEY_SCALE), MONEY_SCALE)
  if (scaled < -INT64 || scaled >= INT64) throw fail('OutOfRange', base.logicalName, table.logicalName, String(base.min), String(base.max))
  return scaled
}

async function baseCurrency(work: Work): Promise<Reference | null> {
  if (work.baseCurrency !== undefined) return work.baseCurrency
  const organization = work.moment.schema.tables.get('organization')
  const column = organization?.columns.get('basecurrencyid')
  const found = organization && column && (await readColumns(organization, work.moment.caller.organizationId, [column], work))
  const currency = (column && found?.get(column)) ?? null
  work.baseCurrency = isReference(currency) ? currency : null
  return work.baseCurrency
}

/** Null where the currency has no rate, or is gone. */
async function rateOf(currency: Reference, work: Work): Promise<string | null> {
  const known = work.rates.get(currency.id)
  if (known !== undefined) return known
  const table = work.moment.schema.tables.get(currency.table)
  const column = table?.columns.get('exchangerate')
  const found = table && column && (await readColumns(table, currency.id, [column], work))
  const rate = column && found?.get(column)
  // A rate of zero cannot be divided by; the column's lower limit forbids it, a file that was edited by hand may not.
  if (typeof rate !== 'string' || rate === '0') return null
  work.rates.set(currency.id, rate)
  return rate
}
