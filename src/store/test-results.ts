/** For tests of results: columns, joins and plans in short. `plan({ columns: [column('name')], joins: [children('inner')] })` reads accounts. */
import type { ColumnPath } from '../plan/bound-filter.ts'
import type { Join } from '../plan/join.ts'
import type { ReadResults, ResultColumn, ResultValue } from '../plan/results-plan.ts'
import { NO_ANNOTATIONS } from '../plan/row-annotations.ts'
import { totalOrder } from '../plan/total-order.ts'
import type { Column } from '../schema/column.ts'
import { readSchema } from './test-reads.ts'

const tableNamed = (name: string) => {
  const table = readSchema.tables.get(name)
  if (!table) throw new Error(`bug: there is no table ${name}`)
  return table
}
export const account = tableNamed('account')
export const contact = tableNamed('contact')

export function columnNamed(table: string, name: string): Column {
  const column = tableNamed(table).columns.get(name)
  if (!column) throw new Error(`bug: there is no column ${name}`)
  return column
}
export const path = (name: string, from?: string): ColumnPath => {
  const table = from === undefined ? account : contact
  return { from, steps: [], table, column: columnNamed(table.logicalName, name) }
}
export const shown = (name: string, value: ResultValue, isAlias = false): ResultColumn => ({ name, value, isAlias })
export const column = (name: string, from?: string, alias = from === undefined ? name : `${from}.${name}`): ResultColumn =>
  shown(alias, { kind: 'column', path: path(name, from) }, from !== undefined)
/** The contacts of an account: many for one. */
export const children = (type: Join['type'], filter?: Join['filter']): Join => ({
  alias: 'c',
  type,
  table: contact,
  inner: columnNamed('contact', 'parentcustomerid'),
  outer: path('accountid'),
  filter,
})
/** The account's own contact: one or none. */
export const primary = (type: Join['type']): Join => ({
  alias: 'p',
  type,
  table: contact,
  inner: columnNamed('contact', 'contactid'),
  outer: path('primarycontactid'),
  filter: undefined,
})

export function plan(more: Partial<ReadResults>): ReadResults {
  const made: ReadResults = {
    kind: 'read-results',
    table: account,
    source: { kind: 'set' },
    joins: [],
    filter: undefined,
    columns: [column('accountid')],
    form: 'rows',
    aggregateLimit: 50_000,
    order: [],
    page: { number: 1, size: 5000, pages: true, after: undefined, skip: 0 },
    countLimit: undefined,
    annotations: NO_ANNOTATIONS,
    ...more,
  }
  return made.form === 'rows' ? { ...made, order: totalOrder(made.order, made.table, made.joins) } : made
}
