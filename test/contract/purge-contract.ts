/** Tombstones that are past their time go, and with them the tokens that would miss one (C6); a clock decides that alone (C8). */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { formatInstant } from '../../src/base/date-time.ts'
import { sql, verbatim } from '../../src/store/sql/sql.ts'
import type { LaneEngine, TestLane } from '../support/lanes.ts'

const now = new Date('2024-05-20T00:00:00Z')
const ago = (days: number) => formatInstant(new Date(now.getTime() - days * 86_400_000))

export function registerPurgeContract(engine: LaneEngine): void {
  describe('purging tombstones', () => {
    let lane: TestLane
    let buried = 0
    beforeEach(async () => {
      lane = await engine.open()
    })
    afterEach(() => lane.close())

    async function bury(table: string, count: number, days: number): Promise<void> {
      await lane.run(async (tx) => {
        for (let n = 0; n < count; n++) {
          await tx.run(
            sql`insert into tidemark_tombstone ("table", id, version, deletedon) values (${table}, ${`${table} ${buried++}`}, ${tx.nextVersion()}, ${ago(days)})`,
          )
        }
      })
    }
    async function countsIn(table: 'tidemark_tombstone' | 'tidemark_purged') {
      const rows = await lane.run(async (tx) => tx.all(sql`select "table" as name, count(*) as count from ${verbatim(table)} group by "table"`))
      return Object.fromEntries(rows.map((row) => [String(row.name), Number(row.count)]))
    }

    test('C6: tombstones beyond the retention go, and it is noted of which tables', async () => {
      await bury('account', 2500, 30)
      await bury('account', 3, 6)
      await bury('contact', 2, 8)
      await bury('task', 4, 1)
      assert.equal(await lane.upkeep.purge(lane.run, now), 2502)
      assert.deepEqual(await countsIn('tidemark_tombstone'), { account: 3, task: 4 })
      assert.deepEqual(await countsIn('tidemark_purged'), { account: 1, contact: 1 })
      assert.equal(await lane.upkeep.purge(lane.run, now), 0)
    })

    test('C8: a clock that went back leaves no hole: what lies after a young tombstone stays', async () => {
      for (const days of [30, 1, 30]) await bury('account', 1, days)
      assert.equal(await lane.upkeep.purge(lane.run, now), 1)
      assert.deepEqual(await countsIn('tidemark_tombstone'), { account: 2 })
    })
  })
}
