/** Delta tokens, and pages half read, of a SQLite file whose organization was moved into PostgreSQL (sync.md 4; design, C1 to C7). */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openPostgresAlone } from '../../src/cli/postgres-alone.ts'
import { postgresPositions } from '../../src/store/postgres/position.ts'
import { purge } from '../../src/store/postgres/purge.ts'
import { renderSql } from '../../src/store/postgres/values.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { run } from '../support/command.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { changesSince, type Entry, isDeleted, readAll, TRACK, tokenOf, track } from '../support/follow-changes.ts'
import { column, type MadeTable, makeRows, makeTable } from '../support/make-table.ts'
import { connect, freshDatabase, runOn, type TestDatabase } from '../support/postgres/test-database.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const data = mkdtempSync(join(tmpdir(), 'tidemark-'))
const copied = mkdtempSync(join(tmpdir(), 'tidemark-'))
/** Its root is not that of the server that gave it. */
type Link = string

let database: TestDatabase
let server: TestServer
let api: Api
let books: MadeTable
let ids: readonly string[]
/** Taken one after the other: at the beginning, after changes, after a restart and more of them. */
let links: readonly [Link, Link, Link]
let untouched: Link
let foreign: Link
let firstPage: { readonly rows: readonly Entry[]; readonly next: Link }
let deltaPage: { readonly entries: readonly Entry[]; readonly next: Link }
/** What the file's server said of each of the links. */
let said: readonly (readonly Entry[])[]

before(async () => {
  database = await freshDatabase()
  const [first, second] = await atFile(data, async (at) => {
    books = await makeTable(at, 'new_Book', [column.text('new_Code')], { ChangeTrackingEnabled: true })
    const pens = await makeTable(at, 'new_Pen', [column.text('new_Code')], { ChangeTrackingEnabled: true })
    await makeRows(at, pens, [{ new_code: 'p' }])
    ids = await makeRows(
      at,
      books,
      Array.from({ length: 10 }, (_, index) => ({ new_code: `b${index}` })),
    )
    const started = await track(at, `${books.set}?$select=new_code`)
    untouched = await track(at, `${pens.set}?$select=new_code`)
    for (const id of ids.slice(0, 2)) await change(at, id)
    expectStatus(await at.delete(`${books.set}(${ids[2]})`), 204)
    return [started, await track(at, `${books.set}?$select=new_code`)]
  })
  cpSync(data, copied, { recursive: true })
  foreign = await atFile(copied, async (at) => {
    await change(at, ids[9])
    return track(at, books.set)
  })
  said = await atFile(data, async (at) => {
    createdId(await at.post(books.set, { new_code: 'b10' }))
    expectStatus(await at.delete(`${books.set}(${ids[3]})`), 204)
    const third = await track(at, `${books.set}?$select=new_code`)
    links = [String(first), String(second), third]
    const page = expectStatus(await at.get(`${books.set}?$select=new_code`, { Prefer: `${TRACK.Prefer},odata.maxpagesize=3` }), 200).body
    firstPage = { rows: page.value, next: page['@odata.nextLink'] }
    await change(at, ids[4])
    const delta = expectStatus(await at.get(moved(at, links[0]), { Prefer: 'odata.maxpagesize=2' }), 200).body
    deltaPage = { entries: delta.value, next: delta['@odata.nextLink'] }
    return Promise.all(links.map(async (link) => (await changesSince(at, moved(at, link))).entries))
  })
  const done = await run('move', '--from', `sqlite:${data}`, '--to', database.url)
  assert.equal(done.code, 0, done.problem)
  server = await startServer({ data, database: database.url })
  api = apiOf(server.api)
})
after(async () => {
  await server?.[Symbol.asyncDispose]()
  await database.drop()
  for (const folder of [data, copied]) rmSync(folder, { recursive: true, force: true })
})

async function atFile<T>(folder: string, work: (at: Api) => Promise<T>): Promise<T> {
  await using source = await startServer({ data: folder, database: `sqlite:${join(folder, 'tidemark.db')}` })
  const result = await work(apiOf(source.api))
  await source.stop()
  return result
}

async function change(at: Api, id: string | undefined): Promise<void> {
  expectStatus(await at.patch(`${books.set}(${id})`, { new_code: `changed ${id}` }), 204)
}

