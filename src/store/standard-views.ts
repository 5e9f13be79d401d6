/**
 * The views of the standard tables: rows of `savedquery` that every server begins with. «Active Accounts» and its like have the ids they
 * have on the original, so that a link of its pages (`accounts?savedQuery=00000000-0000-0000-00aa-000010001002`) leads to the same here.
 */
import { assert } from '../base/assert.ts'
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { runWrite } from './run-write.ts'
import { rowOf } from './servers-rows.ts'
import type { Transaction } from './sql/connection.ts'
import { ownMoment } from './write-work.ts'

type Moment = { readonly now: string; readonly caller: Caller }

/** `querytype`: where an application shows the view. */
const TYPES = { main: 0, advanced: 1, associated: 2, quickFind: 4, lookup: 64 } as const

type View = {
  readonly name: string
  readonly table: string
  readonly type: keyof typeof TYPES
  /** The first orders; it is also what the layout opens a row by. */
  readonly columns: readonly string[]
  /** Conditions as FetchXML, all of which hold. */
  readonly conditions: readonly string[]
  /** Of the original, where it is the same on every server. */
  readonly id?: string
  readonly isDefault?: boolean
}

const ACTIVE = '<condition attribute="statecode" operator="eq" value="0" />'
const INACTIVE = '<condition attribute="statecode" operator="eq" value="1" />'
const MINE = '<condition attribute="ownerid" operator="eq-userid" />'
const ACCOUNT = ['name', 'telephone1', 'address1_city', 'primarycontactid']
const CONTACT = ['fullname', 'emailaddress1', 'parentcustomerid', 'telephone1']
const TASK = ['subject', 'regardingobjectid', 'prioritycode', 'scheduledend']

const VIEWS: readonly View[] = [
  { name: 'My Active Accounts', table: 'account', type: 'main', columns: ACCOUNT, conditions: [MINE, ACTIVE], id: '00000000-0000-0000-00aa-000010001001' },
  {
    name: 'Active Accounts',
    table: 'account',
    type: 'main',
    columns: ACCOUNT,
    conditions: [ACTIVE],
    id: '00000000-0000-0000-00aa-000010001002',
    isDefault: true,
  },
  { name: 'Inactive Accounts', table: 'account', type: 'main', columns: ACCOUNT, conditions: [INACTIVE] },
  { name: 'All Accounts', table: 'account', type: 'main', columns: ACCOUNT, conditions: [] },
  { name: 'Account Advanced Find View', table: 'account', type: 'advanced', columns: ACCOUNT, conditions: [ACTIVE] },
  { name: 'Account Associated View', table: 'account', type: 'associated', columns: ACCOUNT, conditions: [ACTIVE] },
  { name: 'Quick Find Active Accounts', table: 'account', type: 'quickFind', columns: ACCOUNT, conditions: [ACTIVE] },
  { name: 'Account Lookup View', table: 'account', type: 'lookup', columns: ACCOUNT, conditions: [ACTIVE] },
  { name: 'My Active Contacts', table: 'contact', type: 'main', columns: CONTACT, conditions: [MINE, ACTIVE], id: '00000000-0000-0000-00aa-000010001003' },
  {
    name: 'Active Contacts',
    table: 'contact',
    type: 'main',
    columns: CONTACT,
    conditions: [ACTIVE],
    id: '00000000-0000-0000-00aa-000010001004',
    isDefault: true,
  },
  { name: 'Inactive Contacts', table: 'contact', type: 'main', columns: CONTACT, conditions: [INACTIVE] },
  { name: 'All Contacts', table: 'contact', type: 'main', columns: CONTACT, conditions: [] },
  { name: 'Contact Advanced Find View', table: 'contact', type: 'advanced', columns: CONTACT, conditions: [ACTIVE] },
  { name: 'Contact Associated View', table: 'contact', type: 'associated', columns: CONTACT, conditions: [ACTIVE] },
  { name: 'Quick Find Active Contacts', table: 'contact', type: 'quickFind', columns: CONTACT, conditions: [ACTIVE] },
  { name: 'Contacts Lookup View', table: 'contact', type: 'lookup', columns: CONTACT, conditions: [ACTIVE] },
  { name: 'All Tasks', table: 'task', type: 'main', columns: TASK, conditions: [], isDefault: true },
  { name: 'My Tasks', table: 'task', type: 'main', columns: TASK, conditions: [MINE, ACTIVE] },
]

export async function insertStandardViews(tx: Transaction, schema: Schema, moment: Moment): Promise<void> {
  for (const view of VIEWS) {
    const id = Guid.parse(view.id ?? '') ?? Guid.fromName(`savedquery:${view.name}`)
    const table = schema.tables.get(view.table)
    assert(table, `there is no table ${view.table}`)
    const row = rowOf(schema, 'savedquery', id, {
      name: view.name,
      returnedtypecode: view.table,
      querytype: TYPES[view.type],
      fetchxml: fetchXmlOf(view, table),
      layoutxml: layoutXmlOf(view, table),
      isdefault: view.isDefault ?? false,
      isquickfindquery: view.type === 'quickFind',
      iscustom: false,
      isuserdefined: false,
    })
    await runWrite(row, tx, ownMoment(moment, schema))
  }
}

function fetchXmlOf({ columns, conditions }: View, table: Table): string {
  const attributes = [...columns, table.primaryIdColumn].map((column) => `<attribute name="${column}" />`).join('')
  const filter = conditions.length === 0 ? '' : `<filter type="and">${conditions.join('')}</filter>`
  const order = `<order attribute="${columns[0]}" descending="false" />`
  return `<fetch version="1.0" output-format="xml-platform" mapping="logical"><entity name="${table.logicalName}">${attributes}${order}${filter}</entity></fetch>`
}

function layoutXmlOf({ columns }: View, table: Table): string {
  const cells = columns.map((column, index) => `<cell name="${column}" width="${index === 0 ? 300 : 150}" />`).join('')
  const grid = `<grid name="resultset" object="${table.objectTypeCode}" jump="${columns[0]}" select="1" preview="1" icon="1">`
  return `${grid}<row name="result" id="${table.primaryIdColumn}">${cells}</row></grid>`
}
