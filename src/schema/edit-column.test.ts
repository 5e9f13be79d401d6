import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column } from './column.ts'
import { column, edit, key, sample, table } from './edit-sample.ts'
import { Label } from './label.ts'
import type { ColumnRequest, SchemaEdit } from './schema-edit.ts'
import { complaintsAbout } from './schema-soundness.ts'

const made = (request: ColumnRequest): Column | undefined => table(edit(sample, column(request)).schema).columns.get(request.schemaName.toLowerCase())
const remove = (name: string, of = 'new_widget'): SchemaEdit => ({ kind: 'delete-column', table: of, column: name })
const update = (name: string, change: Partial<ColumnRequest>, of = 'new_widget'): SchemaEdit => ({
  kind: 'update-column',
  table: of,
  column: name,
  change,
  mergeLabels: true,
})

test('what a request leaves out takes the type’s default', () => {
  const string = made({ type: 'string', schemaName: 'new_Code' })
  assert.ok(string?.type === 'string')
  assert.deepEqual([string.maxLength, string.format, string.requiredLevel, string.isValidForUpdate, string.isCustom], [100, 'Text', 'None', true, true])
  const decimal = made({ type: 'decimal', schemaName: 'new_Rate' })
  assert.ok(decimal?.type === 'decimal')
  assert.deepEqual([decimal.min, decimal.max, decimal.precision], [-100000000000, 100000000000, 2])
  const integer = made({ type: 'integer', schemaName: 'new_Count' })
  assert.ok(integer?.type === 'integer')
  assert.deepEqual([integer.min, integer.max, integer.format], [-2147483648, 2147483647, 'None'])
  const boolean = made({ type: 'boolean', schemaName: 'new_Flag' })
  assert.ok(boolean?.type === 'boolean')
  assert.deepEqual([boolean.trueLabel, boolean.falseLabel, boolean.defaultValue], [Label.of('Yes'), Label.of('No'), false])
  const datetime = made({ type: 'datetime', schemaName: 'new_When' })
  assert.ok(datetime?.type === 'datetime')
  assert.deepEqual([datetime.behavior, datetime.format], ['UserLocal', 'DateAndTime'])
})

test('limits beyond the type’s are refused by name', () => {
  const wrong: ColumnRequest[] = [
    { type: 'string', schemaName: 'new_X', maxLength: 4001 },
    { type: 'string', schemaName: 'new_X', maxLength: 0 },
    { type: 'string', schemaName: 'new_X', maxLength: 1.5 },
    { type: 'memo', schemaName: 'new_X', maxLength: 1048577 },
    { type: 'integer', schemaName: 'new_X', min: 5, max: 1 },
    { type: 'integer', schemaName: 'new_X', max: 2147483648 },
    { type: 'decimal', schemaName: 'new_X', precision: 11 },
    { type: 'decimal', schemaName: 'new_X', max: 100000000001 },
    { type: 'money', schemaName: 'new_X', precision: 5 },
    { type: 'double', schemaName: 'new_X', precision: 6 },
    { type: 'datetime', schemaName: 'new_X', behavior: 'DateOnly', format: 'DateAndTime' },
    { type: 'string', schemaName: 'new_X', format: 'Poem' },
    { type: 'string', schemaName: 'new_X', requiredLevel: 'SystemRequired' },
  ]
  for (const request of wrong) assert.throws(() => made(request), { name: 'InvalidMetadata' }, JSON.stringify(request))
})

test('columns that the server makes cannot be asked for', () => {
  for (const type of ['lookup', 'customer', 'owner', 'state', 'status', 'guid', 'entityname'] as const) {
    assert.throws(() => made({ type, schemaName: 'new_X' }), { name: 'InvalidMetadata' }, type)
  }
})

test('a new column is one step, and its id the result', () => {
  const { schema, steps, result } = edit(sample, column({ type: 'string', schemaName: 'new_Code' }))
  const created = table(schema).columns.get('new_code')
  assert.deepEqual(steps, [{ kind: 'add-column', table: table(schema), column: created }])
  assert.equal(result.metadataId, created?.metadataId)
})