const moved = (to: Api, link: Link) => link.replace(/^.*\/api\/data\/v9\.2/, to.root)
const changes = (link: Link) => changesSince(api, moved(api, link))
const expectExpired = async (link: Link) => expectRefusal(await api.get(moved(api, link)), 410, '0x80044352')
/** The part of a link's token that is the store's: engine, table, incarnation, version. */
const partsOf = (link: Link) => (tokenOf(link).split('!')[2] ?? '').split('.')
const versionOf = (link: Link) => Number(partsOf(link)[3])
const idsOf = (entries: readonly Entry[]) => entries.map((entry) => entry.id ?? entry[books.id])
/** Links carry the root of the server. */
const plain = (entries: readonly Entry[]) => entries.map(({ '@odata.context': _, ...entry }) => entry)
const forged = (link: Link, from: string | undefined, to: string | undefined) => link.replace(`.${from}`, `.${to}`)

test('each link gives in PostgreSQL what it gave in the file, and goes on', async () => {
  assert.deepEqual(
    said.map((entries) => entries.length),
    [6, 3, 1],
  )
  const next: Link[] = []
  for (const [index, link] of links.entries()) {
    assert.equal(partsOf(link)[0], 's1')
    const { entries, deltaLink } = await changes(link)
    assert.deepEqual(plain(entries), plain(said[index] ?? []))
    const count = await api.get(`${books.set}/$count?$deltatoken=${encodeURIComponent(tokenOf(link))}`)
    assert.equal(Number(expectStatus(count, 200).text.slice(1)), entries.length)
    assert.equal(partsOf(deltaLink)[0], 'p1')
    next.push(deltaLink)
  }
  for (const link of next) assert.deepEqual((await changes(link)).entries, [])
  await change(api, ids[5])
  await change(api, ids[4])
  expectStatus(await api.delete(`${books.set}(${ids[6]})`), 204)
  expectStatus(await api.delete(`${books.set}(${ids[0]})`), 204)
  for (const link of next) assert.deepEqual(idsOf((await changes(link)).entries), [ids[5], ids[4], ids[6], ids[0]])
  // The one that was changed in the file and here comes once, the one that was changed there and has gone here as gone.
  assert.deepEqual(idsOf((await changes(links[2])).entries), [ids[5], ids[4], ids[6], ids[0]])
  const since = (await changes(links[0])).entries
  assert.equal(new Set(idsOf(since)).size, since.length)
  assert.deepEqual(new Set(since.filter(isDeleted).map((entry) => entry.id)), new Set([ids[0], ids[2], ids[3], ids[6]]))
  assert.deepEqual((await changes(untouched)).entries, [])
})

test('a client in the middle of its pages goes on with the next', async () => {
  const { pages, deltaLink } = await readAll(api, await api.get(moved(api, firstPage.next)))
  const seen = [...firstPage.rows, ...pages.flat()]
  const now = expectStatus(await api.get(`${books.set}?$select=new_code`), 200).body.value
  const late = (await changes(deltaLink)).entries
  const copy = new Map([...seen, ...late.filter((entry) => !isDeleted(entry))].map((row) => [row[books.id], row.new_code]))
  for (const entry of late.filter(isDeleted)) copy.delete(entry.id)
  assert.deepEqual(copy, new Map(now.map((row: Entry) => [row[books.id], row.new_code])))

  const rest = await readAll(api, await api.get(moved(api, deltaPage.next)))
  // Those that were changed or deleted since the first page belong to the delta after it.
  const whole = idsOf([...deltaPage.entries, ...rest.pages.flat()])
  assert.equal(new Set(whole).size, whole.length)
  const after = (await changes(rest.deltaLink)).entries
  assert.deepEqual(new Set([...whole, ...idsOf(after)]), new Set(idsOf((await changes(links[0])).entries)))
})

