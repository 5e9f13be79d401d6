import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readsOrRefuses, rubbishOf } from './arbitraries.test.ts'
import { isExactNumber } from './exact-number.ts'
import { parseJsonBody, parseRowBody } from './row-json.ts'

const parse = (text: string) => parseRowBody(parseJsonBody(text), 'accounts')
const contact = (id: string) => ({ kind: 'row', entitySet: 'contacts', predicate: { kind: 'id', value: { kind: 'guid', value: id } } })
const id = '6f0c9f52-1111-2222-3333-abcdefabcdef'

test('values, bound lookups and nested rows are told apart', () => {
  const body = parse(`{"name":"A","revenue":1.5,"creditonhold":false,"fax":null,
    "primarycontactid@odata.bind":"/contacts(${id})","ownerid@odata.bind":null,"tags@odata.bind":["contacts(${id})","$1"],
    "parentaccountid":{"name":"P"},"Account_Tasks":[{"subject":"x"},{"@odata.id":"/contacts(${id})"}]}`)
  assert.deepEqual(body.members, [
    { kind: 'value', name: 'name', value: 'A' },
    { kind: 'value', name: 'revenue', value: 1.5 },
    { kind: 'value', name: 'creditonhold', value: false },
    { kind: 'value', name: 'fax', value: null },
    { kind: 'bind', navigation: 'primarycontactid', references: [contact(id)], isCollection: false },
    { kind: 'bind', navigation: 'ownerid', references: null, isCollection: false },
    { kind: 'bind', navigation: 'tags', references: [contact(id), { kind: 'content-id', contentId: '1' }], isCollection: true },
    { kind: 'rows', navigation: 'parentaccountid', rows: [{ members: [{ kind: 'value', name: 'name', value: 'P' }] }], isCollection: false },
    {
      kind: 'rows',
      navigation: 'Account_Tasks',
      rows: [{ members: [{ kind: 'value', name: 'subject', value: 'x' }] }, { id: contact(id), members: [] }],
      isCollection: true,
    },
  ])
})

test('the type is known with and without # and namespace', () => {
  for (const type of ['#Microsoft.Dynamics.CRM.account', 'Microsoft.Dynamics.CRM.account', '#account', 'account']) {
    assert.deepEqual(parse(JSON.stringify({ '@odata.type': type })), { type: 'account', members: [] })
  }
})

test('annotations that a row was read with may be sent back with it', () => {
  const body = parse('{"@odata.context":"x","@odata.etag":"W/\\"1\\"","name@OData.Community.Display.V1.FormattedValue":"A","x@odata.type":"#Int32","@a.x":1}')
  assert.deepEqual(body, { members: [] })
})

test('a number that a double holds is a number, any other keeps its text', () => {
  const values = (text: string) => parse(text).members.map((member) => (member.kind === 'value' ? member.value : undefined))
  assert.deepEqual(values('{"a":1.10,"b":-0,"c":123456789012345,"d":1e5}'), [1.1, -0, 123456789012345, 100000])
  assert.deepEqual(values('{"a":9007199254740993,"b":9007199254740992,"c":-12345678901234567890}'), [
    { exact: '9007199254740993' },
    9007199254740992,
    { exact: '-12345678901234567890' },
  ])
  assert.deepEqual(values('{"a":0.12345678901234567890,"b":0.1000000000000000000,"c":1000000000000000.00}'), [{ exact: '0.12345678901234567890' }, 0.1, 1e15])
  assert.deepEqual(values('{"a":1e400,"b":1e-400,"c":0e-999,"d":1.5e0000000003}'), [{ exact: '1e400' }, { exact: '1e-400' }, 0, 1500])
  assert.deepEqual(values('{"a":[{"b":1}],"c":"123456789012345678901234567890"}').at(-1), '123456789012345678901234567890')
})

test('an object that only looks like an exact number is an object', () => {
  const body = parse('{"a":{"exact":"1"},"b":12345678901234567890}')
  assert.deepEqual(
    body.members.map((member) => member.kind),
    ['rows', 'value'],
  )
  assert.ok(isExactNumber(parseJsonBody('12345678901234567890')))
})

