/** Tables, columns and keys with names as long as there may be (schema/names.ts), which differ in their last letter alone. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { planRead } from '../../src/plan/plan-read.ts'
import { FULL_RIGHTS } from '../../src/plan/rights.ts'
import { testContext, testKey, testOneToMany, testTable } from '../../src/plan/test-schema.ts'
import { parsePrefer } from '../../src/protocol/prefer.ts'
import { parseQueryOptions } from '../../src/protocol/query-options.ts'
import { parseResourcePath } from '../../src/protocol/resource-path.ts'
import { Schema } from '../../src/schema/schema.ts'
import { runRead } from '../../src/store/run-read.ts'
import { sql } from '../../src/store/sql/sql.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'
import { outcomeOf, parseRows } from '../../src/store/test-reads.ts'
import { openTestStore, type TestStore, writeSchema } from '../../src/store/test-transaction.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'

const long = (last: string): string => `new_${last.padStart(124, 'x')}`
const [ONE, TWO] = [long('one'), long('two')]
const [NAME, CODE, NUMBER, ABOVE, ANY] = [long('name'), long('code'), long('number'), long('above'), long('any')]
const text = { type: 'string', maxLength: 100, format: 'Text' } as const

const columns = {
  [NAME]: text,
  [CODE]: text,
  [NUMBER]: { type: 'integer', min: 0, max: 1000, format: 'None' },
  [ABOVE]: { type: 'lookup', targets: [ONE] },
  [ANY]: { type: 'lookup', targets: [ONE, TWO] },
} as const
const keys = [testKey(long('keya'), [CODE]), testKey(long('keyb'), [NUMBER, NAME])]
const below = testOneToMany(long('below'), ONE, ABOVE, ONE)
const schema = Schema.of(1, {
  tables: [...writeSchema.tables.values(), ...[ONE, TWO].map((name) => testTable(name, columns, { ownership: 'organization', keys }))],
  relationships: [
    ...writeSchema.relationships.values(),
    { ...below, isHierarchical: true, cascade: { ...below.cascade, delete: 'Cascade' } },
    testOneToMany(long('manyone'), ONE, ANY, ONE, long('anyone')),
    testOneToMany(long('manytwo'), ONE, ANY, TWO, long('anytwo')),
  ],
  choices: [],
})

export function registerLongNamesContract(engine: TestEngine): void {
  describe('long names', () => {
    let store: TestStore
    let write: Writes
    beforeEach(async () => {
      store = await openTestStore(engine, schema)
      write = writesOn(store)
    })

    async function read(url: string) {
      const [path = '', query = ''] = url.split('?')
      const asked = { segments: parseResourcePath(path), options: parseQueryOptions(query), preferences: parsePrefer(undefined) }
      const plan = planRead({ ...asked, precondition: { kind: 'none' } }, testContext(schema))
      assert.ok(plan.kind !== 'find-query')
      return parseRows(outcomeOf(await runRead(plan, store.tx, { ...store.moment, rights: FULL_RIGHTS }), 'rows').json)
    }

    test('rows are written, found by their keys, and read as they are', async () => {
      const above = await write.create(`${ONE}s`, { [NAME]: 'Above', [CODE]: 'A' })
      const other = await write.create(`${TWO}s`, { [NAME]: 'Other', [CODE]: 'A' })
      const body = { [NAME]: 'Below', [NUMBER]: 7, [`${ABOVE}@odata.bind`]: `${ONE}s(${above})`, [`${long('anytwo')}@odata.bind`]: `${TWO}s(${other})` }
      assert.equal((await write.patch(`${ONE}s(${CODE}='B')`, body)).kind, 'created')
      assert.equal((await write.patch(`${ONE}s(${CODE}='b')`, { [NUMBER]: 8 })).kind, 'updated')
      const select = `$select=${[NAME, CODE, NUMBER, `_${ABOVE}_value`, `_${ANY}_value`].join(',')}`
      const [row, ...more] = await read(`${ONE}s?${select}&$filter=${NAME} eq 'BELOW' and ${ABOVE}/${CODE} eq 'a'&$expand=${long('anytwo')}($select=${NAME})`)
      assert.equal(more.length, 0)
      assert.deepEqual(
        [NAME, CODE, NUMBER, `_${ABOVE}_value`, `_${ANY}_value`].map((name) => row[name]),
        ['Below', 'B', 8, above, other],
      )
      assert.equal(row[long('anytwo')][NAME], 'Other')
      const ordered = await read(`${ONE}s?$select=${NAME}&$orderby=${NAME} desc`)
      assert.deepEqual(
        ordered.map((one) => one[NAME]),
        ['Below', 'Above'],
      )
    })

    test('a violated key is told by its name', async () => {
      await write.create(`${ONE}s`, { [NAME]: 'x', [CODE]: 'A', [NUMBER]: 1 })
      await assert.rejects(write.create(`${ONE}s`, { [CODE]: 'a' }), { name: 'DuplicateKey', message: new RegExp(long('keya')) })
      await assert.rejects(write.create(`${ONE}s`, { [NAME]: 'X', [NUMBER]: 1 }), { name: 'DuplicateKey', message: new RegExp(long('keyb')) })
    })

    test('deletions cascade, and leave tombstones of the right table', async () => {
      const above = await write.create(`${ONE}s`, { [NAME]: 'Above' })
      const child = await write.create(`${ONE}s`, { [NAME]: 'Below', [`${ABOVE}@odata.bind`]: `${ONE}s(${above})` })
      const pointing = await write.create(`${ONE}s`, { [NAME]: 'Any', [`${long('anyone')}@odata.bind`]: `${ONE}s(${above})` })
      await write.remove(`${ONE}s(${above})`)
      assert.deepEqual((await store.tombstones(ONE)).toSorted(), [above, child].toSorted())
      assert.deepEqual(await store.tombstones(TWO), [])
      assert.equal((await store.stored(ONE, child)) ?? undefined, undefined)
      assert.ok(await store.stored(ONE, pointing))
    })

    test('no name in the database is longer than 63 bytes', async () => {
      const names = await store.tx.all(NAMES[engine.name])
      assert.ok(names.length > 100)
      for (const { name } of names) assert.ok(Buffer.byteLength(String(name)) <= 63, String(name))
      assert.ok(names.filter(({ name }) => /^new_x+\$[0-9a-f]{12}$/.test(String(name))).length >= 2)
    })
  })
}

const NAMES = {
  sqlite: sql`select name from sqlite_schema where name not like 'sqlite%' union all select c.name from sqlite_schema as s join pragma_table_info(s.name) as c`,
  postgres: sql`select cast(relname as text) as name from pg_class union all select cast(attname as text) from pg_attribute`,
}
