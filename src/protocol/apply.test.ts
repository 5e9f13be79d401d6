import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Apply, type ApplyAggregate, formatApply, parseApply } from './apply.ts'
import { anyName, anyText, readsOrRefuses, record, roundTrips, rubbishOf, staysWithin } from './arbitraries.test.ts'
import { type Filter, parseFilter } from './filter.ts'

const filter = parseFilter("address1_stateorprovince eq 'WA'")

test('the documented samples are read', () => {
  const samples: Readonly<Record<string, Apply>> = {
    'groupby((statuscode))': { filters: [], groups: [['statuscode']], aggregates: [] },
    'groupby((statuscode),aggregate($count as count))': { filters: [], groups: [['statuscode']], aggregates: [{ method: 'count', alias: 'count' }] },
    'aggregate(revenue with sum as total)': { filters: [], groups: undefined, aggregates: [{ method: 'sum', path: ['revenue'], alias: 'total' }] },
    'groupby((statuscode),aggregate(revenue with average as averagevalue))': {
      filters: [],
      groups: [['statuscode']],
      aggregates: [{ method: 'average', path: ['revenue'], alias: 'averagevalue' }],
    },
    'groupby((primarycontactid/fullname),aggregate(revenue with sum as total))': {
      filters: [],
      groups: [['primarycontactid', 'fullname']],
      aggregates: [{ method: 'sum', path: ['revenue'], alias: 'total' }],
    },
    "filter(address1_stateorprovince eq 'WA')/groupby((primarycontactid/fullname))": {
      filters: [filter],
      groups: [['primarycontactid', 'fullname']],
      aggregates: [],
    },
    'groupby((statecode,statuscode,accountcategorycode))': { filters: [], groups: [['statecode'], ['statuscode'], ['accountcategorycode']], aggregates: [] },
  }
  const cast = 'groupby((ownerid/Microsoft.Dynamics.CRM.systemuser/fullname))'
  assert.deepEqual(parseApply(cast).groups, [['ownerid', 'Microsoft.Dynamics.CRM.systemuser', 'fullname']])
  for (const [text, expected] of Object.entries(samples)) {
    assert.deepEqual(parseApply(text), expected, text)
    assert.equal(formatApply(expected), text)
  }
})

test('blanks may stand anywhere between words', () => {
  const spaced = ' filter( a eq 1 ) / groupby ( ( b , c/d ) , aggregate ( x  with  max  as  y , $count as n ) ) '
  assert.equal(formatApply(parseApply(spaced)), 'filter(a eq 1)/groupby((b,c/d),aggregate(x with max as y,$count as n))')
})

test('strings of the filter may hold what separates transformations', () => {
  const text = "filter(name eq 'a)/groupby((b),''(' or contains(name,'/,'))/filter(c eq 1)/aggregate($count as n)"
  const apply = parseApply(text)
  assert.equal(apply.filters.length, 2)
  assert.equal(formatApply(apply), text)
})

test('what Dataverse does not have is refused by its name', () => {
  const refused = {
    'compute(a mul 2 as b)': "The transformation 'compute'",
    'concat(aggregate($count as n),groupby((a)))': "The transformation 'concat'",
    'topcount(2,revenue)': "The transformation 'topcount'",
    'expand(primarycontactid,filter(a eq 1))': "The transformation 'expand'",
    identity: "The transformation 'identity'",
    'groupby((rollup(a,b)))': "'rollup'",
    'groupby((a,rollup(b,c)),aggregate($count as n))': "'rollup'",
    'groupby((year(createdon)))': "'year'",
    'groupby((a),filter(b eq 1)/aggregate($count as n))': "'filter' inside 'groupby'",
    'groupby((a),aggregate($count as n)/filter(n gt 1))': "More than one transformation inside 'groupby'",
    'groupby((a),groupby((b)))': "'groupby' inside 'groupby'",
    'groupby((a),topcount(1,b))': "'topcount' inside 'groupby'",
    'groupby((a))/filter(a eq 1)': "behind 'groupby'",
    'aggregate($count as n)/filter(n gt 1)': "behind 'aggregate'",
    'aggregate(a mul b with sum as x)': "The operator 'mul'",
    'aggregate(length(a) with sum as x)': "A function in 'aggregate'",
    'aggregate(a with median as x)': "The aggregation method 'median'",
    'aggregate(a with sum from b as x)': "'from'",
    'aggregate(Account_Tasks/$count as x)': 'A count of related rows',
    'filter(a eq 1)': 'An $apply without',
  }
  for (const [text, words] of Object.entries(refused)) {
    assert.throws(() => parseApply(text), { name: /^NotSupported$/, code: '0x80060888', message: new RegExp(words.replaceAll(/[$()]/g, '\\$&')) }, text)
  }
})

