import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyAlias, anyLiteral, anyName, readsOrRefuses, record, roundTrips, rubbishOf, timeOf } from './arbitraries.test.ts'
import { type Filter, formatFilter, type Operand, parseFilter, type PropertyPath } from './filter.ts'
import type { Literal } from './literal.ts'

const path = (text: string): PropertyPath => ({ kind: 'path', path: text.split('/') })
const value = (literal: Literal): Operand => ({ kind: 'literal', literal })
const text = (content: string): Operand => value({ kind: 'string', text: content })
const number = (digits: string): Operand => value({ kind: 'number', text: digits })
const isOne = (column: string): Filter => ({ op: 'eq', left: path(column), right: number('1') })

test('a comparison has a column, a literal or an alias on either side', () => {
  assert.deepEqual(parseFilter("name eq 'O''Neil'"), { op: 'eq', left: path('name'), right: text("O'Neil") })
  assert.deepEqual(parseFilter('5 lt revenue'), { op: 'lt', left: number('5'), right: path('revenue') })
  assert.deepEqual(parseFilter('firstname ne lastname'), { op: 'ne', left: path('firstname'), right: path('lastname') })
  assert.deepEqual(parseFilter('sdkmessageid/name eq @message'), { op: 'eq', left: path('sdkmessageid/name'), right: { kind: 'alias', name: 'message' } })
  assert.deepEqual(parseFilter('parentaccountid eq null'), { op: 'eq', left: path('parentaccountid'), right: value({ kind: 'null' }) })
})

test('a bare guid is a guid, a quoted one is text', () => {
  const id = 'abcdef01-1111-2222-3333-abcdefabcdef'
  const right = parseFilter(`_ownerid_value eq ${id}`)
  assert.deepEqual(right, { op: 'eq', left: path('_ownerid_value'), right: value({ kind: 'guid', value: id as never }) })
  assert.deepEqual(parseFilter(`_ownerid_value eq '${id}'`), { op: 'eq', left: path('_ownerid_value'), right: text(id) })
})

test('dates and enums are literals', () => {
  const moment = '2024-01-01T00:00:00+02:00'
  assert.deepEqual(parseFilter(`createdon ge ${moment}`), { op: 'ge', left: path('createdon'), right: value({ kind: 'datetime', text: moment }) })
  assert.deepEqual(parseFilter("OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned'"), {
    op: 'eq',
    left: path('OwnershipType'),
    right: value({ kind: 'enum', type: 'Microsoft.Dynamics.CRM.OwnershipTypes', member: 'UserOwned' }),
  })
})

test('and binds closer than or, not closer than both, parentheses closest', () => {
  assert.deepEqual(parseFilter('a eq 1 or b eq 1 and not c eq 1'), {
    op: 'or',
    terms: [isOne('a'), { op: 'and', terms: [isOne('b'), { op: 'not', term: isOne('c') }] }],
  })
  assert.deepEqual(parseFilter('(a eq 1 or b eq 1)and(c eq 1)'), { op: 'and', terms: [{ op: 'or', terms: [isOne('a'), isOne('b')] }, isOne('c')] })
})

test('lists of one operator are flat, however they are nested', () => {
  const flat = { op: 'or', terms: ['a', 'b', 'c', 'd'].map(isOne) }
  for (const nested of ['((a eq 1 or b eq 1) or c eq 1) or d eq 1', 'a eq 1 or (b eq 1 or (c eq 1 or d eq 1))', '(a eq 1 or b eq 1) or (c eq 1 or d eq 1)']) {
    assert.deepEqual(parseFilter(nested), flat, nested)
  }
})

test('text functions may be compared with true and false', () => {
  const contains: Filter = { op: 'contains', left: path('name'), right: text('x') }
  for (const same of [
    "contains(name,'x')",
    "contains ( name , 'x' )",
    "contains(name,'x') eq true",
    "contains(name,'x') ne false",
    "(contains(name,'x')) eq true",
  ]) {
    assert.deepEqual(parseFilter(same), contains, same)
  }
  assert.deepEqual(parseFilter("contains(name,'x') eq false"), { op: 'not', term: contains })
  assert.deepEqual(parseFilter('not startswith(name,@p)'), { op: 'not', term: { op: 'startswith', left: path('name'), right: { kind: 'alias', name: 'p' } } })
  assert.throws(() => parseFilter("contains(name,'x') eq null"), { name: 'NotSupported' })
})

test('a list of values may have one or many, with blanks', () => {
  assert.deepEqual(parseFilter("name in ('a')"), { op: 'in', left: path('name'), values: [{ kind: 'string', text: 'a' }] })
  assert.deepEqual(parseFilter("name in( 'a' ,null,@p )"), {
    op: 'in',
    left: path('name'),
    values: [{ kind: 'string', text: 'a' }, { kind: 'null' }, { kind: 'alias', name: 'p' }],
  })
  for (const bad of ['name in ()', "name in ('a'", "name in 'a'", 'name in (a)', '5 in (5)', "name in ('a',)"]) {
    assert.throws(() => parseFilter(bad), { name: 'BadRequest' }, bad)
  }
})

test('a boolean column may stand alone', () => {
  assert.deepEqual(parseFilter('not creditonhold'), { op: 'not', term: { op: 'is-true', left: path('creditonhold') } })
  assert.deepEqual(parseFilter('(creditonhold) eq true'), { op: 'eq', left: path('creditonhold'), right: value({ kind: 'boolean', value: true }) })
  assert.deepEqual(parseFilter('true'), { op: 'eq', left: value({ kind: 'boolean', value: true }), right: value({ kind: 'boolean', value: true }) })
})

