import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { wireName } from '../schema/column.ts'
import type { BoundExpand, RowShape } from './read-plan.ts'
import { bindShape } from './row-shape.ts'
import { tableOf, testContext } from './test-schema.ts'

const shape = (query: string, table = 'account'): RowShape => bindShape(tableOf(table), parseQueryOptions(query), '*', testContext())

function only<K extends BoundExpand['kind']>(kind: K, query: string, table?: string): Extract<BoundExpand, { readonly kind: K }> {
  const [expand] = shape(query, table).expands
  assert.equal(expand?.kind, kind)
  return expand as Extract<BoundExpand, { readonly kind: K }>
}

test('a lookup expands to its row', () => {
  const expand = only('one', '$expand=primarycontactid($select=fullname)')
  assert.equal(expand.column.logicalName, 'primarycontactid')
  assert.equal(expand.shape.table, tableOf('contact'))
  assert.deepEqual(expand.shape.columns.map(wireName), ['fullname', 'contactid'])
  assert.equal(expand.shape.annotations.formattedValues, true)
  assert.equal(expand.references, false)
})

test('a polymorphic lookup expands by the target that its navigation names', () => {
  const expand = only('one', '$expand=parentcustomerid_account', 'contact')
  assert.equal(expand.column.logicalName, 'parentcustomerid')
  assert.equal(expand.shape.table, tableOf('account'))
})

test('$ref gives the reference and the lookup beside it', () => {
  const { columns, expands } = shape('$select=name&$expand=primarycontactid/$ref')
  assert.deepEqual(columns.map(wireName), ['name', 'accountid', '_primarycontactid_value'])
  assert.ok(expands[0]?.kind === 'one' && expands[0].references)
  assert.throws(() => shape('$expand=Account_Tasks/$ref'), {
    name: 'UnsupportedClause',
    code: '0x80060888',
    message: 'Expand with $ref is only supported on lookup type navigation property.',
  })
})

test('a collection expands with options of its own, and its rows tell their parent', () => {
  const expand = only('many', "$expand=Account_Tasks($select=subject;$filter=subject ne 'a,b';$orderby=subject desc;$top=5)")
  assert.equal(expand.link.kind, 'one-to-many')
  assert.deepEqual(expand.shape.columns.map(wireName), ['subject', 'activityid', '_regardingobjectid_value'])
  assert.equal(expand.filter?.op, 'ne')
  assert.deepEqual(
    expand.order.map((one) => [one.path.column.logicalName, one.descending]),
    [
      ['subject', true],
      ['activityid', true],
    ],
  )
  assert.equal(expand.top, 5)
  assert.equal(expand.query, '$select=subject&$filter=subject%20ne%20%27a%2Cb%27&$orderby=subject%20desc&$top=5')
})

test('a collection without options is read up to 5,000 rows', () => {
  const expand = only('many', '$expand=accountcontact_association')
  assert.equal(expand.link.kind === 'many-to-many' && expand.link.side, 1)
  assert.equal(expand.top, 5000)
  assert.equal(expand.query, '')
  assert.equal(only('many', '$expand=Account_Tasks($top=9000)').top, 5000)
})

test('an expand inside another makes a page of every collection, of the size that is asked for', () => {
  const query =
    '$expand=Account_Tasks($select=subject),contact_customer_accounts($select=fullname;$filter=fullname ne null;$expand=createdby($select=fullname))'
  const bound = (size?: number) => bindShape(tableOf('account'), parseQueryOptions(query), undefined, testContext(), size).expands
  const [tasks, contacts] = bound(7)
  assert.ok(tasks?.kind === 'many' && contacts?.kind === 'many')
  assert.deepEqual([tasks.pages, tasks.top, tasks.query], [true, 7, '$select=subject'])
  assert.deepEqual([contacts.pages, contacts.top], [true, 7])
  assert.equal(contacts.query, '$select=fullname&$filter=fullname%20ne%20null&$expand=createdby($select=fullname)')
  const [user] = contacts.shape.expands
  assert.ok(user?.kind === 'one')
  assert.deepEqual(user.shape.columns.map(wireName), ['fullname', 'systemuserid'])
  const [first] = bound()
  assert.ok(first?.kind === 'many')
  assert.deepEqual([first.pages, first.top], [true, 5000])
  for (const option of ['$top=1', '$orderby=subject']) {
    assert.throws(() => shape(`$expand=Account_Tasks(${option}),primarycontactid($expand=createdby)`), { name: 'UnsupportedClause', message: /^Only \$select/ })
  }
})

