import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonValue, parseRowBody } from '../protocol/row-json.ts'
import type { Column } from '../schema/column.ts'
import { Schema } from '../schema/schema.ts'
import { bindNewRow, bindRow, type Verb } from './bind-row.ts'
import { ID, ID2, tableOf, testSchema } from './test-schema.ts'

/** The shared schema with one read-only column, as `createdon` is. */
const schema = Schema.of(1, {
  tables: [...testSchema.tables.values()].map((table) => ({ ...table, columns: new Map([...table.columns].map(([name, column]) => [name, kept(column)])) })),
  relationships: testSchema.relationships.values(),
  choices: [],
})

function kept(column: Column): Column {
  if (column.logicalName === 'createdon' || column.logicalName === 'createdby')
    return { ...column, filledBy: 'server', isValidForCreate: false, isValidForUpdate: false }
  return column.logicalName === 'name' ? { ...column, requiredLevel: 'SystemRequired' } : column
}

const chance = { newId: () => ID2 }

function bind(body: { readonly [name: string]: JsonValue }, verb: Verb = 'create', tableName = 'account') {
  const table = schema.tables.get(tableName)
  if (!table) throw new Error('bug')
  return bindRow(parseRowBody(body, table.entitySetName), table, verb, schema, chance)
}

function valuesOf(body: { readonly [name: string]: JsonValue }, verb?: Verb) {
  return Object.fromEntries(
    bind(body, verb).assignments.map((one) => [one.column.logicalName, 'value' in one ? one.value : 'find' in one ? one.find.by : 'create']),
  )
}

test('values are assigned to columns', () => {
  assert.deepEqual(valuesOf({ name: 'A', line: 5, revenue: 1.5, size: 9 }), { name: 'A', line: 5, revenue: 15000n, size: 9 })
})

test('what the server keeps is passed over, so that a row that was read can be sent back', () => {
  const body = { '@odata.etag': 'W/"1"', name: 'A', createdon: 'not even a date', accountid: ID }
  assert.deepEqual(valuesOf(body, 'update'), { name: 'A', accountid: ID })
})

test('names that are no columns are refused', () => {
  assert.throws(() => bind({ nmae: 'A' }), { name: 'UnknownColumn', code: '0x80048d19' })
  assert.throws(() => bind({ Name: 'A' }), { name: 'UnknownColumn' })
  assert.throws(() => bind({ _primarycontactid_value: ID }), { name: 'ReadOnlyColumn' })
  assert.throws(() => bind({ _nothing_value: ID }), { name: 'UnknownColumn' })
  assert.throws(() => bind({ 'primaryContactId@odata.bind': `/contacts(${ID})` }), { name: 'UndeclaredNavigation' })
  assert.throws(() => bind({ statecode: 1 }), { name: 'NoState', code: '0x80047015' })
})

test('lookups are bound by id, by key, and cleared by null', () => {
  assert.deepEqual(valuesOf({ 'primarycontactid@odata.bind': `/contacts(${ID})` }), { primarycontactid: 'id' })
  assert.deepEqual(valuesOf({ 'primarycontactid@odata.bind': "contacts(emailaddress1='a@b.c')" }, 'update'), { primarycontactid: 'key' })
  assert.deepEqual(valuesOf({ primarycontactid: null }, 'update'), { primarycontactid: null })
  assert.deepEqual(valuesOf({ 'primarycontactid@odata.bind': null }, 'update'), { primarycontactid: null })
  assert.throws(() => bind({ primarycontactid: ID }), { name: 'BadPayload' })
  assert.throws(() => bind({ 'primarycontactid@odata.bind': `/accounts(${ID})` }), { name: 'BadPayload' })
  assert.throws(() => bind({ 'primarycontactid@odata.bind': [`/contacts(${ID})`] }), { name: 'BadPayload' })
})

test('a polymorphic lookup is bound through the navigation of its target', () => {
  const [one] = bind({ 'parentcustomerid_account@odata.bind': `/accounts(${ID})` }, 'create', 'contact').assignments
  assert.equal(one?.column.logicalName, 'parentcustomerid')
  assert.throws(() => bind({ 'parentcustomerid_account@odata.bind': `/contacts(${ID})` }, 'create', 'contact'), { name: 'BadPayload' })
  const twice = { 'parentcustomerid_account@odata.bind': `/accounts(${ID})`, 'parentcustomerid_contact@odata.bind': `/contacts(${ID})` }
  assert.throws(() => bind(twice, 'create', 'contact'), { name: 'BadPayload' })
})

