import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from '../protocol/row-json.ts'
import { edit, key, sample } from '../schema/edit-sample.ts'
import { Label } from '../schema/label.ts'
import type { Schema } from '../schema/schema.ts'
import { METADATA_OPERATIONS, planMetadataAction } from './plan-metadata-action.ts'

// biome-ignore lint/suspicious/noExplicitAny: what JSON holds is what each test says it holds
type Json = any

const label = (text: string): JsonValue => ({
  LocalizedLabels: [{ Label: text, LanguageCode: 1033, IsManaged: false }],
  UserLocalizedLabel: { Label: text, LanguageCode: 1033 },
})

function run(name: string, body: JsonValue | undefined, schema: Schema = sample): { readonly schema: Schema; readonly answer: Json } {
  const action = planMetadataAction(name, body, schema)
  const done = action.edit ? edit(schema, action.edit) : undefined
  return { schema: done?.schema ?? schema, answer: action.answer(done?.result ?? {}) }
}

const side = (target: string): JsonValue => ({
  '@odata.type': 'Microsoft.Dynamics.CRM.ComplexOneToManyRelationshipMetadata',
  SchemaName: `new_widget_keeper_${target}`,
  ReferencedEntity: target,
  ReferencingEntity: 'new_widget',
})
const lookup: JsonValue = {
  '@odata.type': 'Microsoft.Dynamics.CRM.ComplexLookupAttributeMetadata',
  AttributeType: 'Lookup',
  AttributeTypeName: { Value: 'LookupType' },
  Targets: ['account', 'contact'],
  DisplayName: label('Keeper'),
  SchemaName: 'new_Keeper',
  SourceType: 0,
}

test('a customer lookup is made with its two relationships, whose ids are the answer', () => {
  const { schema, answer } = run('CreateCustomerRelationships', {
    OneToManyRelationships: [side('account'), side('contact')],
    Lookup: lookup,
    SolutionUniqueName: 'x',
  })
  const column = schema.tables.get('new_widget')?.columns.get('new_keeper')
  assert.equal(column?.type, 'customer')
  assert.deepEqual(answer, {
    RelationshipIds: ['account', 'contact'].map((one) => schema.relationships.get(`new_widget_keeper_${one}`)?.metadataId),
    AttributeId: column?.metadataId,
  })
})

test('a polymorphic lookup points at whatever tables are named', () => {
  const { schema, answer } = run('CreatePolymorphicLookupAttribute', {
    OneToManyRelationships: [side('account'), side('new_box'), side('task')],
    Lookup: lookup,
  })
  const column = schema.tables.get('new_widget')?.columns.get('new_keeper')
  assert.deepEqual(column?.type === 'lookup' && column.targets, ['account', 'new_box', 'task'])
  assert.equal(answer.RelationshipIds.length, 3)
  assert.throws(() => run('CreatePolymorphicLookupAttribute', { OneToManyRelationships: [], Lookup: lookup }), {
    name: 'InvalidMetadata',
    message: /OneToManyRelationships/,
  })
  assert.throws(
    () =>
      run('CreatePolymorphicLookupAttribute', {
        OneToManyRelationships: [side('account'), { ...(side('task') as object), ReferencingEntity: 'new_box' }],
        Lookup: lookup,
      }),
    {
      message: /ReferencingEntity/,
    },
  )
})

const withChoice = edit(
  sample,
  { kind: 'create-choice', choice: { name: 'new_colors', displayName: Label.of('Colors'), options: [{ value: 5, label: Label.of('Five') }] } },
  {
    kind: 'create-column',
    table: 'new_widget',
    column: {
      type: 'choice',
      schemaName: 'new_Kind',
      options: [
        { value: 1, label: Label.of('One') },
        { value: 2, label: Label.of('Two') },
      ],
    },
  },
).schema
const kind = { EntityLogicalName: 'new_widget', AttributeLogicalName: 'new_kind' }

function optionsOf(schema: Schema, column = 'new_kind'): [number, string][] {
  const found = schema.tables.get('new_widget')?.columns.get(column)
  assert.ok(found && 'options' in found)
  return found.options.map((one) => [one.value, Label.text(one.label)])
}

test('options are inserted, changed, ordered and deleted', () => {
  const inserted = run('InsertOptionValue', { ...kind, Value: 727000005, Label: label('Echo'), SolutionUniqueName: 'x' }, withChoice)
  assert.deepEqual(inserted.answer, { NewOptionValue: 727000005 })
  const numbered = run('InsertOptionValue', { ...kind, Label: label('Next'), ParentValues: [] }, withChoice)
  assert.deepEqual(numbered.answer, { NewOptionValue: 100000000 })
  const updated = run('UpdateOptionValue', { ...kind, Value: 2, Label: label('Zwei'), MergeLabels: true }, withChoice)
  assert.equal(updated.answer, undefined)
  assert.deepEqual(optionsOf(updated.schema), [
    [1, 'One'],
    [2, 'Zwei'],
  ])
  assert.deepEqual(optionsOf(run('OrderOption', { ...kind, Values: [2, 1] }, withChoice).schema), [
    [2, 'Two'],
    [1, 'One'],
  ])
  assert.deepEqual(optionsOf(run('DeleteOptionValue', { ...kind, Value: 1 }, withChoice).schema), [[2, 'Two']])
})

