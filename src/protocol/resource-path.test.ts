import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyPredicate, anyText, readsOrRefuses, record, roundTrips, rubbishOf } from './arbitraries.test.ts'
import { formatResourcePath, type PathSegment, parseResourcePath } from './resource-path.ts'

const named = (name: string, column: string, text: string): PathSegment => ({
  name,
  predicate: { kind: 'named', parts: [{ name: column, value: { kind: 'string', text } }] },
})

test('one leading and one trailing slash are tolerated, an empty segment is not', () => {
  for (const raw of ['accounts', '/accounts', 'accounts/', '/accounts/']) assert.deepEqual(parseResourcePath(raw), [{ name: 'accounts' }])
  for (const raw of ['', '/']) assert.deepEqual(parseResourcePath(raw), [])
  assert.throws(() => parseResourcePath('accounts//name'), { name: 'BadUrl' })
})

test('a slash, encoded or not, stays inside its key', () => {
  const wanted = [named('accounts', 'accountnumber', 'A/1'), { name: 'primarycontactid' }, { name: '$ref' }]
  const spellings = [
    "(accountnumber='A%2F1')",
    "(accountnumber='A/1')",
    '(accountnumber=%27A/1%27)',
    '%28accountnumber=%27A/1%27%29',
    '(accountnumber=%27A%2f1%27)',
  ]
  for (const key of spellings) assert.deepEqual(parseResourcePath(`/accounts${key}/primarycontactid/$ref`), wanted, key)
})

test('every character that the original cannot address is read where it is encoded', () => {
  assert.deepEqual(parseResourcePath("a(k='%2F%3C%2A%25%26%3A%5C%3F%2B%23''%20')"), [named('a', 'k', "/<*%&:\\?+#' ")])
  assert.equal(formatResourcePath([named('a', 'k', '/<*%&:\\?+#\' "')]), "a(k='%2F%3C%2A%25%26%3A%5C%3F%2B%23''%20%22')")
})

test('a plus in a path is a plus', () => {
  assert.deepEqual(parseResourcePath("a(k='1+1')"), [named('a', 'k', '1+1')])
})

test('empty parentheses, qualified names and references into a batch are segments', () => {
  assert.deepEqual(parseResourcePath('WhoAmI()'), [{ name: 'WhoAmI', predicate: { kind: 'named', parts: [] } }])
  assert.deepEqual(parseResourcePath('$1/accounts/Microsoft.Dynamics.CRM.CreateMultiple'), [
    { name: '$1' },
    { name: 'accounts' },
    { name: 'Microsoft.Dynamics.CRM.CreateMultiple' },
  ])
})

test('a slash in a JSON value does not separate', () => {
  const path = 'F(p=["a/\\"]/\'"])/x'
  const wanted = [{ name: 'F', predicate: { kind: 'named', parts: [{ name: 'p', value: { kind: 'json', text: '["a/\\"]/\'"]' } }] } }, { name: 'x' }]
  assert.deepEqual(parseResourcePath(path), wanted)
  assert.deepEqual(parseResourcePath(path.replaceAll('"', '%22').replaceAll('\\', '%5C')), wanted)
})

test('what is not percent-encoded UTF-8 is refused', () => {
  for (const raw of ['a%', 'a%2', 'a%zz', 'a%ff', 'a%C0%80', 'a%00', "a(k='%ED%A0%80')", 'a\0', 'a\ud800']) {
    assert.throws(() => parseResourcePath(raw), { name: 'BadUrl' }, raw)
  }
})

test('unclosed quotes and parentheses are refused', () => {
  for (const raw of ["a(k='x", "a(k='x)", 'a(', 'a)', 'a(1', 'a(1)b', 'a(1)(2)', '(1)', 'a()/)', 'a(%27']) {
    assert.throws(() => parseResourcePath(raw), { name: 'BadUrl' }, raw)
  }
})

test('a path written is read back as the same, and holds only what a URL may hold', () => {
  const name = fc.oneof(
    fc.constantFrom('accounts', '$count', '$1', 'Microsoft.Dynamics.CRM.account'),
    anyText.filter((text) => text !== '' && !/[()]/.test(text)),
  )
  const segment = fc.oneof(record({ name }), record({ name, predicate: anyPredicate }))
  const path = fc.array(segment, { maxLength: 5 })
  roundTrips(path, formatResourcePath, parseResourcePath)
  fc.assert(fc.property(path, (segments) => /^[\w\-.~!$'()@=,%/]*$/.test(formatResourcePath(segments))))
})

test('rubbish is refused, never more', () => {
  readsOrRefuses(rubbishOf('a', '/', '(', ')', "'", '%27', '%28', '%', '%2F', '[', ']', '{', '}', '"', '\\', '=', ',', '1', '%FF'), parseResourcePath)
})
