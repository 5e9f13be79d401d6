import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCustomName, freeSetName, logicalNameOf, lookupNavigation, pluralOf } from './names.ts'

test('the logical name is the schema name in lower case', () => {
  assert.equal(logicalNameOf('new_BankAccount'), 'new_bankaccount')
})

test('plurals: y becomes ies, a sibilant gets es, anything else s', () => {
  const plurals = ['new_territory', 'new_bus', 'new_box', 'new_quiz', 'new_branch', 'new_wish', 'new_account', 'new_part'].map(pluralOf)
  assert.deepEqual(plurals, ['new_territories', 'new_buses', 'new_boxes', 'new_quizes', 'new_branches', 'new_wishes', 'new_accounts', 'new_parts'])
})

test('where the plural is taken, the entity set is the name and set', () => {
  const taken = new Set(['new_boxes', 'new_boxset'])
  assert.equal(
    freeSetName('new_box', (name) => taken.has(name)),
    'new_boxset2',
  )
  assert.equal(
    freeSetName('new_part', (name) => taken.has(name)),
    'new_parts',
  )
})

test('a custom name has a prefix of two to eight letters and digits', () => {
  for (const name of ['new_Part', 'sample_bankaccount', 'cr1a2_Thing', 'a1_x', 'acme_part_no', 'Abcdefgh_x']) checkCustomName('table', name)
  for (const name of ['', 'Part', 'n_Part', '1new_Part', 'toolonger1_Part', 'new_', 'new_Pärt', 'new_Part No', 'new-Part', '_new_Part']) {
    assert.throws(() => checkCustomName('table', name), { name: 'InvalidSchemaName' }, name)
  }
})

test('the prefix mscrm is reserved', () => {
  assert.throws(() => checkCustomName('column', 'mscrm_Part'), { name: 'InvalidSchemaName' })
  for (const name of ['tidemark_counter', 'Tidemark_Part', 'sqlite_part'])
    assert.throws(() => checkCustomName('table', name), { name: 'InvalidSchemaName' }, name)
  for (const name of ['tidemar_part', 'sqlite1_part']) checkCustomName('table', name)
  checkCustomName('column', 'tidemark_part')
})

test('a relationship may be named after the tables it connects', () => {
  checkCustomName('relationship', 'systemuser_new_order_new_BuyerId')
  assert.throws(() => checkCustomName('relationship', 'orders'), { name: 'InvalidSchemaName' })
})

test('a name is at most 128 characters long, that of a relationship 255', () => {
  checkCustomName('column', `new_${'x'.repeat(124)}`)
  assert.throws(() => checkCustomName('column', `new_${'x'.repeat(125)}`), { name: 'InvalidSchemaName' })
  checkCustomName('relationship', `new_${'x'.repeat(251)}`)
})

test('a logical name that is not the schema name in lower case is refused', () => {
  checkCustomName('table', 'new_Part', 'new_part')
  assert.throws(() => checkCustomName('table', 'new_Part', 'new_piece'), { name: 'InvalidSchemaName' })
})

test('the navigation property of a lookup is its schema name, with the target where there can be several', () => {
  assert.equal(lookupNavigation('new_AccountOwner', 'contact', false), 'new_AccountOwner')
  assert.equal(lookupNavigation('new_CheckedoutItem', 'new_book', true), 'new_CheckedoutItem_new_book')
})
