import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column } from '../column.ts'
import { Label } from '../label.ts'
import { Schema } from '../schema.ts'
import { systemDefinitions } from '../system-tables.ts'
import { type MetadataItem, membersOf, relatedItem, relatedItems, typeNameOf } from './metadata-item.ts'
import { ATTRIBUTE_TYPE, castOf, ENTITY_TYPE, KEY_TYPE, type MetadataType, OPTION_SET_TYPE, RELATIONSHIP_TYPE } from './metadata-types.ts'

const schema = Schema.of(1, systemDefinitions())
const tables = [...schema.tables.values()].map((table): MetadataItem => ({ kind: 'table', table }))
const columns = tables.flatMap((item) => relatedItems(item, 'Attributes', schema))

function assertDeclared(item: MetadataItem, base: MetadataType): void {
  const type = castOf(base, typeNameOf(item))
  assert.ok(type, typeNameOf(item))
  assert.deepEqual(Object.keys(membersOf(item)).toSorted(), [...type.properties].toSorted(), type.name)
}

test('every definition shows exactly the members that its type declares', () => {
  for (const item of tables) assertDeclared(item, ENTITY_TYPE)
  for (const item of columns) assertDeclared(item, ATTRIBUTE_TYPE)
  for (const relationship of schema.relationships.values()) assertDeclared({ kind: 'relationship', relationship }, RELATIONSHIP_TYPE)
  for (const item of columns) {
    const optionSet = relatedItem(item, schema)
    if (optionSet) assertDeclared(optionSet, OPTION_SET_TYPE)
  }
})

test('a key and a global choice show the members of their types', () => {
  const table = schema.tables.get('account')
  assert.ok(table)
  const key = { logicalName: 'k', schemaName: 'K', metadataId: table.metadataId, displayName: Label.of('K'), columns: ['name'], status: 'Active' } as const
  assertDeclared({ kind: 'key', table, key }, KEY_TYPE)
  assertDeclared(
    { kind: 'choice', choice: { name: 'c', metadataId: table.metadataId, displayName: Label.of('c'), options: [], isCustom: true } },
    OPTION_SET_TYPE,
  )
})

test('a definition is rendered once, and again only where it has changed', () => {
  const table = schema.tables.get('account')
  const name = table?.columns.get('name')
  assert.ok(table && name)
  const item: MetadataItem = { kind: 'column', table, column: name }
  assert.equal(membersOf(item), membersOf({ kind: 'column', table: { ...table, modifiedOn: '2026-01-01T00:00:00Z' }, column: name }))
  const changed: Column = { ...name, requiredLevel: 'None' }
  assert.notEqual(membersOf(item), membersOf({ kind: 'column', table, column: changed }))
  assert.notEqual(membersOf(item), membersOf({ kind: 'column', table: { ...table, logicalName: 'other' }, column: name }))
})
