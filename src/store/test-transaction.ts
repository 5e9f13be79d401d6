/**
 * For tests of writing: the standard tables, and a few more, on any engine, with the rows that an empty server has.
 * `acme_part` is user-owned with two keys, `acme_site` and `acme_partsite` (many-to-many) hang on it; `account` has a key on its number.
 */
import { Guid } from '../base/guid.ts'
import type { Caller } from '../plan/caller.ts'
import type { RowAddress } from '../plan/row-address.ts'
import { testKey, testOneToMany, testTable } from '../plan/test-schema.ts'
import type { Column, ColumnType } from '../schema/column.ts'
import { Label } from '../schema/label.ts'
import type { ManyToMany, OneToMany } from '../schema/relationship.ts'
import { Schema } from '../schema/schema.ts'
import { systemDefinitions } from '../schema/system-tables.ts'
import type { Table } from '../schema/table.ts'
import { writeFirstRows } from './first-rows.ts'
import type { SqlRow, Transaction } from './sql/connection.ts'
import { name, sql } from './sql/sql.ts'
import { sqliteEngine, type TestEngine } from './test-engine.ts'
import type { Moment } from './write-work.ts'

const text = { type: 'string', maxLength: 100, format: 'Text' } as const
const user = { type: 'lookup', targets: ['systemuser'] } as const
const moment = { type: 'datetime', behavior: 'UserLocal', format: 'DateAndTime' } as const

/** The columns that every user-owned custom table has. */
const SYSTEM: Readonly<Record<string, ColumnType>> = {
  createdon: moment,
  modifiedon: moment,
  createdby: user,
  modifiedby: user,
  overriddencreatedon: { ...moment, format: 'DateOnly' },
  ownerid: { type: 'owner', targets: ['systemuser', 'team'] },
  owninguser: user,
  owningteam: { type: 'lookup', targets: ['team'] },
  owningbusinessunit: { type: 'lookup', targets: ['businessunit'] },
  statecode: { type: 'state', options: [0, 1].map((value) => ({ value, label: Label.of(`${value}`), defaultStatus: value + 1 })) },
  statuscode: {
    type: 'status',
    options: [
      [1, 0],
      [3, 0],
      [2, 1],
    ].map(([value, state]) => ({ value: value ?? 0, label: Label.of(`${value}`), state })),
  },
}
const SERVER = new Set(['createdon', 'modifiedon', 'createdby', 'modifiedby', 'owninguser', 'owningteam', 'owningbusinessunit', 'versionnumber'])

/** Named as a custom table's parts are: what the server keeps is not valid for create or update. */
function customTable(logicalName: string, columns: Readonly<Record<string, ColumnType>>, more: Partial<Table> = {}): Table {
  const table = testTable(logicalName, { ...columns, ...SYSTEM }, { isCustom: true, ...more })
  return { ...table, columns: new Map([...table.columns].map(([key, column]) => [key, kept(column)])) }
}

function kept(column: Column): Column {
  if (column.logicalName === 'overriddencreatedon') return { ...column, isValidForUpdate: false }
  return SERVER.has(column.logicalName) ? { ...column, filledBy: 'server', isValidForCreate: false, isValidForUpdate: false } : column
}

const part = customTable(
  'acme_part',
  {
    acme_name: text,
    acme_code: text,
    acme_line: { type: 'integer', min: 0, max: 1000, format: 'None' },
    acme_active: { type: 'boolean', trueLabel: Label.of('Yes'), falseLabel: Label.of('No'), defaultValue: true },
    acme_siteid: { type: 'lookup', targets: ['acme_site'] },
    acme_parentid: { type: 'lookup', targets: ['acme_part'] },
  },
  { keys: [testKey('acme_bycode', ['acme_code']), testKey('acme_byplace', ['acme_siteid', 'acme_line'])] },
)
const site = customTable('acme_site', { acme_name: text, acme_code: text }, { keys: [testKey('acme_sitecode', ['acme_code'])] })
const pairs = testTable(
  'acme_partsite',
  { acme_partid: { type: 'guid', isPrimaryId: false }, acme_siteid: { type: 'guid', isPrimaryId: false } },
  { isIntersect: true, ownership: 'none', primaryNameColumn: undefined },
)

function cascading(relationship: OneToMany, cascade: Partial<OneToMany['cascade']>, more: Partial<OneToMany> = {}): OneToMany {
  return { ...relationship, cascade: { ...relationship.cascade, ...cascade }, ...more }
}

const linked: ManyToMany = {
  kind: 'many-to-many',
  schemaName: 'acme_part_site',
  metadataId: Guid.fromName('relationship acme_part_site'),
  intersectTable: 'acme_partsite',
  table1: 'acme_part',
  table1Column: 'acme_partid',
  table1Navigation: 'acme_part_site',
  table2: 'acme_site',
  table2Column: 'acme_siteid',
  table2Navigation: 'acme_part_site',
  isCustom: true,
}

function buildSchema(): Schema {
  const { tables, relationships } = systemDefinitions()
  const withKey = [...tables].map((table) => (table.logicalName === 'account' ? { ...table, keys: [testKey('acme_number', ['accountnumber'])] } : table))
  return Schema.of(1, {
    tables: [...withKey, part, site, pairs],
    relationships: [
      ...relationships,
      cascading(testOneToMany('acme_site_part', 'acme_part', 'acme_siteid', 'acme_site'), { delete: 'Restrict' }),
      cascading(testOneToMany('acme_part_part', 'acme_part', 'acme_parentid', 'acme_part'), { delete: 'Cascade', assign: 'Cascade' }, { isHierarchical: true }),
      linked,
    ],
    choices: [],
  })
}

export const writeSchema: Schema = buildSchema()

export type TestStore = {
  readonly tx: Transaction
  readonly caller: Caller
  readonly moment: Moment
  /** All SQL columns of a row. */
  readonly stored: (table: string, id: string) => Promise<SqlRow | undefined>
  readonly tombstones: (table: string) => Promise<readonly string[]>
}

export async function openTestStore(engine: TestEngine = sqliteEngine, schema = writeSchema): Promise<TestStore> {
  const { tx, filled: caller } = await engine.begin(schema, (filling) => writeFirstRows(filling, schema, { now: '2024-01-01T00:00:00Z', newId: Guid.next }))
  const stored = async (table: string, id: string) => tx.get(sql`select * from ${name(table)} where ${name(tableOf(table, schema).primaryIdColumn)} = ${id}`)
  const tombstones = async (table: string) =>
    (await tx.all(sql`select id from tidemark_tombstone where "table" = ${table} order by version`)).map((row) => String(row.id))
  return { tx, caller, moment: { now: '2024-05-01T10:00:00Z', caller, schema, links: { apiRoot: 'http://localhost/api/data/v9.2' } }, stored, tombstones }
}

export function tableOf(logicalName: string, schema = writeSchema): Table {
  const table = schema.tables.get(logicalName)
  if (!table) throw new Error(`bug: there is no table ${logicalName}`)
  return table
}

export function byId(table: string, id: Guid): RowAddress {
  return { by: 'id', table: tableOf(table), id }
}
