/**
 * `$select` → the columns of the answer: `name,_primarycontactid_value` or the bare `primarycontactid`, `*` for all.
 * The primary id is always among them; a money column brings the row's currency along, as an amount says nothing without it, and a part
 * of an address the whole of it (webapi.md 5.2).
 */
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { getColumn, primaryId } from './find-column.ts'

const ALL = new WeakMap<Table, readonly Column[]>()
const SELECTED = new WeakMap<readonly string[], { readonly table: Table; readonly columns: readonly Column[] }>()
const ADDRESS_PART = /^(address\d)_(?:line\d|city|stateorprovince|postalcode|country)$/

/** In the order of the names; without any, all that may be read, in the table's order. For the same names, always the same array. */
export function selectColumns(table: Table, names: readonly string[] | undefined): readonly Column[] {
  if (!names) return allColumns(table)
  const known = SELECTED.get(names)
  if (known?.table === table) return known.columns
  const columns = findColumns(table, names)
  SELECTED.set(names, { table, columns })
  return columns
}

function findColumns(table: Table, names: readonly string[]): readonly Column[] {
  const columns = new Set<Column>()
  for (const name of names) {
    if (name === '*') for (const column of allColumns(table)) columns.add(column)
    else columns.add(getColumn(table, name))
  }
  return [...new Set([...columns, ...companionsOf(table, [...columns])])]
}

/** What these columns bring along: see above. */
export function companionsOf(table: Table, columns: readonly Column[]): readonly Column[] {
  const currency = table.columns.get('transactioncurrencyid')
  const composites = columns.map((column) => compositeOf(table, column)).filter((column) => column !== undefined)
  const isAmountNamed = columns.some(({ type }) => type === 'money') && currency?.isValidForRead === true
  return [...(isAmountNamed ? [currency] : []), ...composites, primaryId(table)]
}

/** `address1_city` → `address1_composite`. */
function compositeOf(table: Table, { logicalName }: Column): Column | undefined {
  const address = logicalName.startsWith('address') ? ADDRESS_PART.exec(logicalName)?.[1] : undefined
  const composite = address === undefined ? undefined : table.columns.get(`${address}_composite`)
  return composite?.isValidForRead ? composite : undefined
}

/** The same with one more column, where it is not there yet. */
export function withColumn(columns: readonly Column[], column: Column): readonly Column[] {
  return columns.includes(column) ? columns : [...columns, column]
}

/** What stands in the parentheses of `@odata.context`: the names as asked for, or nothing where all columns are. */
export function selectText(names: readonly string[] | undefined): string {
  return !names || names.includes('*') ? '' : names.join(',')
}

export function allColumns(table: Table): readonly Column[] {
  const known = ALL.get(table)
  if (known) return known
  const columns = [...table.columns.values()].filter((column) => column.isValidForRead || column.logicalName === table.primaryIdColumn)
  ALL.set(table, columns)
  return columns
}
