/**
 * For tests of reading: the tables of `plan/test-schema.ts` and a few more, with Tidemark's own tables, on any engine.
 * `store.insert('account', { name: 'Litware', revenue: 12345000n })` gives the new row's id; ids are in the order of insertion.
 */
import { FULL_RIGHTS } from '../plan/rights.ts'
import { Guid } from '../base/guid.ts'
import type { JsonText, ReadOutcome } from '../plan/outcome.ts'
import type { ReadPlan } from '../plan/plan.ts'
import { testOneToMany, testSchema, testTable } from '../plan/test-schema.ts'
import type { Value } from '../plan/value.ts'
import { Label } from '../schema/label.ts'
import { Schema } from '../schema/schema.ts'
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { textOf } from './json-page.ts'
import { runRead } from './run-read.ts'
import { dropKeyIndex } from './sql/key-index.ts'
import { deleteRow, insertRow, insertTombstone, updateRow } from './sql/write-row.ts'
import { openSqliteTables, type TestEngine, type TestTables } from './test-engine.ts'

const text = { type: 'string', maxLength: 100, format: 'Text' } as const
const integer = { type: 'integer', min: 0, max: 1000, format: 'None' } as const

export const readSchema: Schema = Schema.of(1, {
  tables: [
    ...testSchema.tables.values(),
    testTable('transactioncurrency', { currencyname: text, currencysymbol: text }),
    testTable('team', { name: text }),
    testTable('organization', { name: text, expirechangetrackingindays: integer, basecurrencysymbol: text }),
  ],
  relationships: [...testSchema.relationships.values(), testOneToMany('currency_account', 'account', 'transactioncurrencyid', 'transactioncurrency')],
  choices: [
    {
      name: 'colors',
      metadataId: Guid.fromName('colors'),
      displayName: Label.of('Colors'),
      options: [{ value: 1, label: Label.of('Red "one"') }],
      isCustom: true,
    },
  ],
})

type Values = { readonly [column: string]: Value }
export const API_ROOT = 'https://org.example/api/data/v9.2'
export const NOW = '2024-05-20T00:00:00Z'

export type TestReads = ReturnType<typeof readsOn> & Omit<TestTables, 'commit'>

export async function openReads(engine: TestEngine, schema: Schema = readSchema): Promise<TestReads> {
  const tables = await engine.openTables(schema)
  return { ...tables, ...readsOn(tables, schema) }
}

export type SqliteReads = ReturnType<typeof openTestReads>

/** On SQLite. */
export function openTestReads(schema: Schema = readSchema) {
  const tables = openSqliteTables(schema)
  return { ...tables, ...readsOn(tables, schema) }
}

function readsOn({ tx, commit }: Pick<TestTables, 'tx' | 'commit'>, schema: Schema) {
  let lastId = 0
  const tableNamed = (name: string): Table => {
    const table = schema.tables.get(name)
    if (!table) throw new Error(`bug: there is no table ${name}`)
    return table
  }
  const columnsOf = (table: Table, values: Values): ReadonlyMap<Column, Value> =>
    new Map(Object.entries(values).map(([name, value]) => [table.columns.get(name) as Column, value]))

  async function insert(name: string, values: Values, id = nextId()): Promise<Guid> {
    const table = tableNamed(name)
    await commit((tx) => insertRow(tx, table, columnsOf(table, { [table.primaryIdColumn]: id, ...values })))
    return id
  }
  function nextId(): Guid {
    return `6f0c2b1e-0000-4000-8000-${String(++lastId).padStart(12, '0')}` as Guid
  }
  async function update(name: string, id: Guid, values: Values): Promise<void> {
    await commit((tx) => updateRow(tx, tableNamed(name), id, columnsOf(tableNamed(name), values), undefined))
  }
  async function remove(name: string, id: Guid, at = NOW): Promise<void> {
    await commit(async (tx) => {
      await deleteRow(tx, tableNamed(name), id)
      await insertTombstone(tx, tableNamed(name), id, at)
    })
  }
  /** For rows that are alike. */
  async function dropKeyIndexes(): Promise<void> {
    for (const table of schema.tables.values()) for (const key of table.keys) await tx.run(dropKeyIndex(table, key))
  }
  const read = (plan: ReadPlan, now = NOW): Promise<ReadOutcome> => runRead(plan, tx, { now, schema, links: { apiRoot: API_ROOT }, rights: FULL_RIGHTS })
  return { schema, dropKeyIndexes, table: tableNamed, insert, update, remove, read }
}

/** What `JSON.parse` makes of an answer's rows. */
// biome-ignore lint/suspicious/noExplicitAny: rows of any table
export function parseRows(json: JsonText): any[] {
  return JSON.parse(`[${textOf(json)}]`)
}

export function outcomeOf<K extends ReadOutcome['kind']>(outcome: ReadOutcome, kind: K): Extract<ReadOutcome, { readonly kind: K }> {
  if (outcome.kind !== kind) throw new Error(`bug: the outcome is ${outcome.kind}, not ${kind}`)
  return outcome as Extract<ReadOutcome, { readonly kind: K }>
}
