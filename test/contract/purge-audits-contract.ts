/** What was kept of changes is forgotten in time. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatInstant } from '../../src/base/date-time.ts'
import { auditCreate } from '../../src/store/audit-changes.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { openTestStore, tableOf } from '../../src/store/test-transaction.ts'
import { startWork } from '../../src/store/write-work.ts'
import { purgeAudits } from '../../src/store/purge-audits.ts'
import type { RunJob, WriteTransaction } from '../../src/store/write-lane.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerPurgeAuditsContract(engine: TestEngine): void {
  describe('purging the history', () => {
    const now = new Date('2024-05-20T00:00:00Z')
    const ago = (days: number) => formatInstant(new Date(now.getTime() - days * 86_400_000))

    /** A store with one entry for each of these ages in days; `days`: what the organization keeps. */
    async function storeWith(ages: readonly number[], days: number | null) {
      const { tx, moment, tombstones } = await openTestStore(engine)
      tx.setAudits(true)
      await tx.run(sql`update organization set auditretentionperiodv2 = ${days}`)
      const table = tableOf('account')
      for (const age of ages) await auditCreate(table, moment.caller.userId, new Map(), startWork(tx, { ...moment, now: ago(age) }))
      const writeTransaction = { ...tx, schema: () => moment.schema } as unknown as WriteTransaction
      const run: RunJob = (job) => job(writeTransaction, true)
      const left = async () => (await tx.all(sql`select createdon from audit order by createdon`)).map((row) => String(row.createdon))
      return { purge: () => purgeAudits(run, now), left, tombstones }
    }

    test('what is older than 30 days is forgotten, where nothing else is said, and leaves tombstones', async () => {
      const { purge, left, tombstones } = await storeWith([1, 29, 31, 400], null)
      assert.equal(await purge(), 2)
      assert.deepEqual(await left(), [ago(29), ago(1)])
      assert.equal((await tombstones('audit')).length, 2)
      assert.equal(await purge(), 0)
    })

    test('the organization says how long, and for ever is -1', async () => {
      const week = await storeWith([1, 6, 8], 7)
      assert.equal(await week.purge(), 1)
      const ever = await storeWith([1, 4000], -1)
      assert.equal(await ever.purge(), 0)
      assert.equal((await ever.left()).length, 2)
    })

    test('more than a batch goes in several', async () => {
      const { purge, left } = await storeWith(
        Array.from({ length: 1001 }, () => 50),
        null,
      )
      assert.equal(await purge(), 1001)
      assert.deepEqual(await left(), [])
    })
  })
}
