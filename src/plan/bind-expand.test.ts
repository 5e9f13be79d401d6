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

test('what is not done is refused by name', () => {
  assert.throws(() => shape('$expand=ownerid'), { name: 'NotSupported', message: /\$expand of ownerid/ })
  assert.throws(() => shape('$expand=primarycontactid($expand=createdby)'), { name: 'NotSupported', message: /Nested \$expand/ })
  assert.throws(() => shape('$expand=primarycontactid($top=1)'), { name: 'UnsupportedClause', message: /^Only \$select/ })
  assert.throws(() => shape('$expand=primarycontactid($orderby=fullname)'), { name: 'UnsupportedClause' })
  assert.throws(() => shape('$expand=Account_Tasks($filter=subject eq @p)&@p=1'), { name: 'NotSupported', message: /@p/ })
})

test('an unknown, a repeated or one item too many is refused', () => {
  assert.throws(() => shape('$expand=PrimaryContactId'), { name: 'UnknownProperty' })
  assert.throws(() => shape('$expand=name'), { name: 'UnknownProperty' })
  assert.throws(() => shape('$expand=createdby,createdby'), { name: 'BadRequest' })
  assert.throws(() => shape(`$expand=${Array.from({ length: 16 }, () => 'createdby').join(',')}`), { name: 'BadRequest', message: /15/ })
})
