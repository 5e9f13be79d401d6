import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parseSkipToken } from '../protocol/skip-token.ts'
import { bindApply } from './bind-apply.ts'
import { NO_ANNOTATIONS } from './row-annotations.ts'
import type { ReadResults } from './results-plan.ts'
import { columnOf, tableOf, testContext } from './test-schema.ts'

function bind(query: string, table = 'account', maxPageSize?: number): ReadResults {
  const options = parseQueryOptions(query)
  const skip = options.skiptoken === undefined ? undefined : parseSkipToken(options.skiptoken)
  assert.ok(options.apply)
  return bindApply(options.apply, tableOf(table), { kind: 'set' }, { options, skip, maxPageSize, annotations: NO_ANNOTATIONS }, testContext())
}

const namesOf = (plan: ReadResults): readonly string[] => plan.columns.map((column) => column.name)

test('an aggregate is one row of named values', () => {
  const plan = bind('$apply=aggregate(revenue with sum as total,$count as n,line with average as mean,name with countdistinct as names)')
  assert.equal(plan.form, 'groups')
  assert.equal(plan.aggregateLimit, 50_000)
  assert.deepEqual(
    plan.columns.map(({ name, value }) => [name, value.kind === 'aggregate' && [value.function, value.path?.column.logicalName, value.distinct]]),
    [
      ['total', ['sum', 'revenue', false]],
      ['n', ['count', undefined, false]],
      ['mean', ['avg', 'line', false]],
      ['names', ['countcolumn', 'name', true]],
    ],
  )
})

test('groups without aggregates are distinct values', () => {
  const plan = bind('$apply=groupby((size,creditonhold))')
  assert.equal(plan.form, 'distinct')
  assert.deepEqual(plan.columns, [
    { name: 'size', value: { kind: 'column', path: { steps: [], table: tableOf('account'), column: columnOf('account', 'size') } }, isAlias: false },
    {
      name: 'creditonhold',
      value: { kind: 'column', path: { steps: [], table: tableOf('account'), column: columnOf('account', 'creditonhold') } },
      isAlias: false,
    },
  ])
})

test("a column behind a lookup goes by its table's name and its own", () => {
  const plan = bind('$apply=groupby((primarycontactid/fullname,primarycontactid/createdby/fullname),aggregate($count as n))')
  assert.deepEqual(namesOf(plan), ['contact_fullname', 'systemuser_fullname', 'n'])
  assert.deepEqual(
    plan.columns.map((column) => (column.value.kind === 'group' ? column.value.path.steps.length : 0)),
    [1, 2, 0],
  )
})

test('an owner is followed by a cast to what it is', () => {
  const plan = bind('$apply=groupby((createdby/Microsoft.Dynamics.CRM.systemuser/fullname))')
  assert.deepEqual(namesOf(plan), ['systemuser_fullname'])
  assert.throws(() => bind('$apply=groupby((ownerid/fullname))'), { name: 'UnsupportedClause', message: /owninguser/ })
})

test('a lookup goes by its own name, however it was written', () => {
  assert.deepEqual(namesOf(bind('$apply=groupby((primarycontactid))')), ['_primarycontactid_value'])
  assert.deepEqual(namesOf(bind('$apply=groupby((_primarycontactid_value,_ownerid_value))')), ['_primarycontactid_value', '_ownerid_value'])
  assert.deepEqual(namesOf(bind('$apply=groupby((primarycontactid/contactid))')), ['_primarycontactid_value'])
})

test('filters of the chain and $filter beside it all hold', () => {
  assert.equal(bind('$apply=aggregate($count as n)').filter, undefined)
  assert.equal(bind('$apply=filter(line eq 1)/aggregate($count as n)').filter?.op, 'eq')
  const filter = bind('$filter=size eq 1&$apply=filter(line eq @line)/filter(line ne 3)/aggregate($count as n)&@line=7').filter
  assert.ok(filter?.op === 'and')
  assert.deepEqual(
    filter.terms.map((term) => (term.op === 'eq' || term.op === 'ne') && [term.op, term.left.column.logicalName, term.right]),
    [
      ['eq', 'size', 1],
      ['eq', 'line', 7],
      ['ne', 'line', 3],
    ],
  )
})

