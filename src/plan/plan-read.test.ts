import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePrecondition } from '../protocol/precondition.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parseResourcePath } from '../protocol/resource-path.ts'
import { wireName } from '../schema/column.ts'
import { planRead } from './plan-read.ts'
import type { PathStep } from './read-plan.ts'
import { Schema } from '../schema/schema.ts'
import { ID, ID2, tableOf, testContext, testSchema, testTable } from './test-schema.ts'

type Planned = ReturnType<typeof planRead>

const team = testTable('team', { name: { type: 'string', maxLength: 100, format: 'Text' } })
const withTeams = Schema.of(1, {
  tables: [...testSchema.tables.values(), team],
  relationships: testSchema.relationships.values(),
  choices: [],
})

type Headers = { readonly prefer?: string; readonly ifNoneMatch?: string; readonly ifMatch?: string }

function plan(url: string, headers: Headers = {}, schema = testSchema): Planned {
  const [path = '', query = ''] = url.split('?')
  const read = {
    segments: parseResourcePath(path),
    options: parseQueryOptions(query),
    preferences: parsePrefer(headers.prefer),
    precondition: parsePrecondition(headers.ifMatch, headers.ifNoneMatch),
  }
  return planRead(read, testContext(schema))
}

function planOf<K extends Planned['kind']>(kind: K, url: string, headers?: Headers, schema?: Schema): Extract<Planned, { readonly kind: K }> {
  const made = plan(url, headers, schema)
  assert.equal(made.kind, kind)
  return made as Extract<Planned, { readonly kind: K }>
}

test('a set is read in pages of 5,000, ordered by its id', () => {
  const { shape, source, order, limit, pages, pageNumber, after, countLimit, filter } = planOf('read-rows', 'accounts')
  assert.equal(shape.table, tableOf('account'))
  assert.equal(shape.columns.length, tableOf('account').columns.size)
  assert.deepEqual(
    order.map((one) => one.path.column.logicalName),
    ['accountid'],
  )
  assert.deepEqual(
    { source, limit, pages, pageNumber, after, countLimit, filter },
    { source: { kind: 'set' }, limit: 5000, pages: true, pageNumber: 1, after: undefined, countLimit: undefined, filter: undefined },
  )
})

test('the options of a set are bound', () => {
  const made = planOf(
    'read-rows',
    'accounts?$select=name&$filter=line%20gt%205&$orderby=primarycontactid/fullname%20desc,name,name&$count=true' +
      '&$expand=primarycontactid($select=fullname)&tag=x&@p=1',
    { prefer: 'odata.maxpagesize=20,odata.include-annotations="*"' },
  )
  assert.deepEqual(made.shape.columns.map(wireName), ['name', 'accountid'])
  assert.equal(made.filter?.op, 'gt')
  assert.deepEqual(
    made.order.map((one) => `${one.path.steps.length} ${one.path.column.logicalName} ${one.descending}`),
    ['1 fullname true', '0 name false', '0 accountid false'],
  )
  assert.equal(made.limit, 20)
  assert.equal(made.countLimit, 5001)
  assert.deepEqual(made.shape.annotations, { formattedValues: true, associatedNavigation: true, lookupTable: true, attributeName: true })
  assert.equal(made.shape.expands.length, 1)
})

test('$top ends the answer, unless a page size is asked for or it is beyond a page', () => {
  const size = (url: string, prefer?: string) => {
    const { limit, pages } = planOf('read-rows', url, prefer === undefined ? {} : { prefer })
    return [limit, pages]
  }
  assert.deepEqual(size('accounts?$top=3'), [3, false])
  assert.deepEqual(size('accounts?$top=0'), [0, false])
  assert.deepEqual(size('accounts?$top=5000'), [5000, false])
  assert.deepEqual(size('accounts?$top=5001'), [5000, true])
  assert.deepEqual(size('accounts?$top=3', 'odata.maxpagesize=50'), [50, true])
  assert.deepEqual(size('accounts', 'odata.maxpagesize=90000'), [5000, true])
})

test('a row is read by id or by key', () => {
  const byId = planOf('read-row', `accounts(${ID})?$select=revenue`)
  assert.deepEqual(byId.address, { by: 'id', table: tableOf('account'), id: ID })
  assert.deepEqual(byId.shape.columns.map(wireName), ['revenue', '_transactioncurrencyid_value', 'accountid'])
  assert.deepEqual(byId.steps, [])
  const byKey = planOf('read-row', "accounts(accountnumber=@k)?@k='A%2FB'").address
  assert.equal(byKey.by === 'key' && byKey.parts[0]?.value, 'A/B')
})

