import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anyLiteral, readsOrRefuses, roundTrips, rubbishOf } from './arbitraries.test.ts'
import { formatLiteral, parseLiteral } from './literal.ts'

test('each kind of literal is told by its form', () => {
  const kinds: Record<string, unknown> = {
    null: { kind: 'null' },
    true: { kind: 'boolean', value: true },
    "''": { kind: 'string', text: '' },
    "'O''Neil'": { kind: 'string', text: "O'Neil" },
    "''''": { kind: 'string', text: "'" },
    '-5': { kind: 'number', text: '-5' },
    '1.250': { kind: 'number', text: '1.250' },
    '1e-3': { kind: 'number', text: '1e-3' },
    '12345678901234567890.12345678901234567890': { kind: 'number', text: '12345678901234567890.12345678901234567890' },
    '2024-02-29': { kind: 'date', text: '2024-02-29' },
    '2024-05-01T10:00:00Z': { kind: 'datetime', text: '2024-05-01T10:00:00Z' },
    '2024-05-01t10:00:00.1234567+02:00': { kind: 'datetime', text: '2024-05-01T10:00:00.1234567+02:00' },
    '2024-05-01T10:00': { kind: 'datetime', text: '2024-05-01T10:00' },
    "Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned'": { kind: 'enum', type: 'Microsoft.Dynamics.CRM.OwnershipTypes', member: 'UserOwned' },
    '["account","it\'s"]': { kind: 'json', text: '["account","it\'s"]' },
  }
  for (const [text, literal] of Object.entries(kinds)) assert.deepEqual(parseLiteral(text), literal, text)
})

test('a guid is read bare, in braces and in capitals, and quoted it is text', () => {
  const value = '6f0c9f52-1111-2222-3333-abcdefabcdef'
  for (const text of [value, value.toUpperCase(), `{${value}}`, `{${value.toUpperCase()}}`]) assert.deepEqual(parseLiteral(text), { kind: 'guid', value })
  assert.deepEqual(parseLiteral(`'${value}'`), { kind: 'string', text: value })
})

test('what is no literal is not taken for one', () => {
  const none = [
    '',
    ' ',
    "'",
    "'a",
    "a'",
    "'a'b'",
    "'''",
    'NULL',
    'True',
    'INF',
    'NaN',
    '+5',
    '.5',
    '5.',
    '0x10',
    '1e',
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
  ]
  const more = [
    '0000-01-01',
    '2024-05-01T24:00:00Z',
    '2024-05-01T10:60',
    "guid'6f0c9f52-1111-2222-3333-abcdefabcdef'",
    "datetime'2024-05-01'",
    '[1',
    '{a}',
    'name',
  ]
  for (const text of [...none, ...more]) assert.equal(parseLiteral(text), undefined, text)
})

test('a literal written is read back as the same', () => {
  roundTrips(anyLiteral, formatLiteral, parseLiteral)
})

test('rubbish is never an exception', () => {
  readsOrRefuses(rubbishOf("'", '-', '2024', '-05-01', 'T10:00', 'Z', '{', '}', '[', ']', '"', 'a.b', '5', 'e', 'null'), parseLiteral)
})

test('JSON may have single quotes, and is kept with double ones', () => {
  assert.deepEqual(parseLiteral(`['account','O''Neil "x"',1]`), { kind: 'json', text: '["account","O\'Neil \\"x\\"",1]' })
  assert.deepEqual(parseLiteral(`{'@odata.id':"it's"}`), { kind: 'json', text: `{"@odata.id":"it's"}` })
  for (const text of [`['a]`, `["a]`, `[']`, `['a''b]`, `{'a}`]) assert.equal(parseLiteral(text), undefined, text)
})
