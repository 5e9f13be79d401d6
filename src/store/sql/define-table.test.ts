import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testColumn, testKey, testOneToMany, testTable } from '../../plan/test-schema.ts'
import type { ColumnType } from '../../schema/column.ts'
import type { MigrationStep } from '../../schema/schema-edit.ts'
import type { ManyToMany, Relationship } from '../../schema/relationship.ts'
import { Schema } from '../../schema/schema.ts'
import { systemDefinitions } from '../../schema/system-tables.ts'
import type { Table } from '../../schema/table.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { openConnection } from '../sqlite/driver.ts'
import { columnsOf } from '../sqlite/write-transaction.ts'
import { migrationSql } from './define-table.ts'
import { render, sql } from './sql.ts'

const text = { type: 'string', maxLength: 100, format: 'Text' } as const
const lookup = (...targets: readonly string[]): ColumnType => ({ type: 'lookup', targets })

const site = testTable('site', { name: text })
const part = testTable(
  'part',
  {
    name: text,
    code: text,
    size: { type: 'decimal', min: 0, max: 9, precision: 2 },
    siteid: lookup('site'),
    parentid: lookup('part'),
    ownerid: { type: 'owner', targets: ['systemuser', 'team'] },
  },
  { keys: [testKey('bycode', ['code', 'siteid'])] },
)
const link = testTable(
  'partsite',
  { partid: { type: 'guid', isPrimaryId: false }, siteid: { type: 'guid', isPrimaryId: false } },
  { isIntersect: true, primaryNameColumn: undefined },
)
const manyToMany: ManyToMany = {
  ...{ kind: 'many-to-many', schemaName: 'part_site', metadataId: site.metadataId, intersectTable: 'partsite', isCustom: true },
  ...{ table1: 'part', table1Column: 'partid', table1Navigation: 'sites', table2: 'site', table2Column: 'siteid', table2Navigation: 'parts' },
}
const relationships: Relationship[] = [
  testOneToMany('site_parts', 'part', 'siteid', 'site'),
  testOneToMany('part_parts', 'part', 'parentid', 'part'),
  manyToMany,
]
const schema = schemaOf([site, part, link])

function schemaOf(tables: readonly Table[], more: readonly Relationship[] = relationships): Schema {
  return Schema.of(1, { tables, relationships: more, choices: [] })
}

function open() {
  const connection = openConnection(':memory:', { readOnly: false })
  const apply = (step: MigrationStep, next: Schema = schema) => {
    const existing = 'table' in step ? columnsOf(connection, step.table.logicalName) : new Set<string>()
    for (const statement of migrationSql(step, next, sqliteDialect, existing)) connection.run(statement)
  }
  const createAll = () => {
    for (const table of schema.tables.values()) apply({ kind: 'create-table', table })
  }
  const indexes = (table: string) => connection.all(sql`select name from pragma_index_list(${table}) where origin = 'c' order by name`).map((row) => row.name)
  const definition = (table: string) => String(connection.get(sql`select sql from sqlite_schema where type = 'table' and name = ${table}`)?.sql)
  return { ...connection, apply, createAll, indexes, definition }
}

const textsOf = (step: MigrationStep, next = schema) => migrationSql(step, next, sqliteDialect, new Set()).map((statement) => render(statement, () => '?').text)

test('a table has native columns, shadows, target columns, references and indexes', () => {
  assert.deepEqual(textsOf({ kind: 'create-table', table: part }), [
    'create table "part" ("name" text, "code" text, "size" text, "siteid" text references "site" ("siteid"), "parentid" text references "part" ("partid"), ' +
      '"ownerid" text, "partid" text not null primary key, "versionnumber" integer not null, "ownerid$table" text, "code$fold" text, "name$fold" text)',
    'create index "part$version" on "part" ("versionnumber")',
    'create index "part$name" on "part" ("name$fold")',
    'create index "part$lookup$siteid" on "part" ("siteid") where "siteid" is not null',
    'create index "part$lookup$parentid" on "part" ("parentid") where "parentid" is not null',
    'create unique index "part$key$bycode" on "part" ("code$fold", "siteid") where "code$fold" is not null and "siteid" is not null',
  ])
})

