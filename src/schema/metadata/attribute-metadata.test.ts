import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column, ColumnType } from '../column.ts'
import { Label } from '../label.ts'
import { Schema } from '../schema.ts'
import { systemDefinitions } from '../system-tables.ts'
import { attributeMetadata } from './attribute-metadata.ts'
import { localOptionSet } from './option-set-metadata.ts'

const schema = Schema.of(1, systemDefinitions())
const account = schema.tables.get('account')
assert.ok(account)

function shown(name: string): { readonly [member: string]: unknown } {
  const column = account?.columns.get(name)
  assert.ok(account && column, name)
  return attributeMetadata(account, column)
}

/** A column of one's own. */
function made(type: ColumnType): { readonly [member: string]: unknown } {
  const name = account?.columns.get('name')
  assert.ok(account && name)
  const common = { ...name, logicalName: 'new_x', schemaName: 'new_X', displayName: Label.of('X'), requiredLevel: 'None', isCustom: true }
  return attributeMetadata(account, { ...common, ...type } as Column)
}

test('a text shows its length and format, twice as Dataverse does', () => {
  const name = shown('name')
  assert.equal(name.AttributeType, 'String')
  assert.deepEqual(name.AttributeTypeName, { Value: 'StringType' })
  assert.equal(name.MaxLength, 160)
  assert.equal(name.DatabaseLength, 320)
  assert.deepEqual([name.Format, name.FormatName], ['Text', { Value: 'Text' }])
  assert.equal(name.IsPrimaryName, true)
  assert.equal(name.EntityLogicalName, 'account')
})

test('a date says how it behaves, which Airbyte reads', () => {
  assert.deepEqual(shown('createdon').DateTimeBehavior, { Value: 'UserLocal' })
  assert.deepEqual(made({ type: 'datetime', behavior: 'DateOnly', format: 'DateOnly' }).DateTimeBehavior, { Value: 'DateOnly' })
})

test('the limits of a 64-bit integer reach JSON with all their digits', () => {
  assert.match(JSON.stringify(shown('versionnumber')), /"MaxValue":9223372036854775807,"MinValue":-9223372036854775808/)
})

test('lookups show their targets, and customer and owner are types of their own', () => {
  assert.deepEqual(shown('primarycontactid').Targets, ['contact'])
  assert.equal(shown('primarycontactid').AttributeType, 'Lookup')
  assert.equal(shown('ownerid').AttributeType, 'Owner')
  assert.deepEqual(shown('ownerid').AttributeTypeName, { Value: 'OwnerType' })
})

test('the type column beside a polymorphic lookup belongs to that lookup', () => {
  const lookup = made({ type: 'entityname' })
  assert.equal(lookup.AttributeOf, null)
  const column = account?.columns.get('owneridtype')
  if (account && column) assert.equal(attributeMetadata(account, column).AttributeOf, 'ownerid')
})

test('a multiple choice is virtual, of a type name of its own', () => {
  const choices = made({ type: 'choices', options: [] })
  assert.equal(choices.AttributeType, 'Virtual')
  assert.deepEqual(choices.AttributeTypeName, { Value: 'MultiSelectPicklistType' })
  assert.equal(choices.DefaultFormValue, -1)
})

test('the requirement level of a system column cannot be changed, that of a custom one can', () => {
  assert.deepEqual(made({ type: 'bigint' }).RequiredLevel, {
    Value: 'None',
    CanBeChanged: true,
    ManagedPropertyLogicalName: 'canmodifyrequirementlevelsettings',
  })
  assert.equal((shown('accountid').RequiredLevel as { CanBeChanged: boolean }).CanBeChanged, false)
})

test('options of a state and a status carry their own members, and yes and no are two options', () => {
  const optionsOf = (name: string) => {
    const column = account?.columns.get(name)
    assert.ok(account && column && (column.type === 'state' || column.type === 'status' || column.type === 'boolean'))
    return localOptionSet(account, column) as { readonly [member: string]: unknown }
  }
  const [active] = optionsOf('statecode').Options as { readonly [member: string]: unknown }[]
  assert.deepEqual([active?.['@odata.type'], active?.DefaultStatus, active?.InvariantName], ['#Microsoft.Dynamics.CRM.StateOptionMetadata', 1, 'Active'])
  const [status] = optionsOf('statuscode').Options as { readonly [member: string]: unknown }[]
  assert.deepEqual([status?.['@odata.type'], status?.State], ['#Microsoft.Dynamics.CRM.StatusOptionMetadata', 0])
  const hold = optionsOf('creditonhold')
  assert.deepEqual([hold.OptionSetType, (hold.TrueOption as { Value: number }).Value, (hold.FalseOption as { Value: number }).Value], ['Boolean', 1, 0])
  assert.equal(hold.Name, 'account_creditonhold')
})
