import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from '../protocol/row-json.ts'
import { edit, key, sample } from '../schema/edit-sample.ts'
import { Label } from '../schema/label.ts'
import { type Json, label, plan, pythonColumns, pythonTable, read, send } from './schema-edit-sample.ts'

test('a definition sent back as it was read changes nothing, whatever it defines', () => {
  const withMore = edit(
    sample,
    { kind: 'create-choice', choice: { name: 'new_colors', displayName: Label.of('Colors'), options: [{ label: Label.of('Red') }] } },
    ...pythonColumns
      .slice(1)
      .map((body) => plan("POST EntityDefinitions(LogicalName='new_widget')/Attributes", { ...(body as Json), SchemaName: String((body as Json).SchemaName) })),
    key('new_NameKey', 'new_name'),
  ).schema
  for (const table of withMore.tables.values()) {
    if (table.isIntersect) continue
    const url = `EntityDefinitions(LogicalName='${table.logicalName}')`
    assert.equal(plan(`PUT ${url}`, read(url, withMore) as JsonValue, withMore).kind, 'update-table')
    for (const column of table.columns.values()) {
      const address = `${url}/Attributes(LogicalName='${column.logicalName}')`
      const planned = plan(`PUT ${address}`, read(address, withMore) as JsonValue, withMore)
      const after = edit(withMore, planned).schema.tables.get(table.logicalName)?.columns.get(column.logicalName)
      assert.deepEqual(JSON.parse(JSON.stringify({ ...after, modifiedOn: '' })), JSON.parse(JSON.stringify({ ...column, modifiedOn: '' })), address)
    }
  }
  for (const relationship of withMore.relationships.values()) {
    const url = `RelationshipDefinitions(SchemaName='${relationship.schemaName}')`
    const planned = plan(`PUT ${url}`, read(url, withMore) as JsonValue, withMore)
    assert.deepEqual(edit(withMore, planned).schema.relationships.get(relationship.schemaName), relationship)
  }
  const choice = "GlobalOptionSetDefinitions(Name='new_colors')"
  assert.equal(plan(`PUT ${choice}`, read(choice, withMore) as JsonValue, withMore).kind, 'update-choice')
})

test('a definition of a few members changes those alone', () => {
  const { schema, location } = send("PUT EntityDefinitions(LogicalName='new_widget')", {
    '@odata.type': '#Microsoft.Dynamics.CRM.EntityMetadata',
    DisplayName: label('Gadget'),
  })
  assert.equal(Label.text(schema.tables.get('new_widget')?.displayName), 'Gadget')
  assert.equal(Label.text(schema.tables.get('new_widget')?.displayCollectionName), 'Widgets')
  assert.equal(location, "EntityDefinitions(LogicalName='new_widget')")
})

test('change tracking is switched on by the whole definition', () => {
  const url = "EntityDefinitions(LogicalName='new_widget')"
  const planned = plan(`PUT ${url}`, { ...read(url, sample), ChangeTrackingEnabled: true } as JsonValue, sample, true)
  assert.equal(planned.kind === 'update-table' && planned.change.tracksChanges && planned.mergeLabels, true)
  assert.equal(edit(sample, planned).schema.tables.get('new_widget')?.tracksChanges, true)
})

test('a column’s label, requirement and length are changed, and its address is the answer’s', () => {
  const url = "EntityDefinitions(LogicalName='new_widget')/Attributes(LogicalName='new_name')"
  const body = {
    ...read(url, sample),
    DisplayName: label('Title'),
    RequiredLevel: { Value: 'ApplicationRequired', CanBeChanged: true },
    MaxLength: 250,
  } as JsonValue
  const { schema, location } = send(`PUT ${url}/Microsoft.Dynamics.CRM.StringAttributeMetadata`, body)
  const column = schema.tables.get('new_widget')?.columns.get('new_name')
  assert.deepEqual(
    [Label.text(column?.displayName), column?.requiredLevel, column?.type === 'string' && column.maxLength],
    ['Title', 'ApplicationRequired', 250],
  )
  assert.equal(location, url)
})

