/** Who may do what with secured columns, and which others are masked with them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column } from '../schema/column.ts'
import { Schema } from '../schema/schema.ts'
import { systemDefinitions } from '../schema/system-tables.ts'
import type { Table } from '../schema/table.ts'
import { columnMasks, mayUse } from './column-rights.ts'
import { type ColumnAccess, FULL_RIGHTS, type Rights } from './rights.ts'

const schema = schemaWith(['account.revenue', 'account.websiteurl', 'contact.lastname', 'contact.parentcustomerid', 'task.description'])

function schemaWith(secured: readonly string[]): Schema {
  const { tables, relationships, choices } = systemDefinitions()
  const secure = (table: Table, column: Column): Column =>
    secured.includes(`${table.logicalName}.${column.logicalName}`) ? { ...column, isSecured: true } : column
  const changed = [...tables].map((table) => ({ ...table, columns: new Map([...table.columns].map(([name, column]) => [name, secure(table, column)])) }))
  return Schema.of(1, { tables: changed, relationships, choices })
}

function rights(columns: Readonly<Record<string, Partial<ColumnAccess>>> = {}, cutBy?: Rights): Rights {
  const none = { read: false, create: false, update: false }
  return { ...FULL_RIGHTS, isFull: false, columns: new Map(Object.entries(columns).map(([name, access]) => [name, { ...none, ...access }])), cutBy }
}

function tableOf(name: string): Table {
  const table = schema.tables.get(name)
  assert.ok(table)
  return table
}

function columnOf(table: string, name: string): Column {
  const column = tableOf(table).columns.get(name)
  assert.ok(column)
  return column
}

const masked = (who: Rights, table: string) => [...columnMasks(who, tableOf(table), schema).keys()].map((column) => column.logicalName).sort()

test('without a permission a secured column is neither read, given nor changed; others are', () => {
  for (const right of ['read', 'create', 'update'] as const) {
    assert.equal(mayUse(rights(), tableOf('account'), columnOf('account', 'revenue'), right), false)
    assert.equal(mayUse(rights(), tableOf('account'), columnOf('account', 'name'), right), true)
    assert.equal(mayUse(FULL_RIGHTS, tableOf('account'), columnOf('account', 'revenue'), right), true)
  }
})

test('a permission is for what it says alone', () => {
  const reader = rights({ 'account.revenue': { read: true } })
  const revenue = columnOf('account', 'revenue')
  assert.deepEqual(
    (['read', 'create', 'update'] as const).map((right) => mayUse(reader, tableOf('account'), revenue, right)),
    [true, false, false],
  )
  assert.deepEqual(masked(reader, 'account'), ['websiteurl'])
})

test('what repeats a masked column is masked with it', () => {
  assert.deepEqual(masked(rights(), 'account'), ['revenue', 'revenue_base', 'websiteurl'])
  assert.deepEqual(masked(rights(), 'contact'), [
    'accountid',
    'fullname',
    'lastname',
    'parentcontactid',
    'parentcustomerid',
    'parentcustomeridtype',
    'yomifullname',
    'yomilastname',
  ])
  assert.deepEqual(masked(rights(), 'systemuser'), [])
})

test('the pointer of an activity masks what the activity does, in rows of its type', () => {
  const masks = columnMasks(rights(), tableOf('activitypointer'), schema)
  assert.deepEqual(masks.get(columnOf('activitypointer', 'description')), ['task'])
  assert.equal(masks.size, 1)
})

test('of two who act together each has to be allowed', () => {
  const reader = rights({ 'account.revenue': { read: true } })
  assert.deepEqual(masked({ ...FULL_RIGHTS, cutBy: reader }, 'account'), ['websiteurl'])
  assert.deepEqual(masked(rights({ 'account.revenue': { read: true }, 'account.websiteurl': { read: true } }, reader), 'account'), ['websiteurl'])
  assert.deepEqual(masked({ ...FULL_RIGHTS, cutBy: FULL_RIGHTS }, 'account'), [])
})
