/**
 * A small schema for tests: `account` (one column of every type, three keys), `contact`, `task` (with a polymorphic lookup),
 * `systemuser`, and `accountcontact`, an intersect table. Nothing in it is Dataverse's own but the names.
 */
import { Guid } from '../base/guid.ts'
import { PLAIN_CALENDAR } from './calendar.ts'
import type { QueryContext } from './query-context.ts'
import { FULL_RIGHTS } from './rights.ts'
import type { Column, ColumnType } from '../schema/column.ts'
import { Label } from '../schema/label.ts'
import type { Cascade, ManyToMany, OneToMany, Relationship } from '../schema/relationship.ts'
import { Schema } from '../schema/schema.ts'
import type { AlternateKey, KeyStatus, Table } from '../schema/table.ts'

const THEN = '2024-01-01T00:00:00Z'

const text = { type: 'string', maxLength: 100, format: 'Text' } as const
const lookup = (...targets: readonly string[]): ColumnType => ({ type: 'lookup', targets })
const datetime = (behavior: 'UserLocal' | 'DateOnly'): ColumnType => ({
  type: 'datetime',
  behavior,
  format: behavior === 'DateOnly' ? 'DateOnly' : 'DateAndTime',
})
const options = [1, 9].map((value) => ({ value, label: Label.of(`Option ${value}`) }))

export function testColumn(name: string, type: ColumnType, more: Partial<Column> = {}): Column {
  return {
    logicalName: name,
    schemaName: name,
    metadataId: Guid.fromName(`column ${name}`),
    displayName: Label.of(name),
    requiredLevel: 'None',
    filledBy: 'client',
    isValidForCreate: true,
    isValidForUpdate: true,
    isValidForRead: true,
    isCustom: false,
    columnNumber: 1,
    createdOn: THEN,
    modifiedOn: THEN,
    ...type,
    ...more,
  } as Column
}

export function testTable(name: string, columns: Readonly<Record<string, ColumnType>>, more: Partial<Table> = {}): Table {
  const primaryId = more.primaryIdColumn ?? `${name}id`
  const all: Readonly<Record<string, ColumnType>> = { ...columns, [primaryId]: { type: 'guid', isPrimaryId: true }, versionnumber: { type: 'bigint' } }
  return {
    logicalName: name,
    schemaName: name,
    entitySetName: `${name}s`,
    collectionSchemaName: `${name}s`,
    metadataId: Guid.fromName(`table ${name}`),
    objectTypeCode: 1,
    displayName: Label.of(name),
    displayCollectionName: Label.of(`${name}s`),
    ownership: 'user',
    primaryIdColumn: primaryId,
    primaryNameColumn: Object.keys(columns)[0],
    tracksChanges: true,
    canTrackChanges: true,
    isCustom: false,
    isIntersect: false,
    isActivity: false,
    hasNotes: false,
    hasActivities: false,
    columns: new Map(Object.entries(all).map(([column, type]) => [column, testColumn(column, type)])),
    keys: [],
    createdOn: THEN,
    modifiedOn: THEN,
    ...more,
  }
}

export function testKey(name: string, columns: readonly string[], status: KeyStatus = 'Active'): AlternateKey {
  return { logicalName: name, schemaName: name, metadataId: Guid.fromName(`key ${name}`), displayName: Label.of(name), columns: columns.toSorted(), status }
}

const CASCADE: Cascade = {
  assign: 'NoCascade',
  delete: 'RemoveLink',
  merge: 'NoCascade',
  reparent: 'NoCascade',
  share: 'NoCascade',
  unshare: 'NoCascade',
  rollupView: 'NoCascade',
  archive: 'NoCascade',
}

/** `many` is the collection on the referenced side, `one` the lookup's navigation. */
export function testOneToMany(many: string, from: string, column: string, to: string, one = column): OneToMany {
  return {
    kind: 'one-to-many',
    schemaName: many,
    metadataId: Guid.fromName(`relationship ${many}`),
    referencedTable: to,
    referencedColumn: `${to}id`,
    referencingTable: from,
    referencingColumn: column,
    referencedNavigation: many,
    referencingNavigation: one,
    cascade: CASCADE,
    isCustom: false,
    isHierarchical: false,
  }
}

