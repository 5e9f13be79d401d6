import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Literal } from '../protocol/literal.ts'
import { edit, sample, standard } from '../schema/edit-sample.ts'
import { Label } from '../schema/label.ts'
import type { Schema } from '../schema/schema.ts'
import type { DeletedMetadata, MetadataHistory } from './metadata-changes.ts'
import { runMetadataFunction } from './plan-metadata-function.ts'

// biome-ignore lint/suspicious/noExplicitAny: what JSON holds is what each test says it holds
type Json = any

const AT = '2026-10-09T22:10:22Z'

/** What a store would remember of two schemas, the later with more or less in it. */
function historyOf(before: Schema, after: Schema): MetadataHistory {
  const known = idsOf(before)
  const changed = new Map([...idsOf(after)].filter(([id, one]) => known.get(id)?.what !== one.what).map(([id]) => [id, after.version]))
  const gone = [...known].filter(([id]) => !idsOf(after).has(id))
  const deleted = gone.map(([metadataId, { kind }]): DeletedMetadata => ({ metadataId, kind, version: after.version }))
  return { identity: 'here', since: 1, at: AT, changedAt: (id) => changed.get(id), deleted }
}

function idsOf(schema: Schema): Map<string, { what: unknown; kind: DeletedMetadata['kind'] }> {
  const tables = [...schema.tables.values()]
  return new Map<string, { what: unknown; kind: DeletedMetadata['kind'] }>([
    ...tables.map((table) => [table.metadataId, { what: table.displayName, kind: 'table' }] as const),
    ...tables.flatMap((table) => [...table.columns.values()].map((column) => [column.metadataId, { what: column, kind: 'column' }] as const)),
    ...tables.flatMap((table) => table.keys.map((one) => [one.metadataId, { what: one, kind: 'key' }] as const)),
    ...[...schema.relationships.values()].map((one) => [one.metadataId, { what: one, kind: 'relationship' }] as const),
    ...[...schema.choices.values()].map((one) => [one.metadataId, { what: one, kind: 'choice' }] as const),
  ])
}

type Arguments = { readonly [name: string]: Literal | object | string }

function call(name: string, args: Arguments, schema: Schema, history: MetadataHistory = historyOf(schema, schema)): Json {
  const literals = Object.entries(args).map(([parameter, value]): [string, Literal] => [parameter, literalOf(value)])
  return runMetadataFunction(name, new Map(literals), schema, history)
}

function literalOf(value: Literal | object | string): Literal {
  if (typeof value === 'string') return { kind: 'string', text: value }
  return 'kind' in value ? (value as Literal) : { kind: 'json', text: JSON.stringify(value) }
}

const changes = (query: object | undefined, schema: Schema, more: Arguments = {}, history?: MetadataHistory) =>
  call('RetrieveMetadataChanges', { ...(query && { Query: query }), ...more }, schema, history)

const condition = (name: string, operator: string, value: unknown, type = 'System.String') => ({
  PropertyName: name,
  ConditionOperator: operator,
  Value: { Type: type, Value: value },
})
const filters = (member: string): Literal => ({ kind: 'enum', type: 'Microsoft.Dynamics.CRM.DeletedMetadataFilters', member })

test('the published query finds two tables and the columns that can be created', () => {
  const answer = changes(
    {
      Properties: { AllProperties: false, PropertyNames: ['SchemaName', 'Attributes'] },
      Criteria: { FilterOperator: 'Or', Conditions: [condition('LogicalName', 'Equals', 'account'), condition('LogicalName', 'Equals', 'contact')] },
      AttributeQuery: {
        Properties: { AllProperties: false, PropertyNames: ['LogicalName'] },
        Criteria: { Conditions: [condition('IsValidForCreate', 'Equals', 'True', 'System.Boolean')], FilterOperator: 'And' },
      },
      LabelQuery: { FilterLanguages: [1033], MissingLabelBehavior: 0 },
    },
    standard,
  )
  assert.deepEqual(
    answer.EntityMetadata.map((one: Json) => one.SchemaName),
    ['Account', 'Contact'],
  )
  const [account] = answer.EntityMetadata
  assert.deepEqual(Object.keys(account).toSorted(), ['Attributes', 'HasChanged', 'LogicalName', 'MetadataId', 'SchemaName'])
  assert.equal(account.HasChanged, null)
  const email = account.Attributes.find((one: Json) => one.LogicalName === 'emailaddress1')
  assert.deepEqual(Object.keys(email), ['@odata.type', 'MetadataId', 'LogicalName', 'HasChanged'])
  assert.equal(email['@odata.type'], '#Microsoft.Dynamics.CRM.ComplexStringAttributeMetadata')
  assert.equal('@odata.type' in account.Attributes.find((one: Json) => one.LogicalName === 'accountid'), false)
  assert.equal(
    account.Attributes.some((one: Json) => one.LogicalName === 'versionnumber'),
    false,
  )
  assert.deepEqual(answer.DeletedMetadata, { Count: 0, IsReadOnly: false, Keys: [], Values: [] })
  assert.equal(answer.ServerVersionStamp, '1!10/09/2026 22:10:22!here')
})

