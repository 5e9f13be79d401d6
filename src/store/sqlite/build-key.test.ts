import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Guid } from '../../base/guid.ts'
import { testKey } from '../../plan/test-schema.ts'
import { Schema } from '../../schema/schema.ts'
import { EngineError } from '../sql/connection.ts'
import { name, sql } from '../sql/sql.ts'
import type { RunJob } from '../write-lane.ts'
import { buildKeyIndex } from './build-key.ts'
import { insertPart, openParts, partSchema, partTable, runOne, tempFolder } from './test-database.ts'
import type { Writer } from './writer.ts'

const key = testKey('bycode', ['code'], 'Pending')
const build = { table: 'part', key: 'bycode' }

/** A table with rows, then a key on its code. */
async function openWithKey(t: TestContext, codes: readonly (string | null)[]): Promise<Writer> {
  const writer = await openParts(join(tempFolder(t), 'a.db'))
  await runOne(writer, async (tx) => {
    for (const code of codes) await insertPart(tx, 'a part', code)
  })
  await runOne(writer, (tx) => tx.changeSchema(partSchema(2, 'Pending'), [{ kind: 'build-key', table: partTable([key]), key }]))
  return writer
}

const jobsOf =
  (writer: Writer): RunJob =>
  (job) =>
    runOne(writer, job)
const activate = (writer: Writer) => buildKeyIndex(jobsOf(writer), { ...build, whenBuilt: (tx) => tx.changeSchema(partSchema(3, 'Active'), []) })
const codesOf = (count: number) => Array.from({ length: count }, (_, n) => `Código ${n}`)

async function folded(writer: Writer): Promise<readonly unknown[]> {
  return (await runOne(writer, async (tx) => tx.all(sql`select ${name('code$fold')} as f from part order by rowid`))).map((row) => row.f)
}

test('a key is built over rows that were there, and active in the same commit', async (t) => {
  const writer = await openWithKey(t, [...codesOf(2000), null, null])
  const seen: [number, number][] = []
  const result = await buildKeyIndex(jobsOf(writer), {
    ...build,
    whenBuilt: (tx) => tx.changeSchema(partSchema(3, 'Active'), []),
    onProgress: (done, total) => seen.push([done, total]),
  })
  assert.equal(result, 'built')
  assert.equal(writer.schema().tables.get('part')?.keys[0]?.status, 'Active')
  assert.deepEqual((await folded(writer)).slice(0, 2), ['código 0', 'código 1'])
  assert.deepEqual([seen[0]?.[0], seen.at(-1)], [0, [2002, 2002]])
  await assert.rejects(
    runOne(writer, (tx) => insertPart(tx, 'again', 'CÓDIGO 7', true)),
    (error) => error instanceof EngineError && error.index === 'part$key$bycode',
  )
  const [plan] = await runOne(writer, async (tx) => tx.all(sql`explain query plan select 1 from part where code$fold = ${'x'} and code$fold is not null`))
  assert.match(String(plan?.detail), /USING .*INDEX part\$key\$bycode/)
  writer.close()
})

test('duplicates fail the key and leave the rows and no index', async (t) => {
  const writer = await openWithKey(t, ['a', 'b', 'A'])
  assert.equal(await activate(writer), 'duplicates')
  assert.equal(writer.schema().tables.get('part')?.keys[0]?.status, 'Pending')
  assert.equal(await runOne(writer, async (tx) => tx.get(sql`select 1 from sqlite_schema where name = 'part$key$bycode'`)), undefined)
  await runOne(writer, async (tx) => tx.run(sql`delete from part where code = 'A'`))
  assert.equal(await activate(writer), 'built')
  writer.close()
})

test('writes come in between, and their rows are in the index', async (t) => {
  const writer = await openWithKey(t, codesOf(5000))
  let jobs = 0
  const run: RunJob = async (job) => {
    const result = await runOne(writer, job)
    // As the write path does it: the key is in the schema, so the folded text is kept.
    await runOne(writer, async (tx) => {
      await insertPart(tx, 'beside', `Beside ${jobs++}`, true)
      await tx.run(sql`update part set code = 'Moved ' || rowid, code$fold = 'moved ' || rowid where rowid = ${5000 - jobs}`)
    })
    return result
  }
  assert.equal(await buildKeyIndex(run, { ...build, whenBuilt: async () => {} }), 'built')
  assert.ok(jobs > 4, `${jobs} jobs`)
  const wrong = await runOne(writer, async (tx) => tx.get(sql`select count(*) as n from part where code$fold is not fold(code)`))
  assert.equal(wrong?.n, 0)
  writer.close()
})

test('a duplicate that comes in between fails the key', async (t) => {
  const writer = await openWithKey(t, codesOf(1000))
  let isFirst = true
  const run: RunJob = async (job) => {
    const result = await runOne(writer, job)
    if (isFirst) await runOne(writer, (tx) => insertPart(tx, 'beside', 'código 999', true))
    isFirst = false
    return result
  }
  assert.equal(await buildKeyIndex(run, { ...build, whenBuilt: async () => {} }), 'duplicates')
  writer.close()
})

test('deleting the key ends the build', async (t) => {
  const writer = await openWithKey(t, codesOf(3000))
  let jobs = 0
  const run: RunJob = async (job) => {
    if (jobs++ === 2) await runOne(writer, (tx) => tx.changeSchema(partSchema(3), [{ kind: 'drop-key', table: partTable([key]), key }]))
    return runOne(writer, job)
  }
  assert.equal(await buildKeyIndex(run, { ...build, whenBuilt: () => assert.fail('built') }), 'gone')
  writer.close()
})

test('a key that is deleted and made again finds its shadow column and fills it anew', async (t) => {
  const writer = await openWithKey(t, ['a', 'b'])
  await activate(writer)
  await runOne(writer, (tx) => tx.changeSchema(partSchema(4), [{ kind: 'drop-key', table: partTable([key]), key }]))
  await runOne(writer, async (tx) => {
    await insertPart(tx, 'without a key', 'C')
    await tx.run(sql`update part set code = 'Z' where code = 'b'`)
  })
  await runOne(writer, (tx) => tx.changeSchema(partSchema(5, 'Pending'), [{ kind: 'build-key', table: partTable([key]), key }]))
  assert.equal(await activate(writer), 'built')
  assert.deepEqual(await folded(writer), ['a', 'z', 'c'])
  writer.close()
})

test('a key made again while the old one of its name is built is not taken for it', async (t) => {
  const writer = await openWithKey(t, codesOf(3000))
  let jobs = 0
  const again = { ...key, metadataId: Guid.next() }
  const run: RunJob = async (job) => {
    if (jobs++ === 2) await runOne(writer, (tx) => tx.changeSchema(Schema.of(3, { tables: [partTable([again])], relationships: [], choices: [] }), []))
    return runOne(writer, job)
  }
  assert.equal(await buildKeyIndex(run, { ...build, whenBuilt: () => assert.fail('built') }), 'gone')
  writer.close()
})
