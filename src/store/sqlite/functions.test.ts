import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatNumber, registerFunctions } from './functions.ts'

test("numbers have their thousands in groups and their column's precision", () => {
  const shown: readonly (readonly [json: string, precision: number, text: string | undefined])[] = [
    ['null', 2, undefined],
    ['0', 0, '0'],
    ['-1234567', 0, '-1,234,567'],
    ['9223372036854775807', 0, '9,223,372,036,854,775,807'],
    ['1234.5000', 2, '1,234.50'],
    ['-0.0500', 2, '-0.05'],
    ['0.0050', 2, '0.01'],
    ['-0.0049', 2, '0.00'],
    ['999.9950', 2, '1,000.00'],
    ['1e+20', 2, '100,000,000,000,000,000,000.00'],
    ['1.5e-07', 2, '0.00'],
    ['12', 3, '12.000'],
  ]
  for (const [json, precision, text] of shown) assert.equal(formatNumber(json, precision), text, json)
})

test('numbers are shown as the platform shows them', () =>
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 4 }), (whole, fraction, precision) => {
      const json = `${whole}.${String(fraction).padStart(4, '0')}`
      const expected = new Intl.NumberFormat('en-US', {
        minimumFractionDigits: precision,
        maximumFractionDigits: precision,
        roundingMode: 'halfExpand',
        signDisplay: 'negative',
      } as Intl.NumberFormatOptions)
      assert.equal(formatNumber(json, precision), expected.format(json as unknown as number))
    }),
  ))

test('every function gives null for null', () => {
  const database = new DatabaseSync(':memory:')
  registerFunctions(database)
  const row = database.prepare(`select fold(null) as a, format_number('null', 2) as b, choice_labels(null, '{}') as c`).get()
  assert.deepEqual({ ...row }, { a: null, b: null, c: null })
  const shown = database.prepare(`select fold('É') as a, choice_labels('1,7', '{"1":"One"}') as c`).get()
  assert.deepEqual({ ...shown }, { a: 'é', c: 'One; 7' })
})
