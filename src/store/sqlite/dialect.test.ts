import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal } from '../../base/decimal.ts'
import { testColumn } from '../../plan/test-schema.ts'
import type { Value } from '../../plan/value.ts'
import type { ColumnType } from '../../schema/column.ts'
import { Label } from '../../schema/label.ts'
import { name, sql } from '../sql/sql.ts'
import { decodeDecimal, encodeDecimal } from './decimal-text.ts'
import { sqliteDialect } from './dialect.ts'
import { openConnection } from './driver.ts'

const connection = openConnection(':memory:', { readOnly: false })
connection.execute('create table one (t text, i integer, r real)')
connection.execute('insert into one values (null, null, null)')

/** Stored in a column of its type, read back decoded and as JSON text. */
function throughSqlite(type: ColumnType, value: Value): { decoded: Value; json: string } {
  const column = testColumn('c', type)
  const stored = name({ text: 't', integer: 'i', real: 'r' }[sqliteDialect.columnType(column)] ?? '')
  connection.run(sql`update one set ${stored} = ${sqliteDialect.encode(column, value)}`)
  const row = connection.get(sql`select ${stored} as stored, ${sqliteDialect.jsonOf(column, stored)} as json from one`)
  return { decoded: sqliteDialect.decode(column, row?.stored ?? null), json: String(row?.json) }
}

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 25n) + 1n, max: 10n ** 25n - 1n }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 24 }))
  .map(([digits, scale, cut]) => Decimal.fromScaled(digits / 10n ** BigInt(cut), scale))
  .filter((text) => Decimal.toScaled(text, 12) > -(10n ** 25n) && Decimal.toScaled(text, 12) < 10n ** 25n)
const decimal: ColumnType = { type: 'decimal', min: -100000000000, max: 100000000000, precision: 10 }
const money: ColumnType = { type: 'money', min: 0, max: 0, precision: 2, precisionSource: 2 }
const double: ColumnType = { type: 'double', min: 0, max: 0, precision: 5 }

test('a decimal is stored, decoded and written as JSON exactly', () => {
  fc.assert(
    fc.property(decimals, (value) => {
      assert.equal(decodeDecimal(encodeDecimal(value)), value)
      assert.deepEqual(throughSqlite(decimal, value), { decoded: value, json: value })
    }),
    { numRuns: 2000 },
  )
})

test('stored decimals are ordered as numbers are', () => {
  fc.assert(
    fc.property(decimals, decimals, (a, b) => {
      const stored = Buffer.compare(Buffer.from(encodeDecimal(a)), Buffer.from(encodeDecimal(b)))
      assert.equal(Math.sign(stored), Math.sign(Decimal.compare(a, b)))
    }),
    { numRuns: 5000 },
  )
})

test('decimals near each other and near zero are ordered', () => {
  const ascending = [
    '-9999999999999.999999999999',
    '-12.51',
    '-12.5',
    '-12.4999',
    '-12',
    '-1',
    '-0.5',
    '-0.000000000001',
    '0',
    '0.000000000001',
    '0.5',
    '1',
    '12',
    '12.5',
    '9999999999999.999999999999',
  ]
  const stored = ascending.map(encodeDecimal)
  assert.deepEqual(stored.toSorted(), stored)
  assert.deepEqual(
    ascending.map((value) => throughSqlite(decimal, value).json),
    ascending,
  )
  assert.throws(() => encodeDecimal('10000000000000'), /range/)
})

test('a double comes back as the same double', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const { decoded, json } = throughSqlite(double, value)
      assert.ok(Number(json) === value && decoded === value, json)
    }),
    { numRuns: 5000 },
  )
  assert.equal(throughSqlite(double, 940773300.62616).json, '940773300.62616')
  assert.equal(throughSqlite(double, 100).json, '100.0')
})

test('money is written with four decimals, for any 64-bit amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const { decoded, json } = throughSqlite(money, value)
      assert.equal(decoded, value)
      assert.equal(json, decimalText(value))
    }),
  )
  assert.equal(throughSqlite(money, -5000n).json, '-0.5000')
  assert.equal(throughSqlite(money, 0n).json, '0.0000')
})

function decimalText(scaled: bigint): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(5, '0')
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`
}

test('text is written as JSON text', () => {
  const string: ColumnType = { type: 'string', maxLength: 100, format: 'Text' }
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0')),
      (value) => {
        const { decoded, json } = throughSqlite(string, value)
        assert.equal(decoded, value)
        assert.equal(JSON.parse(json), value)
      },
    ),
  )
})

test('null is null in every type', () => {
  const options = [{ value: 1, label: Label.of('One') }]
  const types: ColumnType[] = [
    decimal,
    money,
    double,
    { type: 'bigint' },
    { type: 'boolean', trueLabel: Label.of('Yes'), falseLabel: Label.of('No'), defaultValue: undefined },
    { type: 'choice', options },
    { type: 'choices', options },
    { type: 'datetime', behavior: 'UserLocal', format: 'DateAndTime' },
    { type: 'lookup', targets: ['account'] },
    { type: 'memo', maxLength: 10, format: 'Text' },
  ]
  for (const type of types) assert.deepEqual(throughSqlite(type, null), { decoded: null, json: 'null' }, type.type)
})

test('whole numbers, truth values and lookups', () => {
  assert.deepEqual(throughSqlite({ type: 'integer', min: 0, max: 9, format: 'None' }, 5), { decoded: 5, json: '5' })
  assert.deepEqual(throughSqlite({ type: 'bigint' }, 2n ** 63n - 1n), { decoded: 2n ** 63n - 1n, json: '9223372036854775807' })
  assert.deepEqual(throughSqlite({ type: 'boolean', trueLabel: {}, falseLabel: {}, defaultValue: undefined }, false), { decoded: false, json: 'false' })
  const reference = { table: 'account', id: '6f0c0000-0000-4000-8000-000000000001' as never }
  assert.deepEqual(throughSqlite({ type: 'lookup', targets: ['account'] }, reference), { decoded: reference, json: '"6f0c0000-0000-4000-8000-000000000001"' })
})