test('no number changes its value on the way', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/)
  fc.assert(
    fc.property(digits, (source) => {
      const value = parseJsonBody(`{"a":${source}}`) as { a: number | { exact: string } }
      if (typeof value.a === 'object') assert.equal(value.a.exact, source)
      else assert.ok(sameNumber(source, String(value.a)), `${source} became ${value.a}`)
    }),
    { numRuns: 2000 },
  )
})

/** Compares two decimal texts exactly, as integers over one power of ten. */
function sameNumber(left: string, right: string): boolean {
  const scaled = (text: string): bigint => {
    const [, sign, whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
    const value = BigInt(whole + fraction) * 10n ** BigInt(1100 + Number(exponent) - fraction.length)
    return sign === '-' ? -value : value
  }
  return scaled(left) === scaled(right)
}

test('__proto__ is a member like any other', () => {
  for (const text of ['{"__proto__":{"isAdmin":true},"a":1}', '{"__proto__":{"isAdmin":true},"a":12345678901234567890}']) {
    const body = parse(text)
    assert.deepEqual(
      body.members.map((member) => (member.kind === 'rows' ? member.navigation : member.kind)),
      ['__proto__', 'value'],
    )
    assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
  }
})

test('of a member given twice the last counts', () => {
  assert.deepEqual(parse('{"a":1,"a":2}').members, [{ kind: 'value', name: 'a', value: 2 }])
})

test('what is not JSON is refused, with the position', () => {
  for (const text of ['', ' ', '{', '{"a":}', "{'a':1}", '{"a":1,}', '[1', 'nul', '{"a":NaN}'])
    assert.throws(() => parseJsonBody(text), { name: 'BadJson' }, text)
  assert.deepEqual(parseJsonBody('\ufeff{}'), {})
})

test('nesting is bounded', () => {
  const nest = (depth: number, leaf: string) => `${'{"a":'.repeat(depth)}${leaf}${'}'.repeat(depth)}`
  parseJsonBody(nest(64, '1'))
  for (const text of [nest(65, '1'), nest(1e5, '1'), nest(1e5, '12345678901234567890'), '['.repeat(1e6) + ']'.repeat(1e6)]) {
    assert.throws(() => parseJsonBody(text), { name: 'BadJson', message: /nested/ })
  }
})

test('text that no store keeps is refused', () => {
  for (const text of ['{"a":"\\u0000"}', '{"a":"x\\ud800y"}', '{"\\u0000":1}', '{"a":[{"b":"\\uDC00"}]}', '{"a":"\ud800"}']) {
    assert.throws(() => parseJsonBody(text), { name: 'InvalidArgument' }, text)
  }
  assert.deepEqual(parseJsonBody('{"a":"\\ud83d\\ude00\\u00e9"}'), { a: '😀é' })
})

test('a body of another shape is refused', () => {
  for (const text of [
    '[]',
    '1',
    '"a"',
    'null',
    'true',
    '12345678901234567890',
    '{"a":[1]}',
    '{"a":[[]]}',
    '{"a":[null]}',
    '{"a@odata.bind":1}',
    '{"a@odata.bind":[null]}',
    '{"@odata.type":1}',
    '{"@odata.id":null}',
  ]) {
    assert.throws(() => parse(text), { name: 'BadPayload', message: /'accounts'/ }, text)
  }
  assert.throws(() => parse('{"a@odata.bind":"x"}'), { name: 'BadRequest' })
})

test('rubbish is refused, never more', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '"a"',
    ':',
    ',',
    '1',
    '12345678901234567890',
    'null',
    '"a@odata.bind"',
    '"@odata.id"',
    '"contacts(1)"',
    '"\\u0000"',
    '1e999',
    '-',
  ]
  readsOrRefuses(rubbishOf(...pieces), parse)
  readsOrRefuses(fc.json(), parse)
})
