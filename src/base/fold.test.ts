import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareByCodePoint, fold } from './fold.ts'

test('case does not count, accents do', () => {
  assert.equal(fold('ÉTÉ'), fold('e\u0301te\u0301'))
  assert.equal(fold('ΣΑΣ'), fold('σας'))
  assert.notEqual(fold('ÉTÉ'), fold('ETE'))
})

test('the order by code point is that of the bytes', () => {
  assert.ok(compareByCodePoint('\uffff', '🙂') < 0 && '\uffff' > '🙂')
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '🙂', '😀'), maxLength: 4 })
  fc.assert(
    fc.property(text, text, (one, other) => {
      assert.equal(Math.sign(compareByCodePoint(one, other)), Buffer.compare(Buffer.from(one), Buffer.from(other)))
    }),
    { numRuns: 1000 },
  )
})
