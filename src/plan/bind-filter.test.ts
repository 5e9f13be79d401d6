import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFilter } from '../protocol/filter.ts'
import { wireName } from '../schema/column.ts'
import { bindFilter } from './bind-filter.ts'
import { type BoundFilter, type ColumnPath, isColumnPath } from './bound-filter.ts'
import { ID, tableOf, testContext } from './test-schema.ts'
import type { Value } from './value.ts'

function bind(text: string, table = 'account', aliases: Readonly<Record<string, string>> = {}): string {
  return told(bindFilter(parseFilter(text), tableOf(table), testContext(), new Map(Object.entries(aliases))))
}

/** A bound filter as text: steps with their target table, values as JSON. */
function told(filter: BoundFilter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return `(${filter.terms.map(told).join(` ${filter.op} `)})`
    case 'not':
      return `not ${told(filter.term)}`
    case 'in':
      return `${toldPath(filter.left)} in ${JSON.stringify(filter.values)}`
    case 'contains':
    case 'startswith':
    case 'endswith':
    case 'like':
      return `${filter.op}(${toldPath(filter.left)},${filter.text})`
    case 'constant':
      return String(filter.value)
    case 'contains-values':
    case 'fiscal-period':
    case 'exists':
    case 'above':
    case 'under':
      throw new Error(`no text for ${filter.op}`)
    default:
      return `${toldPath(filter.left)} ${filter.op} ${isColumnPath(filter.right) ? toldPath(filter.right) : toldValue(filter.right)}`
  }
}

function toldValue(value: Value): string {
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
}

function toldPath(path: ColumnPath): string {
  return path.steps.map((step) => `${step.column.logicalName}>${step.target.logicalName}/`).join('') + wireName(path.column)
}

test('values take the type of their column', () => {
  assert.equal(bind("name eq 'A' and line gt 5 or not (revenue le 1.5)"), '((name eq "A" and line gt 5) or not revenue le 15000n)')
  assert.equal(bind('creditonhold eq true and size eq 9'), '(creditonhold eq true and size eq 9)')
  assert.equal(bind('openedon ge 2024-05-01 and createdon lt 2024-05-01'), '(openedon ge "2024-05-01" and createdon lt "2024-05-01T00:00:00Z")')
  assert.equal(bind(`accountid eq '${ID}'`), `accountid eq "${ID}"`)
  assert.equal(bind('creditonhold'), 'creditonhold eq true')
})

test('a literal on the left is turned to the right', () => {
  assert.equal(bind('5 lt line'), 'line gt 5')
  assert.equal(bind('5 ge line'), 'line le 5')
  assert.equal(bind('null ne name'), 'name ne null')
})

test('a lookup is compared with an id, under either name', () => {
  assert.equal(bind(`_primarycontactid_value eq ${ID}`), `_primarycontactid_value eq "${ID}"`)
  assert.equal(bind(`primarycontactid eq '${ID}'`), `_primarycontactid_value eq "${ID}"`)
  assert.equal(bind('_ownerid_value eq null'), '_ownerid_value eq null')
})

test('paths follow lookups', () => {
  assert.equal(bind("primarycontactid/createdby/fullname eq 'x'"), 'primarycontactid>contact/createdby>systemuser/fullname eq "x"')
  assert.equal(bind("parentcustomerid_account/name eq 'x'", 'contact'), 'parentcustomerid>account/name eq "x"')
})

test("a path that ends in its target's id is the lookup itself, unless it could point elsewhere", () => {
  assert.equal(bind(`primarycontactid/contactid eq ${ID}`), `_primarycontactid_value eq "${ID}"`)
  assert.equal(bind(`primarycontactid/createdby/ownerid eq ${ID}`), `primarycontactid>contact/_createdby_value eq "${ID}"`)
  assert.equal(bind(`parentcustomerid_account/accountid eq ${ID}`, 'contact'), `parentcustomerid>account/accountid eq "${ID}"`)
})

test('ownerid of a user is its id', () => assert.equal(bind(`ownerid eq ${ID}`, 'systemuser'), `systemuserid eq "${ID}"`))

