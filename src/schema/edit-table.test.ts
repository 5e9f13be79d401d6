import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, edit, lookupTo, NOW, sample, standard, table, widget } from './edit-sample.ts'
import { Label } from './label.ts'
import { complaintsAbout } from './schema-soundness.ts'

const deleteWidget = { kind: 'delete-table', table: 'new_widget' } as const
const name = { type: 'string', schemaName: 'new_Name', isPrimaryName: true } as const

test('a new table gets its names from the schema name, and an object type code from 10,000 on', () => {
  const { schema, steps, result } = edit(standard, widget())
  const created = table(schema)
  assert.deepEqual(
    [created.logicalName, created.entitySetName, created.collectionSchemaName, created.primaryIdColumn, created.primaryNameColumn],
    ['new_widget', 'new_widgets', 'new_Widgets', 'new_widgetid', 'new_name'],
  )
  assert.deepEqual([created.objectTypeCode, created.isCustom, created.createdOn, result.metadataId], [10000, true, NOW, created.metadataId])
  assert.deepEqual(steps, [{ kind: 'create-table', table: created }])
  assert.equal(schema.version, standard.version + 1)
  assert.deepEqual(complaintsAbout(schema), [])
})

test('a new user-owned table has who, when, owner, state and version, with their relationships', () => {
  const columns = table(sample).columns
  for (const expected of [
    'createdon',
    'modifiedby',
    'ownerid',
    'owninguser',
    'owningteam',
    'owningbusinessunit',
    'statecode',
    'statuscode',
    'versionnumber',
    'overriddencreatedon',
  ]) {
    assert.ok(columns.has(expected), expected)
  }
  assert.equal(sample.relationships.get('lk_new_widget_createdby')?.isCustom, false)
  assert.equal(sample.navigations.get('new_widget')?.get('owninguser')?.kind, 'one')
  assert.equal(sample.navigations.get('systemuser')?.get('user_new_widget')?.kind, 'many')
})

test('an organization-owned table has its organization instead of an owner', () => {
  const { schema } = edit(standard, widget({ ownership: 'organization' }))
  assert.ok(!table(schema).columns.has('ownerid') && table(schema).columns.has('organizationid'))
  assert.deepEqual(complaintsAbout(schema), [])
})

test('a table needs exactly one primary name, and it is a text', () => {
  assert.throws(() => edit(standard, widget({ columns: [] })), { name: 'InvalidMetadata' })
  assert.throws(() => edit(standard, widget({ columns: [name, { ...name, schemaName: 'new_Other' }] })), { name: 'InvalidMetadata' })
  assert.throws(() => edit(standard, widget({ columns: [{ ...name, type: 'integer' }] })), { name: 'InvalidMetadata' })
})

test('a table may be made with further columns', () => {
  const { schema, steps } = edit(
    standard,
    widget({ columns: [name, { type: 'money', schemaName: 'new_Price' }, { type: 'choice', schemaName: 'new_Size', options: [{ label: Label.of('Big') }] }] }),
  )
  assert.equal(steps.length, 1)
  assert.ok(['new_price', 'new_price_base', 'transactioncurrencyid', 'exchangerate', 'new_size'].every((one) => table(schema).columns.has(one)))
  assert.deepEqual(complaintsAbout(schema), [])
})

test('a column may not be given twice, nor have the name of a system column', () => {
  assert.throws(() => edit(standard, widget({ columns: [name, { type: 'integer', schemaName: 'new_NAME' }] })), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(standard, widget({ columns: [name, { type: 'integer', schemaName: 'new_WidgetId' }] })), { name: 'SchemaNameTaken' })
})

test('a taken table name and a taken entity set name are refused', () => {
  assert.throws(() => edit(sample, widget({ schemaName: 'new_WIDGET' })), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(sample, widget({ schemaName: 'new_Gadget', entitySetName: 'new_widgets' })), { name: 'SchemaNameTaken' })
  assert.throws(() => edit(standard, widget({ schemaName: 'Widget' })), { name: 'InvalidSchemaName' })
})

