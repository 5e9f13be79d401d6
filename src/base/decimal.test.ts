import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal } from './decimal.ts'

const scaled = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
const scale = fc.integer({ min: 0, max: 20 })
const decimal = fc.tuple(scaled, scale).map(([value, digits]) => Decimal.fromScaled(value, digits))

test('every spelling of a number has one canonical text', () => {
  const spellings: Record<string, string> = {
    '15': '15',
    '1.50e1': '15',
    '1500E-2': '15',
    '-0': '0',
    '-0.0': '0',
    '0e9': '0',
    '007': '7',
    '+3': '3',
    '.5': '0.5',
    '5.': '5',
    '-1.2300': '-1.23',
    '1e-3': '0.001',
    '123456789012345678901234567890.5': '123456789012345678901234567890.5',
  }
  for (const [text, canonical] of Object.entries(spellings)) assert.equal(Decimal.parse(text), canonical, text)
})

test('what is no number, or is too long, is not parsed', () => {
  for (const text of ['', '.', '-', 'e5', '1e', '0x10', '1,5', '1 ', 'NaN', 'Infinity', '1e9999', '1e-9999', '1e12345', '9'.repeat(401)]) {
    assert.equal(Decimal.parse(text), undefined, text)
  }
})

test('parsing a canonical decimal gives the same text', () => fc.assert(fc.property(decimal, (text) => Decimal.parse(text) === text)))

test('scaling there and back loses nothing where the scale suffices', () =>
  fc.assert(
    fc.property(
      decimal,
      scale,
      (text, more) => Decimal.fromScaled(Decimal.toScaled(text, Decimal.scaleOf(text) + more), Decimal.scaleOf(text) + more) === text,
    ),
  ))

test('rounding is half away from zero', () => {
  assert.equal(Decimal.toScaled('1.005', 2), 101n)
  assert.equal(Decimal.toScaled('-1.005', 2), -101n)
  assert.equal(Decimal.round('2.4999', 0), '2')
  assert.equal(Decimal.round('-2.5', 0), '-3')
  assert.equal(Decimal.round('-0.4', 0), '0')
  assert.equal(Decimal.round('1.5', 4), '1.5')
})

test('comparison is numeric', () => {
  assert.ok(Decimal.compare('9', '10') < 0)
  assert.ok(Decimal.compare('-9', '-10') > 0)
  assert.ok(Decimal.compare('0.30', '0.3') === 0)
  fc.assert(
    fc.property(
      scaled,
      scaled,
      scale,
      (a, b, digits) => Math.sign(Decimal.compare(Decimal.fromScaled(a, digits), Decimal.fromScaled(b, digits))) === (a < b ? -1 : a > b ? 1 : 0),
    ),
  )
})

test('products are exact and quotients rounded', () => {
  assert.equal(Decimal.multiply('1.25', '-0.4'), '-0.5')
  assert.equal(Decimal.divide('1', '3', 4), '0.3333')
  assert.equal(Decimal.divide('-2', '3', 4), '-0.6667')
  assert.equal(Decimal.divide('0.5', '0.25', 2), '2')
  fc.assert(
    fc.property(
      decimal,
      decimal.filter((text) => text !== '0'),
      (a, b) => Decimal.divide(Decimal.multiply(a, b), b, 40) === a,
    ),
  )
})
