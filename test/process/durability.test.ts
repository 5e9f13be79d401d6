/**
 * What survives: kill -9 at any moment, SIGTERM, a second server, a copy of the folder. Writers keep a ledger of what they were promised;
 * a reader's delta link from before a kill gives exactly what it had not seen.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { type Changes, type DeltaReader, followChanges, openReader, readChanges, readTable, statesOf } from '../support/delta-reader.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { bounded } from '../support/how-long.ts'
import { keepWriting, type LedgerWriter, ledgerWriter, makeLedgerTable, SET, settle } from '../support/ledger-writer.ts'
import { servesPostgres } from '../support/postgres/database-of-folder.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const KILLS = bounded(4, 60)
const WRITERS = 12
// Generous: the targets are 3 s and 1 s, on a machine that does nothing else.
const FIRST_START_MS = 12_000
const RESTART_MS = 6_000

/** A folder that outlives its servers. */
function folder(): { readonly path: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'tidemark-durable-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

async function startWithin(data: string, milliseconds: number): Promise<TestServer> {
  const started = performance.now()
  const server = await startServer({ data })
  expectStatus(await apiOf(server.api).get('WhoAmI'), 200)
  const took = performance.now() - started
  assert.ok(took < milliseconds, `the first answer took ${Math.round(took)} ms`)
  return server
}

/** Links name the port of the server that made them; the next one has another. */
const moved = (link: string, server: TestServer): string => link.replace(/^http:\/\/[^/]+/, server.url)

type World = { readonly writers: readonly LedgerWriter[]; readonly firstLink: string; reader: DeltaReader }

describe('kill -9 while clients write', () => {
  test(`after each of ${KILLS} kills every promise holds and old delta links give exactly the rest`, async (t) => {
    using data = folder()
    let world: World | undefined
    for (let kill = 0; kill <= KILLS; kill++) {
      await using server = await startWithin(data.path, world ? RESTART_MS : FIRST_START_MS)
      const api = apiOf(server.api)
      world = world ?? (await openWorld(api))
      if (kill > 0) await checkWorld(api, server, world)
      if (kill < KILLS) await writeAndKill(api, server, world)
    }
    const answered = world?.writers.reduce((sum, writer) => sum + writer.answered, 0)
    t.diagnostic(`${answered} promises kept over ${KILLS} kills`)
  })
})

async function openWorld(api: Api): Promise<World> {
  await makeLedgerTable(api)
  const reader = await openReader(api)
  return { writers: Array.from({ length: WRITERS }, (_, index) => ledgerWriter(`w${index}`)), firstLink: reader.link, reader }
}

async function writeAndKill(api: Api, server: TestServer, { writers, reader }: World): Promise<void> {
  let isKilled = false
  const writing = writers.map((writer) => keepWriting(api, writer, () => false))
  const reading = follow(api, reader, () => isKilled)
  await wait(200 + Math.random() * 1300)
  isKilled = true
  server.process.kill('SIGKILL')
  await Promise.all([...writing, reading])
  assert.ok(writers.every((writer) => writer.answered > 0))
}

async function follow(api: Api, reader: DeltaReader, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      await followChanges(api, reader)
    } catch (cause) {
      if (cause instanceof assert.AssertionError) throw cause
      return
    }
    await wait(Math.random() * 100)
  }
}

async function checkWorld(api: Api, server: TestServer, { writers, firstLink, reader }: World): Promise<void> {
  const table = await readTable(api)
  const found = statesOf(table)
  for (const writer of writers) settle(writer, found)
  assert.equal(table.length, writers.flatMap(({ promised }) => [...promised.values()].filter(({ isThere }) => isThere)).length)

  reader.link = moved(reader.link, server)
  checkRest(await readChanges(api, reader.link), reader, table)
  await followChanges(api, reader)
  assert.deepEqual(byId(reader.copy.values()), byId(table), 'the copy is the table again')
  assert.deepEqual((await followChanges(api, reader)).rows, [])

  const all = await readChanges(api, moved(firstLink, server))
  assert.deepEqual(byId(all.rows), byId(table), 'the first link of all gives every row')
  const there = new Set(table.map(({ id }) => id))
  assert.ok(all.deleted.every((id) => !there.has(id)))
  assert.deepEqual(
    [...reader.gone].filter((id) => !all.deleted.includes(id) && !there.has(id)),
    [],
    'the first link of all gives every deletion',
  )
}

/** Exactly what the copy did not have. */
function checkRest({ rows, deleted }: Changes, { copy }: DeltaReader, table: Iterable<{ readonly id: string; readonly etag: string }>): void {
  const current = [...table]
  const changed = current.filter(({ id, etag }) => copy.get(id)?.etag !== etag)
  assert.deepEqual(rows.map(({ id }) => id).toSorted(), changed.map(({ id }) => id).toSorted())
  const there = new Set(current.map(({ id }) => id))
  const lost = [...copy.keys()].filter((id) => !there.has(id))
  assert.deepEqual(
    lost.filter((id) => !deleted.includes(id)),
    [],
  )
  // Beside those: what was created and deleted since.
  assert.ok(deleted.every((id) => !there.has(id)))
}

