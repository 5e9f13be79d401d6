import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue } from '../../protocol/row-json.ts'
import { sample } from '../edit-sample.ts'
import { parseAttribute } from './parse-attribute.ts'

function parse(type: string, more: { readonly [member: string]: JsonValue } = {}) {
  return parseAttribute({ '@odata.type': `Microsoft.Dynamics.CRM.${type}`, SchemaName: 'new_X', ...more }, sample)
}

test('only what is said is asked for: the rest takes the type’s defaults', () => {
  assert.deepEqual(parse('StringAttributeMetadata'), { type: 'string', schemaName: 'new_X' })
  assert.deepEqual(parse('MoneyAttributeMetadata', { PrecisionSource: 2, MaxValue: null, ImeMode: 'Disabled' }), {
    type: 'money',
    schemaName: 'new_X',
    precisionSource: 2,
  })
})

test('each type reads its own members', () => {
  assert.deepEqual(parse('StringAttributeMetadata', { MaxLength: 10, Format: 'Email' }), {
    type: 'string',
    schemaName: 'new_X',
    maxLength: 10,
    format: 'Email',
  })
  assert.equal(parse('StringAttributeMetadata', { Format: 'TextArea', FormatName: { Value: 'RichText' } }).format, 'RichText')
  assert.deepEqual(parse('IntegerAttributeMetadata', { MinValue: 0, MaxValue: 5, Format: 'Duration' }), {
    type: 'integer',
    schemaName: 'new_X',
    min: 0,
    max: 5,
    format: 'Duration',
  })
  assert.deepEqual(parse('DecimalAttributeMetadata', { MinValue: 0.5, MaxValue: 5, Precision: 1 }), {
    type: 'decimal',
    schemaName: 'new_X',
    min: 0.5,
    max: 5,
    precision: 1,
  })
  assert.deepEqual(parse('BooleanAttributeMetadata', { DefaultValue: true }), { type: 'boolean', schemaName: 'new_X', defaultValue: true })
  assert.deepEqual(parse('DateTimeAttributeMetadata', { DateTimeBehavior: { Value: 'TimeZoneIndependent' } }), {
    type: 'datetime',
    schemaName: 'new_X',
    behavior: 'TimeZoneIndependent',
  })
})

test('a member of the wrong kind, or of an unknown word, is refused by its name', () => {
  const refused = (member: string) => ({ name: 'InvalidMetadata', message: new RegExp(`'${member}'`) })
  assert.throws(() => parse('StringAttributeMetadata', { MaxLength: '10' }), refused('MaxLength'))
  assert.throws(() => parse('StringAttributeMetadata', { MaxLength: 1.5 }), refused('MaxLength'))
  assert.throws(() => parse('StringAttributeMetadata', { FormatName: { Value: 'Runes' } }), refused('FormatName'))
  assert.throws(() => parse('StringAttributeMetadata', { RequiredLevel: { Value: 'Always' } }), refused('RequiredLevel'))
  assert.throws(() => parse('StringAttributeMetadata', { IsSecured: 'yes' }), refused('IsSecured'))
  assert.throws(() => parse('BooleanAttributeMetadata', { OptionSet: { TrueOption: { Value: 2 } } }), refused('TrueOption'))
  assert.throws(() => parse('PicklistAttributeMetadata', { OptionSet: { Options: [{ Value: 1 }] } }), refused('Label'))
  assert.throws(
    () => parse('PicklistAttributeMetadata', { 'GlobalOptionSet@odata.bind': '/accounts(6f0c0000-0000-0000-0000-000000000001)' }),
    refused('GlobalOptionSet@odata.bind'),
  )
  assert.throws(() => parseAttribute({ '@odata.type': 'StringAttributeMetadata' }, sample), refused('SchemaName'))
})

test('a member that the type does not know is refused by its name', () => {
  const refused = (member: string) => ({ name: 'UnknownProperty', message: new RegExp(`'${member}'`) })
  assert.throws(() => parse('StringAttributeMetadata', { MaxLenght: 10 }), refused('MaxLenght'))
  assert.throws(() => parse('IntegerAttributeMetadata', { MaxLength: 10 }), refused('MaxLength'))
  assert.deepEqual(parse('StringAttributeMetadata', { '@odata.context': 'x', 'DisplayName@odata.type': 'y' }), { type: 'string', schemaName: 'new_X' })
})
