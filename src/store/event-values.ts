/**
 * A row's values as listeners to events see them: plain data that can be copied between threads, in the Web API's notation
 * (`{ "name": "Litware", "revenue": 12.5 }`), but lookups are references: `{ "logicalName": "contact", "id": "6f0c…" }`.
 */
import { Decimal } from '../base/decimal.ts'
import { Guid } from '../base/guid.ts'
import { bindValue, type Scalar } from '../plan/bind-value.ts'
import { isReference, MONEY_SCALE, type Value } from '../plan/value.ts'
import { fail } from '../protocol/errors.ts'
import { type Column, isLookup, isStateColumn, type LookupColumn } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { findId, readColumns } from './find-row.ts'
import type { Values } from './resolve-lookups.ts'
import type { Work } from './write-work.ts'

export type EventReference = { readonly logicalName: string; readonly id: string }
export type EventValue = null | string | number | boolean | EventReference
export type EventRow = { [column: string]: EventValue }

export function eventRow(values: ReadonlyMap<Column, Value>): EventRow {
  return Object.fromEntries([...values].map(([column, value]) => [column.logicalName, eventValue(column, value)]))
}

function eventValue(column: Column, value: Value): EventValue {
  if (isReference(value)) return { logicalName: value.table, id: value.id }
  if (typeof value === 'bigint') return exact(column.type === 'money' ? Decimal.fromScaled(value, MONEY_SCALE) : value.toString())
  if (column.type === 'decimal' && typeof value === 'string') return exact(value)
  return value
}

/** A number where a double holds it, else its text: both are taken back. */
function exact(text: string): number | string {
  return String(Number(text)) === text ? Number(text) : text
}

/** Those columns of a stored row; all that can be read where none are named. Undefined: there is no such row. */
export async function readEventRow(table: Table, id: Guid, names: readonly string[] | undefined, work: Work): Promise<EventRow | undefined> {
  const all = [...table.columns.values()].filter((column) => column.isValidForRead)
  const columns = names ? all.filter(({ logicalName }) => names.includes(logicalName) || logicalName === table.primaryIdColumn) : all
  const row = await readColumns(table, id, columns, work)
  return row && eventRow(new Map([...row].filter(([, value]) => value !== null)))
}

/** Takes what a listener has changed into the values that are to be written: bound and checked as the body of a request is. */
export async function takeChanges(table: Table, values: Values, before: EventRow, after: unknown, work: Work): Promise<void> {
  if (typeof after !== 'object' || after === null || Array.isArray(after)) throw fail('StepFailed', `The target of '${table.logicalName}' is no longer a row.`)
  for (const name of Object.keys(before)) {
    const column = table.columns.get(name)
    if (column && !Object.hasOwn(after, name)) values.delete(column)
  }
  for (const [name, value] of Object.entries(after)) {
    if (value === undefined || isSame(before[name], value)) continue
    const column = table.columns.get(name)
    if (!column) throw fail('UnknownColumn', table.entitySetName, table.logicalName, name)
    if (!isSettable(column)) throw fail('ReadOnlyColumn', table.entitySetName, name)
    values.set(column, isLookup(column) ? await referenceOf(table, column, value, work) : bindValue(table, column, value as Scalar, work.moment.schema))
  }
}

function isSame(before: EventValue | undefined, after: unknown): boolean {
  return before === after || (before !== undefined && JSON.stringify(before) === JSON.stringify(after))
}

/** A row's id is settled before its event. */
function isSettable(column: Column): boolean {
  if (column.type === 'guid' && column.isPrimaryId) return false
  return column.isValidForCreate || column.isValidForUpdate || isStateColumn(column)
}

async function referenceOf(table: Table, column: LookupColumn, value: unknown, work: Work): Promise<Value> {
  if (value === null) return null
  const { logicalName, id: text } = value as Partial<EventReference>
  const target = typeof logicalName === 'string' && column.targets.includes(logicalName) ? work.moment.schema.tables.get(logicalName) : undefined
  const id = typeof text === 'string' ? Guid.parse(text) : undefined
  if (!target || !id) throw fail('WrongType', table.entitySetName, column.logicalName, `{ logicalName: '${column.targets.join("' | '")}', id }`)
  if ((await findId({ by: 'id', table: target, id }, work)) === undefined) throw fail('LookupTargetMissing', target.logicalName, id)
  return { table: target.logicalName, id }
}