test('what Dataverse or this server does not do is refused by its name', () => {
  const refused: Record<string, RegExp> = {
    "contact_customer_accounts/any(c:c/name eq 'x')": /'any'/,
    'Account_Tasks/any()': /'any'/,
    'a/all(o:o/b eq 1)': /'all'/,
    "Microsoft.Dynamics.CRM.In(PropertyName='c',PropertyValues=[\"O'Neil\"])": /'Microsoft\.Dynamics\.CRM\.In'/,
    "not Microsoft.Dynamics.CRM.Today(PropertyName='createdon')": /Today/,
    'a add 1 eq 2': /'add'/,
    'a eq b mul 2': /'mul'/,
    '(a div 2) gt 1': /'div'/,
    "style has Sales.Color'Yellow'": /'has'/,
    "tolower(name) eq 'x'": /'tolower'/,
    "name eq tolower('X')": /'tolower'/,
    "contains(tolower(name),'x')": /'tolower'/,
    'year(createdon) eq 2024': /'year'/,
    'createdon lt now()': /'now'/,
    'isof(Microsoft.Dynamics.CRM.account)': /'isof'/,
    "$it/name eq 'x'": /'\$it'/,
    'Account_Tasks/$count gt 1': /'\$count'/,
    "customerid/Microsoft.Dynamics.CRM.account/name eq 'x'": /type cast 'Microsoft/,
  }
  for (const [filter, message] of Object.entries(refused)) assert.throws(() => parseFilter(filter), { name: 'NotSupported', message }, filter)
})

test('an error says where it is', () => {
  assert.throws(() => parseFilter("name eq 'Bob"), { name: 'BadRequest', message: "There is an unterminated literal at position 12 in 'name eq 'Bob'." })
  assert.throws(() => parseFilter('name eq eq 1'), { name: 'BadRequest', message: "Syntax error at position 11 in 'name eq eq 1'." })
  assert.throws(() => parseFilter('frob(name) eq 1'), { name: 'BadRequest', message: "An unknown function with name 'frob' was found." })
  for (const bad of [
    '',
    ' ',
    'a eq',
    "name EQ 'x'",
    'a AND b',
    'a eq 1 b',
    '(a eq 1',
    'a eq 1)',
    '5',
    "'x'",
    'a and',
    'not',
    'a eq [1]',
    'a eq "x"',
    'a//b eq 1',
  ]) {
    assert.throws(() => parseFilter(bad), { name: 'BadRequest' }, bad)
  }
})

test('nesting is bounded', () => {
  parseFilter(`${'('.repeat(100)}a eq 1${')'.repeat(100)}`)
  for (const deep of [`${'('.repeat(1e5)}a eq 1`, `${'not '.repeat(1e5)}a`, `a eq ${'('.repeat(1e5)}`]) {
    assert.throws(() => parseFilter(deep), { name: 'BadRequest', message: /nested/ })
  }
})

const anyPath: fc.Arbitrary<PropertyPath> = fc.array(anyName, { minLength: 1, maxLength: 3 }).map((names) => ({ kind: 'path', path: names }))
const anyOperand: fc.Arbitrary<Operand> = fc.oneof(anyPath, anyAlias, anyLiteral.map(value))
const anyFilter = fc.letrec<{ filter: Filter; leaf: Filter; list: Filter; not: Filter }>((tie) => ({
  leaf: fc.oneof(
    record({ op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), left: anyOperand, right: anyOperand }) as fc.Arbitrary<Filter>,
    record({ op: fc.constantFrom('contains', 'startswith', 'endswith'), left: anyPath, right: anyOperand }) as fc.Arbitrary<Filter>,
    record({ op: fc.constant('in'), left: anyPath, values: fc.array(fc.oneof(anyLiteral, anyAlias), { minLength: 1, maxLength: 4 }) }) as fc.Arbitrary<Filter>,
    anyPath.map((left): Filter => ({ op: 'is-true', left })),
  ),
  not: tie('filter').map((term): Filter => ({ op: 'not', term })),
  list: fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('filter'), { minLength: 2, maxLength: 4 }))
    .map(([op, terms]): Filter => ({ op, terms: terms.flatMap((term) => (term.op === op ? term.terms : [term])) })),
  filter: fc.oneof({ maxDepth: 4, depthIdentifier: 'filter' }, tie('leaf'), tie('not'), tie('list')),
})).filter

test('a filter written is read back as the same', () => {
  roundTrips(anyFilter, formatFilter, parseFilter)
})

test('rubbish is refused, never more', () => {
  const pieces = [
    'a',
    ' ',
    ' eq ',
    ' and ',
    ' or ',
    'not ',
    '(',
    ')',
    "'",
    "''",
    ',',
    ' in ',
    'contains(',
    '/any(',
    '@p',
    '5',
    '-',
    '{',
    '[',
    '"',
    '/',
    '.',
    '$',
    ' add ',
    ' has ',
  ]
  readsOrRefuses(rubbishOf(...pieces), parseFilter)
})

test('eight times the text takes about eight times the time', () => {
  const shapes: ((n: number) => string)[] = [
    (n) => Array.from({ length: n }, (_, i) => `c${i} eq 'it''s ${i}'`).join(' or '),
    (n) => `a in (${Array.from({ length: n }, (_, i) => i).join(',')})`,
    (n) => `a eq '${"''".repeat(n)}'`,
    (n) => `${' '.repeat(n)}a${' '.repeat(n)}eq 1`,
    (n) => `a${'/a'.repeat(n)} eq 1`,
  ]
  for (const shape of shapes) {
    const [small, large] = [shape(10_000), shape(80_000)]
    parseFilter(small)
    // Eight times the text; a quadratic reader would take 64 times as long.
    assert.ok(
      timeOf(() => parseFilter(large)) <
        32 *
          Math.max(
            timeOf(() => parseFilter(small)),
            1,
          ),
      shape(1),
    )
  }
})
