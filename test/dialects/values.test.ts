/** What is stored comes back, and is written as JSON, alike on both engines. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { testColumn } from '../../src/plan/test-schema.ts'
import type { Value } from '../../src/plan/value.ts'
import type { ColumnType } from '../../src/schema/column.ts'
import { sql, verbatim } from '../../src/store/sql/sql.ts'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { type BothEngines, openBothEngines } from '../support/both-engines.ts'
import { BIGINT, DATETIME, DECIMAL, DOUBLE, decimals, INTEGER, integers64, MONEY, STRING, sample } from '../support/any-values.ts'

let engines: BothEngines
before(async () => {
  engines = await openBothEngines()
})
after(() => engines.close())

const json = (type: ColumnType, values: readonly Value[]) => {
  const column = testColumn('c', type)
  return engines.same(column, values, (dialect, stored) => dialect.jsonOf(column, stored))
}

test('decimals', async () => {
  const values = sample(decimals, 3000)
  assert.deepEqual(await json(DECIMAL, values), values)
})

test('money, for any 64-bit amount', async () => {
  await json(MONEY, [0n, -1n, 1n, -5000n, 10_000n, -(2n ** 63n), 2n ** 63n - 1n, ...sample(integers64, 3000)])
})

test('doubles as people write them look alike', async () => {
  const short = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 9 })).map(([digits, scale]) => digits / 10 ** scale)
  // 1e23 lies halfway between what two doubles stand for: PostgreSQL writes 9.999999999999999e+22, which reads back as the same.
  const powers = Array.from({ length: 60 }, (_, index) => [Number(`1e${index - 38}`), Number(`-1.25e${index - 38}`)]).flat()
  await json(DOUBLE, [0, -0, 100, -2.5, 0.1 + 0.2, 940773300.62616, 1e15, 1e20, ...powers, ...sample(short, 3000)])
})

test('every double is a JSON number that reads back as the same', async () => {
  const column = testColumn('c', DOUBLE)
  const values = sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 3000)
  const texts = await engines.postgres.all(
    sql`select ${postgresDialect.jsonOf(column, sql`v`)} as json from unnest(cast(${`{${values.join(',')}}`} as double precision[])) with ordinality as r (v, i) order by i`,
  )
  assert.deepEqual(
    texts.map(({ json: text }) => JSON.parse(String(text))),
    values.map((value) => (value === 0 ? 0 : value)),
  )
})

test('texts', async () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', '/', '\b', '\t', '\n', '\f', '\r', '\x01', '\x1f', '\x7f', 'é', '🙂', '\u2028'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
  })
  const values = sample(text, 3000).filter((value) => value !== '' && !value.includes('\0'))
  const written = await json(STRING, values)
  assert.deepEqual(
    written.map((one) => JSON.parse(String(one))),
    values,
  )
})

test('whole numbers, truth values, dates and null', async () => {
  await json(BIGINT, [null, ...sample(integers64, 500)])
  await json(INTEGER, [null, 0, -1, 2_147_483_647])
  await json({ type: 'boolean', trueLabel: {}, falseLabel: {}, defaultValue: undefined }, [null, true, false])
  await json(DATETIME, [null, '2024-05-01T10:00:00Z'])
  await json({ type: 'lookup', targets: ['account'] }, [null, { table: 'account', id: '6f0c0000-0000-4000-8000-000000000001' as never }])
  for (const type of [DECIMAL, MONEY, DOUBLE, STRING]) assert.deepEqual(await json(type, [null]), ['null'])
})

test('what is stored is in order alike, null first', async () => {
  const inOrder = async (type: ColumnType, values: readonly Value[]) => {
    const column = testColumn('c', type)
    for (const descending of [false, true])
      await engines.same(
        column,
        values,
        (dialect, stored) => dialect.jsonOf(column, stored),
        (dialect, stored) => sql`order by ${stored}${verbatim(descending ? ' desc' : '')}${dialect.nulls(descending)}, i`,
      )
  }
  const doubles = fc.integer({ min: -1e9, max: 1e9 }).map((whole) => whole / 100)
  await inOrder(DECIMAL, [null, ...sample(decimals, 500)])
  await inOrder(STRING, [null, ...sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), 500).filter((text) => !text.includes('\0'))])
  await inOrder(DOUBLE, [null, ...sample(doubles, 500)])
})

test('a decimal is decoded without needless zeros', async () => {
  for (const value of ['0', '-12.5', '9999999999999.999999999999']) {
    const row = await engines.postgres.get(sql`select cast(${value} as numeric(40, 14)) as v`)
    assert.equal(postgresDialect.decode(testColumn('c', DECIMAL), row?.v ?? null), value)
  }
})
