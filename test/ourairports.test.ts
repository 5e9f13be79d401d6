/**
 * Real data at two dates (OurAirports, public domain): countries, airports, regions, navaids, runways and frequencies are loaded by their own
 * identifiers, with lookups bound by alternate key. Then the rows that differ at the later date are upserted and those gone deleted: each table's
 * delta is exactly that difference, and a copy kept by deltas is the later date.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Api, apiOf, expectStatus } from './support/api.ts'
import { type Body, column, makeKey, makeLookup, makeTable, type MadeTable } from './support/make-table.ts'
import { type CsvRow, readCsv } from './support/read-csv.ts'
import { startServer, type TestServer } from './support/start-server.ts'

const DATA = resolve(import.meta.dirname, '../../shared/data/ourairports')
const DATES = ['2026-06-01', '2026-08-21'] as const
const ROWS_A_REQUEST = 1000

type Kind = 'text' | 'whole' | 'decimal' | 'boolean'
/** Bound by `key`, a column of the other table. */
type Lookup = { readonly from: string; readonly name: string; readonly to: string; readonly set: string; readonly key: string; readonly kind: Kind }
type Source = {
  readonly table: string
  readonly read: (folder: string) => readonly CsvRow[]
  /** The source's own identifier. */
  readonly key: string
  readonly kinds: { readonly [column: string]: Kind }
  readonly lookups?: readonly Lookup[]
}

const file = (name: string) => (folder: string) => readCsv(join(folder, `${name}.csv`))
const country: Lookup = { from: 'iso_country', name: 'new_CountryId', to: 'new_country', set: 'new_countries', key: 'new_code', kind: 'text' }
const airport = (from: string, key: string, kind: Kind): Lookup => ({ from, name: 'new_AirportId', to: 'new_airport', set: 'new_airports', key, kind })

/** In the order in which they refer to each other. */
const SOURCES: readonly Source[] = [
  {
    table: 'new_Country',
    read: file('countries'),
    key: 'code',
    kinds: { id: 'whole', code: 'text', name: 'text', continent: 'text', wikipedia_link: 'text', keywords: 'text' },
  },
  { table: 'new_Airport', read: readAirports, key: 'airport_ref', kinds: { airport_ref: 'whole', airport_ident: 'text' } },
  {
    table: 'new_Region',
    read: file('regions'),
    key: 'code',
    kinds: { id: 'whole', code: 'text', local_code: 'text', name: 'text', continent: 'text', wikipedia_link: 'text', keywords: 'text' },
    lookups: [country],
  },
  {
    table: 'new_Navaid',
    read: file('navaids'),
    key: 'id',
    kinds: {
      id: 'whole',
      filename: 'text',
      ident: 'text',
      name: 'text',
      type: 'text',
      frequency_khz: 'whole',
      latitude_deg: 'decimal',
      longitude_deg: 'decimal',
      elevation_ft: 'whole',
      dme_channel: 'text',
      usageType: 'text',
      power: 'text',
      associated_airport: 'text',
    },
    lookups: [country],
  },
  {
    table: 'new_Runway',
    read: file('runways'),
    key: 'id',
    kinds: {
      id: 'whole',
      length_ft: 'whole',
      width_ft: 'whole',
      surface: 'text',
      lighted: 'boolean',
      closed: 'boolean',
      le_ident: 'text',
      le_latitude_deg: 'decimal',
      le_longitude_deg: 'decimal',
      le_elevation_ft: 'whole',
      le_heading_degT: 'decimal',
      le_displaced_threshold_ft: 'whole',
      he_ident: 'text',
      he_latitude_deg: 'decimal',
      he_longitude_deg: 'decimal',
      he_elevation_ft: 'whole',
      he_heading_degT: 'decimal',
      he_displaced_threshold_ft: 'whole',
    },
    lookups: [airport('airport_ref', 'new_airport_ref', 'whole')],
  },
  {
    table: 'new_Frequency',
    read: file('airport-frequencies'),
    key: 'id',
    kinds: { id: 'whole', type: 'text', description: 'text', frequency_mhz: 'decimal' },
    lookups: [airport('airport_ident', 'new_airport_ident', 'text')],
  },
]

/** No file of their own: those that runways and frequencies name. */
function readAirports(folder: string): readonly CsvRow[] {
  const named = ['runways', 'airport-frequencies'].flatMap((name) => readCsv(join(folder, `${name}.csv`)))
  const byRef = new Map(named.map(({ airport_ref = '', airport_ident = '' }) => [airport_ref, { airport_ref, airport_ident }]))
  return [...byRef.values()]
}

