import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyGuid, anyName, anyPredicate, readsOrRefuses, record, roundTrips, rubbishOf } from './arbitraries.test.ts'
import { formatRowReference, parseRowReference } from './row-reference.ts'

const id = '6f0c9f52-1111-2222-3333-abcdefabcdef'
const row = { kind: 'row', entitySet: 'accounts', predicate: { kind: 'id', value: { kind: 'guid', value: id } } }

test('a row is named relative, from the host, or absolute, on any host and version', () => {
  const roots = ['', '/', '/api/data/v9.2/', 'https://org.example/api/data/v9.2/', 'http://localhost:8080/api/data/v9.0/', 'https://[::1]:44/API/data/v9.1/']
  for (const root of roots) assert.deepEqual(parseRowReference(`${root}accounts(${id})`), row, root)
  assert.deepEqual(parseRowReference(`https://org.example/hub/accounts(${id})`, 'https://org.example/hub/'), row)
})

test('an alternate key may be percent-encoded or not', () => {
  const byKey = (text: string) => ({
    kind: 'row',
    entitySet: 'accounts',
    predicate: { kind: 'named', parts: [{ name: 'k', value: { kind: 'string', text } }] },
  })
  assert.deepEqual(parseRowReference("/accounts(k='a%40b.c')"), byKey('a@b.c'))
  assert.deepEqual(parseRowReference('accounts%28k=%27A%2F1%27%29'), byKey('A/1'))
  assert.deepEqual(parseRowReference("accounts(k='A/1 (new)')"), byKey('A/1 (new)'))
  assert.deepEqual(parseRowReference("accounts(k='100% %zz %ff')"), byKey('100% %zz %ff'))
})

test('$1 points into the batch', () => {
  assert.deepEqual(parseRowReference('$1'), { kind: 'content-id', contentId: '1' })
  assert.deepEqual(parseRowReference('/$100001'), { kind: 'content-id', contentId: '100001' })
})

test('what names no one row is refused', () => {
  const refused = [
    '',
    '/',
    'accounts',
    'accounts()',
    'accounts(',
    `accounts(${id})/name`,
    `accounts(${id})?$select=name`,
    `a/b(${id})`,
    '$',
    '$1/name',
    'accounts(@p)',
  ]
  for (const text of [...refused, `https://org.example/accounts(${id})`, 'accounts(k=1', "accounts(k='a)"]) {
    assert.throws(() => parseRowReference(text), { name: 'BadRequest' }, text)
  }
})

test('a reference written is read back as the same', () => {
  const predicate = fc.oneof(
    anyGuid.map((value) => ({ kind: 'id' as const, value: { kind: 'guid' as const, value } })),
    anyPredicate.filter((key) =>
      key.kind === 'id' ? key.value.kind !== 'alias' : key.parts.length > 0 && key.parts.every((part) => part.value.kind !== 'alias'),
    ),
  )
  const reference = fc.oneof(
    record({ kind: fc.constant('row' as const), entitySet: anyName, predicate }),
    fc.nat().map((n) => ({ kind: 'content-id' as const, contentId: String(n) })),
  )
  roundTrips(reference, formatRowReference, parseRowReference)
})

test('rubbish is refused, never more', () => {
  readsOrRefuses(rubbishOf('accounts', '(', ')', id, "'", '%27', '%', '/', '/api/data/v9.2/', 'https://x', '$1', '=', 'k', '@p', '{', '[', '"'), (text) =>
    parseRowReference(text),
  )
})