const choices = {
  Properties: { PropertyNames: ['LogicalName', 'Attributes'] },
  Criteria: { FilterOperator: 'And', Conditions: [condition('LogicalName', 'Equals', 'new_widget')] },
  AttributeQuery: {
    Properties: { PropertyNames: ['LogicalName', 'OptionSet', 'AttributeTypeName'] },
    Criteria: {
      FilterOperator: 'And',
      Conditions: [condition('AttributeTypeName', 'Equals', 'PicklistType', 'Microsoft.Xrm.Sdk.Metadata.AttributeTypeDisplayName')],
    },
  },
}

test('the published sample sees a new choice column come and go', () => {
  const stamp = changes(choices, sample).ServerVersionStamp
  assert.deepEqual(changes(choices, sample).EntityMetadata[0].Attributes, [])
  const added = edit(sample, {
    kind: 'create-column',
    table: 'new_widget',
    column: { type: 'choice', schemaName: 'new_Kind', options: [{ value: 1, label: Label.of('One') }] },
  }).schema
  const second = changes(choices, added, { ClientVersionStamp: stamp, DeletedMetadataFilters: filters('Attribute') }, historyOf(sample, added))
  const [table] = second.EntityMetadata
  assert.equal(table.HasChanged, false)
  assert.deepEqual(
    table.Attributes.map((one: Json) => [one.LogicalName, one.HasChanged, one.OptionSet.Options.length]),
    [['new_kind', true, 1]],
  )
  assert.deepEqual(second.DeletedMetadata, { Count: 1, IsReadOnly: false, Keys: ['Attribute'], Values: [{ Items: [] }] })
  const dropped = edit(added, { kind: 'delete-column', table: 'new_widget', column: 'new_kind' }).schema
  const third = changes(
    choices,
    dropped,
    { ClientVersionStamp: second.ServerVersionStamp, DeletedMetadataFilters: filters('Attribute') },
    historyOf(added, dropped),
  )
  assert.deepEqual(third.EntityMetadata, [])
  assert.deepEqual(third.DeletedMetadata.Values, [{ Items: [added.tables.get('new_widget')?.columns.get('new_kind')?.metadataId] }])
})

test('what has not changed is not in the answer', () => {
  const stamp = changes(undefined, sample).ServerVersionStamp
  assert.deepEqual(changes(undefined, sample, { ClientVersionStamp: stamp }).EntityMetadata, [])
})

test('a deleted table and choice are told under their own flags, and all under All', () => {
  const withChoice = edit(sample, { kind: 'create-choice', choice: { name: 'new_c', displayName: Label.of('c'), options: [] } }).schema
  const after = edit(withChoice, { kind: 'delete-table', table: 'new_box' }, { kind: 'delete-choice', name: 'new_c' }).schema
  const stamp = changes(undefined, withChoice).ServerVersionStamp
  const deleted = (flags: string) =>
    changes(undefined, after, { ClientVersionStamp: stamp, DeletedMetadataFilters: filters(flags) }, historyOf(withChoice, after)).DeletedMetadata
  assert.deepEqual(deleted('Entity').Keys, ['Default'])
  assert.deepEqual(deleted('Default').Values, [{ Items: [withChoice.tables.get('new_box')?.metadataId] }])
  assert.deepEqual(deleted('OptionSet, Attribute').Keys, ['Attribute', 'OptionSet'])
  assert.equal(deleted('All').Count, 5)
  assert.throws(() => deleted('Nonsense'), { name: 'InvalidArgument', message: /Nonsense/ })
})

test('a stamp of elsewhere, of the future, from too long ago or of no form is expired', () => {
  for (const stamp of ['99!10/09/2026 22:10:22!here', '1!10/09/2026 22:10:22!there', '0!10/09/2026 22:10:22!here', '1', 'nonsense', '1!x']) {
    assert.throws(() => changes(undefined, sample, { ClientVersionStamp: stamp }), { name: 'TokenExpired' }, stamp)
  }
})

