import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyAlias, anyLiteral, anyName, anyValue, readsOrRefuses, record, roundTrips, rubbishOf, staysWithin } from './arbitraries.test.ts'
import { DataverseError } from './errors.ts'
import { type Filter, type Operand, parseFilter, type PropertyPath } from './filter.ts'
import { formatFilter } from './filter-format.ts'
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

test('an alias that stands for a column is that column, in a lambda one of the row around', () => {
  const aliases = new Map([
    ['a', 'name'],
    ['b', 'primarycontactid/fullname'],
    ['c', "'name'"],
    ['d', 'name,'],
  ])
  assert.deepEqual(parseFilter("contains(@a,'x')", aliases), parseFilter("contains(name,'x')"))
  assert.deepEqual(parseFilter('@a in (@c) or @b eq @c', aliases), parseFilter('name in (@c) or primarycontactid/fullname eq @c'))
  assert.deepEqual(parseFilter('Account_Tasks/any(t:t/subject eq @a)', aliases), parseFilter('Account_Tasks/any(t:t/subject eq $it/name)'))
  assert.deepEqual(parseFilter('name eq @d', aliases), parseFilter('name eq @d'))
  for (const text of ["contains(@c,'x')", "contains(@d,'x')", "contains(@e,'x')"])
    assert.throws(() => parseFilter(text, aliases), { name: 'NotSupported' }, text)
})

test('a list of values may have one or many, with blanks', () => {
  assert.deepEqual(parseFilter("name in ('a')"), { op: 'in', left: path('name'), values: [{ kind: 'string', text: 'a' }] })
  assert.deepEqual(parseFilter("name in( 'a' ,null,@p )"), {
    op: 'in',
    left: path('name'),
    values: [{ kind: 'string', text: 'a' }, { kind: 'null' }, { kind: 'alias', name: 'p' }],
  })
  for (const bad of ['name in ()', 'name in [ ]', "name in ('a'", "name in 'a'", 'name in (a)', '5 in (5)', "name in ('a',)"]) {
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
    "true eq contains(name,'x')": /'contains'/,
    'true eq Account_Tasks/any()': /'any'/,
    "line eq Microsoft.Dynamics.CRM.Today(PropertyName='createdon')": /'Microsoft\.Dynamics\.CRM\.Today'/,
    'a eq [1]': /list/,
    'a eq {"b":1}': /object/,
    "[a,'b'] in [['c','d']]": /list/,
    '-a lt 5': /'-'/,
    '-(a) lt 5': /'-'/,
    "a/@Core.Description eq 'x'": /annotation/,
    'Account_Tasks/$count($filter=a eq 1) gt 1': /'\$count'/,
    "geo.intersects(geometry'SRID=0;Point(142.1 64.1)',b)": /'geo\.intersects'/,
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
    "$root/accounts(1)/name eq 'x'": /'\$root'/,
    "$this eq 'x'": /'\$this'/,
    'Account_Tasks/$count gt 1': /'\$count'/,
    "customerid/Sales.account/name eq 'x'": /type cast 'Sales/,
    "customerid/Microsoft.Dynamics.CRM.account eq 'x'": /type cast 'Microsoft/,
  }
  for (const [filter, message] of Object.entries(refused)) assert.throws(() => parseFilter(filter), { name: 'NotSupported', message }, filter)
})

test('lambdas: paths inside begin with a range variable', () => {
  const condition = { variable: 'o', filter: { op: 'eq', left: { kind: 'path', from: 'o', path: ['x'] }, right: number('1') } } as const
  for (const same of ['nav/any(o:o/x eq 1)', 'nav/any ( o : o/x eq 1 ) eq true', '(nav/any(o:(o/x eq 1))) ne false', '$it/nav/any(o:o/x eq 1)'])
    assert.deepEqual(parseFilter(same), { op: 'any', rows: path('nav'), condition }, same)
  assert.deepEqual(parseFilter('nav/all(o:o/x eq 1)'), { op: 'all', rows: path('nav'), condition })
  assert.deepEqual(parseFilter('nav/any( )'), { op: 'any', rows: path('nav'), condition: undefined })
  assert.deepEqual(parseFilter('nav/all(o:o/x eq 1) eq false'), { op: 'not', term: { op: 'all', rows: path('nav'), condition } })
})

test('lambdas nest, and see the variables around them', () => {
  const inner: Filter = { op: 'eq', left: { kind: 'path', from: 'p', path: ['y', 'z'] }, right: { kind: 'path', from: 'o', path: ['x'] } }
  const rows: PropertyPath = { kind: 'path', from: 'o', path: ['b'] }
  const outer: Filter = { op: 'any', rows, condition: { variable: 'p', filter: inner } }
  assert.deepEqual(parseFilter('a/all(o:o/b/any(p:p/y/z eq o/x))'), { op: 'all', rows: path('a'), condition: { variable: 'o', filter: outer } })
  assert.deepEqual(parseFilter("a/any(o:$it/x eq 'y')"), {
    op: 'any',
    rows: path('a'),
    condition: { variable: 'o', filter: { op: 'eq', left: { kind: 'path', from: '$it', path: ['x'] }, right: text('y') } },
  })
  // Behind its lambda a variable is gone, and its name free.
  parseFilter('a/any(o:o/x eq 1) and b/any(o:o/x eq 1) and o/x eq 1')
})