test('what a nested expand needs of its row stands beside it', () => {
  const expand = only('many', '$expand=Account_Tasks($select=subject;$expand=regardingobjectid_account/$ref)')
  assert.deepEqual(expand.shape.columns.map(wireName), ['subject', 'activityid', '_regardingobjectid_value'])
  const deep = only(
    'one',
    '$expand=primarycontactid($select=fullname;$expand=createdby/$ref,Contact_Tasks($expand=regardingobjectid_contact($expand=createdby)))',
  )
  assert.deepEqual(deep.shape.columns.map(wireName), ['fullname', 'contactid', '_createdby_value'])
  const tasks = deep.shape.expands[1]
  assert.ok(tasks?.kind === 'many' && tasks.shape.expands[0]?.kind === 'one' && tasks.shape.expands[0].shape.expands[0]?.kind === 'one')
})

test('many-to-many relationships stand beside others and inside them', () => {
  const [contact, pairs] = shape('$expand=primarycontactid($expand=accountcontact_association),accountcontact_association($expand=createdby)').expands
  assert.ok(contact?.kind === 'one' && contact.shape.expands[0]?.kind === 'many' && contact.shape.expands[0].link.kind === 'many-to-many')
  assert.ok(pairs?.kind === 'many' && pairs.pages)
})

test('an owner shows what it has of what is named', () => {
  const choices = (query: string) => only('owner', query).choices.map((one) => [one.shape.table.logicalName, ...one.shape.columns.map(wireName)])
  assert.deepEqual(choices('$expand=ownerid'), [['systemuser', 'fullname', 'systemuserid']])
  assert.deepEqual(choices('$expand=ownerid($select=domainname)'), [['systemuser', 'domainname', 'systemuserid']])
  assert.deepEqual(choices('$expand=ownerid/$ref'), [['systemuser', 'systemuserid']])
  assert.deepEqual(shape('$select=name&$expand=ownerid/$ref').columns.map(wireName), ['name', 'accountid', '_ownerid_value'])
  assert.equal(only('owner', '$expand=ownerid/Microsoft.Dynamics.CRM.systemuser').choices[0]?.shape.columns.length, tableOf('systemuser').columns.size)
  assert.throws(() => shape('$expand=ownerid($select=nothing)'), { name: 'UnknownProperty', message: /'nothing' on type 'Microsoft.Dynamics.CRM.principal'/ })
  assert.throws(() => shape('$expand=ownerid($expand=nothing)'), { name: 'UnknownProperty' })
  assert.throws(() => shape('$expand=ownerid($top=1)'), { name: 'UnsupportedClause' })
  assert.throws(() => shape('$expand=ownerid/Microsoft.Dynamics.CRM.contact'), { name: 'UnknownResource' })
  assert.throws(() => shape('$expand=primarycontactid/Microsoft.Dynamics.CRM.account'), { name: 'UnknownResource' })
})

test('what is not done is refused by name', () => {
  assert.throws(() => shape('$expand=primarycontactid($top=1)'), { name: 'UnsupportedClause', message: /^Only \$select/ })
  assert.throws(() => shape('$expand=primarycontactid($orderby=fullname)'), { name: 'UnsupportedClause' })
  assert.throws(() => shape('$expand=Account_Tasks($filter=subject eq @p)&@p=1'), { status: 400, message: /@p/ })
})

test('an unknown, a repeated or one item too many is refused', () => {
  assert.throws(() => shape('$expand=PrimaryContactId'), { name: 'UnknownProperty' })
  assert.throws(() => shape('$expand=name'), { name: 'UnknownProperty' })
  assert.throws(() => shape('$expand=createdby,createdby'), { name: 'BadRequest' })
  assert.throws(() => shape(`$expand=${Array.from({ length: 16 }, () => 'createdby').join(',')}`), { name: 'BadRequest', message: /15/ })
})
