import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from '../protocol/row-json.ts'
import { sample } from '../schema/edit-sample.ts'
import { Label } from '../schema/label.ts'
import type { SchemaEdit } from '../schema/schema-edit.ts'
import { type Json, label, plan, pythonColumn, pythonColumns, pythonTable, send } from './schema-edit-sample.ts'

test('the Python client creates a table with columns of every type it knows', () => {
  const { schema, result, location } = send('POST EntityDefinitions?SolutionUniqueName=examplesolution', pythonTable)
  const made = schema.tables.get('demo_widget')
  assert.ok(made)
  assert.equal(location, `EntityDefinitions(${made.metadataId})`)
  assert.equal(result.metadataId, made.metadataId)
  assert.deepEqual(
    [made.entitySetName, made.primaryNameColumn, made.hasNotes, Label.text(made.description)],
    ['demo_widgets', 'demo_name', true, 'Custom entity for demo_Widget'],
  )
  const types = ['demo_name', 'demo_notes', 'demo_count', 'demo_price', 'demo_rate', 'demo_day', 'demo_active', 'demo_color'].map(
    (name) => made.columns.get(name)?.type,
  )
  assert.deepEqual(types, ['string', 'memo', 'integer', 'decimal', 'double', 'datetime', 'boolean', 'choice'])
  const active = made.columns.get('demo_active')
  assert.ok(active?.type === 'boolean')
  assert.deepEqual([Label.text(active.trueLabel), Label.text(active.falseLabel)], ['True', 'False'])
})

test('a file column, and whatever else there is none of here, is refused by name', () => {
  const refused = (type: string) => ({ name: 'NotSupported', message: new RegExp(type) })
  for (const type of ['File', 'Image', 'ManagedProperty']) {
    assert.throws(() => plan("POST EntityDefinitions(LogicalName='new_widget')/Attributes", pythonColumn(type, 'new_X', {})), refused(type))
  }
  const string = (more: Json) => () => plan("POST EntityDefinitions(LogicalName='new_widget')/Attributes", pythonColumn('String', 'new_X', more))
  assert.throws(string({ AutoNumberFormat: 'A-{SEQNUM:4}' }), refused('AutoNumberFormat'))
  assert.throws(string({ SourceType: 1 }), refused('calculated'))
  assert.throws(() => plan('POST EntityDefinitions', { ...(pythonTable as Json), TableType: 'Elastic' }), refused('Elastic'))
  assert.throws(() => plan('POST EntityDefinitions', { ...(pythonTable as Json), OwnershipType: 'None' }), {
    name: 'InvalidMetadata',
    message: /OwnershipType.*UserOwned/,
  })
})

test('the columns of the published pages are created, and named under their table', () => {
  const post = (body: JsonValue) => send("POST EntityDefinitions(LogicalName='new_widget')/Attributes", body)
  const money = post({
    AttributeType: 'Money',
    AttributeTypeName: { Value: 'MoneyType' },
    Description: label('Enter the balance amount'),
    DisplayName: label('Balance'),
    RequiredLevel: { Value: 'None', CanBeChanged: true, ManagedPropertyLogicalName: 'canmodifyrequirementlevelsettings' },
    SchemaName: 'new_Balance',
    '@odata.type': 'Microsoft.Dynamics.CRM.MoneyAttributeMetadata',
    PrecisionSource: 2,
  })
  assert.equal(
    money.location,
    `EntityDefinitions(LogicalName='new_widget')/Attributes(${money.schema.tables.get('new_widget')?.columns.get('new_balance')?.metadataId})`,
  )
  const date = post({
    '@odata.type': '#Microsoft.Dynamics.CRM.DateTimeAttributeMetadata',
    SchemaName: 'new_Day',
    Format: 'DateOnly',
    DateTimeBehavior: { Value: 'DateOnly' },
    ImeMode: 'Disabled',
  })
  const column = date.schema.tables.get('new_widget')?.columns.get('new_day')
  assert.deepEqual(column?.type === 'datetime' && [column.behavior, column.format], ['DateOnly', 'DateOnly'])
  const tags = post({
    '@odata.type': 'Microsoft.Dynamics.CRM.MultiSelectPicklistAttributeMetadata',
    AttributeType: 'Virtual',
    SourceTypeMask: 0,
    SchemaName: 'new_Tags',
    OptionSet: { Options: [{ Value: null, Label: label('A') }, { Label: label('B') }], IsGlobal: false, OptionSetType: 'Picklist' },
  })
  const choices = tags.schema.tables.get('new_widget')?.columns.get('new_tags')
  assert.deepEqual(choices?.type === 'choices' && choices.options.map((one) => one.value), [100000000, 100000001])
  assert.equal(
    post({ '@odata.type': 'Microsoft.Dynamics.CRM.BigIntAttributeMetadata', SchemaName: 'new_Big' }).schema.tables.get('new_widget')?.columns.get('new_big')
      ?.type,
    'bigint',
  )
})

