import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, edit, key, lookupTo, sample, table, widget } from './edit-sample.ts'
import type { OneToManyRequest, SchemaEdit } from './schema-edit.ts'
import { complaintsAbout } from './schema-soundness.ts'

const remove = (schemaName: string): SchemaEdit => ({ kind: 'delete-relationship', schemaName })
const relation = (schemaName: string, referencedTable: string, change: Partial<OneToManyRequest> = {}): OneToManyRequest => ({
  schemaName,
  referencedTable,
  cascade: {},
  isHierarchical: false,
  ...change,
})
const lookup = (schemaName: string, relationships: readonly OneToManyRequest[], type: 'lookup' | 'customer' = 'lookup'): SchemaEdit => ({
  kind: 'create-lookup',
  table: 'new_widget',
  column: { type, schemaName },
  relationships,
})
const polymorphic = lookup('new_Item', [
  relation('new_widget_account', 'account'),
  relation('new_widget_box', 'new_box'),
  relation('new_widget_contact', 'contact'),
])
const parental = { assign: 'Cascade', share: 'Cascade', unshare: 'Cascade', reparent: 'Cascade', delete: 'Cascade' } as const

test('a lookup comes with its relationship; its navigation property is its schema name', () => {
  const { schema, steps, result } = edit(sample, lookup('new_AccountId', [relation('new_account_widget', 'account')]))
  const created = table(schema).columns.get('new_accountid')
  const relationship = schema.relationships.get('new_account_widget')
  assert.deepEqual(steps, [{ kind: 'add-column', table: table(schema), column: created }])
  assert.deepEqual(result, { metadataId: relationship?.metadataId, relationshipIds: [relationship?.metadataId], columnId: created?.metadataId })
  assert.equal(schema.navigations.get('new_widget')?.get('new_AccountId')?.kind, 'one')
  assert.equal(schema.navigations.get('account')?.get('new_account_widget')?.kind, 'many')
  assert.ok(relationship?.kind === 'one-to-many' && relationship.cascade.delete === 'RemoveLink' && relationship.isCustom)
  assert.deepEqual(complaintsAbout(schema), [])
})

test('navigation properties may be named by the client', () => {
  const { schema } = edit(
    sample,
    lookup('new_AccountId', [relation('new_account_widget', 'account', { referencedNavigation: 'new_widgets', referencingNavigation: 'new_account' })]),
  )
  assert.ok(schema.navigations.get('account')?.has('new_widgets') && schema.navigations.get('new_widget')?.has('new_account'))
})

test('a taken navigation property is refused, as is one that has the name of a column', () => {
  const named = (referencingNavigation: string) => lookup('new_AccountId', [relation('new_account_widget', 'account', { referencingNavigation })])
  assert.throws(() => edit(sample, named('new_name')), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(sample, named('createdby')), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(sample, named('ownerid')), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(sample, named('no name')), { name: 'InvalidSchemaName' })
})

test('a taken relationship or column name, and an unknown table, are refused', () => {
  assert.throws(() => edit(sample, lookup('new_AccountId', [relation('LK_new_widget_createdby', 'account')])), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(sample, lookup('new_Name', [relation('new_account_widget', 'account')])), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(sample, lookup('new_XId', [relation('new_x_widget', 'new_x')])), { name: 'TableNotFound' })
  assert.throws(() => edit(sample, lookup('new_XId', [])), { name: 'InvalidMetadata' })
})

test('a polymorphic lookup has one relationship and one navigation property for each target', () => {
  const { schema, result } = edit(sample, polymorphic)
  const navigations = schema.navigations.get('new_widget')
  for (const name of ['new_Item_account', 'new_Item_new_box', 'new_Item_contact']) assert.equal(navigations?.get(name)?.kind, 'one', name)
  assert.equal(result.relationshipIds?.length, 3)
  assert.deepEqual(complaintsAbout(schema), [])
})

test('a further relationship on a lookup makes it polymorphic', () => {
  const { schema, steps } = edit(
    edit(sample, lookup('new_Item', [relation('new_widget_account', 'account')])).schema,
    lookup('new_Item', [relation('new_widget_box', 'new_box')]),
  )
  const created = table(schema).columns.get('new_item')
  assert.deepEqual(steps, [{ kind: 'add-target-column', table: table(schema), column: created, target: 'account' }])
  assert.equal(schema.navigations.get('new_widget')?.get('new_Item')?.kind, 'one')
  assert.equal(schema.navigations.get('new_widget')?.get('new_Item_new_box')?.kind, 'one')
  assert.deepEqual(edit(schema, lookup('new_Item', [relation('new_widget_contact', 'contact')])).steps, [])
  assert.throws(() => edit(schema, lookup('new_Item', [relation('new_widget_again', 'account')])), { name: 'SchemaNameTaken' })
  assert.deepEqual(complaintsAbout(schema), [])
})

