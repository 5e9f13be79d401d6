/** What stands behind `from` for who may not read all columns has every stored column, and null in what is masked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ColumnMask } from '../../plan/column-rights.ts'
import type { Column } from '../../schema/column.ts'
import { Schema } from '../../schema/schema.ts'
import { systemDefinitions } from '../../schema/system-tables.ts'
import type { Table } from '../../schema/table.ts'
import { postgresDialect } from '../postgres/dialect.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { openConnection } from '../sqlite/driver.ts'
import { migrationSql } from './define-table.ts'
import { maskedColumns } from './masked-columns.ts'
import { name, sql } from './sql.ts'

const schema = Schema.of(1, systemDefinitions())

function columnOf(table: Table, logicalName: string): Column {
  const column = table.columns.get(logicalName)
  assert.ok(column, logicalName)
  return column
}

function tableOf(logicalName: string): Table {
  const table = schema.tables.get(logicalName)
  assert.ok(table, logicalName)
  return table
}

function openTables() {
  const connection = openConnection(':memory:', { readOnly: false })
  connection.execute('pragma foreign_keys = off')
  for (const table of schema.tables.values()) {
    for (const statement of migrationSql({ kind: 'create-table', table }, schema, sqliteDialect, new Set())) connection.run(statement)
  }
  return connection
}

test('every stored column of every table is there under its name', () => {
  const connection = openTables()
  for (const table of schema.tables.values()) {
    const stored = connection.all(sql`select name from pragma_table_info(${table.logicalName})`).map((row) => String(row.name))
    const statement = connection.database.prepare(
      `select ${maskedColumns(table, new Map(), 's', sqliteDialect).chunks.join('')} from "${table.logicalName}" as s`,
    )
    const shown = statement.columns().map((column) => column.name)
    assert.deepEqual(shown.sort(), stored.sort(), table.logicalName)
  }
  connection.close()
})

test('a masked lookup tells neither its row nor its table, a masked name not its folded text', () => {
  const connection = openTables()
  const contact = tableOf('contact')
  const values = { contactid: 'c', fullname: 'Ada', fullname$fold: 'ada', parentcustomerid: 'a', parentcustomerid$table: 'account', versionnumber: 1 }
  const columns = Object.keys(values)
  connection.database
    .prepare(`insert into contact (${columns.map((one) => `"${one}"`).join()}) values (${columns.map(() => '?').join()})`)
    .run(...Object.values(values))
  const masks = new Map<Column, ColumnMask>(['fullname', 'parentcustomerid'].map((one) => [columnOf(contact, one), 'all']))
  const [row] = connection.all(sql`select ${maskedColumns(contact, masks, 's', sqliteDialect)} from ${name('contact')} as s`)
  assert.ok(row)
  const seen = Object.fromEntries(columns.map((column) => [column, row[column]]))
  assert.deepEqual(seen, { contactid: 'c', fullname: null, fullname$fold: null, parentcustomerid: null, parentcustomerid$table: null, versionnumber: 1 })
  connection.close()
})

test('a mask for activities of some types leaves the others', () => {
  const connection = openTables()
  const pointer = tableOf('activitypointer')
  const insert = connection.database.prepare('insert into activitypointer (activityid, activitytypecode, description, versionnumber) values (?, ?, ?, ?)')
  insert.run('1', 'task', 'hidden', 1)
  insert.run('2', 'new_visit', 'shown', 2)
  const masks = new Map<Column, ColumnMask>([[columnOf(pointer, 'description'), ['task']]])
  const rows = connection.all(sql`select ${maskedColumns(pointer, masks, 's', sqliteDialect)} from ${name('activitypointer')} as s order by activityid`)
  assert.deepEqual(
    rows.map((row) => row.description),
    [null, 'shown'],
  )
  connection.close()
})

test('PostgreSQL is told when a row was written, and the type of a masked column', () => {
  const { chunks } = maskedColumns(tableOf('contact'), new Map<Column, ColumnMask>([[columnOf(tableOf('contact'), 'fullname'), 'all']]), 's', postgresDialect)
  const text = chunks.join('')
  for (const column of ['s."versionnumber"', 's."$xid"', 'case when false then s."fullname" end as "fullname"']) assert.ok(text.includes(column), column)
})