test('what is grouped by may order, an alias may not', () => {
  const groups = '$apply=groupby((size,primarycontactid/fullname),aggregate($count as n))'
  assert.deepEqual(bind(`${groups}&$orderby=size desc,primarycontactid/fullname`).order, [
    { by: 'size', descending: true },
    { by: 'contact_fullname', descending: false },
  ])
  for (const alias of ['n', 'n desc', 'contact_fullname']) {
    assert.throws(() => bind(`${groups}&$orderby=${alias}`), {
      name: 'UnsupportedClause',
      code: '0x80060888',
      message: 'The query node SingleValueOpenPropertyAccess is not supported',
    })
  }
  assert.throws(() => bind(`${groups}&$orderby=line`), { name: 'BadRequest', message: /'line', which \$apply does not group by/ })
  assert.throws(() => bind(`${groups}&$orderby=nothing`), { name: 'UnknownProperty' })
})

test('groups are read in pages, or with $top', () => {
  assert.deepEqual(bind('$apply=groupby((size))').page, { number: 1, size: 5000, pages: true, after: undefined, skip: 0 })
  assert.deepEqual(bind('$apply=groupby((size))&$top=3').page, { number: 1, size: 3, pages: false, after: undefined, skip: 0 })
  assert.deepEqual(bind('$apply=groupby((size))', 'account', 2).page, { number: 1, size: 2, pages: true, after: undefined, skip: 0 })
  const token = encodeURIComponent(
    '<cookie pagenumber="3" pagingcookie="%253ccookie%2520page%253d%25222%2522%2520size%253d%25222%2522%253e%253c%252fcookie%253e" istracking="False" />',
  )
  assert.deepEqual(bind(`$apply=groupby((size))&$skiptoken=${token}`).page, { number: 3, size: 2, pages: true, after: undefined, skip: 4 })
})

test('what cannot be grouped, summed or told apart is refused', () => {
  for (const column of ['createdon', 'openedon']) {
    assert.throws(() => bind(`$apply=groupby((${column}))`), { name: 'NotSupported', message: new RegExp(column) }, column)
  }
  for (const method of ['sum', 'average']) assert.throws(() => bind(`$apply=aggregate(createdon with ${method} as x)`), { name: 'AggregateNotForType' }, method)
  for (const method of ['sum', 'average', 'min', 'max'])
    assert.throws(() => bind(`$apply=aggregate(name with ${method} as x)`), { name: 'AggregateNotForType' }, method)
  assert.equal(bind('$apply=aggregate(createdon with max as last,createdon with min as first)').columns.length, 2)
  assert.throws(() => bind('$apply=aggregate(nothing with sum as x)'), { name: 'UnknownProperty' })
  assert.throws(() => bind('$apply=groupby((nothing))'), { name: 'UnknownProperty' })
  assert.throws(() => bind('$apply=groupby((Account_Tasks/subject))'), { name: 'NotSupported' })
  for (const twice of [
    'groupby((size),aggregate($count as size))',
    'groupby((size,size))',
    'groupby((createdby/fullname,primarycontactid/createdby/fullname))',
  ]) {
    assert.throws(() => bind(`$apply=${twice}`), { name: 'BadRequest', message: /would have two properties/ }, twice)
  }
})

test('paths lead through 15 other tables at the most', () => {
  const path = (length: number) => `${'parentcustomerid_contact/'.repeat(length)}fullname`
  assert.equal(bind(`$apply=groupby((${path(15)}))`, 'contact').columns.length, 1)
  for (const apply of [`groupby((${path(16)}))`, `aggregate(${path(16)} with countdistinct as n)`, `groupby((${path(3000)}))`]) {
    assert.throws(() => bind(`$apply=${apply}`, 'contact'), { name: 'TooManyLinks', code: '0x8004430d' })
  }
})

test('options that the answer has no use for are refused by name', () => {
  for (const option of ['$select=name', '$expand=primarycontactid', '$deltatoken=x']) {
    const name = option.slice(0, option.indexOf('='))
    assert.throws(() => bind(`$apply=aggregate($count as n)&${option}`), { name: 'BadRequest', message: new RegExp(`\\${name}`) }, option)
  }
  assert.equal(bind('$apply=groupby((size))&$count=true').countLimit, 5001)
})