test('a customer lookup has two relationships, with account and contact', () => {
  const both = [relation('new_widget_customer_account', 'account'), relation('new_widget_customer_contact', 'contact')]
  const { schema } = edit(sample, lookup('new_CustomerId', both, 'customer'))
  assert.equal(table(schema).columns.get('new_customerid')?.type, 'customer')
  assert.ok(schema.navigations.get('new_widget')?.has('new_CustomerId_account'))
  assert.throws(() => edit(sample, lookup('new_CustomerId', both.slice(0, 1), 'customer')), { name: 'InvalidMetadata' })
  assert.throws(() => edit(schema, remove('new_widget_customer_account')), { name: 'InvalidMetadata' })
})

test('the last relationship takes the lookup with it', () => {
  const { schema, steps, deleted } = edit(
    edit(sample, lookup('new_AccountId', [relation('new_account_widget', 'account')])).schema,
    remove('new_account_widget'),
  )
  assert.ok(!table(schema).columns.has('new_accountid') && !schema.relationships.has('new_account_widget'))
  assert.deepEqual([steps.map((one) => one.kind), deleted.map((one) => one.kind)], [['drop-column'], ['relationship', 'column']])
})

test('one of several relationships goes alone, but for the second last', () => {
  const { schema, steps } = edit(edit(sample, polymorphic).schema, remove('new_widget_box'))
  const left = table(schema).columns.get('new_item')
  assert.ok(left?.type === 'lookup')
  assert.deepEqual([left.targets, steps.map((one) => one.kind)], [['account', 'contact'], ['forget-relationship']])
  assert.throws(() => edit(schema, remove('new_widget_account')), { name: 'InvalidMetadata', message: /new_item/ })
  assert.ok(!table(edit(schema, { kind: 'delete-column', table: 'new_widget', column: 'new_item' }).schema).columns.has('new_item'))
})

test('a relationship whose lookup is in a key cannot be deleted before the key', () => {
  const { schema } = edit(sample, lookup('new_AccountId', [relation('new_account_widget', 'account')]), key('new_Key', 'new_accountid'))
  assert.throws(() => edit(schema, remove('new_account_widget')), { name: 'MetadataInUse' })
})

test('a system relationship cannot be deleted or changed', () => {
  assert.throws(() => edit(sample, remove('lk_new_widget_createdby')), { name: 'SystemMetadata' })
  assert.throws(() => edit(sample, remove('new_none')), { name: 'MetadataNotFound' })
  assert.throws(() => edit(sample, { kind: 'update-relationship', schemaName: 'account_primary_contact', cascade: { delete: 'Cascade' } }), {
    name: 'SystemMetadata',
  })
  assert.doesNotThrow(() => edit(sample, { kind: 'update-relationship', schemaName: 'account_primary_contact', cascade: { merge: 'Cascade' } }))
})

test('cascades are changed within what each action allows', () => {
  const { schema } = edit(sample, lookupTo('account', 'new_AccountId', { schemaName: 'new_account_widget' }), {
    kind: 'update-relationship',
    schemaName: 'new_account_widget',
    cascade: { delete: 'Restrict' },
  })
  const relationship = schema.relationships.get('new_account_widget')
  assert.ok(relationship?.kind === 'one-to-many' && relationship.cascade.delete === 'Restrict' && relationship.cascade.assign === 'NoCascade')
  assert.throws(() => edit(schema, { kind: 'update-relationship', schemaName: 'new_account_widget', cascade: { delete: 'NoCascade' } }), {
    name: 'InvalidMetadata',
  })
  assert.throws(() => edit(schema, { kind: 'update-relationship', schemaName: 'new_account_widget', cascade: { merge: 'Active' } }), {
    name: 'InvalidMetadata',
  })
})

test('a table has one parental relationship, counted by lookup', () => {
  const { schema } = edit(
    sample,
    lookup('new_Item', [relation('new_widget_account', 'account', { cascade: parental }), relation('new_widget_contact', 'contact', { cascade: parental })]),
  )
  assert.throws(() => edit(schema, lookupTo('new_box', 'new_BoxId', { cascade: parental })), { name: 'InvalidMetadata', message: /new_widget_account/ })
  assert.doesNotThrow(() => edit(schema, lookupTo('new_box', 'new_BoxId', { cascade: { delete: 'Cascade' } })))
})

test('a hierarchy is of a table with itself, and a table has one', () => {
  const { schema } = edit(sample, lookupTo('new_widget', 'new_ParentId', { isHierarchical: true }))
  assert.throws(() => edit(schema, lookupTo('new_widget', 'new_BossId', { isHierarchical: true })), { name: 'InvalidMetadata' })
  assert.throws(() => edit(sample, lookupTo('account', 'new_AccountId', { isHierarchical: true })), { name: 'InvalidMetadata' })
  assert.deepEqual(complaintsAbout(schema), [])
})

