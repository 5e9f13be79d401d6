import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, edit, key, lookupTo, sample, table } from './edit-sample.ts'
import type { SchemaEdit } from './schema-edit.ts'

const text = (schemaName: string, maxLength = 20) => column({ type: 'string', schemaName, maxLength })
const base = edit(sample, text('new_B'), text('new_A'), column({ type: 'memo', schemaName: 'new_Memo' }), lookupTo('account', 'new_AccountId')).schema
const status = (to: 'InProgress' | 'Active' | 'Failed'): SchemaEdit => ({ kind: 'set-key-status', table: 'new_widget', key: 'new_key', status: to })
const reactivate: SchemaEdit = { kind: 'reactivate-key', table: 'new_widget', key: 'new_key' }

test('a new key is Pending with a job, its columns sorted', () => {
  const { schema, steps, result } = edit(base, key('new_Key', 'new_b', 'new_a', 'new_accountid'))
  const [created] = table(schema).keys
  assert.ok(created?.jobId)
  assert.deepEqual([created.logicalName, created.columns, created.status], ['new_key', ['new_a', 'new_accountid', 'new_b'], 'Pending'])
  assert.deepEqual(steps, [{ kind: 'build-key', table: table(schema), key: created }])
  assert.equal(result.metadataId, created.metadataId)
})

test('a standard table takes keys', () => {
  const { schema } = edit(sample, { kind: 'create-key', table: 'account', schemaName: 'new_NumberKey', displayName: {}, columns: ['accountnumber'] })
  assert.equal(table(schema, 'account').keys.length, 1)
})

test('the status follows the index builder', () => {
  const { schema } = edit(base, key('new_Key', 'new_a'), status('InProgress'), status('Active'))
  assert.equal(table(schema).keys[0]?.status, 'Active')
})

test('a failed key is reactivated with a new job, any other is not', () => {
  const failed = edit(base, key('new_Key', 'new_a'), status('Failed')).schema
  const { schema, steps } = edit(failed, reactivate)
  assert.equal(table(schema).keys[0]?.status, 'Pending')
  assert.notEqual(table(schema).keys[0]?.jobId, table(failed).keys[0]?.jobId)
  assert.deepEqual(
    steps.map((one) => one.kind),
    ['build-key'],
  )
  assert.throws(() => edit(schema, reactivate), { name: 'KeyNotFailed' })
  assert.throws(() => edit(base, reactivate), { name: 'MetadataNotFound' })
})

test('a deleted key is gone, and its index with it', () => {
  const { schema, steps, deleted } = edit(edit(base, key('new_Key', 'new_a')).schema, { kind: 'delete-key', table: 'new_widget', key: 'new_key' })
  assert.deepEqual([table(schema).keys, steps.map((one) => one.kind), deleted.map((one) => one.kind)], [[], ['drop-key'], ['key']])
})

test('a taken name, a taken set of columns, and a name without a prefix are refused', () => {
  const { schema } = edit(base, key('new_Key', 'new_a', 'new_b'))
  assert.throws(() => edit(schema, key('new_KEY', 'new_a')), { name: 'KeyNameExists' })
  assert.throws(() => edit(schema, key('new_Other', 'new_b', 'new_a')), { name: 'KeyColumnsExist' })
  assert.throws(() => edit(schema, key('Other', 'new_a')), { name: 'InvalidSchemaName' })
})

test('columns that are unknown, twice there, of a wrong type or read-only are refused', () => {
  assert.throws(() => edit(base, key('new_Key', 'new_none')), { name: 'MetadataNotFound' })
  assert.throws(() => edit(base, key('new_Key')), { name: 'InvalidMetadata' })
  assert.throws(() => edit(base, key('new_Key', 'new_a', 'new_a')), { name: 'InvalidMetadata' })
  assert.throws(() => edit(base, key('new_Key', 'new_memo')), { name: 'KeyColumnType' })
  assert.throws(() => edit(base, key('new_Key', 'ownerid')), { name: 'KeyColumnType' })
  assert.throws(() => edit(base, key('new_Key', 'createdon')), { name: 'KeyColumnNotForCreateAndUpdate' })
  assert.throws(() => edit(base, key('new_Key', 'importsequencenumber')), { name: 'KeyColumnNotForUpdate' })
  assert.throws(() => edit(base, column({ type: 'string', schemaName: 'new_Secret', isSecured: true }), key('new_Key', 'new_secret')), {
    name: 'InvalidMetadata',
  })
})

test('ten keys, sixteen columns, nine hundred bytes are the limits', () => {
  const names = Array.from({ length: 17 }, (_, index) => `new_c${String(index).padStart(2, '0')}`)
  const wide = edit(sample, ...names.map((name) => text(name))).schema
  const ten = edit(wide, ...names.slice(0, 10).map((name) => key(`${name}_key`, name))).schema
  assert.throws(() => edit(ten, key('new_eleventh', 'new_c10')), { name: 'TooManyKeys' })
  assert.throws(() => edit(wide, key('new_wide', ...names)), { name: 'TooManyKeyColumns' })
  assert.doesNotThrow(() => edit(wide, key('new_wide', ...names.slice(0, 16))))
  const long = edit(sample, text('new_Long', 450), text('new_Longer', 451), text('new_One', 1)).schema
  assert.doesNotThrow(() => edit(long, key('new_key', 'new_long')))
  assert.throws(() => edit(long, key('new_key', 'new_longer')), { name: 'KeyTooLarge' })
  assert.throws(() => edit(long, key('new_key', 'new_long', 'new_one')), { name: 'KeyTooLarge' })
})

test('an intersect table has no keys', () => {
  assert.throws(() => edit(sample, { kind: 'create-key', table: 'teamroles', schemaName: 'new_Key', displayName: {}, columns: ['roleid'] }), {
    name: 'SystemMetadata',
  })
})
