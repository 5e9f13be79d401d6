/** What is SQLite's own of building keys; what every engine has to do is `test/contract/keys-contract.ts`. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { testKey } from '../../plan/test-schema.ts'
import { sql } from '../sql/sql.ts'
import { buildKeyIndex } from './build-key.ts'
import { insertPart, openParts, partSchema, partTable, runOne, tempFolder } from './test-database.ts'

const key = testKey('bycode', ['code'], 'Pending')
const build = { table: 'part', key: 'bycode' }

test('a build tells how far it is, and its index is used', async (t) => {
  const writer = await openParts(join(tempFolder(t), 'a.db'))
  await runOne(writer, async (tx) => {
    for (let n = 0; n < 2000; n++) await insertPart(tx, 'a part', `Código ${n}`)
  })
  await runOne(writer, (tx) => tx.changeSchema(partSchema(2, 'Pending'), [{ kind: 'build-key', table: partTable([key]), key }]))
  const seen: [number, number][] = []
  const result = await buildKeyIndex((job) => runOne(writer, job), {
    ...build,
    whenBuilt: (tx) => tx.changeSchema(partSchema(3, 'Active'), []),
    onProgress: (done, total) => seen.push([done, total]),
  })
  assert.equal(result, 'built')
  assert.deepEqual([seen[0]?.[0], seen.at(-1)], [0, [2000, 2000]])
  const [plan] = await runOne(writer, async (tx) => tx.all(sql`explain query plan select 1 from part where code$fold = ${'x'} and code$fold is not null`))
  assert.match(String(plan?.detail), /USING .*INDEX part\$key\$bycode/)
  writer.close()
})
