/** A deletion that fails holds up none behind it, whatever it fails by. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Guid } from '../base/guid.ts'
import { startBulkDelete } from '../store/bulk-delete-job.ts'
import type { Page, Readable } from '../store/sql/connection.ts'
import { sql } from '../store/sql/sql.ts'
import { sqlitePositions } from '../store/sqlite/position.ts'
import { openTestStore, tableOf, type TestStore } from '../store/test-transaction.ts'
import type { RunJob, WriteTransaction } from '../store/write-lane.ts'
import { openBulkDeletes } from './bulk-delete.ts'

const QUERY = '<fetch><entity name="acme_part"><attribute name="acme_partid"/></entity></fetch>'
const NOTHING: Page = { json: '', rowCount: 0, more: false, first: [], last: [] }

async function startJob({ tx, moment }: TestStore, name: string): Promise<Guid> {
  const jobId = Guid.next()
  const plan = { jobId, operationId: Guid.next(), name, table: tableOf('acme_part'), queries: [QUERY], startAt: undefined }
  await startBulkDelete({ kind: 'start-bulk-delete', ...plan }, tx, moment)
  return jobId
}

test('a fault of the server’s own ends its deletion as failed, untold, and the next one is run', async () => {
  const store = await openTestStore()
  const broken = await startJob(store, 'broken')
  const whole = await startJob(store, 'whole')
  const answers: (() => Page[])[] = [
    () => {
      throw new TypeError('a secret of ours')
    },
    () => [NOTHING],
  ]
  const readable: Readable = { dialect: store.tx.dialect, positions: sqlitePositions, pages: async () => (answers.shift() ?? (() => [NOTHING]))() }
  const run: RunJob = (job) => job({ ...store.tx, schema: () => store.moment.schema } as WriteTransaction, true)
  const logged: unknown[] = []
  const deletions = openBulkDeletes({
    run,
    openReads: () => ({ readable: () => readable, close: async () => {} }),
    caller: store.caller,
    log: (_level, fields) => logged.push(fields),
    events: { of: async () => undefined, needAlone: () => false, committed: () => {} },
  })
  deletions.look()
  const stateOf = (id: Guid) => store.tx.get(sql`select statuscode, friendlymessage from asyncoperation where asyncoperationid = ${id}`)
  const isOver = async () => [30, 31].includes(Number((await stateOf(whole))?.statuscode))
  for (let turn = 0; turn < 1000 && !(await isOver()); turn++) await new Promise((done) => setImmediate(done))
  await deletions.close()
  assert.deepEqual({ ...(await stateOf(broken)) }, { statuscode: 31, friendlymessage: 'An unexpected error occurred.' })
  assert.equal((await stateOf(whole))?.statuscode, 30)
  assert.match(JSON.stringify(logged), /a secret of ours/)
})
