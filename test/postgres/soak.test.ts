/**
 * Sixteen writers at two servers of one PostgreSQL, against delta readers that follow each link at the other server, while two transactions that have
 * written stay open: one of the same database, one of another. C1, C2, C4, C5; versions never go back; in the end every copy is the table.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { apiOf } from '../support/api.ts'
import { readTable, statesOf } from '../support/delta-reader.ts'
import { bounded } from '../support/how-long.ts'
import { checkCopies, checkPromises, readPaged, readWhole, type Servers } from '../support/ledger-race.ts'
import { keepWriting, ledgerWriter, makeLedgerTable } from '../support/ledger-writer.ts'
import { connect, freshDatabase, openTransaction } from '../support/postgres/test-database.ts'
import { startServer } from '../support/start-server.ts'

const SECONDS = bounded(10, 240)
const WRITERS = 16

test('Every change that two servers commit reaches every reader at either, once, whole and at once, though transactions stay open', async (t) => {
  const { url } = await freshDatabase()
  const { url: elsewhere } = await freshDatabase()
  await using first = await startServer({ database: url })
  await using second = await startServer({ database: url })
  const [one, two] = [apiOf(first.api), apiOf(second.api)]
  const apis: Servers = [one, two]
  await makeLedgerTable(one)
  await using open = await connect(url)
  await using openElsewhere = await connect(elsewhere)
  await openTransaction(open)
  await openTransaction(openElsewhere)

  const writers = Array.from({ length: WRITERS }, (_, index) => ledgerWriter(`w${index}`))
  const end = performance.now() + SECONDS * 1000
  const isOver = () => performance.now() > end
  const writing = writers.map((writer, index) => keepWriting(index % 2 === 0 ? one : two, writer, isOver))
  const wholeReaders = [0, 0, 300, 900].map((delay) => wait(delay).then(() => readWhole(apis, writers, isOver)))
  const pagedReaders = [0, 500].map((delay) => wait(delay).then(() => readPaged(apis, isOver)))
  const [readers] = await Promise.all([Promise.all([...wholeReaders, ...pagedReaders]), ...writing])

  const table = await readTable(two)
  const promised = writers.map((writer) => writer.promised)
  checkPromises(writers, promised, statesOf(table))
  await checkCopies(two, readers, table)
  const answered = writers.reduce((sum, writer) => sum + writer.answered, 0)
  t.diagnostic(`${answered} writes, ${readers.reduce((sum, { answers }) => sum + answers, 0)} delta answers`)
  assert.ok(answered > SECONDS * 10, `only ${answered} writes`)
})