test('the options of a global choice are edited by its name', () => {
  const { schema, answer } = run('InsertOptionValue', { OptionSetName: 'new_colors', Value: 6, Label: label('Six') }, withChoice)
  assert.deepEqual(answer, { NewOptionValue: 6 })
  assert.deepEqual(
    schema.choices.get('new_colors')?.options.map((one) => one.value),
    [5, 6],
  )
  assert.throws(() => run('DeleteOptionValue', { OptionSetName: 'new_colors', ...kind, Value: 5 }, withChoice), { name: 'InvalidArgument' })
})

test('a status is inserted for a state, and a state is given another default', () => {
  const status = { EntityLogicalName: 'new_widget', AttributeLogicalName: 'statuscode' }
  const inserted = run('InsertStatusValue', { ...status, Label: label('Frozen'), StateCode: 1 })
  assert.equal(typeof inserted.answer.NewOptionValue, 'number')
  const frozen = inserted.answer.NewOptionValue
  const state = {
    EntityLogicalName: 'new_widget',
    AttributeLogicalName: 'statecode',
    Value: 1,
    DefaultStatusCode: frozen,
    Label: label('Inactive'),
    MergeLabels: true,
  }
  const column = run('UpdateStateValue', state, inserted.schema).schema.tables.get('new_widget')?.columns.get('statecode')
  assert.equal(column?.type === 'state' && column.options.find((one) => one.value === 1)?.defaultStatus, frozen)
  assert.throws(() => run('InsertStatusValue', { ...status, Label: label('x') }), { name: 'InvalidMetadata', message: /StateCode/ })
})

test('what an option cannot have is refused by name', () => {
  assert.throws(() => run('InsertOptionValue', { ...kind, Label: label('x'), ParentValues: [1] }, withChoice), {
    name: 'NotSupported',
    message: /ParentValues/,
  })
  assert.throws(() => run('UpdateOptionValue', { ...kind, Value: 1, ExternalValue: 'x' }, withChoice), { name: 'NotSupported', message: /ExternalValue/ })
  assert.throws(() => run('UpdateOptionValue', { ...kind, Label: label('x') }, withChoice), { name: 'InvalidMetadata', message: /Value/ })
  assert.throws(() => run('DeleteOptionValue', { EntityLogicalName: 'new_widget', Value: 1 }, withChoice), {
    name: 'InvalidMetadata',
    message: /AttributeLogicalName/,
  })
})

test('a failed key is brought back', () => {
  const failed = edit(sample, key('new_NameKey', 'new_name'), { kind: 'set-key-status', table: 'new_widget', key: 'new_namekey', status: 'Failed' }).schema
  const { schema, answer } = run('ReactivateEntityKey', { EntityLogicalName: 'new_widget', EntityKeyLogicalName: 'new_namekey' }, failed)
  assert.equal(answer, undefined)
  assert.equal(schema.tables.get('new_widget')?.keys[0]?.status, 'Pending')
  assert.throws(() => run('ReactivateEntityKey', { EntityLogicalName: 'new_widget', EntityKeyLogicalName: 'new_namekey' }, schema), { name: 'KeyNotFailed' })
})

test('publishing does nothing, to a sound document', () => {
  const publish = (xml: string) => planMetadataAction('PublishXml', { ParameterXml: xml }, sample)
  assert.equal(publish('<importexportxml><entities><entity>new_widget</entity></entities></importexportxml>').edit, undefined)
  assert.equal(publish('<?xml version="1.0"?>\n<importexportxml ManagedProperty="x"><!-- all --><optionsets/></importexportxml>').edit, undefined)
  assert.throws(() => publish(''), { name: 'InvalidMetadata' })
  for (const broken of [
    'new_widget',
    '<importexportxml>',
    '<importexportxml></entities>',
    '<importexportxml/><importexportxml/>',
    '<importexportxml><a</importexportxml>',
  ])
    assert.throws(() => publish(broken), { name: 'BadRequest', message: /^Invalid XML: / }, broken)
  assert.throws(() => publish('<a></a>'), { name: 'InvalidArgument', message: /ParameterXml must be 'importexportxml', not 'a'/ })
  assert.deepEqual([run('PublishAllXml', undefined).answer, run('PublishAllXml', {}).schema], [undefined, sample])
})

test('a client may ask what a table can take part in', () => {
  assert.deepEqual(run('CanBeReferenced', { EntityName: 'new_widget' }).answer, { CanBeReferenced: true })
  assert.deepEqual(run('CanManyToMany', { EntityName: 'teamroles' }).answer, { CanManyToMany: false })
  assert.throws(() => run('CanBeReferencing', { EntityName: 'nobody' }), { name: 'TableNotFound' })
})

test('the operations about definitions are known by name', () => {
  for (const name of ['InsertOptionValue', 'PublishXml', 'RetrieveMetadataChanges', 'RetrieveEntity', 'RetrieveAllEntities'])
    assert.ok(METADATA_OPERATIONS.includes(name))
  assert.throws(() => planMetadataAction('constructor', {}, sample), { name: 'UnknownOperation' })
  assert.throws(() => planMetadataAction('OrderOption', [], sample), { name: 'BadRequest' })
})
