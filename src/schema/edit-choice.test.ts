import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, edit, sample, table } from './edit-sample.ts'
import { Label } from './label.ts'
import type { OptionChange, SchemaEdit } from './schema-edit.ts'
import { complaintsAbout } from './schema-soundness.ts'

const colors: SchemaEdit = {
  kind: 'create-choice',
  choice: { name: 'new_colors', displayName: Label.of('Colors'), options: [{ label: Label.of('Red') }, { label: Label.of('Green') }] },
}
const withColor = edit(sample, colors, column({ type: 'choice', schemaName: 'new_Color', globalChoice: 'new_colors', defaultValue: 100000000 })).schema
const global = (change: OptionChange): SchemaEdit => ({ kind: 'edit-option', of: { choice: 'new_colors' }, change })
const local = (name: string, change: OptionChange): SchemaEdit => ({ kind: 'edit-option', of: { table: 'new_widget', column: name }, change })

test('a global choice is made with numbered options, renamed, and deleted', () => {
  const { schema, result } = edit(sample, colors)
  const choice = schema.choices.get('new_colors')
  assert.equal(choice?.metadataId, result.metadataId)
  assert.deepEqual(
    choice?.options.map((one) => one.value),
    [100000000, 100000001],
  )
  const renamed = edit(schema, { kind: 'update-choice', name: 'new_colors', change: { displayName: { 1031: 'Farben' } }, mergeLabels: true }).schema
  assert.deepEqual(renamed.choices.get('new_colors')?.displayName, { 1033: 'Colors', 1031: 'Farben' })
  const gone = edit(schema, { kind: 'delete-choice', name: 'new_colors' })
  assert.deepEqual([gone.schema.choices.size, gone.deleted.map((one) => one.kind)], [0, ['choice']])
})

test('a taken name, an unknown one and one without a prefix are refused', () => {
  assert.throws(() => edit(withColor, colors), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(sample, { kind: 'delete-choice', name: 'new_none' }), { name: 'MetadataNotFound' })
  assert.throws(() => edit(sample, { kind: 'create-choice', choice: { name: 'colors', displayName: {}, options: [] } }), { name: 'InvalidSchemaName' })
})

test('a choice that a column uses cannot be deleted', () => {
  assert.throws(() => edit(withColor, { kind: 'delete-choice', name: 'new_colors' }), { name: 'MetadataInUse', message: /new_widget\.new_color/ })
})

test('options of a global choice are edited by its name, not by the column', () => {
  const { schema, result } = edit(withColor, global({ kind: 'insert', option: { label: Label.of('Blue') } }))
  assert.equal(result.newOptionValue, 100000002)
  assert.equal(schema.choices.get('new_colors')?.options.length, 3)
  assert.throws(() => edit(withColor, local('new_color', { kind: 'delete', value: 100000000 })), { name: 'InvalidMetadata', message: /new_colors/ })
})

test('a deleted option is no column’s default any more', () => {
  const { schema } = edit(withColor, global({ kind: 'delete', value: 100000000 }))
  const color = table(schema).columns.get('new_color')
  assert.ok(color?.type === 'choice' && color.defaultValue === undefined)
})

test('options of a column are inserted, updated, ordered and deleted', () => {
  const made = edit(
    sample,
    column({
      type: 'choices',
      schemaName: 'new_Tags',
      options: [
        { label: Label.of('A'), value: 1 },
        { label: Label.of('B'), value: 2 },
      ],
      defaultValue: 1,
    }),
  ).schema
  const { schema, result } = edit(
    made,
    local('new_tags', { kind: 'update', value: 2, label: Label.of('Bee'), color: '#ff0000', mergeLabels: true }),
    local('new_tags', { kind: 'order', values: [2, 1] }),
    local('new_tags', { kind: 'delete', value: 1 }),
    local('new_tags', { kind: 'insert', option: { label: Label.of('C'), value: 3 } }),
  )
  const tags = table(schema).columns.get('new_tags')
  assert.ok(tags?.type === 'choices' && tags.defaultValue === undefined)
  assert.deepEqual(
    tags.options.map((one) => [one.value, Label.text(one.label), one.color]),
    [
      [2, 'Bee', '#ff0000'],
      [3, 'C', undefined],
    ],
  )
  assert.equal(result.newOptionValue, 3)
})

test('a new status belongs to a state; a state’s default status stays', () => {
  const insert = (state: number | undefined) => local('statuscode', { kind: 'insert', option: { label: Label.of('Frozen'), state } })
  const { schema, result } = edit(sample, insert(1))
  assert.equal(result.newOptionValue, 100000000)
  assert.deepEqual(complaintsAbout(schema), [])
  assert.throws(() => edit(sample, insert(undefined)), { name: 'InvalidMetadata' })
  assert.throws(() => edit(sample, insert(7)), { name: 'InvalidMetadata' })
  assert.throws(() => edit(schema, local('statuscode', { kind: 'delete', value: 2 })), { name: 'MetadataInUse' })
  assert.doesNotThrow(() => edit(schema, local('statuscode', { kind: 'delete', value: 100000000 })))
})

test('a state keeps its values; its label and default status change', () => {
  const frozen = edit(sample, local('statuscode', { kind: 'insert', option: { label: Label.of('Frozen'), state: 1 } })).schema
  const update = (defaultStatus: number) => local('statecode', { kind: 'update', value: 1, label: Label.of('Off'), defaultStatus, mergeLabels: true })
  const state = table(edit(frozen, update(100000000)).schema).columns.get('statecode')
  assert.ok(state?.type === 'state')
  assert.deepEqual([Label.text(state.options[1]?.label), state.options[1]?.defaultStatus, state.options[1]?.invariantName], ['Off', 100000000, 'Inactive'])
  assert.throws(() => edit(frozen, update(1)), { name: 'InvalidStatus' })
  assert.throws(() => edit(frozen, local('statecode', { kind: 'insert', option: { label: {} } })), { name: 'SystemMetadata' })
})

test('of a boolean, the labels of 0 and 1 change', () => {
  const made = edit(sample, column({ type: 'boolean', schemaName: 'new_Flag' })).schema
  const flag = table(edit(made, local('new_flag', { kind: 'update', value: 1, label: Label.of('Up'), mergeLabels: true })).schema).columns.get('new_flag')
  assert.ok(flag?.type === 'boolean' && Label.text(flag.trueLabel) === 'Up' && Label.text(flag.falseLabel) === 'No')
  assert.throws(() => edit(made, local('new_flag', { kind: 'update', value: 2, mergeLabels: true })), { name: 'MetadataNotFound' })
  assert.throws(() => edit(made, local('new_flag', { kind: 'delete', value: 1 })), { name: 'InvalidMetadata' })
})

test('a column without options has none to edit', () => {
  assert.throws(() => edit(sample, local('new_name', { kind: 'delete', value: 1 })), { name: 'InvalidMetadata' })
})
