/** Which columns can be secured, whichever edit asks for it, and what the store is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, edit, key, sample, standard, table, widget } from './edit-sample.ts'
import type { EditedSchema } from './edit-schema.ts'
import type { SchemaEdit } from './schema-edit.ts'

const secure = (name: string, of = 'new_widget', isSecured = true): SchemaEdit => ({
  kind: 'update-column',
  table: of,
  column: name,
  change: { isSecured },
  mergeLabels: true,
})
const code = column({ type: 'string', schemaName: 'new_Code' })
const secret = column({ type: 'string', schemaName: 'new_Code', isSecured: true })
const told = ({ steps }: EditedSchema) =>
  steps.flatMap((one) =>
    one.kind === 'secure-column' || one.kind === 'unsecure-column' ? [`${one.kind} ${one.table.logicalName}.${one.column.logicalName}`] : [],
  )

test('the store is told of each column that begins or ends to be secured', () => {
  const made = edit(sample, secret)
  assert.deepEqual(told(made), ['secure-column new_widget.new_code'])
  assert.deepEqual(told(edit(made.schema, secure('new_code'))), [])
  assert.deepEqual(told(edit(made.schema, secure('new_code', 'new_widget', false))), ['unsecure-column new_widget.new_code'])
  assert.deepEqual(told(edit(made.schema, { kind: 'delete-column', table: 'new_widget', column: 'new_code' })), ['unsecure-column new_widget.new_code'])
  assert.deepEqual(told(edit(made.schema, { kind: 'delete-table', table: 'new_widget' })), ['unsecure-column new_widget.new_code'])
  assert.deepEqual(told(edit(standard, secure('revenue', 'account'))), ['secure-column account.revenue'])
})

test('a table may come with secured columns, but its name cannot be one', () => {
  const name = { type: 'string', schemaName: 'new_Name', isPrimaryName: true } as const
  const columns = [name, { type: 'money', schemaName: 'new_Pay', isSecured: true } as const]
  const made = edit(standard, widget({ columns }))
  assert.deepEqual(told(made), ['secure-column new_widget.new_pay'])
  assert.ok(!table(made.schema).columns.get('new_pay_base')?.isSecured)
  assert.throws(() => edit(standard, widget({ columns: [{ ...name, isSecured: true }] })), { name: 'CannotSecureColumn' })
})

test('ids, names, owners, states, and what the server fills or derives cannot be secured', () => {
  for (const name of [
    'accountid',
    'name',
    'ownerid',
    'statecode',
    'statuscode',
    'createdon',
    'createdby',
    'versionnumber',
    'revenue_base',
    'address1_composite',
  ]) {
    assert.throws(() => edit(standard, secure(name, 'account')), { name: 'CannotSecureColumn' }, name)
  }
  for (const name of ['primarycontactid', 'telephone1', 'creditlimit', 'industrycode', 'donotemail', 'description']) {
    assert.doesNotThrow(() => edit(standard, secure(name, 'account')), name)
  }
})

test('a part of an alternate key cannot be secured, nor a secured column be part of one', () => {
  const { schema } = edit(sample, code, key('new_CodeKey', 'new_code'))
  assert.throws(() => edit(schema, secure('new_code')), { name: 'CannotSecureKeyColumn', message: /new_codekey/ })
  assert.throws(() => edit(sample, secret, key('new_CodeKey', 'new_code')), { name: 'InvalidMetadata' })
})