describe('OurAirports', { skip: !existsSync(DATA) && 'the data is not there' }, () => {
  let server: TestServer
  let api: Api
  const loaded = new Map<Source, Loaded>()

  before(async () => {
    server = await startServer()
    api = apiOf(server.api)
  })

  after(async () => {
    await server?.[Symbol.asyncDispose]()
  })

  for (const source of SOURCES) {
    test(`${source.table} is made and loaded by key`, async (t) => {
      const table = await makeSource(api, source)
      const [rows, later] = DATES.map((date) => source.read(join(DATA, date))) as [readonly CsvRow[], readonly CsvRow[]]
      const link = await openLink(api, table)
      const started = performance.now()
      await upsertAll(api, source, table, rows)
      t.diagnostic(`${rows.length} rows, ${Math.round((rows.length / (performance.now() - started)) * 1000)} a second`)
      const changes = await readChanges(api, link)
      assert.deepEqual(changes.deleted, [])
      const copy = new Map(changes.rows.map((row) => [String(row[table.id]), row]))
      assert.equal(copy.size, rows.length)
      loaded.set(source, { table, rows, later, copy, link: changes.link })
      expectSame(source, copy, rows, loaded)
      const counted = expectStatus(await api.get(`RetrieveTotalRecordCount(EntityNames=["${table.name}"])`), 200).body
      assert.deepEqual(counted.EntityRecordCountCollection.Values, [rows.length])
    })
  }

  test('the later date is upserted where it differs, and what is gone is deleted', async () => {
    for (const source of SOURCES) await upsertAll(api, source, tableOf(loaded, source), differenceOf(source, loaded).upserted)
    for (const source of SOURCES.toReversed()) {
      const { table } = of(loaded, source)
      for (const row of differenceOf(source, loaded).deleted) expectStatus(await api.delete(addressOf(source, table, row)), 204)
    }
  })

  for (const source of SOURCES) {
    test(`the delta of ${source.table} is exactly the difference of the dates`, async (t) => {
      const { table, copy, link } = of(loaded, source)
      const { upserted, deleted, later } = differenceOf(source, loaded)
      const idOf = new Map([...copy].map(([id, row]) => [String(row[keyColumn(source)]), id]))
      const counted = expectStatus(await api.get(`${table.set}/$count?$deltatoken=${new URL(link).search.split('$deltatoken=')[1]}`), 200)
      assert.equal(Number(counted.text.replace('\ufeff', '')), upserted.length + deleted.length)

      const changes = await readChanges(api, link)
      assert.deepEqual(changes.rows.map((row) => String(row[keyColumn(source)])).toSorted(), upserted.map((row) => row[source.key]).toSorted())
      assert.deepEqual(changes.deleted.toSorted(), deleted.map((row) => idOf.get(row[source.key] ?? '')).toSorted())
      for (const row of changes.rows) copy.set(String(row[table.id]), row)
      for (const id of changes.deleted) copy.delete(id)
      expectSame(source, copy, later, loaded)
      assert.deepEqual((await readChanges(api, changes.link)).rows, [])
      t.diagnostic(`${upserted.length} upserted, ${deleted.length} deleted`)
    })
  }
})

/** `later`: as the rows are at the later date. */
type Loaded = {
  readonly table: MadeTable
  readonly rows: readonly CsvRow[]
  readonly later: readonly CsvRow[]
  readonly copy: Map<string, Body>
  readonly link: string
}
type AllLoaded = ReadonlyMap<Source, Loaded>

function of(loaded: AllLoaded, source: Source): Loaded {
  const found = loaded.get(source)
  assert.ok(found, `${source.table} was loaded`)
  return found
}

const tableOf = (loaded: AllLoaded, source: Source) => of(loaded, source).table
const columnOf = (name: string) => `new_${name.toLowerCase()}`
const keyColumn = (source: Source) => columnOf(source.key)

function differenceOf(source: Source, loaded: AllLoaded) {
  const { rows, later } = of(loaded, source)
  const earlier = new Map(rows.map((row) => [row[source.key], row]))
  const kept = new Set(later.map((row) => row[source.key]))
  const isSame = (row: CsvRow) => JSON.stringify(earlier.get(row[source.key])) === JSON.stringify(row)
  return { later, upserted: later.filter((row) => !isSame(row)), deleted: [...earlier.values()].filter((row) => !kept.has(row[source.key])) }
}