test('an intersect table holds a pair once and points at both sides', () => {
  const { createAll, run, indexes, execute } = open()
  createAll()
  assert.deepEqual(indexes('partsite'), ['partsite$key$pair', 'partsite$lookup$siteid', 'partsite$version'])
  execute(`insert into site (siteid, versionnumber) values ('s', 1); insert into part (partid, versionnumber) values ('p', 1)`)
  const pair = (id: string, other: string) => run(sql`insert into partsite (partsiteid, partid, siteid, versionnumber) values (${id}, 'p', ${other}, 1)`)
  pair('1', 's')
  assert.throws(() => pair('2', 's'), { failure: 'uniqueViolation', index: 'partsite$key$pair' })
  assert.throws(() => pair('3', 'nowhere'), /FOREIGN KEY/)
})

test('columns come and go, lookups with their reference and index, strings with their shadow', () => {
  const { createAll, apply, indexes, definition, execute } = open()
  createAll()
  execute(`insert into site (siteid, versionnumber) values ('s', 1); insert into part (partid, siteid, versionnumber) values ('p', 's', 1)`)
  const column = testColumn('backupid', lookup('site'))
  const next = schemaOf(
    [site, { ...part, columns: new Map([...part.columns, ['backupid', column]]) }, link],
    [...relationships, testOneToMany('site_backups', 'part', 'backupid', 'site')],
  )
  apply({ kind: 'add-column', table: part, column }, next)
  execute(`update part set backupid = 's'`)
  assert.match(definition('part'), /"backupid" text references "site"/)
  assert.ok(indexes('part').includes('part$lookup$backupid'))
  apply({ kind: 'drop-column', table: part, column })
  apply({ kind: 'drop-key', table: part, key: testKey('bycode', ['code', 'siteid']) })
  for (const name of ['code', 'siteid', 'ownerid']) apply({ kind: 'drop-column', table: part, column: testColumn(name, part.columns.get(name) ?? text) })
  assert.doesNotMatch(definition('part'), /backupid|code|site|owner/)
  execute('delete from site')
})

test('a lookup that becomes polymorphic keeps its rows and loses its reference', () => {
  const { createAll, apply, indexes, definition, get, execute } = open()
  createAll()
  execute(
    `insert into site (siteid, versionnumber) values ('s', 1); insert into part (partid, code$fold, siteid, versionnumber) values ('p', 'c', 's', 1), ('q', 'c', null, 2)`,
  )
  apply({ kind: 'add-target-column', table: part, column: testColumn('siteid', lookup('site', 'part')), target: 'site' })
  assert.deepEqual({ ...get(sql`select siteid, siteid$table from part where partid = 'p'`) }, { siteid: 's', siteid$table: 'site' })
  assert.deepEqual({ ...get(sql`select siteid, siteid$table from part where partid = 'q'`) }, { siteid: null, siteid$table: null })
  assert.doesNotMatch(definition('part'), /"siteid" text references/)
  assert.ok(indexes('part').includes('part$lookup$siteid') && indexes('part').includes('part$key$bycode'))
  execute('delete from site')
})

test('tables are dropped once nothing points at them, self references and all', () => {
  const { createAll, apply, execute } = open()
  createAll()
  execute(`insert into site (siteid, versionnumber) values ('s', 1); insert into part (partid, siteid, parentid, versionnumber) values ('p', 's', 'p', 1)`)
  assert.throws(() => apply({ kind: 'drop-table', table: site }), /FOREIGN KEY/)
  for (const table of [link, part, site]) apply({ kind: 'drop-table', table })
})

test('the standard tables are made, and none of their lookups is indexed for the server’s own columns', () => {
  const { apply, indexes, execute } = open()
  const standard = Schema.of(1, systemDefinitions())
  for (const table of standard.tables.values()) apply({ kind: 'create-table', table }, standard)
  const lookups = indexes('account').filter((name) => String(name).includes('$lookup$'))
  assert.ok(lookups.includes('account$lookup$primarycontactid'))
  assert.deepEqual(
    lookups.filter((name) => /createdby|modifiedby|owning|ownerid/.test(String(name))),
    [],
  )
  execute('pragma foreign_key_check')
})
