/**
 * Sixteen writers against delta readers, through HTTP: whatever interleaves, every committed change is seen (C1), once an answer (C2), change sets
 * whole in a one-page answer (C5), at once after its 2xx (C4); and in the end every copy is the table.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, apiOf } from '../support/api.ts'
import { type DeltaReader, followChanges, type LedgerRow, openReader, readTable, statesOf } from '../support/delta-reader.ts'
import { bounded } from '../support/how-long.ts'
import { keepWriting, type LedgerWriter, ledgerWriter, makeLedgerTable, type States } from '../support/ledger-writer.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const SECONDS = bounded(8, 180)
const WRITERS = 16

let server: TestServer
let api: Api

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  await makeLedgerTable(api)
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

test('every committed change reaches every reader, once, whole and at once', async (t) => {
  const writers = Array.from({ length: WRITERS }, (_, index) => ledgerWriter(`w${index}`))
  const end = performance.now() + SECONDS * 1000
  const isOver = () => performance.now() > end
  const writing = writers.map((writer) => keepWriting(api, writer, isOver))
  // Some begin while the writers are at it, and read everything first.
  const wholeReaders = [0, 0, 300, 900].map((delay) => wait(delay).then(() => readWhole(writers, isOver)))
  const pagedReaders = [0, 500].map((delay) => wait(delay).then(() => readPaged(isOver)))
  await Promise.all(writing)
  const readers = await Promise.all([...wholeReaders, ...pagedReaders])

  const table = await readTable(api)
  checkPromises(
    writers,
    writers.map(({ promised }) => promised),
    statesOf(table),
  )
  for (const reader of readers) {
    await followChanges(api, reader)
    assert.deepEqual(rowsOf(reader.copy.values()), rowsOf(table), 'the copy is the table')
    assert.deepEqual((await followChanges(api, reader)).rows, [])
  }
  const answered = writers.reduce((sum, writer) => sum + writer.answered, 0)
  t.diagnostic(`${answered} writes, ${readers.reduce((sum, { answers }) => sum + answers, 0)} delta answers`)
  assert.ok(answered > SECONDS * 20, `only ${answered} writes`)
})

const rowsOf = (rows: Iterable<LedgerRow>) => [...rows].map(({ id, code, turn, etag }) => `${id} ${code} ${turn} ${etag}`).toSorted()

/** One page an answer: everything can be held against what the writers had been promised before the question. */
async function readWhole(writers: readonly LedgerWriter[], isOver: () => boolean): Promise<DeltaReader> {
  const reader = await openReader(api)
  while (!isOver()) {
    const promised = writers.map((writer) => new Map(writer.promised))
    const { pages } = await followChanges(api, reader)
    assert.equal(pages, 1)
    const copy = statesOf(reader.copy.values())
    checkPromises(writers, promised, copy)
    checkPairs(writers, copy)
    await wait(Math.random() * 20)
  }
  return reader
}

/** Small pages: what changes while it pages comes in the next answer (C3). */
async function readPaged(isOver: () => boolean): Promise<DeltaReader> {
  const reader = await openReader(api, 7)
  while (!isOver()) {
    await followChanges(api, reader, 5)
    await wait(Math.random() * 200)
  }
  return reader
}

/** C1 and C4: as it was promised, or newer. A row that is gone says nothing of when: its writer must have asked for something since. */
function checkPromises(writers: readonly LedgerWriter[], promised: readonly States[], copy: States): void {
  for (const [index, states] of promised.entries()) {
    for (const [code, { turn, isThere }] of states) {
      const found = copy.get(code)
      if (!isThere) assert.ok(!found || found.turn > turn, `${code} was promised to be gone since turn ${turn}, and is there with ${found?.turn}`)
      else if (found) assert.ok(found.turn >= turn, `${code} was promised with turn ${turn}, and is there with ${found.turn}`)
      else assert.ok((writers[index]?.asked.get(code) ?? 0) > turn, `${code} was promised with turn ${turn}, and is not there`)
    }
  }
}

/** C5: the rows of a pair change in change sets alone. */
function checkPairs(writers: readonly LedgerWriter[], copy: States): void {
  for (const { pair } of writers) assert.deepEqual(copy.get(pair[1]), copy.get(pair[0]), `C5: ${pair}`)
}