test('an unchanged row is not sent again, but where more than the row is asked for', () => {
  const known = { ifNoneMatch: 'W/"7"' }
  assert.deepEqual(planOf('read-row', `accounts(${ID})`, known).unlessVersion, [7n])
  assert.deepEqual(planOf('read-row', `accounts(${ID})?$expand=primarycontactid`, known).unlessVersion, [])
  assert.deepEqual(planOf('read-row', `accounts(${ID})`, { ...known, prefer: 'odata.include-annotations="*"' }).unlessVersion, [])
  assert.deepEqual(planOf('read-row', `accounts(${ID})`, { ifNoneMatch: 'null' }).unlessVersion, [])
  assert.throws(() => plan(`accounts(${ID})`, { ifMatch: 'W/"7"' }), { name: 'NotSupported' })
  assert.throws(() => plan(`accounts(${ID})`, { ifNoneMatch: '*' }), { name: 'NotSupported' })
})

const stepsOf = (steps: readonly PathStep[]) =>
  steps.map((step) =>
    step.kind === 'lookup' ? `${step.segment}:${step.target.logicalName}` : `${step.link.relationship.schemaName}:${step.address.table.logicalName}`,
  )

test('a navigation property leads to one row', () => {
  const { shape, steps, address, references } = planOf('read-row', `accounts(${ID})/primarycontactid?$select=fullname`)
  assert.equal(shape.table, tableOf('contact'))
  assert.deepEqual(stepsOf(steps), ['primarycontactid:contact'])
  assert.equal(address.table, tableOf('account'))
  assert.equal(references, false)
  const reference = planOf('read-row', `accounts(${ID})/primarycontactid/$ref`)
  assert.equal(reference.references, true)
  assert.deepEqual(reference.shape.columns.map(wireName), ['contactid'])
  assert.throws(() => plan(`accounts(${ID})/primarycontactid(${ID2})`), { name: 'BadRequest' })
})

test('a path goes on from row to row, to a value, a collection or its count', () => {
  const row = planOf('read-row', `accounts(${ID})/Account_Tasks(${ID2})/regardingobjectid_account/primarycontactid/createdby`)
  assert.deepEqual(stepsOf(row.steps), ['Account_Tasks:task', 'regardingobjectid_account:account', 'primarycontactid:contact', 'createdby:systemuser'])
  assert.equal(row.shape.table, tableOf('systemuser'))
  const value = planOf('read-value', `accounts(${ID})/primarycontactid/fullname/$value`)
  assert.deepEqual([stepsOf(value.steps), value.column.logicalName], [['primarycontactid:contact'], 'fullname'])
  const { source } = planOf('read-rows', `accounts(${ID})/primarycontactid/Contact_Tasks?$top=2`)
  assert.ok(source.kind === 'children')
  assert.deepEqual([stepsOf(source.parent.steps), source.link.relationship.schemaName], [['primarycontactid:contact'], 'Contact_Tasks'])
  assert.equal(planOf('count-rows', `accounts(${ID})/primarycontactid/Contact_Tasks/$count`).table, tableOf('task'))
  assert.throws(() => plan(`accounts(${ID})/primarycontactid/nothing`), { name: 'UnknownResource' })
  assert.throws(() => plan(`accounts(${ID})/primarycontactid/fullname/$value/x`), { name: 'UnknownResource' })
  assert.throws(() => plan(`accounts(${ID})/primarycontactid/Contact_Tasks/$count/x`), { name: 'UnknownResource' })
})

test('an owner is a user or a team, a cast says which', () => {
  const { owner } = planOf('read-owner', `accounts(${ID})/ownerid?$select=fullname`, undefined, withTeams)
  assert.deepEqual(
    owner.choices.map((choice) => [choice.shape.table.logicalName, choice.shape.columns.map(wireName)]),
    [
      ['systemuser', ['fullname', 'systemuserid']],
      ['team', ['teamid']],
    ],
  )
  const row = planOf('read-row', `accounts(${ID})/ownerid/Microsoft.Dynamics.CRM.systemuser?$select=domainname`)
  assert.deepEqual(stepsOf(row.steps), ['ownerid:systemuser'])
  assert.equal(planOf('read-row', `accounts(${ID})/primarycontactid/Microsoft.Dynamics.CRM.contact`).shape.table, tableOf('contact'))
  assert.throws(() => plan(`accounts(${ID})/ownerid?$select=nothing`), { name: 'UnknownProperty', message: /nothing.*principal/ })
  for (const path of [
    'ownerid/fullname',
    'ownerid/Microsoft.Dynamics.CRM.contact',
    'ownerid/$value',
    'ownerid/$ref/x',
    'createdby/Microsoft.Dynamics.CRM.team',
  ]) {
    assert.throws(() => plan(`accounts(${ID})/${path}`), { name: 'UnknownResource' }, path)
  }
  assert.throws(() => plan(`accounts(${ID})/ownerid(${ID2})`), { name: 'BadRequest' })
})