test('C6: tokens of a copy that went its own way, of another file and from the future are refused', async () => {
  await expectExpired(foreign)
  const [, table, incarnation] = partsOf(links[0])
  await expectExpired(forged(links[0], incarnation, 'f0000000-0000-4000-8000-000000000000'))
  // Version of the second opening, which the first never had.
  await expectExpired(forged(links[2], partsOf(links[2])[2], incarnation))
  await expectExpired(links[2].replace(new RegExp(`\\.${versionOf(links[2])}$`), '.9000000'))
  const { rows } = await runOn(database.url, 'select id from tidemark_moved_incarnation order by number desc limit 1')
  await expectExpired(forged(links[2], partsOf(links[2])[2], rows[0].id).replace(new RegExp(`\\.${versionOf(links[2])}$`), '.9000000'))
  const malformed = moved(api, links[0]).replace(`s1.${table}`, 's1')
  expectRefusal(await api.get(malformed), 400, '0x80040203')
  expectRefusal(await api.get(`new_pens?$deltatoken=${encodeURIComponent(tokenOf(links[0]))}`), 400, '0x80040203')
})

test('C6: where tombstones of the file are purged, tokens before them are refused and later ones go on', async () => {
  const own = (await changes(links[2])).deltaLink
  const [, second] = links.map(versionOf)
  await runOn(database.url, `insert into tidemark_purged select 'new_book', xid, ${Number(second) + 1} from tidemark_move`)
  await expectExpired(links[0])
  await expectExpired(links[1])
  assert.ok((await changes(links[2])).entries.length > 0)
  assert.deepEqual((await changes(own)).entries, [])
  // And of those that were left here.
  await runOn(database.url, 'update tidemark_purged set xid = (xid::text::bigint + 1)::text::xid8, version = 0 where "table" = \'new_book\'')
  await expectExpired(links[2])
  await runOn(database.url, 'delete from tidemark_purged where "table" = \'new_book\'')
  assert.ok((await changes(links[0])).entries.length > 0)
})

test('what was left unprocessed in the file for longer than the retention is expired', async () => {
  await using client = await connect(database.url)
  await client.query('create temp table kept as select * from tidemark_moved_clock')
  await client.query("update tidemark_moved_clock set at = '2020-01-01T00:00:00Z'")
  await expectExpired(links[0])
  await expectExpired(links[1])
  assert.deepEqual((await changes(untouched)).entries, [])
  await client.query('update tidemark_moved_clock set at = kept.at from kept where kept.version = tidemark_moved_clock.version')
  assert.ok((await changes(links[0])).entries.length > 0)
})

test('C6: the purge of some of the moved tombstones refuses the links before them alone', async () => {
  const own = (await changes(links[2])).deltaLink
  await runOn(database.url, `update tidemark_tombstone set deletedon = '2020-01-01T00:00:00Z' where id = '${ids[2]}'`)
  const writer = await openPostgresAlone(database.url)
  assert.equal(await purge(writer.run, new Date()), 1)
  await writer.close()
  await expectExpired(links[0])
  assert.ok(idsOf((await changes(links[1])).entries).includes(ids[3]))
  assert.deepEqual((await changes(own)).entries, [])
})

test('C7: a delta of a moved token goes along the index of changes', async () => {
  await using client = await connect(database.url)
  await client.query(`insert into tidemark_tombstone ("table", id, version, deletedon, "$xid")
    select 'none', n::text, n, '2026-01-01T00:00:00Z', xid from generate_series(1, 20000) n, tidemark_move`)
  await client.query('analyze tidemark_tombstone')
  const [since] = postgresPositions.changed('d', 'version', { from: { version: 19_990n, incarnation: 'any', isMoved: true } })
  assert.ok(since)
  const { text, values } = renderSql(sql`explain (analyze, costs off, timing off, summary off)
    select id from tidemark_tombstone as d where d."table" = 'none' and ${since} order by d."$xid", d.version limit 5`)
  const { rows } = await client.query(text, [...values])
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  assert.match(plan, /Index (Only )?Scan using tidemark_tombstone_change/)
  assert.doesNotMatch(plan, /Seq Scan on tidemark_tombstone|Rows Removed|Sort/)
})

test('C6: a database restored from a dump refuses the tokens of the file with its own', async () => {
  const own = (await changes(links[2])).deltaLink
  await server.stop()
  await runOn(database.url, "update tidemark_identity set writer = '3'")
  server = await startServer({ data, database: database.url })
  api = apiOf(server.api)
  for (const link of [...links, untouched, own]) await expectExpired(link)
})