test('what is no $apply is a syntax error', () => {
  const bad = ['', '  ', 'x', 'aggregate', 'aggregate()', 'aggregate(a)', 'aggregate(a with sum)', 'aggregate(a with sum as)', 'aggregate(a with sum as 1x)']
  const worse = [
    'groupby()',
    'groupby(a)',
    'groupby(())',
    'groupby((a)',
    'groupby((a)))',
    'groupby((a),(b))',
    'groupby((a,))',
    'groupby((a)b)',
    'groupby((a))(b)',
  ]
  const more = ['filter()/aggregate($count as n)', 'aggregate($count as n,)', '/aggregate($count as n)', 'aggregate($count as n)x', "aggregate($count as n')"]
  const last = [
    'aggregate($count as n,$count as n)',
    'aggregate($count)',
    'aggregate($count as a b)',
    'groupby((a/))',
    'groupby((a/b.c))',
    'groupby((a.b/c))',
    'unheard(a)',
    'groupby((a),aggregate($count as n),b)',
  ]
  for (const text of [...bad, ...worse, ...more, ...last]) assert.throws(() => parseApply(text), { name: 'BadRequest', status: 400 }, text)
})

const anyPath = fc.array(anyName, { minLength: 1, maxLength: 3 })
const anyFilter: fc.Arbitrary<Filter> = fc.tuple(anyPath, anyText).map(([path, text]) => ({
  op: 'eq',
  left: { kind: 'path', path },
  right: { kind: 'literal', literal: { kind: 'string', text } },
}))
const anyAggregate: fc.Arbitrary<ApplyAggregate> = fc.oneof(
  record({ method: fc.constant('count' as const), alias: anyName }),
  record({ method: fc.constantFrom('sum', 'average', 'min', 'max', 'countdistinct'), path: anyPath, alias: anyName }),
)
const anyApply: fc.Arbitrary<Apply> = record({
  filters: fc.array(anyFilter, { maxLength: 3 }),
  groups: fc.option(fc.array(anyPath, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  aggregates: fc.uniqueArray(anyAggregate, { maxLength: 3, selector: (one) => one.alias }),
}).filter((apply) => apply.groups !== undefined || apply.aggregates.length > 0)

test('parse is the inverse of format', () => roundTrips(anyApply, formatApply, parseApply))

test('rubbish is refused by the catalogue', () => {
  const pieces = [
    'filter(',
    'groupby(',
    'aggregate(',
    '(',
    ')',
    ',',
    '/',
    ' as ',
    ' with ',
    'sum',
    '$count',
    'a',
    'a/b',
    ' eq ',
    "'",
    "'x'",
    '1',
    '[',
    '"',
    'rollup(',
  ]
  readsOrRefuses(rubbishOf(...pieces), parseApply)
  readsOrRefuses(
    fc.tuple(anyApply.map(formatApply), fc.nat(), fc.nat(5)).map(([text, at, cut]) => damaged(text, at, cut)),
    parseApply,
  )
})

function damaged(text: string, at: number, cut: number): string {
  const place = at % (text.length + 1)
  return text.slice(0, place) + text.slice(place + cut)
}

test('reading takes time in proportion to the length', () => {
  const long = (length: number): string[] => [
    `groupby((${' '.repeat(length)}(a)))`,
    `groupby((${','.repeat(length)}x(`,
    `aggregate(${'a '.repeat(length)})`,
    `${'filter(a eq 1)/'.repeat(length / 10)}aggregate($count as n)`,
    `groupby((${'('.repeat(length)}${')'.repeat(length)}))`,
  ]
  for (const [index, text] of long(20_000).entries()) {
    const read = (one: string) => () => assert.doesNotThrow(() => tryParse(one))
    assert.ok(staysWithin(40, 1, read(text), read(long(200_000)[index] ?? '')), text.slice(0, 20))
  }
})

function tryParse(text: string): void {
  try {
    parseApply(text)
  } catch {}
}