const account = testTable(
  'account',
  {
    name: text,
    accountnumber: text,
    description: { type: 'memo', maxLength: 2000, format: 'Text' },
    line: { type: 'integer', min: 0, max: 1000, format: 'None' },
    employees: { type: 'integer', min: 0, max: 1000, format: 'None' },
    rate: { type: 'decimal', min: -1000, max: 1000, precision: 2 },
    revenue: { type: 'money', min: 0, max: 1e12, precision: 2, precisionSource: 0 },
    score: { type: 'double', min: 0, max: 1e6, precision: 5 },
    creditonhold: { type: 'boolean', trueLabel: Label.of('Yes'), falseLabel: Label.of('No'), defaultValue: false },
    size: { type: 'choice', options },
    hobbies: { type: 'choices', options },
    openedon: datetime('DateOnly'),
    createdon: datetime('UserLocal'),
    modifiedon: datetime('UserLocal'),
    createdby: lookup('systemuser'),
    ownerid: { type: 'owner', targets: ['systemuser', 'team'] },
    primarycontactid: lookup('contact'),
    transactioncurrencyid: lookup('transactioncurrency'),
  },
  {
    keys: [
      testKey('bynumber', ['accountnumber']),
      testKey('bycontact', ['primarycontactid', 'line']),
      testKey('byrate', ['rate']),
      testKey('byname', ['name'], 'Pending'),
    ],
  },
)

const contact = testTable(
  'contact',
  {
    fullname: text,
    emailaddress1: text,
    secret: text,
    parentcustomerid: { type: 'customer', targets: ['account', 'contact'] },
    createdby: lookup('systemuser'),
  },
  { keys: [testKey('byemail', ['emailaddress1'])] },
)

const task = testTable('task', { subject: text, regardingobjectid: lookup('account', 'contact') }, { primaryIdColumn: 'activityid', tracksChanges: false })

const systemuser = testTable('systemuser', { fullname: text, domainname: text }, { ownership: 'business', keys: [testKey('bydomain', ['domainname'])] })

const accountcontact = testTable(
  'accountcontact',
  { accountid: { type: 'guid', isPrimaryId: false }, contactid: { type: 'guid', isPrimaryId: false } },
  { isIntersect: true, ownership: 'none', primaryNameColumn: undefined, tracksChanges: false },
)

const manyToMany: ManyToMany = {
  kind: 'many-to-many',
  schemaName: 'accountcontact_association',
  metadataId: Guid.fromName('relationship accountcontact'),
  intersectTable: 'accountcontact',
  table1: 'account',
  table1Column: 'accountid',
  table1Navigation: 'accountcontact_association',
  table2: 'contact',
  table2Column: 'contactid',
  table2Navigation: 'accountcontact_association',
  isCustom: false,
}

const relationships: readonly Relationship[] = [
  testOneToMany('account_primary_contact', 'account', 'primarycontactid', 'contact'),
  testOneToMany('lk_account_createdby', 'account', 'createdby', 'systemuser'),
  testOneToMany('contact_customer_accounts', 'contact', 'parentcustomerid', 'account', 'parentcustomerid_account'),
  testOneToMany('contact_customer_contacts', 'contact', 'parentcustomerid', 'contact', 'parentcustomerid_contact'),
  testOneToMany('lk_contact_createdby', 'contact', 'createdby', 'systemuser'),
  testOneToMany('Account_Tasks', 'task', 'regardingobjectid', 'account', 'regardingobjectid_account'),
  testOneToMany('Contact_Tasks', 'task', 'regardingobjectid', 'contact', 'regardingobjectid_contact'),
  manyToMany,
]

const unreadable: Table = {
  ...contact,
  columns: new Map([...contact.columns].map(([name, column]) => [name, name === 'secret' ? { ...column, isValidForRead: false } : column])),
}

export const testSchema: Schema = Schema.of(1, { tables: [account, unreadable, task, systemuser, accountcontact], relationships, choices: [] })

/** A table of `testSchema`. */
export function tableOf(name: string): Table {
  const table = testSchema.tables.get(name)
  if (!table) throw new Error(`bug: the test schema has no table ${name}`)
  return table
}

export function columnOf(table: string, name: string): Column {
  const column = tableOf(table).columns.get(name)
  if (!column) throw new Error(`bug: the test schema has no column ${table}.${name}`)
  return column
}

export const ID = '6f0c2b1e-0000-4000-8000-000000000001' as Guid
export const ID2 = '6f0c2b1e-0000-4000-8000-000000000002' as Guid

/** Asked by user 1 of unit 2 on Monday, 20 May 2024, in UTC. */
export function testContext(schema: Schema = testSchema, more: Partial<QueryContext> = {}): QueryContext {
  const caller = { userId: Guid.fromName('user'), businessUnitId: Guid.fromName('unit'), organizationId: Guid.fromName('organization'), rights: FULL_RIGHTS }
  return { schema, caller, now: '2024-05-20T00:00:00Z', calendar: PLAIN_CALENDAR, ...more }
}
