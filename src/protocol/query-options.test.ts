import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyName, anyText, readsOrRefuses, rubbishOf } from './arbitraries.test.ts'
import { parseQueryOptions, withOption } from './query-options.ts'

test('no query, no options', () => {
  assert.deepEqual(parseQueryOptions(''), { aliases: new Map(), other: new Map() })
  assert.deepEqual(parseQueryOptions('&'), { aliases: new Map(), other: new Map() })
})

test('a form-encoded query is read like a plain one', () => {
  const plain = parseQueryOptions("$select=name,revenue&$filter=name eq 'a b'&$orderby=name desc")
  assert.deepEqual(parseQueryOptions('%24select=name%2Crevenue&%24filter=name+eq+%27a+b%27&%24orderby=name+desc'), plain)
  assert.deepEqual(plain.orderby, [{ path: ['name'], descending: true }])
})

test('$select tolerates blanks and a trailing comma, and is remembered as text', () => {
  const options = parseQueryOptions('$select= name , _ownerid_value ,')
  assert.deepEqual([options.select, options.selectText], [['name', '_ownerid_value'], 'name,_ownerid_value'])
  assert.deepEqual(parseQueryOptions('$select=').select, undefined)
  assert.throws(() => parseQueryOptions('$select=a,,b'), { name: 'BadRequest' })
})

test('$top and $count take what they are made for', () => {
  assert.equal(parseQueryOptions('$top=0').top, 0)
  assert.equal(parseQueryOptions('$top=5000').top, 5000)
  assert.equal(parseQueryOptions('$count=true').count, true)
  assert.equal(parseQueryOptions('$count=false').count, false)
  for (const bad of ['$top=-1', '$top=', '$top=1.5', '$top=1e3', '$top=99999999999', '$top=x', '$count=1', '$count=', '$count=True']) {
    assert.throws(() => parseQueryOptions(bad), { name: 'BadRequest' }, bad)
  }
})

test('$orderby takes paths and directions', () => {
  assert.deepEqual(parseQueryOptions('$orderby=name,revenue%20desc, primarycontactid/fullname  asc').orderby, [
    { path: ['name'], descending: false },
    { path: ['revenue'], descending: true },
    { path: ['primarycontactid', 'fullname'], descending: false },
  ])
  const cast = 'Microsoft.Dynamics.CRM.systemuser'
  assert.deepEqual(parseQueryOptions(`$orderby=ownerid/${cast}/fullname`).orderby, [{ path: ['ownerid', cast, 'fullname'], descending: false }])
  // An alias may stand for a column, wherever in the query it is given.
  assert.deepEqual(
    parseQueryOptions('$orderby=@p desc,b&@p=primarycontactid/fullname').orderby,
    parseQueryOptions('$orderby=primarycontactid/fullname desc,b').orderby,
  )
  for (const bad of [
    '$orderby=name down',
    '$orderby=,name',
    '$orderby=a b c',
    '$orderby=name DESC',
    '$orderby=a/Microsoft.Dynamics.CRM.account',
    '$orderby=a.b/name',
    "$orderby='x'",
    '$orderby=@p',
    '$orderby=@p&@p=5',
  ]) {
    assert.throws(() => parseQueryOptions(bad), { name: 'BadRequest' }, bad)
  }
  for (const refused of ['$orderby=tolower(name)', '$expand=a($orderby=@p)&@p=name', '$orderby=Account_Tasks/$count']) {
    assert.throws(() => parseQueryOptions(refused), { name: 'NotSupported' }, refused)
  }
})

test('names are case-sensitive, and what is not known is kept for the plan', () => {
  const options = parseQueryOptions('$Select=name&$skip=5&tag=a&@p1=%27x%27&%40p2=5')
  assert.equal(options.select, undefined)
  assert.deepEqual(
    [...options.other],
    [
      ['$Select', 'name'],
      ['$skip', '5'],
      ['tag', 'a'],
    ],
  )
  assert.deepEqual(
    [...options.aliases],
    [
      ['p1', "'x'"],
      ['p2', '5'],
    ],
  )
})

test('FetchXML is read whatever the case of its name, SQL is kept as text', () => {
  for (const name of ['fetchXml', 'FetchXml', 'fetchxml', 'FETCHXML']) {
    assert.equal(parseQueryOptions(`${name}=%3Cfetch%3E%3Centity+name='account'/%3E%3C/fetch%3E`).fetchXml?.entity.name, 'account', name)
  }
  const options = parseQueryOptions('sql=SELECT%20name%20FROM%20account')
  assert.equal(options.sql, 'SELECT name FROM account')
  assert.equal(options.other.size, 0)
  assert.throws(() => parseQueryOptions('fetchXml=x'), { name: 'BadRequest' })
})

test('a stored query is named by its id, whatever the case of the option', () => {
  const id = '6f0c2b1e-0000-4000-8000-000000000001'
  assert.deepEqual(parseQueryOptions(`savedQuery=${id}`).storedQuery, { table: 'savedquery', id })
  assert.deepEqual(parseQueryOptions(`SAVEDQUERY={${id.toUpperCase()}}`).storedQuery, { table: 'savedquery', id })
  assert.deepEqual(parseQueryOptions(`userquery=${id}`).storedQuery, { table: 'userquery', id })
  for (const query of ['savedQuery=x', 'userQuery=', `savedQuery=${id}&userQuery=${id}`, `savedQuery=${id}&savedquery=${id}`]) {
    assert.throws(() => parseQueryOptions(query), { name: 'BadRequest' }, query)
  }
})