test('conditions compare texts, numbers, flags and lists, and nest', () => {
  const names = (criteria: object) =>
    changes({ Properties: { PropertyNames: [] }, Criteria: criteria }, sample).EntityMetadata.map((one: Json) => one.LogicalName)
  const where = (...conditions: object[]) => names({ Conditions: conditions })
  assert.deepEqual(where(condition('ObjectTypeCode', 'LessThan', '3', 'System.Int32'), condition('ObjectTypeCode', 'GreaterThan', 0)), ['account', 'contact'])
  assert.deepEqual(where(condition('LogicalName', 'In', ['account', 'task'], 'System.String[]')).toSorted(), ['account', 'task'])
  assert.deepEqual(where(condition('LogicalName', 'In', '["account"]', 'System.String[]')), ['account'])
  assert.deepEqual(where(condition('IsCustomEntity', 'Equals', true), condition('LogicalName', 'NotIn', 'new_box, account')), ['new_widget'])
  assert.deepEqual(where(condition('CanBeInManyToMany', 'Equals', 'False', 'System.Boolean')).toSorted(), [
    'roleprivileges',
    'systemuserprofiles',
    'systemuserroles',
    'teammembership',
    'teamprofiles',
    'teamroles',
  ])
  assert.deepEqual(
    names({
      FilterOperator: 'And',
      Conditions: [condition('IsCustomEntity', 'Equals', 'true')],
      Filters: [{ FilterOperator: 'Or', Conditions: [condition('LogicalName', 'NotEquals', 'new_box')] }],
    }),
    ['new_widget'],
  )
  assert.throws(() => where(condition('Nonsense', 'Equals', 'x')), { name: 'UnknownProperty', message: /Nonsense/ })
  assert.throws(() => where(condition('DisplayName', 'Equals', 'x')), { name: 'InvalidArgument', message: /DisplayName/ })
  assert.throws(() => where(condition('LogicalName', 'Like', 'x')), { name: 'InvalidMetadata', message: /ConditionOperator/ })
})

test('keys and relationships are asked for like columns', () => {
  const answer = changes(
    {
      Properties: { PropertyNames: ['Keys', 'OneToManyRelationships', 'ManyToManyRelationships'] },
      Criteria: { Conditions: [condition('LogicalName', 'Equals', 'contact')] },
      RelationshipQuery: {
        Properties: { PropertyNames: ['SchemaName', 'ReferencingEntity'] },
        Criteria: { Conditions: [condition('ReferencingEntity', 'Equals', 'account')] },
      },
      KeyQuery: { Properties: { PropertyNames: ['KeyAttributes'] } },
    },
    standard,
  )
  const [contact] = answer.EntityMetadata
  assert.ok(contact.OneToManyRelationships.some((one: Json) => one.SchemaName === 'account_primary_contact'))
  assert.ok(contact.OneToManyRelationships.every((one: Json) => one.ReferencingEntity === 'account' && !('@odata.type' in one)))
  assert.deepEqual([contact.Keys, contact.ManyToManyRelationships, 'ManyToOneRelationships' in contact], [[], [], false])
})

test('without a query everything is told, options too', () => {
  const account = changes(undefined, standard).EntityMetadata.find((one: Json) => one.LogicalName === 'account')
  assert.ok(account.Attributes.find((one: Json) => one.LogicalName === 'statuscode').OptionSet.Options.length > 0)
  assert.ok(account.Privileges.length > 0 && account.OneToManyRelationships.length > 0)
})

test('one table, or all, are told whole by functions of their own', () => {
  const id = standard.tables.get('account')?.metadataId ?? ''
  const guid: Literal = { kind: 'guid', value: id as never }
  const one = (member: string) => call('RetrieveEntity', { MetadataId: guid, EntityFilters: { kind: 'enum', type: 'x', member } }, standard).EntityMetadata
  assert.deepEqual(
    ['Attributes' in one('Entity'), 'Privileges' in one('Entity'), 'Attributes' in one('Attributes'), 'OneToManyRelationships' in one('All')],
    [false, false, true, true],
  )
  assert.equal(one('Entity').LogicalName, 'account')
  assert.throws(
    () => call('RetrieveEntity', { LogicalName: 'nobody', MetadataId: { kind: 'guid', value: '00000000-0000-0000-0000-000000000000' as never } }, standard),
    { name: 'TableNotFound' },
  )
  const all = call('RetrieveAllEntities', { EntityFilters: 'Entity', RetrieveAsIfPublished: { kind: 'boolean', value: true } }, standard)
  assert.equal(all.EntityMetadata.length, standard.tables.size)
  assert.equal(all.Timestamp, '1!10/09/2026 22:10:22!here')
})

test('tables that a relationship may have at its ends are listed', () => {
  const { EntityNames } = call('GetValidReferencingEntities', { ReferencedEntityName: 'account' }, standard)
  assert.ok(EntityNames.includes('contact') && !EntityNames.includes('teamroles'))
})

test('unknown functions and parameters are refused', () => {
  assert.throws(() => call('toString', {}, standard), { name: 'UnknownOperation' })
  assert.throws(() => call('RetrieveTimestamp', { Nonsense: 'x' }, standard), { name: 'BadRequest', message: /Nonsense/ })
  assert.throws(() => call('RetrieveMetadataChanges', { Query: 'x' }, standard), { name: 'BadRequest', message: /Query/ })
  assert.throws(() => changes({ Properties: { PropertyNames: ['Nonsense'] } }, standard), { name: 'UnknownProperty' })
})
