/**
 * Columns that say once more what others of their row say: `fullname` its parts, `address1_composite` the address, `revenue_base` the
 * amount, `owneridtype` the table behind `ownerid`, a contact's `accountid` its customer. The write path keeps them in step, and
 * whoever may not read the one may not read the other.
 */
import { type Column, isPolymorphic } from './column.ts'
import type { Table } from './table.ts'

const ADDRESS = ['line1', 'line2', 'line3', 'city', 'stateorprovince', 'postalcode', 'country']
const NAMES: { readonly [computed: string]: readonly string[] } = {
  fullname: ['firstname', 'middlename', 'lastname'],
  yomifullname: ['yomifirstname', 'yomimiddlename', 'yomilastname'],
}

/** Of a column that is put together from the texts of others: their names, in order. */
export function partsOfText(column: Column): readonly string[] | undefined {
  if (column.filledBy !== 'computed') return undefined
  const prefix = /^(address\d)_composite$/.exec(column.logicalName)?.[1]
  return prefix === undefined ? NAMES[column.logicalName] : ADDRESS.map((part) => `${prefix}_${part}`)
}

/** `ownerid` → `owneridtype`, `regardingobjectid` → `regardingobjecttypecode`. */
export function typeColumnOf(table: Table, lookup: Column): Column | undefined {
  if (!isPolymorphic(lookup)) return undefined
  const name = lookup.logicalName
  const beside = table.columns.get(`${name}type`) ?? table.columns.get(`${name.replace(/id$/, '')}typecode`)
  return beside?.type === 'entityname' ? beside : undefined
}

/** A contact's customer, by the table it is of. */
export const CUSTOMER_COLUMNS = [
  ['accountid', 'account'],
  ['parentcontactid', 'contact'],
] as const

/** All columns of the table that tell of this one, also by what tells of it: a last name's reading is part of the full name's. */
export function derivedFrom(table: Table, column: Column): readonly Column[] {
  const found = new Set<Column>([column])
  // A set that grows while it is gone through is gone through to its end.
  for (const one of found) for (const next of directlyFrom(table, one)) found.add(next)
  return [...found].filter((one) => one !== column)
}

function directlyFrom(table: Table, column: Column): readonly Column[] {
  const { logicalName } = column
  const isCustomer = table.logicalName === 'contact' && logicalName === 'parentcustomerid'
  return [...table.columns.values()].filter(
    (one) =>
      (one.type === 'money' && one.baseOf === logicalName) ||
      (one.type === 'string' && one.yomiOf === logicalName) ||
      one === typeColumnOf(table, column) ||
      (isCustomer && one.filledBy === 'server' && CUSTOMER_COLUMNS.some(([name]) => name === one.logicalName)) ||
      partsOfText(one)?.includes(logicalName),
  )
}
