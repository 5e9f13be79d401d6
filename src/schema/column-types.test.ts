import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyBytes, mayBeInKey } from './column-limits.ts'
import { COLUMN_TYPES, edmTypeOf, kindsOf } from './column-types.ts'
import { sample, table } from './edit-sample.ts'

test('a choice is a Picklist of PicklistType, an Int32 on the wire', () => {
  assert.deepEqual(COLUMN_TYPES.choice, {
    attributeType: 'Picklist',
    attributeTypeName: 'PicklistType',
    metadataType: 'PicklistAttributeMetadata',
    edm: 'Edm.Int32',
  })
})

test('the irregular names are those of Dataverse', () => {
  const { choices, customer, guid } = COLUMN_TYPES
  assert.deepEqual(
    [choices.attributeType, choices.attributeTypeName, choices.metadataType],
    ['Virtual', 'MultiSelectPicklistType', 'MultiSelectPicklistAttributeMetadata'],
  )
  assert.deepEqual([customer.attributeType, customer.attributeTypeName, customer.metadataType], ['Customer', 'CustomerType', 'LookupAttributeMetadata'])
  assert.deepEqual(
    [guid.attributeType, guid.attributeTypeName, guid.metadataType],
    ['Uniqueidentifier', 'UniqueidentifierType', 'UniqueIdentifierAttributeMetadata'],
  )
})

test('LookupAttributeMetadata describes three kinds of column, StringAttributeMetadata one', () => {
  assert.deepEqual(kindsOf('LookupAttributeMetadata'), ['lookup', 'customer', 'owner'])
  assert.deepEqual(kindsOf('StringAttributeMetadata'), ['string'])
  assert.deepEqual(kindsOf('FileAttributeMetadata'), [])
})

test('a day is an Edm.Date by its behavior, not by its format', () => {
  const day = table(sample).columns.get('overriddencreatedon')
  assert.ok(day?.type === 'datetime' && day.format === 'DateOnly')
  assert.equal(edmTypeOf(day), 'Edm.DateTimeOffset')
  assert.equal(edmTypeOf({ ...day, behavior: 'DateOnly' }), 'Edm.Date')
})

test('a key column counts two bytes a character, or the width of its type', () => {
  assert.equal(keyBytes({ type: 'string', maxLength: 100, format: 'Text' }), 200)
  assert.equal(keyBytes({ type: 'lookup', targets: ['account'] }), 16)
  assert.equal(keyBytes({ type: 'memo', maxLength: 100, format: 'Text' }), undefined)
})

test('the types a key may be made of are a closed list', () => {
  const kinds = Object.keys(COLUMN_TYPES) as (keyof typeof COLUMN_TYPES)[]
  assert.deepEqual(kinds.filter(mayBeInKey).sort(), ['choice', 'datetime', 'decimal', 'integer', 'lookup', 'string'])
})
