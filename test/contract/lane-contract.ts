/** What a job may rely on: all of it is kept or nothing, and what it threw is what its promise is rejected with. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { testTable } from '../../src/plan/test-schema.ts'
import { Schema } from '../../src/schema/schema.ts'
import { systemDefinitions } from '../../src/schema/system-tables.ts'
import { formatTable, parseTable } from '../../src/store/definitions.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { insertPart } from '../../src/store/sqlite/test-database.ts'
import { type Job, OverBudget } from '../../src/store/write-lane.ts'
import type { LaneEngine, TestLane } from '../support/lanes.ts'

const refused = new Error('refused')

export function registerLaneContract(engine: LaneEngine): void {
  describe('the lane of writes', () => {
    let lane: TestLane
    beforeEach(async () => {
      lane = await engine.open()
    })
    afterEach(() => lane.close())

    const names = async () => (await lane.run(async (tx) => tx.all(sql`select name from part order by name`))).map((row) => row.name)

    test('a failing job is undone alone, whatever else was handed in with it', async () => {
      const failing: Job = async (tx) => {
        await insertPart(tx, 'two', null)
        throw refused
      }
      const settled = await Promise.allSettled([
        lane.run((tx) => insertPart(tx, 'one', null)),
        lane.run(failing),
        lane.run((tx) => insertPart(tx, 'three', null)),
      ])
      assert.deepEqual(
        settled.map((one) => one.status),
        ['fulfilled', 'rejected', 'fulfilled'],
      )
      assert.equal((settled[1] as PromiseRejectedResult).reason, refused)
      assert.deepEqual(await names(), ['one', 'three'])
    })

    test('a savepoint inside a job undoes its own work only', async () => {
      await lane.run(async (tx) => {
        await insertPart(tx, 'one', null)
        await assert.rejects(
          tx.savepoint(async () => {
            await insertPart(tx, 'two', null)
            await tx.savepoint(() => insertPart(tx, 'three', null))
            throw refused
          }),
          refused,
        )
        await tx.savepoint(() => insertPart(tx, 'four', null))
      })
      assert.deepEqual(await names(), ['four', 'one'])
    })

    test('versions grow from job to job, also where one in between was undone', async () => {
      const versions: bigint[] = []
      for (let index = 0; index < 3; index++) {
        await lane.run((tx) => insertPart(tx, 'part', null))
        await assert.rejects(
          lane.run(async (tx) => insertPart(tx, 'gone', null).then(() => Promise.reject(refused))),
          refused,
        )
        versions.push(BigInt(String(await lane.run(async (tx) => (await tx.get(sql`select max(versionnumber) as last from part`))?.last))))
      }
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => (a < b ? -1 : 1)),
      )
      assert.equal(new Set(versions).size, 3)
    })

    test('edits of the schema are undone with their job, and seen by the next', async () => {
      const create =
        (name: string, fails: boolean): Job =>
        async (tx) => {
          const before = tx.schema()
          const next = Schema.of(before.version + 1, { tables: [...before.tables.values(), testTable(name, {})], relationships: [], choices: [] })
          await tx.changeSchema(next, [{ kind: 'create-table', table: testTable(name, {}) }])
          assert.equal(tx.schema(), next)
          if (fails) throw refused
        }
      await Promise.allSettled([lane.run(create('gone', true)), lane.run(create('kept', false)), lane.run(create('also', false))])
      const schema = await lane.run(async (tx) => tx.schema())
      assert.deepEqual([...schema.tables.keys()].toSorted(), ['also', 'kept', 'part'])
      assert.equal(schema.version, 3)
      await assert.rejects(lane.run(async (tx) => tx.all(sql`select * from gone`)))
      const loaded = await lane.loadSchema()
      assert.deepEqual([...loaded.tables.keys()].toSorted(), ['also', 'kept', 'part'])
      assert.deepEqual(loaded.tables.get('part'), schema.tables.get('part'))
    })

    test('the standard schema comes back as it was saved, in order', async () => {
      const schema = Schema.of(2, systemDefinitions())
      await lane.run((tx) => tx.changeSchema(schema, []))
      const loaded = await lane.loadSchema()
      for (const [name, table] of schema.tables) assert.deepEqual(loaded.tables.get(name), parseTable(formatTable(table)))
      assert.deepEqual([...(loaded.tables.get('account')?.columns.keys() ?? [])], [...(schema.tables.get('account')?.columns.keys() ?? [])])
      assert.deepEqual(new Map([...loaded.relationships].toSorted()), new Map([...schema.relationships].toSorted()))
    })

    test('a read that takes longer than it was given ends by itself, and the job goes on', async () => {
      await lane.run(async (tx) => {
        for (let n = 0; n < 300; n++) await insertPart(tx, `part ${n}`, null)
      })
      const kept = await lane.run(async (tx) => {
        const many = sql`select '' as json, count(*) from part as r, part as b, part as c, part as d where ${tx.dialect.withinBudget('r')} and b.name <> d.name`
        const read = tx.within(20)
        await assert.rejects(async () => read.pages([{ sql: many, limit: 1 }]), { constructor: OverBudget })
        return insertPart(tx, 'after', null)
      })
      assert.ok(kept)
      assert.ok((await names()).includes('after'))
    })
  })
}