test('an activity table has what activities share, and its subject as its name', () => {
  const subject = { type: 'string', schemaName: 'Subject', isPrimaryName: true, maxLength: 300, displayName: Label.of('What') } as const
  const { schema } = edit(sample, widget({ schemaName: 'new_Visit', isActivity: true, columns: [subject, { type: 'integer', schemaName: 'new_Count' }] }))
  const visit = table(schema, 'new_visit')
  assert.deepEqual([visit.primaryIdColumn, visit.primaryNameColumn, visit.isActivity], ['activityid', 'subject', true])
  assert.ok(['regardingobjectid', 'scheduledend', 'actualstart', 'activitytypecode', 'new_count'].every((one) => visit.columns.has(one)))
  const column = visit.columns.get('subject')
  assert.ok(column?.type === 'string' && column.maxLength === 300 && Label.text(column.displayName) === 'What')
  assert.equal(schema.navigations.get('new_visit')?.get('regardingobjectid_account_new_visit')?.kind, 'one')
  assert.deepEqual(complaintsAbout(schema), [])
})

test('an activity table is owned by users, and its name is the subject', () => {
  const subject = { type: 'string', schemaName: 'Subject', isPrimaryName: true } as const
  assert.throws(() => edit(sample, widget({ schemaName: 'new_Visit', isActivity: true, ownership: 'organization', columns: [subject] })), {
    name: 'InvalidMetadata',
  })
  assert.throws(() => edit(sample, widget({ schemaName: 'new_Visit', isActivity: true })), { name: 'InvalidMetadata' })
})

test('a task may be regarding a table with activities, and lets go of it when the table goes', () => {
  const { schema } = edit(standard, widget({ hasActivities: true }))
  assert.equal(schema.navigations.get('task')?.get('regardingobjectid_new_widget_task')?.kind, 'one')
  assert.equal(schema.navigations.get('new_widget')?.get('new_widget_Tasks')?.kind, 'many')
  assert.deepEqual(complaintsAbout(schema), [])
  const gone = edit(schema, deleteWidget)
  assert.deepEqual(
    gone.steps.map((one) => one.kind),
    ['forget-relationship', 'forget-relationship', 'drop-table'],
  )
  assert.equal(gone.schema.relationships.get('new_widget_Tasks'), undefined)
  assert.deepEqual([...gone.schema.tables.keys()], [...standard.tables.keys()])
  assert.deepEqual(gone.schema.relationships.size, standard.relationships.size)
  assert.deepEqual(complaintsAbout(gone.schema), [])
})

test('labels are merged or replaced as asked', () => {
  const change = { displayName: { 1031: 'Ding' } }
  const merged = edit(sample, { kind: 'update-table', table: 'new_widget', change, mergeLabels: true }).schema
  const replaced = edit(sample, { kind: 'update-table', table: 'new_widget', change, mergeLabels: false }).schema
  assert.deepEqual(table(merged).displayName, { 1033: 'Widget', 1031: 'Ding' })
  assert.deepEqual(table(replaced).displayName, { 1031: 'Ding' })
  assert.deepEqual(table(replaced).displayCollectionName, { 1033: 'Widgets' })
})

test('change tracking is switched on once, and never off', () => {
  const track = (tracksChanges: boolean, of = 'new_widget') => ({ kind: 'update-table', table: of, change: { tracksChanges }, mergeLabels: true }) as const
  const tracked = edit(sample, track(true)).schema
  assert.ok(table(tracked).tracksChanges)
  assert.ok(table(edit(tracked, track(true)).schema).tracksChanges)
  assert.throws(() => edit(tracked, track(false)), { name: 'TrackingCannotBeDisabled' })
  assert.throws(() => edit(sample, track(false, 'account')), { name: 'TrackingCannotBeDisabled' })
  assert.throws(() => edit(sample, track(true, 'teamroles')), { name: 'TrackingNotAllowed' })
})

