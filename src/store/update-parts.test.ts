import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Value } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'
import { openTestStore } from './test-transaction.ts'
import { partsOf } from './update-parts.ts'

const store = await openTestStore()

/** `{ name: 'x', statecode: 1 }` on a table → `['ordinary name', 'state statecode statuscode']`. */
function cut(tableName: string, body: { readonly [column: string]: Value }, before?: number): readonly string[] {
  const table = store.moment.schema.tables.get(tableName)
  assert(table)
  const values = new Map<Column, Value>()
  for (const [name, value] of Object.entries(body)) {
    const column = table.columns.get(name)
    assert(column, name)
    values.set(column, value)
  }
  return partsOf(table, values, before).map((part) => [part.kind, ...[...part.values.keys()].map((column) => column.logicalName)].join(' '))
}

const unit = { table: 'businessunit', id: store.caller.businessUnitId }
const user = { table: 'systemuser', id: store.caller.userId }

test('what is of one kind is one part, and so is nothing', () => {
  assert.deepEqual(cut('account', { name: 'x', ownerid: user }, 0), ['ordinary name ownerid'])
  assert.deepEqual(cut('account', {}, 0), ['ordinary'])
  assert.deepEqual(cut('account', { statuscode: 2 }, 0), ['state statuscode statecode'])
  assert.deepEqual(cut('systemuser', { businessunitid: unit }), ['owner businessunitid'])
})

test('ordinary columns come before those that move the row', () => {
  assert.deepEqual(cut('systemuser', { businessunitid: unit, lastname: 'x', parentsystemuserid: user }), [
    'ordinary lastname',
    'owner businessunitid parentsystemuserid',
  ])
  assert.deepEqual(cut('team', { businessunitid: unit, name: 'x' }), ['ordinary name', 'owner businessunitid'])
  assert.deepEqual(cut('businessunit', { parentbusinessunitid: unit, name: 'x' }), ['ordinary name', 'owner parentbusinessunitid'])
})

test('the state comes last, but first where it activates the row', () => {
  assert.deepEqual(cut('account', { statecode: 1, name: 'x' }, 0), ['ordinary name', 'state statecode statuscode'])
  assert.deepEqual(cut('account', { name: 'x', statecode: 0 }, 1), ['state statecode statuscode', 'ordinary name'])
  assert.deepEqual(cut('account', { name: 'x', statuscode: 1 }, 1), ['state statuscode statecode', 'ordinary name'])
  assert.deepEqual(cut('account', { name: 'x', statecode: 0 }, 0), ['ordinary name', 'state statecode statuscode'])
})
