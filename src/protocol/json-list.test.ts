import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { listItems } from './json-list.ts'
import type { Literal } from './literal.ts'

test('items keep their kind, and numbers their digits', () => {
  assert.deepEqual(listItems('[ "a,\\"]", 12345678901234567890 ,-1.50e3,true,null ]'), [
    { kind: 'string', text: 'a,"]' },
    { kind: 'number', text: '12345678901234567890' },
    { kind: 'number', text: '-1.50e3' },
    { kind: 'boolean', value: true },
    { kind: 'null' },
  ])
  assert.deepEqual(listItems('[]'), [])
})

test('what holds lists or objects, or is no list, is none', () => {
  for (const text of ['[[1]]', '[[]]', '[{}]', '[{"a":1}]', '["a",[1,2]]', '{"a":1}', '{}']) assert.equal(listItems(text), undefined, text)
})

test('texts and numbers are what JSON says', () => {
  const values = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null)))
  fc.assert(
    fc.property(values, fc.constantFrom(undefined, 1), (list, indent) =>
      assert.deepEqual(listItems(JSON.stringify(list, undefined, indent)), list.map(literal)),
    ),
  )
})

function literal(value: string | number | boolean | null): Literal {
  if (typeof value === 'string') return { kind: 'string', text: value }
  if (typeof value === 'number') return { kind: 'number', text: String(value) }
  return value === null ? { kind: 'null' } : { kind: 'boolean', value }
}