test('columns of one kind compare with each other', () => {
  assert.equal(bind('employees gt line'), 'employees gt line')
  assert.equal(bind('primarycontactid/fullname eq name'), 'primarycontactid>contact/fullname eq name')
  for (const text of ['name eq line', 'rate eq revenue', 'line eq score', 'createdon eq openedon', 'hobbies eq name'])
    assert.throws(() => bind(text), { name: 'BadRequest' }, text)
})

test('null equals only null and is in no order', () => {
  assert.equal(bind('name gt null'), 'false')
  assert.equal(bind('null eq null'), 'true')
  assert.equal(bind('null ne 5'), 'true')
  assert.equal(bind("line in (5,null,'6')"), '(_ or line in [5,6])'.replace('_', 'line eq null'))
})

test('literals compare without a row', () => {
  assert.equal(bind("1 eq 1.0 and 'a' eq 'A' and 2 gt 10 and false lt true"), '(true and true and false and true)')
  assert.throws(() => bind("1 eq 'a'"), { name: 'NotSupported' })
})

test('an alias stands for its literal, without one for null, and never inside $expand', () => {
  assert.equal(bind('line eq @p', 'account', { p: '5' }), 'line eq 5')
  assert.equal(bind('line eq @p'), 'line eq null')
  assert.equal(bind('contains(name,@p)'), 'false')
  assert.throws(() => bind('line eq @p', 'account', { p: 'five' }), { name: 'BadRequest' })
  assert.throws(() => bindFilter(parseFilter('line eq @p'), tableOf('account'), testContext(), undefined), { name: 'NotSupported' })
})

test('text functions are for text columns', () => {
  assert.equal(bind("contains(name,'a%')"), 'contains(name,a%)')
  assert.equal(bind("startswith(primarycontactid/fullname,'a')"), 'startswith(primarycontactid>contact/fullname,a)')
  for (const text of ["contains(line,'5')", 'contains(name,5)', "endswith(hobbies,'1')"]) assert.throws(() => bind(text), { name: 'BadRequest' }, text)
  assert.throws(() => bind('contains(name,description)'), { name: 'NotSupported' })
})

test('an unknown or unreadable name is told with its table', () => {
  assert.throws(() => bind('nothing eq 1'), { name: 'UnknownProperty', message: /'nothing'.*CRM\.account/ })
  assert.throws(() => bind("primarycontactid/secret eq 'x'"), { name: 'UnknownProperty', message: /'secret'.*CRM\.contact/ })
  assert.throws(() => bind("Name eq 'x'"), { name: 'UnknownProperty' })
  assert.throws(() => bind('line/name eq 1'), { name: 'UnknownProperty' })
})

test('what no path can follow is refused', () => {
  assert.throws(() => bind("Account_Tasks/subject eq 'x'"), { name: 'NotSupported' })
  for (const text of ["ownerid/fullname eq 'x'", "ownerid/Microsoft.Dynamics.CRM.contact/fullname eq 'x'"])
    assert.throws(() => bind(text), { name: 'UnsupportedClause', message: /owninguser/ }, text)
  for (const text of ["Microsoft.Dynamics.CRM.contact/name eq 'x'", "primarycontactid/Microsoft.Dynamics.CRM.account/name eq 'x'"])
    assert.throws(() => bind(text), { name: 'NotSupported', message: /type cast/ }, text)
  assert.throws(() => bind('name'), { name: 'BadRequest' })
})

test('conditions, values and links are bounded', () => {
  const many = (count: number, text: (index: number) => string, by: string) => Array.from({ length: count }, (_, index) => text(index)).join(by)
  assert.throws(() => bind(many(501, () => 'line eq 1', ' or ')), { name: 'BadRequest', message: /500/ })
  assert.throws(() => bind(`line in (${many(2001, String, ',')})`), { name: 'BadRequest', message: /2000/ })
  const deep = 'parentcustomerid_contact/'.repeat(15)
  assert.ok(bind(`${deep}fullname eq 'x' and ${deep}emailaddress1 eq 'y'`, 'contact'))
  assert.throws(() => bind(`${deep}parentcustomerid_contact/fullname eq 'x'`, 'contact'), { name: 'BadRequest', message: /15/ })
})
