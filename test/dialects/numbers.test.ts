/** Sums, averages, and numbers as people read them, alike on both engines. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { testColumn } from '../../src/plan/test-schema.ts'
import type { Value } from '../../src/plan/value.ts'
import type { ColumnType } from '../../src/schema/column.ts'
import { postgresDialect } from '../../src/store/postgres/dialect.ts'
import { sql, verbatim } from '../../src/store/sql/sql.ts'
import { BIGINT, DECIMAL, DOUBLE, decimals, INTEGER, integers64, MONEY, sample, STRING } from '../support/any-values.ts'
import { type BothEngines, openBothEngines, together } from '../support/both-engines.ts'

let engines: BothEngines
before(async () => {
  engines = await openBothEngines()
})
after(() => engines.close())

async function aggregates(type: ColumnType, values: readonly Value[]): Promise<readonly unknown[]> {
  const column = testColumn('c', type)
  const answers: unknown[] = []
  for (const what of ['sum', 'avg'] as const)
    for (const distinct of ['', 'distinct '])
      answers.push(...(await engines.same(column, values, (dialect, stored) => dialect.exact(what, column, sql`${verbatim(distinct)}${stored}`), together)))
  return answers
}

test('sums and averages of nothing', async () => {
  for (const type of [BIGINT, INTEGER, DECIMAL, MONEY, DOUBLE]) {
    await aggregates(type, [])
    await aggregates(type, [null, null])
  }
})

test('sums and averages of money and whole numbers are exact', async () => {
  for (const count of [1, 2, 3, 7, 50, 500]) {
    await aggregates(MONEY, [null, ...sample(integers64, count)])
    await aggregates(BIGINT, [null, ...sample(integers64, count)])
    await aggregates(INTEGER, sample(fc.integer({ min: -9, max: 9 }), count))
  }
})

test('sums and averages of decimals are exact', async () => {
  for (const count of [1, 2, 3, 7, 50, 500]) await aggregates(DECIMAL, [null, ...sample(decimals, count)])
})

test('an average is rounded once, half away from zero', async () => {
  assert.deepEqual(await aggregates(DECIMAL, ['0.000000001', '0']), ['0.000000001', '0.000000001', '0.000000001', '0.000000001'])
  const halves = [
    '-0.000000001',
    '-0.000000002',
    '0.0000000049',
    '-0.000000000499',
    '0.499999999999',
    '-9999999999999.999999999999',
    '9999999999999.999999999999',
  ]
  for (const one of halves) for (const other of halves) await aggregates(DECIMAL, [one, other, '0'])
})

test('doubles are summed as the decimals that they are written as', async () => {
  assert.deepEqual(await aggregates(DOUBLE, Array<number>(10).fill(0.1)), ['1.0', '0.1', '0.1', '0.1'])
  const column = testColumn('c', DOUBLE)
  for (let run = 0; run < 20; run++) {
    const cents = sample(fc.integer({ min: -1e7, max: 1e7 }), 40)
    const values = `{${cents.map((whole) => whole / 100).join(',')}}`
    const row = await engines.postgres.get(sql`select ${postgresDialect.exact('sum', column, sql`v`)} as sum from unnest(cast(${values} as float8[])) as r (v)`)
    assert.equal(Number(row?.sum), cents.reduce((sum, whole) => sum + whole) / 100)
  }
})

test('a sum of doubles does not hang on their order', async () => {
  const values = sample(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }), 200)
  const sum = (rows: string) =>
    engines.postgres.get(
      sql`select tidemark_double_sum(v order by v ${verbatim(rows)}) as sum from unnest(cast(${`{${values.join(',')}}`} as float8[])) as r (v)`,
    )
  assert.deepEqual(await sum('asc'), await sum('desc'))
})

test('results of aggregates are in the order of numbers', async () => {
  const column = testColumn('c', STRING)
  const values = [null, ...sample(decimals, 300)]
  await engines.same(
    column,
    values,
    (_, stored) => stored,
    (dialect, stored) => sql`order by ${dialect.exactOrder(stored)}${dialect.nulls(false)}, i`,
  )
})

test('numbers are grouped', async () => {
  await engines.same(testColumn('c', BIGINT), [0n, 999n, -1000n, -(2n ** 63n), 2n ** 63n - 1n, ...sample(integers64, 2000)], (dialect, stored) =>
    dialect.grouped(stored),
  )
})

test('numbers have the decimals that people read', async () => {
  for (let precision = 0; precision <= 10; precision++) {
    const formatted = (type: ColumnType, values: readonly Value[]) => {
      const column = testColumn('c', type)
      return engines.same(column, values, (dialect, stored) => dialect.formatNumber(dialect.jsonOf(column, stored), precision))
    }
    await formatted(DECIMAL, [null, '0', '-0.5', '0.005', '-0.005', '999.995', '-999999.9999999', ...sample(decimals, 300)])
    await formatted(DOUBLE, [null, 0, 1e21, -1e-7, 1.5e22, 0.1 + 0.2, ...sample(fc.integer({ min: -1e9, max: 1e9 }), 300).map((whole) => whole / 1000)])
    const texts = ['null', '123456789012345678901234567890.5', '-440000.000000000', '-0.0000000004', '1e+300', '-1.5e-300', `${'9'.repeat(300)}.999`]
    await engines.same(testColumn('c', STRING), [null, ...texts], (dialect, stored) => dialect.formatNumber(stored, precision))
  }
})
