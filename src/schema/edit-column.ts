/**
 * Adding and deleting columns. A money column brings its `…_base`, and its table the currency and the exchange rate where it lacks them:
 * an amount without a currency means nothing.
 */
import { fail } from '../protocol/errors.ts'
import { type Column, type ColumnOf, isLookup, wireName } from './column.ts'
import { MAX_COLUMNS, MONEY_MAX } from './column-limits.ts'
import { columnOfRequest } from './column-request.ts'
import { addRelationship, columnOf, type Draft, dropRelationship, editableTable, memberNames, oneToManys, putTable } from './edit-draft.ts'
import { suffixLabel } from './edit-labels.ts'
import type { ColumnRequest, EditResult, SchemaEdit } from './schema-edit.ts'
import { columnsOf } from './system-tables/build-column.ts'
import { oneToManyOf, systemRelationship } from './system-tables/build-relationship.ts'
import { decimal, lookup } from './system-tables/seed.ts'
import type { Table } from './table.ts'

export function createColumn(draft: Draft, edit: Extract<SchemaEdit, { kind: 'create-column' }>): EditResult {
  const before = editableTable(draft, edit.table)
  const [column, ...more] = newColumns(draft, edit.column, before.columns)
  addColumns(draft, before, [column, ...more])
  return { metadataId: column.metadataId }
}

/** The column asked for, first, and those it brings. `present`: what the table has so far. */
export function newColumns(draft: Draft, request: ColumnRequest, present: ReadonlyMap<string, Column>): [Column, ...Column[]] {
  refuseTooMany(present.size + 1)
  const first = nextNumber(present)
  const column = columnOfRequest(request, { choices: draft.choices, metadataId: draft.newId(), columnNumber: first, now: draft.now })
  if (column.type !== 'money') return [column]
  const base = baseOf(column, draft, first + 1)
  return present.has('transactioncurrencyid') ? [column, base] : [column, base, ...currencyColumns(draft, first + 2)]
}

export function nextNumber(columns: ReadonlyMap<string, Column>): number {
  return Math.max(0, ...[...columns.values()].map((column) => column.columnNumber)) + 1
}

function refuseTooMany(count: number): void {
  if (count > MAX_COLUMNS) throw fail('InvalidMetadata', `A table cannot have more than ${MAX_COLUMNS} columns.`)
}

function baseOf(column: ColumnOf<'money'>, draft: Draft, columnNumber: number): Column {
  return {
    ...column,
    logicalName: `${column.logicalName}_base`,
    schemaName: `${column.schemaName}_Base`,
    metadataId: draft.newId(),
    displayName: suffixLabel(column.displayName, ' (Base)'),
    requiredLevel: 'None',
    filledBy: 'computed',
    // Whoever may not read the amount may not read it in another currency: it follows without being secured itself.
    isSecured: undefined,
    isValidForCreate: false,
    isValidForUpdate: false,
    columnNumber,
    min: -MONEY_MAX,
    max: MONEY_MAX,
    // Four decimals whatever the column's own precision (webapi.md 4).
    precision: 4,
    precisionSource: 2,
    baseOf: column.logicalName,
  }
}

function currencyColumns(draft: Draft, firstNumber: number): Column[] {
  const seeds = [
    lookup('TransactionCurrencyId', 'Currency', ['transactioncurrency']),
    decimal('ExchangeRate', 'Exchange Rate', 0.000000000001, 100000000000, 12, { filledBy: 'server' }),
  ]
  return columnsOf(seeds, { primaryId: '', idOf: draft.newId, createdOn: draft.now, firstNumber, isCustom: false })
}

/** Puts columns into a table that exists, and relates the system lookups among them. */
export function addColumns(draft: Draft, before: Table, columns: readonly Column[]): Table {
  refuseTooMany(before.columns.size + columns.length)
  const taken = memberNames(draft, before.logicalName)
  let table = before
  for (const column of columns) {
    const name = `${table.logicalName}.${column.logicalName}`
    if (table.columns.has(column.logicalName) || taken.has(wireName(column))) throw fail('SchemaNameTaken', 'column', name)
    table = putTable(draft, { ...table, columns: new Map(table.columns).set(column.logicalName, column) })
    draft.steps.push({ kind: 'add-column', table, column })
  }
  for (const column of columns) if (!column.isCustom && isLookup(column)) relateSystemLookup(draft, table, column, column.targets)
  return table
}

/** One relationship for each target that is here. */
export function relateSystemLookup(draft: Draft, table: Table, column: Column & { readonly targets: readonly string[] }, targets: readonly string[]): void {
  for (const target of targets) {
    const referenced = draft.tables.get(target)
    if (referenced) addRelationship(draft, oneToManyOf(systemRelationship(table, column, column.targets.length, target), table, referenced, draft.newId))
  }
}

export function deleteColumn(draft: Draft, edit: Extract<SchemaEdit, { kind: 'delete-column' }>): EditResult {
  const table = editableTable(draft, edit.table)
  const column = columnOf(table, edit.column)
  checkDeletable(table, column)
  dropColumn(draft, table, column)
  return { metadataId: column.metadataId }
}

function checkDeletable(table: Table, column: Column): void {
  const name = `column ${table.logicalName}.${column.logicalName}`
  const isFixed = !column.isCustom || column.logicalName === table.primaryIdColumn || column.logicalName === table.primaryNameColumn
  if (isFixed || (column.type === 'money' && column.baseOf !== undefined)) throw fail('SystemMetadata', name)
  const key = table.keys.find((one) => one.columns.includes(column.logicalName))
  if (key) throw fail('MetadataInUse', name, `the key ${key.logicalName}`)
}

/** With its relationships where it is a lookup, with its base column where it is an amount of money. */
export function dropColumn(draft: Draft, table: Table, column: Column): void {
  for (const one of oneToManys(draft)) {
    if (one.referencingTable === table.logicalName && one.referencingColumn === column.logicalName) dropRelationship(draft, one)
  }
  const base = table.columns.get(`${column.logicalName}_base`)
  const gone = base?.type === 'money' && base.baseOf === column.logicalName ? [base, column] : [column]
  let left = table
  for (const one of gone) {
    draft.steps.push({ kind: 'drop-column', table: left, column: one })
    draft.deleted.push({ kind: 'column', metadataId: one.metadataId, parent: table.metadataId })
    const columns = new Map(left.columns)
    columns.delete(one.logicalName)
    left = putTable(draft, { ...left, columns })
  }
}
