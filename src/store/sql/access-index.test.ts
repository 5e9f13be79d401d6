/** A page that passes by most rows looks at no more of them than an index tells. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Schema } from '../../schema/schema.ts'
import { systemDefinitions } from '../../schema/system-tables.ts'
import type { Table } from '../../schema/table.ts'
import { accessIndexSql, nameIndexSql, renewAccessIndexes } from './access-index.ts'
import { render, verbatim } from './sql.ts'

const schema = Schema.of(1, systemDefinitions())

function tableOf(name: string): Table {
  const table = schema.tables.get(name)
  assert.ok(table)
  return table
}

const textOf = (statements: ReturnType<typeof accessIndexSql>) => statements.map((statement) => render(statement, () => '?').text)

test('where rows have an owner, ids and names are indexed with whose the row is', () => {
  assert.deepEqual(textOf(accessIndexSql(tableOf('account'))), ['create index "account$access" on "account" ("accountid", "owningbusinessunit", "ownerid")'])
  assert.deepEqual(textOf([nameIndexSql(tableOf('account'), 'name')]), [
    'create index "account$name" on "account" ("name$fold", "accountid", "owningbusinessunit", "ownerid")',
  ])
})

test('an engine that would order nulls last is told where they stand', () => {
  const [text] = textOf([nameIndexSql(tableOf('territory'), 'name', verbatim(' nulls first'))])
  assert.equal(text, 'create index "territory$name" on "territory" ("name$fold" nulls first)')
})

test('other rows need none', () => {
  assert.deepEqual(accessIndexSql(tableOf('systemuser')), [])
  assert.deepEqual(textOf([nameIndexSql(tableOf('territory'), 'name')]), ['create index "territory$name" on "territory" ("name$fold")'])
  assert.deepEqual(renewAccessIndexes(tableOf('territory')), [])
})