test('a change of what cannot change is refused by the member’s name', () => {
  const table = "EntityDefinitions(LogicalName='new_widget')"
  const refused = (url: string, change: Json, member: string) =>
    assert.throws(() => plan(`PUT ${url}`, { ...read(url, sample), ...change } as JsonValue), {
      name: 'InvalidMetadata',
      message: new RegExp(`'${member}' cannot be changed`),
    })
  refused(table, { SchemaName: 'new_Other' }, 'SchemaName')
  refused(table, { OwnershipType: 'OrganizationOwned' }, 'OwnershipType')
  refused(table, { IsValidForQueue: { Value: true, CanBeChanged: true } }, 'IsValidForQueue')
  refused(table, { EntityColor: '#ff0000' }, 'EntityColor')
  refused(`${table}/Attributes(LogicalName='new_name')`, { AttributeType: 'Memo' }, 'AttributeType')
  refused(`${table}/Attributes(LogicalName='new_name')`, { AttributeTypeName: { Value: 'MemoType' } }, 'AttributeTypeName')
  refused(`${table}/Attributes(LogicalName='ownerid')`, { Targets: ['systemuser'] }, 'Targets')
  refused("RelationshipDefinitions(SchemaName='account_primary_contact')", { ReferencedEntity: 'account' }, 'ReferencedEntity')
  const url = `${table}/Attributes(LogicalName='new_name')`
  assert.throws(() => plan(`PUT ${url}`, { '@odata.type': 'Microsoft.Dynamics.CRM.MemoAttributeMetadata' }), {
    name: 'InvalidMetadata',
    message: /StringAttributeMetadata/,
  })
})

test('options sent back with a column are passed over: they have actions of their own', () => {
  const { schema } = send("POST EntityDefinitions(LogicalName='new_widget')/Attributes", pythonColumns.at(-1))
  const url = "EntityDefinitions(LogicalName='new_widget')/Attributes(LogicalName='demo_color')"
  const planned = plan(`PUT ${url}`, { ...read(url, schema), OptionSet: { Options: [{ Value: 7, Label: label('Seven') }] } } as JsonValue, schema)
  assert.equal(planned.kind === 'update-column' && 'options' in planned.change, false)
})

test('a stale copy of what the server alone says does no harm', () => {
  const url = "EntityDefinitions(LogicalName='new_widget')"
  assert.equal(
    plan(`PUT ${url}`, {
      ...read(url, sample),
      ModifiedOn: '2020-01-01T00:00:00Z',
      MetadataId: '00000000-0000-0000-0000-000000000001',
      MobileOfflineFilters: null,
    } as JsonValue).kind,
    'update-table',
  )
})

test('definitions are deleted by name and by id', () => {
  const { schema } = send("POST EntityDefinitions(LogicalName='new_widget')/Keys", { SchemaName: 'new_NameKey', KeyAttributes: ['new_name'] })
  const id = schema.tables.get('new_widget')?.keys[0]?.metadataId
  assert.deepEqual(plan(`DELETE EntityDefinitions(LogicalName='new_widget')/Keys(${id})`, undefined, schema), {
    kind: 'delete-key',
    table: 'new_widget',
    key: 'new_namekey',
  })
  assert.deepEqual(plan("DELETE EntityDefinitions(LogicalName='new_widget')/Attributes(LogicalName='new_name')"), {
    kind: 'delete-column',
    table: 'new_widget',
    column: 'new_name',
  })
  assert.deepEqual(plan(`DELETE EntityDefinitions(${sample.tables.get('new_box')?.metadataId})`), { kind: 'delete-table', table: 'new_box' })
  assert.deepEqual(plan("DELETE RelationshipDefinitions(SchemaName='account_primary_contact')"), {
    kind: 'delete-relationship',
    schemaName: 'account_primary_contact',
  })
  assert.throws(() => plan("DELETE EntityDefinitions(LogicalName='nobody')"), { name: 'TableNotFound' })
  assert.equal(send("DELETE EntityDefinitions(LogicalName='new_box')").location, undefined)
})

test('other methods and addresses are refused', () => {
  const refused = (line: string, body?: JsonValue) => assert.throws(() => plan(line, body), { name: 'MethodNotAllowed' })
  refused("PATCH EntityDefinitions(LogicalName='new_widget')", {})
  refused('PATCH EntityDefinitions', {})
  refused('DELETE EntityDefinitions')
  refused('POST ManagedPropertyDefinitions', {})
  refused("POST EntityDefinitions(LogicalName='new_widget')/OneToManyRelationships", {})
  refused("PUT EntityDefinitions(LogicalName='new_widget')/EntitySetName", { value: 'x' })
  assert.throws(() => plan('POST EntityDefinitions'), { name: 'BadRequest', message: /body/ })
  assert.throws(() => plan('POST EntityDefinitions', 'x'), { name: 'InvalidMetadata' })
  assert.throws(() => plan('POST EntityDefinitions?$select=LogicalName', pythonTable), { name: 'BadRequest', message: /\$select/ })
})
