import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFilter } from '../protocol/filter.ts'
import { wireName } from '../schema/column.ts'
import { bindFilter } from './bind-filter.ts'
import { type BoundFilter, type ColumnPath, isColumnPath, type RelatedRows } from './bound-filter.ts'
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
      return `${toldPath(filter.left)} has ${JSON.stringify(filter.values)}`
    case 'exists':
      return toldRows(filter.rows)
    case 'fiscal-period':
    case 'above':
    case 'under':
      throw new Error(`no text for ${filter.op}`)
    default:
      return `${toldPath(filter.left)} ${filter.op} ${isColumnPath(filter.right) ? toldPath(filter.right) : toldValue(filter.right)}`
  }
}

/** `exists o:task(Account_Tasks)[filter]`. */
function toldRows({ alias, table, link, filter }: RelatedRows): string {
  const name = link.kind === 'equal' ? link.inner.logicalName : link.relationship.schemaName + (link.kind === 'many-to-many' ? ` from ${link.side}` : '')
  return `exists ${alias === undefined ? '' : `${alias}:`}${table.logicalName}(${name})${filter ? `[${told(filter)}]` : ''}`
}

function toldValue(value: Value): string {
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
}

function toldPath(path: ColumnPath): string {
  return (
    (path.from === undefined ? '' : `<${path.from}>`) +
    path.steps.map((step) => `${step.column.logicalName}>${step.target.logicalName}/`).join('') +
    wireName(path.column)
  )
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

test('any is that a related row meets the condition, all that none fails it', () => {
  assert.equal(bind("Account_Tasks/any(t:t/subject eq 'x')"), 'exists t:task(Account_Tasks)[subject eq "x"]')
  assert.equal(bind("Account_Tasks/all(t:t/subject eq 'x')"), 'not exists t:task(Account_Tasks)[not subject eq "x"]')
  assert.equal(bind('Account_Tasks/any()'), 'exists task(Account_Tasks)')
  assert.equal(bind('not Account_Tasks/any()'), 'not exists task(Account_Tasks)')
  assert.equal(bind("accountcontact_association/any(c:c/fullname eq 'x')"), 'exists c:contact(accountcontact_association from 1)[fullname eq "x"]')
  assert.equal(bind("accountcontact_association/any(a:a/name eq 'x')", 'contact'), 'exists a:account(accountcontact_association from 2)[name eq "x"]')
})

test('in a lambda paths start from its row, from one around it, or from the row of the whole filter', () => {
  const inner = 'exists t:task(Contact_Tasks)[(subject eq <c>fullname and regardingobjectid>account/name eq <$it>name)]'
  const filter = 'contact_customer_accounts/any(c:c/Contact_Tasks/any(t:t/subject eq c/fullname and t/regardingobjectid_account/name eq $it/name))'
  assert.equal(bind(filter), `exists c:contact(contact_customer_accounts)[${inner}]`)
  assert.equal(bind('Account_Tasks/any(t:$it/line eq 5)'), 'exists t:task(Account_Tasks)[<$it>line eq 5]')
})

test('a lambda is on a collection of its own row, and not behind a lookup', () => {
  assert.throws(() => bind('primarycontactid/Contact_Tasks/any()'), { name: 'NotSupported', message: /behind a lookup/ })
  assert.throws(() => bind('contact_customer_accounts/any(c:c/createdby/lk_contact_createdby/any())'), { name: 'NotSupported', message: /behind a lookup/ })
  assert.throws(() => bind('contact_customer_accounts/Contact_Tasks/any()'), { name: 'NotSupported', message: /collection-valued/ })
  assert.throws(() => bind('primarycontactid/any()'), { name: 'BadRequest', message: /leads to one row/ })
  assert.throws(() => bind('ownerid/any()'), { name: 'BadRequest', message: /leads to one row/ })
  assert.throws(() => bind('nothing/any()'), { name: 'UnknownProperty' })
  assert.throws(() => bind('Account_Tasks/any(t:t/name eq 1)'), { name: 'UnknownProperty', message: /'name'.*CRM\.task/ })
  assert.throws(() => bind('contact_customer_accounts/any(c:$it/Account_Tasks/any())'), { name: 'NotSupported', message: /outer/ })
})

test('query functions are conditions by the operator of their meaning', () => {
  const crm = 'Microsoft.Dynamics.CRM'
  assert.equal(bind(`${crm}.In(PropertyName='line',PropertyValues=["5",'6',7])`), 'line in [5,6,7]')
  assert.equal(bind(`${crm}.In(PropertyName=@p1,PropertyValues=@p2)`, 'account', { p1: "'name'", p2: '["O\'Neil"]' }), 'name in ["O\'Neil"]')
  assert.equal(bind(`${crm}.NotIn(PropertyName='name',PropertyValues=['a'])`), 'not name in ["a"]')
  assert.equal(bind(`${crm}.Between(PropertyName='line',PropertyValues=["5","20"])`), '(line ge 5 and line le 20)')
  assert.equal(bind(`${crm}.ContainValues(PropertyName='hobbies',PropertyValues=['1',9])`), 'hobbies has [1,9]')
  assert.equal(bind(`${crm}.Contains(PropertyName='name',PropertyValue='x')`), 'contains(name,x)')
  assert.equal(bind(`${crm}.On(PropertyName='openedon',PropertyValue=2024-05-01)`), '(openedon ge "2024-05-01" and openedon lt "2024-05-02")')
  assert.equal(bind(`${crm}.EqualUserId(PropertyName='ownerid')`), `_ownerid_value eq "${testContext().caller.userId}"`)
  assert.equal(bind(`primarycontactid/${crm}.In(PropertyName='fullname',PropertyValues=['a'])`), 'primarycontactid>contact/fullname in ["a"]')
  assert.equal(bind(`${crm}.In(PropertyName='primarycontactid/fullname',PropertyValues=['a'])`), 'primarycontactid>contact/fullname in ["a"]')
  assert.equal(bind(`Account_Tasks/any(t:t/${crm}.In(PropertyName='subject',PropertyValues=['a']))`), 'exists t:task(Account_Tasks)[subject in ["a"]]')
})

test('a query function that is none, or not given what it takes, is refused', () => {
  const refused: Record<string, RegExp> = {
    "Frob(PropertyName='name')": /unknown function with name 'Microsoft\.Dynamics\.CRM\.Frob'/,
    "today(PropertyName='createdon')": /unknown function/,
    'Today()': /takes PropertyName/,
    "Today(PropertyName='createdon',PropertyValue=1)": /takes PropertyName/,
    "Today(PropertyName='createdon',PropertyName='createdon')": /takes PropertyName/,
    "LastXDays(PropertyName='createdon')": /takes PropertyName, PropertyValue/,
    "LastXDays(PropertyName='createdon',PropertyValue=null)": /takes no null/,
    "LastXDays(PropertyName='createdon',PropertyValue=[7])": /plain values/,
    "LastXDays(PropertyName='createdon',PropertyValue=@none)": /takes no null/,
    'Today(PropertyName=5)': /takes a text/,
    "In(PropertyName='name',PropertyValues='a')": /takes a list/,
    "In(PropertyName='name',PropertyValues=[['a']])": /takes a list/,
    "In(PropertyName='name',PropertyValues=[null])": /takes no null/,
    "Between(PropertyName='line',PropertyValues=[1])": /exactly two/,
    "InFiscalPeriodAndYear(PropertyName='createdon',PropertyValue=1)": /PropertyValue1, PropertyValue2/,
  }
  for (const [call, message] of Object.entries(refused)) assert.throws(() => bind(`Microsoft.Dynamics.CRM.${call}`), { name: 'BadRequest', message }, call)
  assert.throws(() => bind("Microsoft.Dynamics.CRM.Today(PropertyName='nothing')"), { name: 'UnknownProperty' })
  for (const negated of ["not X(PropertyName='createdon')", "not (X(PropertyName='createdon'))", "X(PropertyName='createdon') eq false"])
    assert.throws(() => bind(negated.replace('X', 'Microsoft.Dynamics.CRM.Today')), {
      name: 'UnsupportedClause',
      message: 'Not operator along with the Custom Named Condition operators is not allowed',
    })
})

test('conditions, values and links are bounded', () => {
  const many = (count: number, text: (index: number) => string, by: string) => Array.from({ length: count }, (_, index) => text(index)).join(by)
  assert.throws(() => bind(many(501, () => 'line eq 1', ' or ')), { name: 'TooManyConditions' })
  assert.throws(() => bind(`line in (${many(2001, String, ',')})`), { name: 'BadRequest', message: /2000/ })
  assert.throws(() => bind(`Microsoft.Dynamics.CRM.In(PropertyName='line',PropertyValues=[${many(2001, String, ',')}])`), {
    name: 'BadRequest',
    message: /2000/,
  })
  assert.throws(() => bind(many(16, () => 'Account_Tasks/any()', ' or ')), { name: 'TooManyLinks' })
  assert.throws(() => bind(`Account_Tasks/any(t:${many(501, () => "t/subject eq 'x'", ' or ')})`), { name: 'TooManyConditions' })
  const deep = 'parentcustomerid_contact/'.repeat(15)
  assert.ok(bind(`${deep}fullname eq 'x' and ${deep}emailaddress1 eq 'y'`, 'contact'))
  assert.throws(() => bind(`${deep}parentcustomerid_contact/fullname eq 'x'`, 'contact'), { name: 'TooManyLinks' })
})
