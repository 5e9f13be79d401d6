import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ColumnType } from '../schema/column.ts'
import { Label } from '../schema/label.ts'
import { Schema } from '../schema/schema.ts'
import { bindValue, type Scalar } from './bind-value.ts'
import { tableOf, testColumn, testSchema } from './test-schema.ts'

const table = tableOf('account')
const bind = (type: ColumnType, value: Scalar, schema = testSchema) => bindValue(table, testColumn('x', type), value, schema)

const text = { type: 'string', maxLength: 5, format: 'Text' } as const
const integer = { type: 'integer', min: -10, max: 10, format: 'None' } as const
const money = { type: 'money', min: -100, max: 100, precision: 2, precisionSource: 0 } as const
const decimal = { type: 'decimal', min: 1e-12, max: 1e11, precision: 12 } as const
const double = { type: 'double', min: -180, max: 180, precision: 5 } as const
const options = [1, 9, -5].map((value) => ({ value, label: Label.of(`${value}`) }))
const choice = { type: 'choice', options } as const
const choices = { type: 'choices', options } as const
const moment = { type: 'datetime', behavior: 'UserLocal', format: 'DateAndTime' } as const
const day = { type: 'datetime', behavior: 'DateOnly', format: 'DateOnly' } as const

test('null is null for every type, and an empty text too', () => {
  for (const type of [text, integer, money, choice, choices, moment, day]) assert.equal(bind(type, null), null)
  assert.equal(bind(text, ''), null)
  assert.equal(bind(choices, ' '), null)
})

test('text is measured in UTF-16 units', () => {
  assert.equal(bind(text, 'abcde'), 'abcde')
  assert.equal(bind(text, '😀😀a'), '😀😀a')
  assert.throws(() => bind(text, '😀😀😀'), { name: 'TextTooLong', code: '0x80044331' })
  assert.throws(() => bind(text, 'abcdef'), { name: 'TextTooLong' })
  assert.throws(() => bind(text, 5), { name: 'WrongType' })
  assert.throws(() => bind(text, true), { name: 'WrongType' })
  assert.throws(() => bind(text, 'a\ud800'), { name: 'InvalidArgument' })
  assert.throws(() => bind(text, 'a\0'), { name: 'InvalidArgument' })
})

test('numbers may come as text, and whole numbers must be whole', () => {
  assert.equal(bind(integer, '7'), 7)
  assert.equal(bind(integer, 7.0), 7)
  assert.ok(Object.is(bind(integer, -0), 0))
  assert.equal(bind(integer, { exact: '7.00' }), 7)
  assert.throws(() => bind(integer, 7.5), { name: 'WrongType' })
  assert.throws(() => bind(integer, 11), { name: 'OutOfRange', code: '0x80044330' })
  assert.throws(() => bind(integer, 'seven'), { name: 'WrongType' })
  assert.throws(() => bind(integer, { exact: '99999999999999999999' }), { name: 'OutOfRange' })
})

test('a bigint keeps all its digits', () => {
  assert.equal(bind({ type: 'bigint' }, { exact: '9223372036854775807' }), 9223372036854775807n)
  assert.throws(() => bind({ type: 'bigint' }, { exact: '9223372036854775808' }), { name: 'OutOfRange' })
})

test('money is rounded half away from zero to its precision, then checked', () => {
  assert.equal(bind(money, 12.345), 123500n)
  assert.equal(bind(money, -12.345), -123500n)
  assert.equal(bind(money, 100.004), 1000000n)
  assert.throws(() => bind(money, 100.005), { name: 'OutOfRange' })
  assert.equal(bind({ ...money, min: -1e15, max: 922337203685477 }, { exact: '922337203685476.99' }), 9223372036854769900n)
})

test('decimals are exact, and limits with an exponent are understood', () => {
  assert.equal(bind(decimal, { exact: '0.123456789012345' }), '0.123456789012')
  assert.equal(bind(decimal, '1.50'), '1.5')
  assert.throws(() => bind(decimal, 0), { name: 'OutOfRange' })
  assert.throws(() => bind(decimal, { exact: '1e500' }), { name: 'WrongType' })
})

test('doubles stay in range', () => {
  assert.equal(bind(double, 47.63958), 47.63958)
  assert.throws(() => bind(double, 180.1), { name: 'OutOfRange' })
})

test('a choice is one of its options', () => {
  assert.equal(bind(choice, 9), 9)
  assert.equal(bind(choice, '9'), 9)
  assert.throws(() => bind(choice, 2), { name: 'InvalidOption' })
})

test('a global choice has its own options', () => {
  const global = { name: 'acme_sizes', metadataId: table.metadataId, displayName: {}, options: [{ value: 42, label: {} }], isCustom: true }
  const schema = Schema.of(1, { tables: [], relationships: [], choices: [global] })
  const type = { type: 'choice', options: [], globalChoice: 'acme_sizes' } as const
  assert.equal(bind(type, 42, schema), 42)
  assert.throws(() => bind(type, 1, schema), { name: 'InvalidOption' })
})

test('several choices come out ascending, each once', () => {
  assert.equal(bind(choices, '9, 1'), '1,9')
  assert.equal(bind(choices, '9,-5,9'), '-5,9')
  assert.equal(bind(choices, 9), '9')
  assert.throws(() => bind(choices, '1,2'), { name: 'InvalidOption' })
  assert.throws(() => bind(choices, '1,,9'), { name: 'WrongType' })
  const many = Array.from({ length: 151 }, (_, value) => ({ value, label: {} }))
  const all = many.map(({ value }) => value).join(',')
  assert.throws(() => bind({ type: 'choices', options: many }, all), { name: 'InvalidArgument' })
})

test('moments lose their fraction and keep to the years of the original', () => {
  assert.equal(bind(moment, '2024-05-01T12:00:00.999+02:00'), '2024-05-01T10:00:00Z')
  assert.equal(bind(moment, '2024-05-01'), '2024-05-01T00:00:00Z')
  assert.equal(bind(day, '2024-05-01'), '2024-05-01')
  assert.throws(() => bind(moment, '1752-12-31T23:59:59Z'), { name: 'OutOfRange' })
  assert.throws(() => bind(moment, 'yesterday'), { name: 'WrongType' })
  assert.throws(() => bind(moment, 5), { name: 'WrongType' })
})

test('booleans and guids are strict', () => {
  const boolean = { type: 'boolean', trueLabel: {}, falseLabel: {}, defaultValue: false } as const
  assert.equal(bind(boolean, true), true)
  assert.throws(() => bind(boolean, 'true'), { name: 'WrongType' })
  assert.throws(() => bind(boolean, 1), { name: 'WrongType' })
  assert.equal(bind({ type: 'guid', isPrimaryId: false }, '{6F0C2B1E-0000-4000-8000-000000000001}'), '6f0c2b1e-0000-4000-8000-000000000001')
  assert.throws(() => bind({ type: 'guid', isPrimaryId: false }, 'x'), { name: 'WrongType' })
})

test('whatever comes is bound or refused by name', () => {
  const scalars = fc.oneof(
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt().map((big) => ({ exact: String(big) })),
  )
  const types = fc.constantFrom<ColumnType>(text, integer, money, decimal, double, choice, choices, moment, day, { type: 'bigint' })
  fc.assert(
    fc.property(types, scalars, (type, value) => {
      try {
        bind(type, value)
        return true
      } catch (error) {
        return (error as Error).name !== 'Error' && (error as Error).name !== 'TypeError' && (error as Error).name !== 'RangeError'
      }
    }),
  )
})
