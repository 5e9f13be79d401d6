/** Columns of one family are stored alike, so that they can be compared with each other: `primarycontactid` with `contactid`. */
import type { Column, ColumnKind } from '../schema/column.ts'

const FAMILY: Record<Exclude<ColumnKind, 'datetime'>, string> = {
  string: 'text',
  memo: 'text',
  entityname: 'text',
  integer: 'whole number',
  choice: 'whole number',
  state: 'whole number',
  status: 'whole number',
  bigint: 'whole number',
  decimal: 'decimal',
  money: 'money',
  double: 'double',
  boolean: 'boolean',
  choices: 'choices',
  guid: 'id',
  lookup: 'id',
  customer: 'id',
  owner: 'id',
}

export function familyOf(column: Column): string {
  if (column.type !== 'datetime') return FAMILY[column.type]
  return column.behavior === 'DateOnly' ? 'date' : 'date and time'
}