test('a standard table takes custom columns too', () => {
  assert.ok(table(edit(sample, column({ type: 'string', schemaName: 'new_Code' }, 'account')).schema, 'account').columns.has('new_code'))
  assert.throws(() => edit(sample, column({ type: 'string', schemaName: 'new_Code' }, 'teamroles')), { name: 'SystemMetadata' })
})

test('the first money column brings its base, the currency and the rate; the second its base alone', () => {
  const first = edit(sample, column({ type: 'money', schemaName: 'new_Price', displayName: { 1033: 'Price', 1031: 'Preis' } }))
  assert.deepEqual(
    first.steps.map((one) => one.kind === 'add-column' && one.column.logicalName),
    ['new_price', 'new_price_base', 'transactioncurrencyid', 'exchangerate'],
  )
  assert.deepEqual(table(first.schema).columns.get('new_price_base')?.displayName, { 1033: 'Price (Base)', 1031: 'Preis (Base)' })
  assert.equal(first.schema.navigations.get('new_widget')?.get('transactioncurrencyid')?.kind, 'one')
  const second = edit(first.schema, column({ type: 'money', schemaName: 'new_Cost' }))
  assert.equal(second.steps.length, 2)
  assert.deepEqual(complaintsAbout(second.schema), [])
})

test('a money column with a precision of its own uses it', () => {
  const own = made({ type: 'money', schemaName: 'new_Price', precision: 3 })
  assert.ok(own?.type === 'money' && own.precisionSource === 0 && own.precision === 3)
})

test('a choice has options of its own or those of a global choice, and its default is one of them', () => {
  const own = made({ type: 'choice', schemaName: 'new_Size', options: [{ label: Label.of('Small'), value: 5 }, { label: Label.of('Big') }], defaultValue: 5 })
  assert.ok(own?.type === 'choice' && own.defaultValue === 5)
  assert.deepEqual(
    own.options.map((one) => one.value),
    [5, 100000000],
  )
  const choice: SchemaEdit = { kind: 'create-choice', choice: { name: 'new_colors', displayName: Label.of('Colors'), options: [{ label: Label.of('Red') }] } }
  const { schema } = edit(sample, choice, column({ type: 'choice', schemaName: 'new_Color', globalChoice: 'new_colors', defaultValue: 100000000 }))
  const global = table(schema).columns.get('new_color')
  assert.ok(global?.type === 'choice' && global.globalChoice === 'new_colors' && global.options.length === 0)
  assert.throws(() => made({ type: 'choice', schemaName: 'new_Size', options: [], defaultValue: 5 }), { name: 'InvalidMetadata' })
  assert.throws(() => made({ type: 'choice', schemaName: 'new_Size', globalChoice: 'new_none' }), { name: 'MetadataNotFound' })
})

test('a taken name is refused, whether of a column, of a base column or of a navigation property', () => {
  assert.throws(() => made({ type: 'string', schemaName: 'new_NAME' }), { name: 'SchemaNameTaken' })
  const { schema } = edit(sample, column({ type: 'money', schemaName: 'new_Price' }))
  assert.throws(() => edit(schema, column({ type: 'string', schemaName: 'new_Price_Base' })), { name: 'SchemaNameTaken' })
  const related = edit(sample, { kind: 'create-many-to-many', relationship: { schemaName: 'new_both', table1: 'new_widget', table2: 'new_box' } }).schema
  assert.throws(() => edit(related, column({ type: 'string', schemaName: 'new_both' })), { name: 'SchemaNameTaken' })
})

test('limits, labels and required level change; what equals the present is no change', () => {
  const { schema } = edit(
    sample,
    update('new_name', { type: 'string', schemaName: 'new_Name', maxLength: 200, requiredLevel: 'ApplicationRequired', displayName: { 1031: 'Name' } }),
  )
  const changed = table(schema).columns.get('new_name')
  assert.ok(changed?.type === 'string' && changed.maxLength === 200 && changed.requiredLevel === 'ApplicationRequired')
  assert.deepEqual(changed.displayName, { 1033: 'Name', 1031: 'Name' })
  const asItIs = table(sample, 'account').columns.get('exchangerate')
  assert.deepEqual(
    table(edit(sample, update('exchangerate', { ...asItIs } as ColumnRequest, 'account')).schema, 'account').columns.get('exchangerate')?.type,
    'decimal',
  )
})

