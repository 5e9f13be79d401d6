import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wireName } from '../schema/column.ts'
import { hasAnnotations, rowAnnotations } from './row-annotations.ts'
import { selectColumns, selectText } from './select-columns.ts'
import { tableOf } from './test-schema.ts'

const select = (...names: readonly string[]): readonly string[] => selectColumns(tableOf('account'), names).map(wireName)

test('columns come in the order asked for, each once, the id always', () => {
  assert.deepEqual(select('name', 'accountnumber', 'name'), ['name', 'accountnumber', 'accountid'])
  assert.deepEqual(select('accountid', 'name'), ['accountid', 'name'])
})

test('a lookup goes by either name', () => {
  assert.deepEqual(select('_primarycontactid_value'), ['_primarycontactid_value', 'accountid'])
  assert.deepEqual(select('primarycontactid', '_primarycontactid_value'), ['_primarycontactid_value', 'accountid'])
})

test('an amount brings its currency', () => assert.deepEqual(select('revenue', 'name'), ['revenue', 'name', '_transactioncurrencyid_value', 'accountid']))

test('without a list, or with a star, all readable columns come in their order', () => {
  const contact = tableOf('contact')
  const all = [...contact.columns.values()].filter((column) => column.logicalName !== 'secret')
  assert.deepEqual(selectColumns(contact, undefined), all)
  assert.equal(selectColumns(contact, undefined), selectColumns(contact, undefined))
  assert.deepEqual(selectColumns(contact, ['*', 'fullname']), all)
})

test('ownerid of a user is its id', () => {
  assert.deepEqual(selectColumns(tableOf('systemuser'), ['ownerid']).map(wireName), ['systemuserid'])
})

test('an unknown or unreadable name is refused', () => {
  for (const name of ['nothing', 'Name', '_name_value', 'primarycontactid/fullname']) assert.throws(() => select(name), { name: 'UnknownProperty' }, name)
  assert.throws(() => selectColumns(tableOf('contact'), ['secret']), { name: 'UnknownProperty', message: /'secret'.*CRM\.contact/ })
})

test('the context repeats the names as they were asked for', () => {
  assert.equal(selectText(['name', '_primarycontactid_value']), 'name,_primarycontactid_value')
  assert.equal(selectText(['*']), '')
  assert.equal(selectText(undefined), '')
})

test('annotations are asked for by name or pattern', () => {
  assert.deepEqual(rowAnnotations('Microsoft.Dynamics.CRM.*'), { formattedValues: false, associatedNavigation: true, lookupTable: true, attributeName: false })
  assert.deepEqual(rowAnnotations('OData.Community.Display.V1.FormattedValue'), {
    formattedValues: true,
    associatedNavigation: false,
    lookupTable: false,
    attributeName: false,
  })
  assert.equal(hasAnnotations(rowAnnotations('*')), true)
  assert.equal(hasAnnotations(rowAnnotations(undefined)), false)
})