async function makeSource(api: Api, { table, key, kinds, lookups = [] }: Source): Promise<MadeTable> {
  const made = await makeTable(
    api,
    table,
    Object.entries(kinds).map(([name, kind]) => columnBody(`new_${name}`, kind)),
    { ChangeTrackingEnabled: true },
  )
  for (const { name, to } of lookups) await makeLookup(api, { from: made.name, to, SchemaName: name })
  for (const name of new Set([key, ...(table === 'new_Airport' ? ['airport_ident'] : [])]))
    await makeKey(api, made.name, `new_${made.name.slice(4)}_${name}`, [columnOf(name)])
  return made
}

function columnBody(name: string, kind: Kind): Body {
  switch (kind) {
    case 'text':
      // The key's columns stay within what a key may hold.
      return name === 'new_name'
        ? column.text(name, { MaxLength: 200, IsPrimaryName: true })
        : column.text(name, { MaxLength: /code|ident/.test(name) ? 20 : 200 })
    case 'whole':
      return column.whole(name)
    case 'decimal':
      return column.decimal(name, { Precision: 10, MinValue: -1_000_000, MaxValue: 1_000_000 })
    case 'boolean':
      return column.boolean(name)
  }
}

async function upsertAll(api: Api, source: Source, table: MadeTable, rows: readonly CsvRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_REQUEST) {
    const Targets = rows.slice(at, at + ROWS_A_REQUEST).map((row) => targetOf(source, table, row))
    expectStatus(await api.post(`${table.set}/Microsoft.Dynamics.CRM.UpsertMultiple`, { Targets }), 204)
  }
}

const literalOf = (value: string, kind: Kind | undefined) => (kind === 'whole' ? value : `'${value.replaceAll("'", "''")}'`)

function addressOf(source: Source, table: MadeTable, row: CsvRow): string {
  return `${table.set}(${keyColumn(source)}=${literalOf(row[source.key] ?? '', source.kinds[source.key])})`
}

function targetOf(source: Source, table: MadeTable, row: CsvRow): Body {
  const values = Object.entries(source.kinds).map(([name, kind]) => [columnOf(name), jsonValue(row[name] ?? '', kind)])
  const binds = (source.lookups ?? []).map(({ from, name, set, key, kind }) => [`${name}@odata.bind`, `/${set}(${key}=${literalOf(row[from] ?? '', kind)})`])
  return { '@odata.type': `Microsoft.Dynamics.CRM.${table.name}`, '@odata.id': addressOf(source, table, row), ...Object.fromEntries([...values, ...binds]) }
}

function jsonValue(text: string, kind: Kind): string | number | boolean | null {
  if (text === '') return null
  if (kind === 'boolean') return text === '1'
  if (kind === 'decimal') return Number(Number(text).toFixed(10))
  return kind === 'whole' ? Number(text) : text
}

/** The copy, by the source's own identifiers, is what the files say, lookups included. */
function expectSame(source: Source, copy: ReadonlyMap<string, Body>, rows: readonly CsvRow[], loaded: AllLoaded): void {
  const actual = new Map([...copy.values()].map((row) => [String(row[keyColumn(source)]), row]))
  assert.equal(actual.size, rows.length)
  for (const row of rows) {
    const found = actual.get(row[source.key] ?? '') ?? {}
    for (const [name, kind] of Object.entries(source.kinds))
      assert.equal(found[columnOf(name)] ?? null, jsonValue(row[name] ?? '', kind), `${source.table} ${row[source.key]} ${name}`)
    for (const { from, name, to, key } of source.lookups ?? []) {
      const target = SOURCES.find(({ table }) => table.toLowerCase() === to)
      const referred = target && of(loaded, target).copy.get(String(found[`_${name.toLowerCase()}_value`]))
      assert.equal(String(referred?.[key]), row[from], `${source.table} ${row[source.key]} ${name}`)
    }
  }
}

async function openLink(api: Api, table: MadeTable): Promise<string> {
  const answer = expectStatus(await api.get(table.set, { Prefer: 'odata.track-changes' }), 200).body
  assert.deepEqual(answer.value, [])
  return answer['@odata.deltaLink']
}

async function readChanges(api: Api, link: string): Promise<{ readonly rows: readonly Body[]; readonly deleted: readonly string[]; readonly link: string }> {
  const rows: Body[] = []
  const deleted: string[] = []
  for (let url = link; ; ) {
    const page = expectStatus(await api.get(url), 200).body
    for (const one of page.value) {
      if (one.reason === 'deleted') deleted.push(one.id)
      else rows.push(one)
    }
    if (page['@odata.deltaLink']) return { rows, deleted, link: page['@odata.deltaLink'] }
    url = page['@odata.nextLink']
  }
}