test('activities and notes are switched on, and never off', () => {
  const change = (hasActivities: boolean) =>
    ({ kind: 'update-table', table: 'new_widget', change: { hasActivities, hasNotes: hasActivities }, mergeLabels: true }) as const
  const schema = edit(sample, change(true)).schema
  assert.equal(schema.navigations.get('new_widget')?.get('new_widget_Tasks')?.kind, 'many')
  assert.throws(() => edit(schema, change(false)), { name: 'InvalidMetadata' })
})

test('a deleted table takes its columns, keys and relationships with it', () => {
  const { schema, steps, deleted } = edit(edit(sample, lookupTo('account', 'new_AccountId')).schema, deleteWidget)
  assert.equal(schema.tables.get('new_widget'), undefined)
  assert.deepEqual(
    steps.map((one) => one.kind),
    ['drop-table'],
  )
  assert.ok(deleted.some((one) => one.kind === 'table') && deleted.some((one) => one.kind === 'column') && deleted.some((one) => one.kind === 'relationship'))
  assert.equal(schema.navigations.get('account')?.get('new_account_new_widget_new_AccountId'), undefined)
  assert.deepEqual(complaintsAbout(schema), [])
})

test('a table that another table’s lookup points at cannot be deleted, before the lookup has gone', () => {
  const { schema } = edit(sample, lookupTo('new_widget', 'new_WidgetId', {}, 'new_box'))
  assert.throws(() => edit(schema, deleteWidget), { name: 'MetadataInUse', message: /new_box\.new_widgetid/ })
  const freed = edit(schema, { kind: 'delete-relationship', schemaName: 'new_new_widget_new_box_new_WidgetId' }, deleteWidget)
  assert.equal(freed.schema.tables.get('new_widget'), undefined)
})

test('a lookup of a table to itself does not hold it', () => {
  const { schema } = edit(sample, lookupTo('new_widget', 'new_ParentId'), deleteWidget)
  assert.deepEqual(complaintsAbout(schema), [])
})

test('a standard table cannot be deleted, nor one that is not there', () => {
  assert.throws(() => edit(sample, { kind: 'delete-table', table: 'account' }), { name: 'SystemMetadata' })
  assert.throws(() => edit(sample, { kind: 'delete-table', table: 'new_gadget' }), { name: 'TableNotFound' })
})

test('a refused edit leaves the schema as it was', () => {
  const before = [...sample.tables.values()]
  assert.throws(() => edit(sample, column({ type: 'integer', schemaName: 'new_Name' })), { name: 'SchemaNameTaken' })
  assert.deepEqual([...sample.tables.values()], before)
})

test('the primary name column may be listed once more as a plain text: it is one column', () => {
  const twice = (type: 'string' | 'integer') => edit(sample, widget({ schemaName: 'new_Twice', columns: [name, { type, schemaName: 'new_name' }] })).schema
  const once = edit(sample, widget({ schemaName: 'new_Twice', columns: [name] })).schema
  assert.deepEqual([...table(twice('string'), 'new_twice').columns.keys()], [...table(once, 'new_twice').columns.keys()])
  assert.equal(table(twice('string'), 'new_twice').columns.get('new_name')?.schemaName, 'new_Name')
  assert.throws(() => twice('integer'), { name: 'SchemaNameTaken' })
})

test('a table has up to 1,024 columns, and more are refused before they are made', () => {
  const many = (count: number) =>
    widget({
      schemaName: 'new_Wide',
      columns: [name, ...Array.from({ length: count }, (_, index) => ({ type: 'integer', schemaName: `new_c${index}` }) as const)],
    })
  const started = performance.now()
  assert.throws(() => edit(sample, many(50_000)), { name: 'InvalidMetadata', message: /1024/ })
  assert.ok(performance.now() - started < 3000)
  const room = 1024 - table(edit(sample, many(0)).schema, 'new_wide').columns.size
  const full = edit(sample, many(room)).schema
  assert.equal(table(full, 'new_wide').columns.size, 1024)
  assert.throws(() => edit(full, column({ type: 'integer', schemaName: 'new_More' }, 'new_wide')), { name: 'InvalidMetadata' })
})
