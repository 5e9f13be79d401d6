/**
 * Values as the audit keeps them, in texts that outlive their column: `{"logicalName":"ownerid","oldValue":"systemuser,6f0c…","newValue":"team,…"}`,
 * numbers as digits, `True` and `False`. A long text is cut to 5,000 characters that end in `…`, as in Dataverse: it is told, not kept.
 */
import { Decimal } from '../base/decimal.ts'
import type { Guid } from '../base/guid.ts'
import { isReference, MONEY_SCALE, type Reference, type Value } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'

const MAX_TEXT = 5000

export function auditText(column: Column, value: Value): string | null {
  if (value === null) return null
  if (isReference(value)) return `${value.table},${value.id}`
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return column.type === 'money' ? Decimal.fromScaled(value, MONEY_SCALE) : String(value)
  const text = String(value)
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text
}

export function parseReference(text: string): Reference {
  const comma = text.indexOf(',')
  return { table: text.slice(0, comma), id: text.slice(comma + 1) as Guid }
}

export function isSameValue(one: Value, other: Value): boolean {
  return isReference(one) && isReference(other) ? one.id === other.id && one.table === other.table : one === other
}
