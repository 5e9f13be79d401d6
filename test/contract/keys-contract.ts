/** Alternate keys built over rows that are there, while others write. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { testKey } from '../../src/plan/test-schema.ts'
import { Schema } from '../../src/schema/schema.ts'
import { EngineError } from '../../src/store/sql/connection.ts'
import { name, sql } from '../../src/store/sql/sql.ts'
import { insertPart, partSchema, partTable } from '../../src/store/sqlite/test-database.ts'
import type { RunJob } from '../../src/store/write-lane.ts'
import type { LaneEngine, TestLane } from '../support/lanes.ts'

const key = testKey('bycode', ['code'], 'Pending')
const build = { table: 'part', key: 'bycode' }
const codesOf = (count: number) => Array.from({ length: count }, (_, n) => `Código ${n}`)

export function registerKeysContract(engine: LaneEngine): void {
  describe('keys that are built', () => {
    let lane: TestLane
    beforeEach(async () => {
      lane = await engine.open()
    })
    afterEach(() => lane.close())

    /** Rows, then a key on their code. */
    async function makeKey(codes: readonly (string | null)[]): Promise<void> {
      await lane.run(async (tx) => {
        for (const code of codes) await insertPart(tx, 'a part', code)
      })
      await lane.run((tx) => tx.changeSchema(partSchema(2, 'Pending'), [{ kind: 'build-key', table: partTable([key]), key }]))
    }
    const activate = () => lane.upkeep.buildKey(lane.run, { ...build, whenBuilt: (tx) => tx.changeSchema(partSchema(3, 'Active'), []) })
    const folded = async () =>
      (await lane.run(async (tx) => tx.all(sql`select ${name('code$fold')} as f from part order by versionnumber`))).map((row) => row.f)

    test('a key is built over rows that were there, and active in the same commit', async () => {
      await makeKey([...codesOf(2000), null, null])
      assert.equal(await activate(), 'built')
      assert.equal((await lane.loadSchema()).tables.get('part')?.keys[0]?.status, 'Active')
      assert.deepEqual((await folded()).slice(0, 2), ['código 0', 'código 1'])
      await assert.rejects(
        lane.run((tx) => insertPart(tx, 'again', 'CÓDIGO 7', true)),
        (error) => error instanceof EngineError && error.index === 'part$key$bycode',
      )
    })

    test('duplicates fail the key and leave the rows and no index', async () => {
      await makeKey(['a', 'b', 'A'])
      assert.equal(await activate(), 'duplicates')
      assert.equal((await lane.loadSchema()).tables.get('part')?.keys[0]?.status, 'Pending')
      // No index is in the way.
      await lane.run((tx) => insertPart(tx, 'a part', 'A', true))
      await lane.run(async (tx) => tx.run(sql`delete from part where code = 'A'`))
      assert.equal(await activate(), 'built')
    })

    test('writes come in between, and their rows are in the index', async () => {
      await makeKey(codesOf(5000))
      let jobs = 0
      const run: RunJob = async (job) => {
        const result = await lane.run(job)
        // As the write path does it: the key is in the schema, so the folded text is kept.
        await lane.run(async (tx) => {
          await insertPart(tx, 'beside', `Beside ${jobs++}`, true)
          await tx.run(sql`update part set code = ${`Moved ${jobs}`}, code$fold = ${`moved ${jobs}`} where versionnumber = ${5000 - jobs}`)
        })
        return result
      }
      assert.equal(await lane.upkeep.buildKey(run, { ...build, whenBuilt: async () => {} }), 'built')
      assert.ok(jobs > 4, `${jobs} jobs`)
      const wrong = await lane.run(async (tx) => tx.get(sql`select count(*) as n from part where code$fold is distinct from ${tx.dialect.fold(sql`code`)}`))
      assert.equal(wrong?.n, 0)
    })

    test('a duplicate that comes in between fails the key', async () => {
      await makeKey(codesOf(1000))
      let isFirst = true
      const run: RunJob = async (job) => {
        const result = await lane.run(job)
        if (isFirst) await lane.run((tx) => insertPart(tx, 'beside', 'código 999', true))
        isFirst = false
        return result
      }
      assert.equal(await lane.upkeep.buildKey(run, { ...build, whenBuilt: async () => {} }), 'duplicates')
    })

    test('deleting the key ends the build', async () => {
      await makeKey(codesOf(3000))
      let jobs = 0
      const run: RunJob = async (job) => {
        if (jobs++ === 2) await lane.run((tx) => tx.changeSchema(partSchema(3), [{ kind: 'drop-key', table: partTable([key]), key }]))
        return lane.run(job)
      }
      assert.equal(await lane.upkeep.buildKey(run, { ...build, whenBuilt: () => assert.fail('built') }), 'gone')
    })

    test('a key that is deleted and made again finds its shadow column and fills it anew', async () => {
      await makeKey(['a', 'b'])
      await activate()
      await lane.run((tx) => tx.changeSchema(partSchema(4), [{ kind: 'drop-key', table: partTable([key]), key }]))
      await lane.run(async (tx) => {
        await insertPart(tx, 'without a key', 'C')
        await tx.run(sql`update part set code = 'Z' where code = 'b'`)
      })
      await lane.run((tx) => tx.changeSchema(partSchema(5, 'Pending'), [{ kind: 'build-key', table: partTable([key]), key }]))
      assert.equal(await activate(), 'built')
      assert.deepEqual(await folded(), ['a', 'z', 'c'])
    })

    test('a key made again while the old one of its name is built is not taken for it', async () => {
      await makeKey(codesOf(3000))
      let jobs = 0
      const again = { ...key, metadataId: Guid.next() }
      const run: RunJob = async (job) => {
        if (jobs++ === 2) await lane.run((tx) => tx.changeSchema(Schema.of(3, { tables: [partTable([again])], relationships: [], choices: [] }), []))
        return lane.run(job)
      }
      assert.equal(await lane.upkeep.buildKey(run, { ...build, whenBuilt: () => assert.fail('built') }), 'gone')
    })
  })
}
