/**
 * Sixteen writers against delta readers, through HTTP: whatever interleaves, every committed change is seen (C1), once an answer (C2), change sets
 * whole in a one-page answer (C5), at once after its 2xx (C4); and in the end every copy is the table.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, apiOf } from '../support/api.ts'
import { readTable, statesOf } from '../support/delta-reader.ts'
import { bounded } from '../support/how-long.ts'
import { checkCopies, checkPromises, readPaged, readWhole } from '../support/ledger-race.ts'
import { keepWriting, ledgerWriter, makeLedgerTable } from '../support/ledger-writer.ts'
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
  const wholeReaders = [0, 0, 300, 900].map((delay) => wait(delay).then(() => readWhole([api], writers, isOver)))
  const pagedReaders = [0, 500].map((delay) => wait(delay).then(() => readPaged([api], isOver)))
  await Promise.all(writing)
  const readers = await Promise.all([...wholeReaders, ...pagedReaders])

  const table = await readTable(api)
  const promised = writers.map((writer) => writer.promised)
  checkPromises(writers, promised, statesOf(table))
  await checkCopies(api, readers, table)
  const answered = writers.reduce((sum, writer) => sum + writer.answered, 0)
  t.diagnostic(`${answered} writes, ${readers.reduce((sum, { answers }) => sum + answers, 0)} delta answers`)
  assert.ok(answered > SECONDS * 20, `only ${answered} writes`)
})