test('what cannot change is refused', () => {
  const wrong: Partial<ColumnRequest>[] = [
    { type: 'memo' },
    { schemaName: 'new_Other' },
    { logicalName: 'new_other' },
    { maxLength: 4001 },
    { isPrimaryName: false },
    { isValidForUpdate: false },
  ]
  for (const change of wrong) assert.throws(() => edit(sample, update('new_name', change)), { name: 'InvalidMetadata' }, JSON.stringify(change))
  assert.throws(() => edit(sample, update('new_widgetid', { requiredLevel: 'None' })), { name: 'SystemMetadata' })
  assert.throws(() => edit(sample, update('createdon', { format: 'DateOnly' })), { name: 'SystemMetadata' })
  assert.throws(() => edit(sample, update('new_none', {})), { name: 'MetadataNotFound' })
})

test('options do not change with the column, their labels do', () => {
  const options = [
    { label: Label.of('A'), value: 1 },
    { label: Label.of('B'), value: 2 },
  ]
  const { schema } = edit(sample, column({ type: 'choice', schemaName: 'new_Size', options }))
  assert.throws(() => edit(schema, update('new_size', { options: [options[0]] })), { name: 'InvalidMetadata' })
  const relabelled = table(edit(schema, update('new_size', { options: [{ label: { 1031: 'Ah' }, value: 1 }, options[1]] })).schema).columns.get('new_size')
  assert.ok(relabelled?.type === 'choice')
  assert.deepEqual(relabelled.options[0]?.label, { 1033: 'A', 1031: 'Ah' })
})

test('a longer text is refused where it would take a key over 900 bytes', () => {
  const { schema } = edit(sample, column({ type: 'string', schemaName: 'new_Code', maxLength: 400 }), key('new_key', 'new_code'))
  assert.throws(() => edit(schema, update('new_code', { maxLength: 451 })), { name: 'KeyTooLarge' })
  assert.doesNotThrow(() => edit(schema, update('new_code', { maxLength: 450 })))
  assert.throws(() => edit(schema, update('new_code', { isSecured: true })), { name: 'CannotSecureKeyColumn' })
})

test('a deleted money column takes its base with it, the currency stays', () => {
  const { schema, steps, deleted } = edit(edit(sample, column({ type: 'money', schemaName: 'new_Price' })).schema, remove('new_price'))
  assert.deepEqual(
    steps.map((one) => one.kind === 'drop-column' && one.column.logicalName),
    ['new_price_base', 'new_price'],
  )
  assert.deepEqual(
    deleted.map((one) => [one.kind, one.parent]),
    [
      ['column', table(sample).metadataId],
      ['column', table(sample).metadataId],
    ],
  )
  assert.ok(table(schema).columns.has('transactioncurrencyid'))
  assert.deepEqual(complaintsAbout(schema), [])
})

test('system columns, the primary id and name, and a base column cannot be deleted', () => {
  const { schema } = edit(sample, column({ type: 'money', schemaName: 'new_Price' }))
  for (const name of ['createdon', 'ownerid', 'statuscode', 'new_widgetid', 'new_name', 'new_price_base', 'transactioncurrencyid']) {
    assert.throws(() => edit(schema, remove(name)), { name: 'SystemMetadata' }, name)
  }
  assert.throws(() => edit(schema, remove('name', 'account')), { name: 'SystemMetadata' })
})

test('a column of a key cannot be deleted before the key', () => {
  const { schema } = edit(sample, column({ type: 'string', schemaName: 'new_Code' }), key('new_CodeKey', 'new_code'))
  assert.throws(() => edit(schema, remove('new_code')), { name: 'MetadataInUse', message: /new_codekey/ })
  assert.ok(!table(edit(schema, { kind: 'delete-key', table: 'new_widget', key: 'new_codekey' }, remove('new_code')).schema).columns.has('new_code'))
})