test('the type of a column may be said by the attribute type alone, or by a cast in the address', () => {
  const attributes = "EntityDefinitions(LogicalName='new_widget')/Attributes"
  const typeOf = (planned: SchemaEdit) => planned.kind === 'create-column' && planned.column.type
  assert.equal(typeOf(plan(`POST ${attributes}`, { AttributeType: 'Integer', SchemaName: 'new_X' })), 'integer')
  assert.equal(
    typeOf(plan(`POST ${attributes}`, { AttributeTypeName: { Value: 'MultiSelectPicklistType' }, AttributeType: 'Virtual', SchemaName: 'new_X' })),
    'choices',
  )
  assert.equal(typeOf(plan(`POST ${attributes}/Microsoft.Dynamics.CRM.MemoAttributeMetadata`, { SchemaName: 'new_X' })), 'memo')
  assert.throws(() => plan(`POST ${attributes}`, { SchemaName: 'new_X' }), { name: 'InvalidMetadata', message: /@odata\.type/ })
})

test('a new column is named by its table’s name also where the table was addressed by id', () => {
  const id = sample.tables.get('new_widget')?.metadataId
  assert.match(
    send(`POST EntityDefinitions(${id})/Attributes`, pythonColumn('Memo', 'new_X', {})).location ?? '',
    /^EntityDefinitions\(LogicalName='new_widget'\)\/Attributes\(/,
  )
})

test('a global choice is created, and used by id, by name, or as an option set that says it is global', () => {
  const body = {
    '@odata.type': 'Microsoft.Dynamics.CRM.OptionSetMetadata',
    Name: 'new_colors',
    DisplayName: label('Colors'),
    OptionSetType: 'Picklist',
    Options: [{ Value: 727000000, Label: label('Red') }],
  }
  const { schema, location } = send('POST GlobalOptionSetDefinitions', body)
  const choice = schema.choices.get('new_colors')
  assert.equal(location, `GlobalOptionSetDefinitions(${choice?.metadataId})`)
  const ways: readonly Json[] = [
    { 'GlobalOptionSet@odata.bind': `/GlobalOptionSetDefinitions(${choice?.metadataId})` },
    { 'GlobalOptionSet@odata.bind': "GlobalOptionSetDefinitions(Name='new_colors')" },
    { OptionSet: { IsGlobal: true, Name: 'new_colors' } },
  ]
  for (const way of ways) {
    const made = send("POST EntityDefinitions(LogicalName='new_widget')/Attributes", pythonColumn('Picklist', 'new_Color', way), schema)
      .schema.tables.get('new_widget')
      ?.columns.get('new_color')
    assert.equal(made?.type === 'choice' && made.globalChoice, 'new_colors')
  }
  const missing = pythonColumn('Picklist', 'new_Color', { 'GlobalOptionSet@odata.bind': "/GlobalOptionSetDefinitions(Name='nobody')" })
  assert.throws(() => plan("POST EntityDefinitions(LogicalName='new_widget')/Attributes", missing, schema), { name: 'MetadataNotFound', message: /nobody/ })
})

test('a key needs a name and columns, and is named under the id of its table', () => {
  const { schema, location } = send("POST EntityDefinitions(LogicalName='new_widget')/Keys", { SchemaName: 'new_NameKey', KeyAttributes: ['new_name'] })
  const table = schema.tables.get('new_widget')
  const [made] = table?.keys ?? []
  assert.equal(location, `EntityDefinitions(${table?.metadataId})/Keys(${made?.metadataId})`)
  assert.deepEqual([made?.logicalName, Label.text(made?.displayName), made?.status], ['new_namekey', 'new_NameKey', 'Pending'])
  assert.throws(() => plan("POST EntityDefinitions(LogicalName='new_widget')/Keys", { SchemaName: 'new_K' }), {
    name: 'InvalidMetadata',
    message: /KeyAttributes/,
  })
  assert.throws(() => plan("PUT EntityDefinitions(LogicalName='new_widget')/Keys(LogicalName='new_namekey')", {}, schema), { name: 'MethodNotAllowed' })
})

test('a one-to-many relationship brings its lookup, with or without a hash in its type', () => {
  const body: JsonValue = {
    SchemaName: 'new_contact_new_widget',
    '@odata.type': '#Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
    AssociatedMenuConfiguration: { Behavior: 'UseCollectionName', Group: 'Details', Label: label('Widgets'), Order: 10000 },
    CascadeConfiguration: { Assign: 'Cascade', Delete: 'Cascade', Merge: 'Cascade', Reparent: 'Cascade', Share: 'Cascade', Unshare: 'Cascade' },
    ReferencedAttribute: 'contactid',
    ReferencedEntity: 'contact',
    ReferencingEntity: 'new_widget',
    Lookup: {
      AttributeType: 'Lookup',
      AttributeTypeName: { Value: 'LookupType' },
      DisplayName: label('Owner'),
      SchemaName: 'new_Keeper',
      RequiredLevel: { Value: 'ApplicationRequired' },
    },
  }
  const { schema, location } = send('POST RelationshipDefinitions', body)
  const made = schema.relationships.get('new_contact_new_widget')
  assert.equal(location, `RelationshipDefinitions(${made?.metadataId})`)
  assert.equal(made?.kind === 'one-to-many' && made.cascade.delete, 'Cascade')
  assert.equal(schema.tables.get('new_widget')?.columns.get('new_keeper')?.requiredLevel, 'ApplicationRequired')
  assert.throws(() => plan('POST RelationshipDefinitions', { ...body, ReferencedAttribute: 'fullname' }), { name: 'InvalidMetadata', message: /contactid/ })
  assert.throws(() => plan('POST RelationshipDefinitions', { ...body, '@odata.type': null }), { name: 'InvalidMetadata', message: /@odata\.type/ })
  assert.throws(() => plan('POST RelationshipDefinitions', { ...body, CascadeConfiguration: { Delete: 'Perhaps' } }), {
    name: 'InvalidMetadata',
    message: /'Delete' cannot be 'Perhaps'/,
  })
})

test('a many-to-many relationship is created as the published sample has it', () => {
  const { schema, location } = send('POST RelationshipDefinitions', {
    '@odata.type': 'Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata',
    Entity1LogicalName: 'new_widget',
    Entity2LogicalName: 'contact',
    IntersectEntityName: 'new_widgets_contacts',
    RelationshipType: 'OneToManyRelationship',
    IsCustomRelationship: false,
    SchemaName: 'new_widgets_contacts',
    SecurityTypes: 'None',
  })
  assert.equal(location, `RelationshipDefinitions(${schema.relationships.get('new_widgets_contacts')?.metadataId})`)
})

test('what a table cannot do without is asked for by name', () => {
  for (const member of ['SchemaName', 'DisplayName', 'DisplayCollectionName']) {
    const { [member]: _left, ...rest } = pythonTable as Json
    assert.throws(() => plan('POST EntityDefinitions', rest as JsonValue), { name: 'InvalidMetadata', message: new RegExp(`'${member}' is missing`) })
  }
})

test('the primary name may be marked on its column or named by the table', () => {
  const { IsPrimaryName: _mark, ...unmarked } = pythonColumns[0] as Json
  const planned = plan('POST EntityDefinitions', { ...(pythonTable as Json), PrimaryNameAttribute: 'demo_name', Attributes: [unmarked] } as JsonValue)
  assert.equal(planned.kind === 'create-table' && planned.table.columns[0]?.isPrimaryName, true)
})
