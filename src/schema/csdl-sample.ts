/** For tests of `$metadata`: the standard schema with a table that has a column of every type, an activity, and relationships of every kind. */
import { column, edit, key, lookupTo, standard, table, widget } from './edit-sample.ts'
import { Label } from './label.ts'
import { Schema } from './schema.ts'
import type { ColumnRequest, OneToManyRequest, SchemaEdit } from './schema-edit.ts'
import type { Table } from './table.ts'

const COLUMNS: readonly ColumnRequest[] = [
  { type: 'string', schemaName: 'new_Code', maxLength: 50 },
  { type: 'string', schemaName: 'new_Secret' },
  { type: 'memo', schemaName: 'new_Notes' },
  { type: 'integer', schemaName: 'new_Count' },
  { type: 'decimal', schemaName: 'new_Rate' },
  { type: 'double', schemaName: 'new_Weight' },
  { type: 'money', schemaName: 'new_Price' },
  { type: 'boolean', schemaName: 'new_Flag' },
  { type: 'choice', schemaName: 'new_Size', options: [{ label: Label.of('Small') }] },
  { type: 'choice', schemaName: 'new_Color', globalChoice: 'new_colors' },
  { type: 'choices', schemaName: 'new_Tags', options: [{ label: Label.of('New') }] },
  { type: 'datetime', schemaName: 'new_When' },
  { type: 'datetime', schemaName: 'new_Wall', behavior: 'TimeZoneIndependent' },
  { type: 'datetime', schemaName: 'new_Day', behavior: 'DateOnly', format: 'DateOnly' },
]

const relate = (schemaName: string, referencedTable: string): OneToManyRequest => ({ schemaName, referencedTable, cascade: {}, isHierarchical: false })

const LOOKUPS: readonly SchemaEdit[] = [
  lookupTo('account', 'new_AccountId'),
  lookupTo('new_widget', 'new_ParentId'),
  {
    kind: 'create-lookup',
    table: 'new_widget',
    column: { type: 'customer', schemaName: 'new_CustomerId', displayName: Label.of('Customer') },
    relationships: [relate('new_widget_customer_account', 'account'), relate('new_widget_customer_contact', 'contact')],
  },
  {
    kind: 'create-lookup',
    table: 'new_widget',
    column: { type: 'lookup', schemaName: 'new_AboutId', displayName: Label.of('About') },
    relationships: [relate('new_widget_about_task', 'task'), relate('new_widget_about_widget', 'new_widget'), relate('new_widget_about_user', 'systemuser')],
  },
]

const active = (name: string): SchemaEdit[] => [
  { kind: 'set-key-status', table: 'new_widget', key: name, status: 'InProgress' },
  { kind: 'set-key-status', table: 'new_widget', key: name, status: 'Active' },
]

const edited = edit(
  standard,
  { kind: 'create-choice', choice: { name: 'new_colors', displayName: Label.of('Colors'), options: [{ label: Label.of('Red') }] } },
  widget({ tracksChanges: true, description: Label.of('"Things" <made> & sold\nby us') }),
  widget({ schemaName: 'new_Call', isActivity: true, columns: [{ type: 'string', schemaName: 'Subject', isPrimaryName: true }] }),
  widget({ schemaName: 'new_Rule', ownership: 'organization' }),
  ...COLUMNS.map((request) => column(request)),
  ...LOOKUPS,
  key('new_ByCode', 'new_code'),
  ...active('new_bycode'),
  key('new_ByAccount', 'new_accountid', 'new_count'),
  ...active('new_byaccount'),
  key('new_BySize', 'new_size'),
  { kind: 'create-many-to-many', relationship: { schemaName: 'new_widget_account', table1: 'new_widget', table2: 'account' } },
  {
    kind: 'create-many-to-many',
    relationship: { schemaName: 'new_widget_widget', table1: 'new_widget', table2: 'new_widget', table1Navigation: 'new_Uses', table2Navigation: 'new_UsedBy' },
  },
).schema

/** `new_secret` may not be read. */
export const everything: Schema = withTable(edited, hidden(table(edited), 'new_secret'))

export function withTable(schema: Schema, changed: Table): Schema {
  const tables = [...schema.tables.values()].map((one) => (one.logicalName === changed.logicalName ? changed : one))
  return Schema.of(schema.version, { tables, relationships: schema.relationships.values(), choices: schema.choices.values() })
}

export function hidden(of: Table, name: string): Table {
  return { ...of, columns: new Map([...of.columns].map(([key, one]) => [key, key === name ? { ...one, isValidForRead: false } : one])) }
}
