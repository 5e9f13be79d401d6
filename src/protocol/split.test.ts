import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitOutside } from './split.ts'

test('a separator inside quotes, parentheses or JSON does not separate', () => {
  assert.deepEqual(splitOutside('a=\'x,y\',b=(1,2),c=["d,\'",{"e":"\\","}]', ','), ["a='x,y'", 'b=(1,2)', 'c=["d,\'",{"e":"\\","}]'])
  assert.deepEqual(splitOutside("'it''s,',x", ','), ["'it''s,'", 'x'])
  assert.deepEqual(splitOutside('"a,b"', ','), ['"a', 'b"'])
})

test('what is not balanced cannot be cut', () => {
  for (const text of ["'a", '(a', 'a)', '(a]', '["a]', '{', '}']) assert.equal(splitOutside(text, ','), undefined, text)
})
