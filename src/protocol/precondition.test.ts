import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readsOrRefuses, record, rubbishOf } from './arbitraries.test.ts'
import { formatPrecondition, type Precondition, parsePrecondition } from './precondition.ts'

test('absent headers and the literal null demand nothing', () => {
  assert.deepEqual(parsePrecondition(undefined, undefined), { kind: 'none' })
  assert.deepEqual(parsePrecondition(undefined, 'null'), { kind: 'none' })
  assert.deepEqual(parsePrecondition('null', 'null'), { kind: 'none' })
  assert.deepEqual(parsePrecondition('', ' '), { kind: 'none' })
})

test('a star asks whether the row exists, an etag for its version', () => {
  assert.deepEqual(parsePrecondition('*', 'null'), { kind: 'exists' })
  assert.deepEqual(parsePrecondition(undefined, '*'), { kind: 'absent' })
  assert.deepEqual(parsePrecondition('W/"5", W/"6"', undefined), { kind: 'version-is', versions: [5n, 6n] })
  assert.deepEqual(parsePrecondition(undefined, '"5"'), { kind: 'version-is-not', versions: [5n] })
})

test('contradictions and malformed etags are refused', () => {
  assert.throws(() => parsePrecondition('*', '*'), { name: 'BadRequest' })
  assert.throws(() => parsePrecondition('W/"1"', '*'), { name: 'BadRequest' })
  for (const bad of ['5', 'W/"x"', 'W/"5",', '*,W/"5"', 'NULL']) {
    assert.throws(() => parsePrecondition(bad, undefined), { name: 'BadRequest' }, bad)
    assert.throws(() => parsePrecondition(undefined, bad), { name: 'BadRequest' }, bad)
  }
})

test('a precondition written is read back as the same', () => {
  const versions = fc.array(fc.bigInt({ min: 0n, max: 9223372036854775807n }), { minLength: 1, maxLength: 3 })
  const any: fc.Arbitrary<Precondition> = fc.oneof(
    record({ kind: fc.constantFrom('none' as const, 'exists' as const, 'absent' as const) }),
    record({ kind: fc.constantFrom('version-is' as const, 'version-is-not' as const), versions }),
  )
  fc.assert(
    fc.property(any, (precondition) => {
      const { ifMatch, ifNoneMatch } = formatPrecondition(precondition)
      assert.deepEqual(parsePrecondition(ifMatch, ifNoneMatch), precondition)
    }),
  )
})

test('rubbish is refused, never more', () => {
  readsOrRefuses(rubbishOf('W/', '"', '5', ',', '*', 'null', ' '), (text) => parsePrecondition(text, undefined))
})
