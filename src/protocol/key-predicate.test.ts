import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anyPredicate, readsOrRefuses, roundTrips, rubbishOf } from './arbitraries.test.ts'
import { formatKeyPredicate, parseKeyPredicate } from './key-predicate.ts'

test('a bare value is the primary id, nothing at all an empty list', () => {
  const value = { kind: 'guid', value: '6f0c9f52-1111-2222-3333-abcdefabcdef' }
  assert.deepEqual(parseKeyPredicate('{6F0C9F52-1111-2222-3333-ABCDEFABCDEF}'), { kind: 'id', value })
  assert.deepEqual(parseKeyPredicate(' 6f0c9f52-1111-2222-3333-abcdefabcdef '), { kind: 'id', value })
  assert.deepEqual(parseKeyPredicate("'a=b'"), { kind: 'id', value: { kind: 'string', text: 'a=b' } })
  assert.deepEqual(parseKeyPredicate('@p'), { kind: 'id', value: { kind: 'alias', name: 'p' } })
  assert.deepEqual(parseKeyPredicate('  '), { kind: 'named', parts: [] })
})

test('named values keep their order, blanks around them do not count', () => {
  assert.deepEqual(parseKeyPredicate(" firstname = 'J,o=e' , _siteid_value=6f0c9f52-1111-2222-3333-abcdefabcdef,code=@c "), {
    kind: 'named',
    parts: [
      { name: 'firstname', value: { kind: 'string', text: 'J,o=e' } },
      { name: '_siteid_value', value: { kind: 'guid', value: '6f0c9f52-1111-2222-3333-abcdefabcdef' } },
      { name: 'code', value: { kind: 'alias', name: 'c' } },
    ],
  })
})

test('a function takes JSON and enum values', () => {
  assert.deepEqual(parseKeyPredicate('EntityNames=["a,b","it\'s"],AccessType=Microsoft.Dynamics.CRM.EndpointAccessType\'Default\''), {
    kind: 'named',
    parts: [
      { name: 'EntityNames', value: { kind: 'json', text: '["a,b","it\'s"]' } },
      { name: 'AccessType', value: { kind: 'enum', type: 'Microsoft.Dynamics.CRM.EndpointAccessType', member: 'Default' } },
    ],
  })
})

test('a malformed predicate is refused', () => {
  for (const text of ['a=', '=1', 'a', "a='b", "a='b'c", 'a=1,', 'a=1,2', 'a=1,a=2', "'a','b'", 'a=[1', '@', 'a=@', '1,2']) {
    assert.throws(() => parseKeyPredicate(text), { name: 'BadUrl' }, text)
  }
})

test('a predicate written is read back as the same', () => {
  roundTrips(anyPredicate, formatKeyPredicate, parseKeyPredicate)
})

test('rubbish is refused, never more', () => {
  readsOrRefuses(rubbishOf('a', '=', ',', "'", '@', '(', ')', '[', ']', '{', '}', '"', '\\', '1', ' ', '-'), parseKeyPredicate)
})