test('a navigation property leads to many rows', () => {
  const { shape, source, filter, references } = planOf('read-rows', `accounts(${ID})/Account_Tasks?$filter=subject%20eq%20'x'`)
  assert.equal(shape.table, tableOf('task'))
  assert.equal(source.kind === 'children' && source.parent.address.by === 'id' && source.parent.address.id, ID)
  assert.equal(source.kind === 'children' && source.link.kind, 'one-to-many')
  assert.equal(filter?.op, 'eq')
  assert.equal(references, false)
  assert.equal(planOf('read-rows', `accounts(${ID})/Account_Tasks/$ref`).references, true)
  assert.equal(planOf('count-rows', `accounts(${ID})/Account_Tasks/$count`).source.kind, 'children')
  const other = planOf('read-rows', `contacts(${ID})/accountcontact_association`).source
  assert.deepEqual(other.kind === 'children' && other.link.kind === 'many-to-many' && other.link.side, 2)
})

test('a row of a collection is read only as part of it', () => {
  const { address, steps, shape } = planOf('read-row', `accounts(${ID})/Account_Tasks(${ID2})`)
  assert.equal(address.by === 'id' && address.id, ID)
  const [step] = steps
  assert.ok(step?.kind === 'child' && step.address.by === 'id' && step.address.id === ID2)
  assert.equal(shape.table, tableOf('task'))
  assert.equal(planOf('read-row', `accounts(${ID})/Account_Tasks(${ID2})/$ref`).references, true)
})

test('one value is read by its wire name', () => {
  assert.equal(planOf('read-value', `accounts(${ID})/name`).column.logicalName, 'name')
  assert.equal(planOf('read-value', `accounts(${ID})/name/$value`).annotations.formattedValues, false)
  assert.equal(planOf('read-value', `accounts(${ID})/_primarycontactid_value`).column.logicalName, 'primarycontactid')
  assert.equal(planOf('read-value', `systemusers(${ID})/ownerid`).column.logicalName, 'systemuserid')
  assert.throws(() => plan(`contacts(${ID})/parentcustomerid`), { name: 'UnknownResource' })
  assert.throws(() => plan(`contacts(${ID})/secret`), { name: 'UnknownResource' })
  assert.throws(() => plan(`accounts(${ID})/name?$select=name`), { name: 'BadRequest' })
})

test('a set is counted up to 5,000', () => {
  const { limit, filter, table } = planOf('count-rows', 'accounts/$count?$filter=line%20eq%201&$top=5')
  assert.equal(limit, 5000)
  assert.equal(filter?.op, 'eq')
  assert.equal(table, tableOf('account'))
  assert.equal(planOf('count-rows', 'accounts/$count', { prefer: 'odata.track-changes' }).filter, undefined)
})

test('what the path does not hold is not found', () => {
  for (const url of [
    'nothing',
    'Accounts',
    'accounts/name',
    'accounts/$value',
    'accounts/$count/$ref',
    `accounts(${ID})/nothing`,
    `accounts(${ID})/$count`,
    `accounts(${ID})/$ref/$ref`,
    `accounts(${ID})/name/$count`,
    `accounts(${ID})/Account_Tasks/subject`,
    `accounts(${ID})/primarycontactid/$value`,
    `accounts(${ID})/Account_Tasks/$ref/$count`,
  ]) {
    assert.throws(() => plan(url), { name: 'UnknownResource', status: 404 }, url)
  }
  assert.throws(() => plan(`accounts(${ID})/Microsoft.Dynamics.CRM.contact`), { name: 'UnknownResource' })
})

test('an order leads through 15 other tables at the most', () => {
  const path = (length: number) => `contacts?$orderby=${'parentcustomerid_contact/'.repeat(length)}fullname`
  assert.equal(plan(path(15)).kind, 'read-rows')
  for (const length of [16, 2000]) assert.throws(() => plan(path(length)), { name: 'TooManyLinks' })
})

test('an option without use for the resource is refused by name', () => {
  for (const option of ['$filter=line%20eq%201', '$orderby=name', '$top=1', '$count=true', '$skiptoken=x', '$deltatoken=x']) {
    const name = option.slice(0, option.indexOf('='))
    assert.throws(() => plan(`accounts(${ID})?${option}`), { name: 'BadRequest', message: new RegExp(`\\${name}`) }, option)
  }
  assert.throws(() => plan('accounts/$ref?$select=name'), { name: 'BadRequest', message: /\$select/ })
})

test('an option of Dataverse that is not done here is refused by name', () => {
  assert.throws(() => plan('accounts?$skip=5'), { name: 'UnsupportedClause', code: '0x80060888', message: 'Skip Clause is not supported in CRM' })
  for (const name of ['$search', '$format', '$compute', 'partitionId']) {
    assert.throws(() => plan(`accounts?${name}=x`), { name: 'NotSupported', message: new RegExp(name.replace('$', '\\$'), 'i') }, name)
  }
  for (const name of ['$nothing', 'nothing', '$Select'])
    assert.throws(() => plan(`accounts?${name}=x`), { name: 'BadRequest', message: new RegExp(name.replace('$', '\\$')) }, name)
  assert.equal(plan('accounts?tag=x&api-version=9.2').kind, 'read-rows')
})