test('a lambda that is none is refused', () => {
  const refused: Record<string, RegExp> = {
    'a/any(o:x eq 1)': /'o\/x', not 'x'/,
    'a/any(o:p/x eq 1)': /'o\/p\/x'/,
    'a/any(o:b/any(p:p/x eq 1))': /'o\/b'/,
    'a/any(o:o/b/any(o:o/x eq 1))': /'o' has already been declared/,
    'a/any(o:o eq 1)': /'o' is a row/,
    "a/any(o:Microsoft.Dynamics.CRM.In(PropertyName='x',PropertyValues=['y']))": /'o'|range variable/,
    'a/all()': /Syntax error at position 6/,
    'a/any(o)': /Syntax error/,
    'a/any(o:)': /Syntax error/,
    'a/any(:o/x eq 1)': /Syntax error/,
    'a/any(5:5/x eq 1)': /Syntax error/,
    'a/any(o:o/x eq 1': /Syntax error/,
    'a/any(o:o/x)/b': /Syntax error/,
  }
  for (const [filter, message] of Object.entries(refused)) assert.throws(() => parseFilter(filter), { name: 'BadRequest', message }, filter)
})

test('query functions take named values, lists and aliases', () => {
  const row = { kind: 'path', path: [] }
  const json = (list: string) => ({ kind: 'json', text: list })
  const createdon = { name: 'PropertyName', value: { kind: 'string', text: 'createdon' } }
  assert.deepEqual(parseFilter("Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)"), {
    op: 'query-function',
    row,
    name: 'LastXDays',
    parameters: [createdon, { name: 'PropertyValue', value: { kind: 'number', text: '7' } }],
  })
  assert.deepEqual(parseFilter("Microsoft.Dynamics.CRM.In ( PropertyName = @p1 , PropertyValues=[\"O'Neil\",'a', 5] ) eq true"), {
    op: 'query-function',
    row,
    name: 'In',
    parameters: [
      { name: 'PropertyName', value: { kind: 'alias', name: 'p1' } },
      { name: 'PropertyValues', value: json('["O\'Neil","a", 5]') },
    ],
  })
  assert.deepEqual(parseFilter("primarycontactid/Microsoft.Dynamics.CRM.Today(PropertyName='createdon')"), {
    op: 'query-function',
    row: path('primarycontactid'),
    name: 'Today',
    parameters: [createdon],
  })
  assert.deepEqual(parseFilter("a/any(o:(o/Microsoft.Dynamics.CRM.Today(PropertyName='createdon')))"), {
    op: 'any',
    rows: path('a'),
    condition: { variable: 'o', filter: { op: 'query-function', row: { kind: 'path', from: 'o', path: [] }, name: 'Today', parameters: [createdon] } },
  })
  assert.throws(() => parseFilter("Microsoft.Dynamics.CRM.In(PropertyName='c',PropertyValues=['O'Neil'])"), {
    name: 'BadRequest',
    message: /unterminated|Invalid JSON/,
  })
  assert.throws(() => parseFilter("Microsoft.Dynamics.CRM.In(PropertyName='c',PropertyValues=['O'Neil','O'Brian'])"), {
    name: 'BadRequest',
    message: /Invalid JSON/,
  })
  for (const bad of ['X(', 'X(a)', "X('a')", 'X(a=)', 'X(a=b)', 'X(a=1,)', 'X(a=1', 'X(,a=1)', 'X(a=1 b=2)', 'X.Y(a=1)', `X(${'a=1,'.repeat(11)}a=1)`])
    assert.throws(() => parseFilter(`Microsoft.Dynamics.CRM.${bad}`), { name: 'BadRequest' }, bad)
})

test('a list of values may be JSON', () => {
  const values = [{ kind: 'string', text: 'a"' }, { kind: 'number', text: '12345678901234567890' }, { kind: 'null' }, { kind: 'boolean', value: true }]
  assert.deepEqual(parseFilter(`name in ["a\\"" , 12345678901234567890,null,true]`), { op: 'in', left: path('name'), values })
  for (const bad of ['name in [[1]]', 'name in [{}]']) assert.throws(() => parseFilter(bad), { name: 'NotSupported' }, bad)
})