test('the navigation property of a lookup of an activity tells the activity', () => {
  const { schema } = edit(sample, lookupTo('new_box', 'new_BoxId', {}, 'task'))
  assert.equal(schema.navigations.get('task')?.get('new_BoxId_task')?.kind, 'one')
})

test('many-to-many: an intersect table with an id, two guids and a version', () => {
  const { schema, steps, result } = edit(sample, {
    kind: 'create-many-to-many',
    relationship: { schemaName: 'new_Widgets_Boxes', table1: 'new_widget', table2: 'new_box' },
  })
  const intersect = table(schema, 'new_widgets_boxes')
  assert.deepEqual([...intersect.columns.keys()], ['new_widgets_boxesid', 'new_widgetid', 'new_boxid', 'versionnumber'])
  assert.deepEqual([intersect.isIntersect, intersect.entitySetName, intersect.objectTypeCode], [true, 'new_widgets_boxesset', 10002])
  assert.deepEqual(steps, [{ kind: 'create-table', table: intersect }])
  assert.equal(schema.relationships.get('new_Widgets_Boxes')?.metadataId, result.metadataId)
  for (const side of ['new_widget', 'new_box']) assert.equal(schema.navigations.get(side)?.get('new_Widgets_Boxes')?.kind, 'many-to-many')
  assert.deepEqual(complaintsAbout(schema), [])
})

test('many-to-many of a table with itself has two navigation properties', () => {
  const { schema } = edit(sample, {
    kind: 'create-many-to-many',
    relationship: { schemaName: 'new_related', intersectTable: 'new_relation', table1: 'new_widget', table2: 'new_widget' },
  })
  assert.deepEqual([...table(schema, 'new_relation').columns.keys()].slice(1, 3), ['new_widgetidone', 'new_widgetidtwo'])
  assert.ok(['new_related_referencing', 'new_related_referenced'].every((one) => schema.navigations.get('new_widget')?.has(one)))
  assert.deepEqual(complaintsAbout(schema), [])
  const same = { schemaName: 'new_related', table1: 'new_widget', table2: 'new_widget', table1Navigation: 'new_a', table2Navigation: 'new_a' }
  assert.throws(() => edit(sample, { kind: 'create-many-to-many', relationship: same }), { name: 'SchemaNameTaken' })
})

test('many-to-many of two activities tells their ids apart', () => {
  const subject = { type: 'string', schemaName: 'Subject', isPrimaryName: true } as const
  const { schema } = edit(sample, widget({ schemaName: 'new_Visit', isActivity: true, columns: [subject] }), {
    kind: 'create-many-to-many',
    relationship: { schemaName: 'new_visit_task', table1: 'new_visit', table2: 'task' },
  })
  assert.deepEqual([...table(schema, 'new_visit_task').columns.keys()].slice(1, 3), ['activityidone', 'activityidtwo'])
})

test('a deleted many-to-many relationship drops its intersect table, which cannot go by itself', () => {
  const { schema } = edit(sample, { kind: 'create-many-to-many', relationship: { schemaName: 'new_both', table1: 'new_widget', table2: 'account' } })
  assert.throws(() => edit(schema, { kind: 'delete-table', table: 'new_both' }), { name: 'MetadataInUse' })
  assert.throws(
    () =>
      edit(schema, {
        kind: 'create-many-to-many',
        relationship: { schemaName: 'new_other', intersectTable: 'new_both', table1: 'new_widget', table2: 'account' },
      }),
    { name: 'SchemaNameTaken' },
  )
  const gone = edit(schema, remove('new_both'))
  assert.deepEqual([gone.steps.map((one) => one.kind), gone.schema.tables.has('new_both')], [['drop-table'], false])
  const withTable = edit(schema, { kind: 'delete-table', table: 'new_widget' })
  assert.deepEqual(
    withTable.steps.map((one) => one.kind),
    ['drop-table', 'drop-table'],
  )
  assert.deepEqual(complaintsAbout(withTable.schema), [])
})

test('a text is no lookup, and a lookup is not made without its relationship', () => {
  assert.throws(
    () =>
      edit(sample, {
        kind: 'create-lookup',
        table: 'new_widget',
        column: { type: 'string', schemaName: 'new_X' },
        relationships: [relation('new_x', 'account')],
      }),
    { name: 'InvalidMetadata' },
  )
  assert.throws(() => edit(sample, column({ type: 'lookup', schemaName: 'new_X', targets: ['account'] })), { name: 'InvalidMetadata' })
})