const byId = (rows: Iterable<{ readonly id: string; readonly etag: string }>) => [...rows].map(({ id, etag }) => `${id} ${etag}`).toSorted()

describe('SIGTERM', () => {
  test('answers what is in flight, exits 0, and leaves everything for the next start', async () => {
    using data = folder()
    await using server = await startServer({ data: data.path })
    const api = apiOf(server.api)
    await makeLedgerTable(api)
    const { link } = await openReader(api)
    const bulk = (prefix: string, count: number) =>
      api.post(`${SET}/Microsoft.Dynamics.CRM.UpsertMultiple`, {
        Targets: Array.from({ length: count }, (_, index) => ({
          '@odata.type': 'Microsoft.Dynamics.CRM.new_ledger',
          '@odata.id': `${SET}(new_code='${prefix}-${index}')`,
          new_turn: index,
        })),
      })
    expectStatus(await bulk('before', 10), 204)
    const inFlight = Array.from({ length: 8 }, (_, index) => bulk(`flight${index}`, 400))
    await wait(60)
    const exit = server.stop('SIGTERM')
    for (const answer of await Promise.all(inFlight)) expectStatus(answer, 204)
    assert.equal(await exit, 0)

    await using again = await startServer({ data: data.path })
    const changes = await readChanges(apiOf(again.api), moved(link, again))
    assert.equal(changes.rows.length, 10 + 8 * 400)
  })

  test('an idle server stops at once, whatever connections are open, and SIGINT does the same', async () => {
    using data = folder()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using server = await startServer({ data: data.path })
      expectStatus(await apiOf(server.api).get('WhoAmI'), 200)
      const started = performance.now()
      assert.equal(await server.stop(signal), 0)
      assert.ok(performance.now() - started < 3000)
    }
  })
})

test('a second server on the same folder is refused and says why, the first goes on', {
  skip: servesPostgres && 'any number may stand at a PostgreSQL database',
}, async () => {
  await using first = await startServer()
  const api = apiOf(first.api)
  createdId(await api.post('accounts', { name: 'Before' }))
  await assert.rejects(startServer({ data: first.data }), (error: Error) => {
    assert.match(error.message, /ended with [1-9]/)
    assert.match(error.message, /in use/)
    assert.ok(error.message.includes(first.data), error.message)
    return true
  })
  createdId(await api.post('accounts', { name: 'After' }))
  assert.equal(expectStatus(await api.get('accounts?$count=true'), 200).body['@odata.count'], 2)
})

describe('a copy of the folder', () => {
  test('takes the tokens from before it was made, and refuses those from after', { skip: servesPostgres && 'no rows are in the folder' }, async () => {
    using data = folder()
    using copy = folder()
    const make = (api: Api, new_code: string) => api.post(SET, { new_code }).then(createdId)

    await using first = await startServer({ data: data.path })
    let api = apiOf(first.api)
    await makeLedgerTable(api)
    await make(api, 'one')
    const old = (await openReader(api)).link
    const two = await make(api, 'two')
    assert.equal(await first.stop(), 0)
    cpSync(data.path, copy.path, { recursive: true })

    await using second = await startServer({ data: data.path })
    api = apiOf(second.api)
    // Of the same position as the copy's newest row, but handed out in a life that the copy does not know.
    const same = (await openReader(api)).link
    await make(api, 'three')
    const newer = (await openReader(api)).link
    assert.equal((await readChanges(api, moved(old, second))).rows.length, 2)
    assert.equal(await second.stop(), 0)

    await using restored = await startServer({ data: copy.path })
    api = apiOf(restored.api)
    const changes = await readChanges(api, moved(old, restored))
    assert.deepEqual(
      changes.rows.map(({ id }) => id),
      [two],
    )
    for (const link of [same, newer]) expectRefusal(await api.get(moved(link, restored)), 410, '0x80044352')
    // Also once the copy has gone its own way, past the position that those tokens name.
    for (const code of ['four', 'five', 'six', 'seven']) await make(api, code)
    for (const link of [same, newer]) expectRefusal(await api.get(moved(link, restored)), 410, '0x80044352')
    expectRefusal(await api.get(`${SET}/$count?${newer.slice(newer.indexOf('$deltatoken'))}`), 410, '0x80044352')
    const own = (await openReader(api)).link
    assert.equal((await readChanges(api, moved(old, restored))).rows.length, 5)

    // And the other way round: the original does not know the copy's.
    await using original = await startServer({ data: data.path })
    expectRefusal(await apiOf(original.api).get(moved(own, original)), 410, '0x80044352')
    assert.deepEqual((await readChanges(apiOf(original.api), moved(newer, original))).rows, [])
  })

  test('another database refuses the token too', async () => {
    await using one = await startServer()
    await using two = await startServer()
    const link = expectStatus(await apiOf(one.api).get('accounts?$select=name', { Prefer: 'odata.track-changes' }), 200).body['@odata.deltaLink']
    expectRefusal(await apiOf(two.api).get(moved(link, two)), 410, '0x80044352')
    expectStatus(await apiOf(one.api).get(link), 200)
  })
})