test('an option given twice is refused', () => {
  for (const twice of ['$top=1&$top=1', '$select=a&%24select=b', '@p=1&@p=2', 'fetchXml=a&fetchxml=b']) {
    assert.throws(() => parseQueryOptions(twice), { name: 'BadRequest', message: /more than once/ }, twice)
  }
})

test('tokens are decoded once and not looked into', () => {
  const options = parseQueryOptions('$deltatoken=919042%2108%2f22%2f2017%2008%3a10%3a44&$skiptoken=%253ccookie%2B+')
  assert.deepEqual([options.deltatoken, options.skiptoken], ['919042!08/22/2017 08:10:44', '%3ccookie+ '])
})

test('what is not percent-encoded UTF-8 is refused', () => {
  for (const bad of ['$filter=%', 'x=%ff', '%zz=1', 'x=%00']) assert.throws(() => parseQueryOptions(bad), { name: 'BadUrl' }, bad)
})

test('$expand takes options of its own, nested and separated by semicolons', () => {
  const query =
    "$expand=primary($select=fullname, fax;$filter=a eq 'a;b)c,(';$expand=createdby($select=a)),Tasks($top=5;$orderby=subject desc),by/$ref,ownerid()"
  assert.deepEqual(parseQueryOptions(query).expand, [
    {
      navigation: 'primary',
      references: false,
      options: {
        select: ['fullname', 'fax'],
        filter: { op: 'eq', left: { kind: 'path', path: ['a'] }, right: { kind: 'literal', literal: { kind: 'string', text: 'a;b)c,(' } } },
        expand: [{ navigation: 'createdby', references: false, options: { select: ['a'] } }],
      },
    },
    { navigation: 'Tasks', references: false, options: { top: 5, orderby: [{ path: ['subject'], descending: true }] } },
    { navigation: 'by', references: true, options: {} },
    { navigation: 'ownerid', references: false, options: {} },
  ])
})

test('what cannot stand in $expand is refused by its name', () => {
  const refused = { '$count=true': '$count', '$levels=2': '$levels', '$skip=1': '$skip', '$search=x': '$search', '$apply=x': '$apply', '$ref=1': '$ref' }
  for (const [option, name] of Object.entries(refused)) {
    assert.throws(() => parseQueryOptions(`$expand=a(${option})`), { name: 'NotSupported', message: `${name} in $expand is not supported.` })
  }
  for (const item of ['*', 'a/$count', 'a/b', 'a/Microsoft.Dynamics.CRM.account/$count']) {
    assert.throws(() => parseQueryOptions(`$expand=${item}`), { name: 'NotSupported' }, item)
  }
  for (const item of ['a(', 'a)', 'a(b', 'a,,b', 'a()b', 'a(x=1)', 'a($top=1;$top=2)', 'a/$ref()', "a($filter=b eq ')", 'a(b)', '5', 'a/']) {
    assert.throws(() => parseQueryOptions(`$expand=${item}`), { name: 'BadRequest' }, item)
  }
})

test('fifteen items may be expanded, nested ones counted', () => {
  const items = (n: number) => Array.from({ length: n }, (_, i) => `n${i}`).join(',')
  assert.equal(parseQueryOptions(`$expand=${items(15)}`).expand?.length, 15)
  assert.throws(() => parseQueryOptions(`$expand=${items(16)}`), { name: 'BadRequest' })
  assert.throws(() => parseQueryOptions(`$expand=${items(8)},x($expand=${items(7)})`), { name: 'BadRequest' })
  assert.throws(() => parseQueryOptions(`$expand=${'a($expand='.repeat(1e5)}a${')'.repeat(1e5)}`), { name: 'BadRequest' })
})

test('one option is set, replaced or removed, the rest stays byte for byte', () => {
  const raw = '%24select=name%2c+x&$skiptoken=old&&tag=%C3%a9'
  assert.equal(withOption(raw, '$skiptoken', 'a b+c&d'), '%24select=name%2c+x&&tag=%C3%a9&$skiptoken=a%20b%2Bc%26d')
  assert.equal(withOption(raw, '$skiptoken', undefined), '%24select=name%2c+x&&tag=%C3%a9')
  assert.equal(withOption(raw, '$select', undefined), '$skiptoken=old&&tag=%C3%a9')
  assert.equal(withOption('', '$deltatoken', '1!2'), '$deltatoken=1%212')
  assert.equal(withOption('', '$deltatoken', undefined), '')
})

test('an option written is read back as the same', () => {
  fc.assert(
    fc.property(anyName, anyText, anyText, (name, value, later) => {
      const query = withOption(withOption('$select=a&$skiptoken=b', `x${name}`, value), '$skiptoken', later)
      const options = parseQueryOptions(query)
      assert.deepEqual([options.other.get(`x${name}`), options.skiptoken, options.select], [value, later, ['a']])
    }),
  )
})

test('rubbish is refused, never more', () => {
  const pieces = [
    '$select=',
    '$filter=',
    '$orderby=',
    '$top=',
    '$expand=',
    '$count=',
    '&',
    '=',
    'a',
    ',',
    '(',
    ')',
    ';',
    "'",
    '+',
    '%27',
    '%',
    '$ref',
    '/',
    '@p',
    '5',
    '"',
    '{',
  ]
  readsOrRefuses(rubbishOf(...pieces), parseQueryOptions)
})
