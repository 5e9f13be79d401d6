import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessIndex, foldedColumn, keyIndex, lookupIndex, nameIndex, ownIndex, storedName, targetColumn, versionIndex } from './storage-names.ts'
import { name } from './sql.ts'

const bytes = (text: string) => Buffer.byteLength(text)
// As long as a schema lets them be (schema/names.ts).
const LONG = `new_${'a'.repeat(124)}`
const OTHER = `${LONG.slice(0, -1)}b`

test('a name of up to 63 bytes stands as it is', () => {
  for (const each of ['account', `new_${'a'.repeat(59)}`]) assert.equal(storedName(each), each)
  assert.equal(keyIndex('account', 'new_key'), 'account$key$new_key')
})

test('a longer one is shortened to 63 bytes, the same each time, and again to itself', () => {
  assert.equal(bytes(storedName(LONG)), 63)

  assert.match(storedName(LONG), /\$[0-9a-f]{12}$/)
  assert.equal(storedName(LONG), storedName(LONG))
  assert.equal(storedName(storedName(LONG)), storedName(LONG))
  assert.deepEqual(name(LONG).chunks, [`"${storedName(LONG)}"`])
})

test('what a table is made of never has a name of more than 63 bytes, nor one that something else has', () => {
  const made = [LONG, OTHER].flatMap((one) => [
    storedName(one),
    foldedColumn(one),
    targetColumn(one),
    nameIndex(one),
    accessIndex(one),
    versionIndex(one),
    ownIndex(one, 'object'),
    ...[LONG, OTHER].flatMap((two) => [keyIndex(one, two), lookupIndex(one, two)]),
  ])
  assert.equal(new Set(made).size, made.length)
  for (const each of made) assert.ok(bytes(each) <= 63, each)
})
