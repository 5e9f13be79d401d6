/**
 * How many digits of an amount are kept (`PrecisionSource`): those of its column, of the organization's prices, or of its currency.
 * A column's own are rounded to when its value is bound (`bind-value.ts`); the others are known when the row is written.
 */
import { Decimal } from '../base/decimal.ts'
import { MONEY_SCALE, type Reference } from '../plan/value.ts'
import type { ColumnOf } from '../schema/column.ts'
import { readColumns } from './find-row.ts'
import type { Work } from './write-work.ts'

/** What both settings are on a new organization. */
const USUAL = 2

/** Half away from zero, as everywhere. */
export async function roundAmount(column: ColumnOf<'money'>, amount: bigint, currency: Reference | null, work: Work): Promise<bigint> {
  const digits = await digitsOf(column, currency, work)
  if (digits >= MONEY_SCALE) return amount
  return Decimal.toScaled(Decimal.round(Decimal.fromScaled(amount, MONEY_SCALE), digits), MONEY_SCALE)
}

async function digitsOf(column: ColumnOf<'money'>, currency: Reference | null, work: Work): Promise<number> {
  switch (column.precisionSource) {
    case 0:
      return column.precision
    case 1:
      return setting('organization', work.moment.caller.organizationId, 'pricingdecimalprecision', work)
    case 2:
      return currency ? setting(currency.table, currency.id, 'currencyprecision', work) : USUAL
  }
}

async function setting(tableName: string, id: Reference['id'], columnName: string, work: Work): Promise<number> {
  const known = work.precisions.get(id)
  if (known !== undefined) return known
  const table = work.moment.schema.tables.get(tableName)
  const column = table?.columns.get(columnName)
  const value = table && column && (await readColumns(table, id, [column], work))?.get(column)
  const digits = typeof value === 'number' ? value : USUAL
  work.precisions.set(id, digits)
  return digits
}
