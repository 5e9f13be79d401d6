import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planRead } from '../plan/plan-read.ts'
import { testContext } from '../plan/test-schema.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parseResourcePath } from '../protocol/resource-path.ts'
import { isPointRead, isSmallRead } from './small-read.ts'

function plan(url: string) {
  const [path = '', query = ''] = url.split('?')
  const read = { segments: parseResourcePath(path), options: parseQueryOptions(query), preferences: parsePrefer(undefined) }
  return planRead({ ...read, precondition: { kind: 'none' } } as never, testContext()) as Parameters<typeof isSmallRead>[0]
}

test('a short page of one table is small, with what its lookups point at', () => {
  assert.ok(isSmallRead(plan("accounts?$top=50&$filter=line gt 1 and contains(name,'a')&$orderby=name")))
  assert.ok(isSmallRead(plan('accounts?$top=50&$expand=primarycontactid($select=fullname)')))
})

test('what may take long beyond the rows that are looked at is not', () => {
  assert.ok(!isSmallRead(plan('accounts')), 'a whole page')
  assert.ok(!isSmallRead(plan('accounts?$top=5&$count=true')))
  assert.ok(!isSmallRead(plan("accounts?$top=5&$filter=contains(name,'a%25b%25c')")), 'a pattern')
  assert.ok(!isSmallRead(plan('accounts?$top=5&$filter=contact_customer_accounts/any()')), 'a subquery')
  assert.ok(!isSmallRead(plan('accounts?$top=5&$expand=contact_customer_accounts')), 'a collection in each row')
})

test('one row is a point read, but with a collection in it', () => {
  const id = '6f0c0000-0000-4000-8000-000000000001'
  assert.ok(isPointRead(plan(`accounts(${id})?$expand=primarycontactid`)))
  assert.ok(!isPointRead(plan(`accounts(${id})?$expand=contact_customer_accounts`)))
  assert.ok(!isPointRead(plan('accounts?$top=1')))
})