test('a path may hold casts to types of Dataverse, and begin with $it', () => {
  assert.deepEqual(parseFilter("ownerid/Microsoft.Dynamics.CRM.team/name eq 'x'"), {
    op: 'eq',
    left: { kind: 'path', path: ['ownerid', 'Microsoft.Dynamics.CRM.team', 'name'] },
    right: text('x'),
  })
  assert.deepEqual(parseFilter('$it/a eq 1'), isOne('a'))
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
    'a eq "x"',
    'a eq [1',
    'any()',
    'all(o:true)',
    '$it',
    '$it eq 1',
    "a in [1,'b]",
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
const anyCall: fc.Arbitrary<Filter> = fc
  .tuple(fc.array(anyName, { maxLength: 2 }), anyName, fc.array(record({ name: anyName, value: anyValue }), { maxLength: 4 }))
  .map(([names, name, parameters]): Filter => ({ op: 'query-function', row: { kind: 'path', path: names }, name, parameters }))
const anyPlainFilter = fc.letrec<{ filter: Filter; leaf: Filter; lambda: Filter; list: Filter; not: Filter }>((tie) => ({
  leaf: fc.oneof(
    record({ op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), left: anyOperand, right: anyOperand }) as fc.Arbitrary<Filter>,
    record({ op: fc.constantFrom('contains', 'startswith', 'endswith'), left: anyPath, right: anyOperand }) as fc.Arbitrary<Filter>,
    record({ op: fc.constant('in'), left: anyPath, values: fc.array(fc.oneof(anyLiteral, anyAlias), { minLength: 1, maxLength: 4 }) }) as fc.Arbitrary<Filter>,
    anyPath.map((left): Filter => ({ op: 'is-true', left })),
    anyCall,
  ),
  lambda: fc
    .tuple(fc.constantFrom('any', 'all'), anyPath, fc.option(record({ variable: anyName, filter: tie('filter') }), { nil: undefined }))
    .map(([op, rows, condition]): Filter => ({ op: condition ? op : 'any', rows, condition })),
  not: tie('filter').map((term): Filter => ({ op: 'not', term })),
  list: fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('filter'), { minLength: 2, maxLength: 4 }))
    .map(([op, terms]): Filter => ({ op, terms: terms.flatMap((term) => (term.op === op ? term.terms : [term])) })),
  filter: fc.oneof({ maxDepth: 4, depthIdentifier: 'filter' }, tie('leaf'), tie('not'), tie('list'), tie('lambda')),
})).filter
/** Paths in lambdas begin with a variable in scope: which one, the path's own length decides. */
const anyFilter = anyPlainFilter.map((filter) => inScope(filter, []))

function inScope(filter: Filter, variables: readonly string[]): Filter {
  const row = (path: PropertyPath): PropertyPath =>
    variables.length === 0
      ? path
      : { kind: 'path', from: ['$it', ...variables][(path.path[0] ?? '').length % (variables.length + 1)] as string, path: path.path }
  const operand = (one: Operand): Operand => (one.kind === 'path' ? row(one) : one)
  switch (filter.op) {
    case 'and':
    case 'or':
      return { op: filter.op, terms: filter.terms.map((term) => inScope(term, variables)) }
    case 'not':
      return { op: 'not', term: inScope(filter.term, variables) }
    case 'any':
    case 'all': {
      const { op, rows, condition } = filter
      const variable = `${condition?.variable}${variables.length}`
      return { op, rows: row(rows), condition: condition && { variable, filter: inScope(condition.filter, [...variables, variable]) } }
    }
    case 'query-function':
      return { ...filter, row: row(filter.row) }
    case 'in':
    case 'is-true':
      return { ...filter, left: row(filter.left) }
    case 'contains':
    case 'startswith':
    case 'endswith':
      return { ...filter, left: row(filter.left), right: operand(filter.right) }
    default:
      return { ...filter, left: operand(filter.left), right: operand(filter.right) }
  }
}

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
    '/any()',
    '/all(a:',
    'a/',
    ':',
    '=',
    ']',
    'Microsoft.Dynamics.CRM.In(',
    'PropertyName=',
    '[1,',
    '$it/',
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

function quietly(run: () => void): void {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof DataverseError)
  }
}

test('eight times the text takes about eight times the time', () => {
  const shapes: ((n: number) => string)[] = [
    (n) => Array.from({ length: n }, (_, i) => `c${i} eq 'it''s ${i}'`).join(' or '),
    (n) => `a in (${Array.from({ length: n }, (_, i) => i).join(',')})`,
    (n) => `a eq '${"''".repeat(n)}'`,
    (n) => `${' '.repeat(n)}a${' '.repeat(n)}eq 1`,
    (n) => `a${'/a'.repeat(n)} eq 1`,
    (n) => Array.from({ length: n }, (_, i) => `a/any(o:o/x eq ${i})`).join(' and '),
    (n) => `Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=[${Array.from({ length: n }, (_, i) => `"${i}",'${i}'`).join(',')}])`,
    (n) => `a in [${"'".repeat(2 * n)}]`,
    (n) => `a in [${'['.repeat(n)}${']'.repeat(n)}]`,
  ]
  for (const shape of shapes) {
    const [small, large] = [shape(10_000), shape(80_000)]
    quietly(() => parseFilter(small))
    // Eight times the text; a quadratic reader would take 64 times as long.
    const isLinear = staysWithin(
      32,
      1,
      () => quietly(() => parseFilter(small)),
      () => quietly(() => parseFilter(large)),
    )
    assert.ok(isLinear, shape(1))
  }
})