test('clearing one navigation of a polymorphic lookup does not undo the other', () => {
  const bound = { 'parentcustomerid_account@odata.bind': `/accounts(${ID})` }
  for (const body of [
    { ...bound, parentcustomerid_contact: null },
    { parentcustomerid_contact: null, ...bound },
  ]) {
    const { assignments } = bind(body, 'update', 'contact')
    assert.equal(assignments.length, 1)
    assert.ok(assignments[0] && 'find' in assignments[0])
  }
})

test('a read-only lookup may be null but not be bound', () => {
  assert.deepEqual(valuesOf({ createdby: null }, 'update'), {})
  assert.throws(() => bind({ 'createdby@odata.bind': `/systemusers(${ID})` }, 'update'), { name: 'ReadOnlyColumn' })
})

test('an owner is a user or a team, and never nobody', () => {
  assert.deepEqual(valuesOf({ 'ownerid@odata.bind': `/systemusers(${ID})` }), { ownerid: 'id' })
  assert.throws(() => bind({ 'ownerid@odata.bind': `/contacts(${ID})` }), { name: 'BadPayload' })
  assert.throws(() => bind({ ownerid: null }, 'update'), { name: 'MissingOwner', code: '0x80040215' })
})

test('a required column cannot be set to null', () => {
  assert.throws(() => bind({ name: null }, 'update'), { name: 'RequiredColumn', code: '0x80040203' })
  assert.throws(() => bind({ name: '' }, 'update'), { name: 'RequiredColumn' })
})

test('nested rows are created with theirs', () => {
  const row = bind({
    name: 'A',
    primarycontactid: { fullname: 'B' },
    Account_Tasks: [{ subject: 'x' }, { subject: 'y' }],
    accountcontact_association: [{ fullname: 'C' }],
  })
  assert.deepEqual(
    row.attachments.map((one) => one.kind),
    ['create-child', 'create-child', 'create-linked'],
  )
  assert.ok(row.assignments.some((one) => 'create' in one && one.create.table.logicalName === 'contact'))
})

test('a nested object with nothing but @odata.id is an existing row', () => {
  assert.deepEqual(valuesOf({ primarycontactid: { '@odata.id': `contacts(${ID})` } }, 'update'), { primarycontactid: 'id' })
  const row = bind({ Account_Tasks: [{ '@odata.id': `tasks(${ID})` }] })
  assert.deepEqual(
    row.attachments.map((one) => one.kind),
    ['bind-child'],
  )
})

test('collections are bound by arrays, on create alone', () => {
  const body = { 'Account_Tasks@odata.bind': [`tasks(${ID})`, `/tasks(${ID2})`] }
  assert.deepEqual(
    bind(body).attachments.map((one) => one.kind),
    ['bind-child', 'bind-child'],
  )
  assert.throws(() => bind(body, 'update'), { name: 'BadPayload' })
  assert.throws(() => bind({ Account_Tasks: [] }, 'upsert'), { name: 'BadPayload' })
  assert.throws(() => bind({ primarycontactid: { fullname: 'B' } }, 'update'), { name: 'BadPayload' })
  assert.throws(() => bind({ lk_account_createdby: [{ name: 'x' }] }, 'create', 'systemuser'), { name: 'ReadOnlyColumn' })
})

test('a nested row cannot name another parent', () => {
  assert.throws(() => bind({ Account_Tasks: [{ subject: 'x', 'regardingobjectid_contact@odata.bind': `/contacts(${ID})` }] }), { name: 'BadPayload' })
})

test('nesting has an end', () => {
  let body: { readonly [name: string]: JsonValue } = { fullname: 'x' }
  for (let depth = 0; depth < 20; depth++) body = { contact_customer_contacts: [body] }
  assert.throws(() => bind(body, 'create', 'contact'), { name: 'BadPayload' })
})

test('the type has to be that of the set', () => {
  assert.doesNotThrow(() => bind({ '@odata.type': '#Microsoft.Dynamics.CRM.account', name: 'A' }))
  assert.throws(() => bind({ '@odata.type': 'Microsoft.Dynamics.CRM.contact', name: 'A' }), { name: 'BadPayload' })
})

test('intersect rows are made by associating', () => {
  assert.throws(() => bindNewRow({ members: [] }, tableOf('accountcontact'), schema, chance), { name: 'NotSupported' })
})

test('ownerid is the id of a user by its other name', () => {
  const [one] = bind({ ownerid: ID }, 'update', 'systemuser').assignments
  assert.equal(one?.column.logicalName, 'systemuserid')
})
