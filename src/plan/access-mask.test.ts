import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ALL_RIGHTS, formatAccessMask, maskOf, parseAccessMask, rightsIn } from './access-mask.ts'

test('rights are listed in the order of their bits, whatever the order in which they were given', () => {
  assert.deepEqual(parseAccessMask('AssignAccess,ReadAccess , WriteAccess', 'AccessMask'), ['Read', 'Write', 'Assign'])
  assert.equal(formatAccessMask(['Assign', 'Read']), 'ReadAccess, AssignAccess')
})

test('no right at all is None', () => {
  assert.equal(formatAccessMask([]), 'None')
  assert.deepEqual(parseAccessMask('None', 'AccessMask'), [])
})

test('the bits are those of the organization service', () => {
  assert.equal(maskOf(ALL_RIGHTS), 1 + 2 + 4 + 16 + 32 + 65_536 + 262_144 + 524_288)
})

test('what is no right is refused by name', () => {
  assert.throws(() => parseAccessMask('ReadAccess,Everything', 'AccessMask'), /'Everything' in 'AccessMask' is not an access right/)
  for (const value of ['', 7, null, undefined, ['ReadAccess']]) assert.throws(() => parseAccessMask(value as never, 'AccessMask'), { name: 'BadRequest' })
})

test('rights: format then parse, and to a mask and back', () => {
  fc.assert(
    fc.property(fc.subarray([...ALL_RIGHTS]), (rights) => {
      assert.deepEqual(parseAccessMask(formatAccessMask(rights), 'AccessMask'), rights)
      assert.deepEqual(rightsIn(maskOf(rights)), rights)
    }),
  )
})
