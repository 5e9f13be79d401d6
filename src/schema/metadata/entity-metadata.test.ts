import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Schema } from '../schema.ts'
import { systemDefinitions } from '../system-tables.ts'
import type { Table } from '../table.ts'
import { entityMetadata } from './entity-metadata.ts'

const schema = Schema.of(1, systemDefinitions())

function table(name: string): Table {
  const found = schema.tables.get(name)
  assert.ok(found, name)
  return found
}

test('a table shows its names, its keys and what it tracks', () => {
  const account = entityMetadata(table('account'))
  assert.deepEqual(
    [
      'LogicalName',
      'SchemaName',
      'EntitySetName',
      'LogicalCollectionName',
      'PrimaryIdAttribute',
      'PrimaryNameAttribute',
      'OwnershipType',
      'ObjectTypeCode',
      'TableType',
    ].map((name) => account[name]),
    ['account', 'Account', 'accounts', 'accounts', 'accountid', 'name', 'UserOwned', 1, 'Standard'],
  )
  assert.equal(account.IsOptimisticConcurrencyEnabled, true)
  assert.deepEqual(account.CanChangeTrackingBeEnabled, { Value: true, CanBeChanged: false, ManagedPropertyLogicalName: 'canchangetrackingbeenabled' })
  assert.equal(entityMetadata({ ...table('account'), tracksChanges: true }).ChangeTrackingEnabled, true)
})

test('the logical collection name is the entity set name on every table', () => {
  for (const one of schema.tables.values()) assert.equal(entityMetadata(one).LogicalCollectionName, one.entitySetName)
})

test('a table of users has eight privileges, one of the organization six, an intersect table none', () => {
  const names = (name: string) => (entityMetadata(table(name)).Privileges as { Name: string; CanBeBasic: boolean }[]).map((one) => one.Name)
  assert.deepEqual(
    names('account'),
    ['Create', 'Read', 'Write', 'Delete', 'Assign', 'Share', 'Append', 'AppendTo'].map((type) => `prv${type}Account`),
  )
  assert.equal(names('transactioncurrency').length, 6)
  assert.deepEqual(names('systemuserroles'), [])
})

test('the members of a custom table may be changed, but for what is recorded as fixed', () => {
  const custom = entityMetadata({ ...table('account'), isCustom: true })
  assert.deepEqual(custom.IsCustomizable, { Value: true, CanBeChanged: true, ManagedPropertyLogicalName: 'iscustomizable' })
  assert.deepEqual(custom.IsMappable, { Value: true, CanBeChanged: false, ManagedPropertyLogicalName: 'ismappable' })
  assert.deepEqual(custom.IsAuditEnabled, { Value: true, CanBeChanged: true, ManagedPropertyLogicalName: 'canmodifyauditsettings' })
  assert.equal(custom.IsManaged, false)
})
