import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FetchQuery } from '../protocol/fetch-query.ts'
import { parseFetchXml } from '../protocol/fetch-xml.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parseResourcePath } from '../protocol/resource-path.ts'
import { Schema } from '../schema/schema.ts'
import type { ColumnPath } from './bound-filter.ts'
import { planRead } from './plan-read.ts'
import type { ReadResults } from './results-plan.ts'
import { ID, testContext, testSchema, testTable } from './test-schema.ts'

const text = { type: 'memo', maxLength: 2000, format: 'Text' } as const
const schema = Schema.of(1, {
  tables: [...testSchema.tables.values(), testTable('savedquery', { name: text, fetchxml: text }), testTable('userquery', { name: text, fetchxml: text })],
  relationships: testSchema.relationships.values(),
  choices: [],
})
const VIEW = `<fetch count="10"><entity name="account"><attribute name="name"/><order attribute="line"/>
  <filter><condition attribute="size" operator="eq" value="1"/></filter></entity></fetch>`

function plan(url: string, query?: FetchQuery, prefer?: string): ReturnType<typeof planRead> {
  const [path = '', search = ''] = url.split('?')
  const options = parseQueryOptions(search)
  const storedQuery = options.storedQuery && { ...options.storedQuery, query }
  const read = {
    segments: parseResourcePath(path),
    options: { ...options, storedQuery },
    preferences: parsePrefer(prefer),
    precondition: { kind: 'none' },
  } as const
  return planRead(read, testContext(schema))
}

function results(url: string, fetchXml = VIEW, prefer?: string): ReadResults {
  const made = plan(url, parseFetchXml(fetchXml), prefer)
  assert.ok(made.kind === 'read-results', made.kind)
  return made
}

const columnOf = (path: ColumnPath | string): string => (typeof path === 'string' ? path : path.column.logicalName)

test('first the row that holds the query is read', () => {
  for (const [option, table] of [
    ['savedQuery', 'savedquery'],
    ['userQuery', 'userquery'],
  ]) {
    const made = plan(`accounts?${option}=${ID}`)
    assert.ok(made.kind === 'find-query')
    assert.deepEqual([made.row.address.table.logicalName, made.row.address.by === 'id' && made.row.address.id], [table, ID])
    assert.ok(made.row.shape.columns.some((column) => column.logicalName === 'fetchxml'))
  }
})

test('then its query is asked of the set, or of the collection below a row', () => {
  const set = results(`accounts?savedQuery=${ID}`)
  assert.deepEqual(set.source, { kind: 'set' })
  assert.deepEqual(
    set.columns.map(({ name }) => name),
    ['name', 'accountid'],
  )
  assert.deepEqual(
    set.order.map(({ by }) => columnOf(by)),
    ['line', 'accountid'],
  )
  assert.equal(set.page.size, 10)
  const below = results(`contacts(${ID})/account_primary_contact/?userQuery=${ID}`)
  assert.equal(below.source.kind, 'children')
})

test('$filter narrows it, $orderby comes first, $top ends it', () => {
  const narrowed = results(`accounts?savedQuery=${ID}&$filter=line%20gt%203&$orderby=name%20desc&$top=4`)
  assert.ok(narrowed.filter?.op === 'and')
  assert.deepEqual(
    narrowed.filter.terms.map(({ op }) => op),
    ['gt', 'eq'],
  )
  assert.deepEqual(
    narrowed.order.map(({ by, descending }) => [columnOf(by), descending]),
    [
      ['name', true],
      ['line', false],
      ['accountid', false],
    ],
  )
  assert.deepEqual([narrowed.page.size, narrowed.page.pages], [4, false])
  assert.equal(results(`accounts?savedQuery=${ID}&$count=true`).countLimit, 5001)
  assert.equal(results(`accounts?savedQuery=${ID}`, VIEW, 'odata.maxpagesize=2').page.size, 2)
})

test('a query of another table, and what does not go with it, is refused', () => {
  assert.throws(() => results(`contacts?savedQuery=${ID}`), { name: 'FetchTableMismatch' })
  for (const option of ['$select=name', '$expand=primarycontactid', '$apply=aggregate($count as n)', 'fetchXml=<fetch><entity name="account"/></fetch>']) {
    assert.throws(() => plan(`accounts?savedQuery=${ID}&${option}`), { name: 'BadRequest', message: /cannot be applied/ }, option)
  }
  assert.throws(() => results(`accounts?savedQuery=${ID}&$orderby=primarycontactid/fullname`), { name: 'NotSupported' })
  assert.throws(() => plan(`accounts/$count?savedQuery=${ID}`), { name: 'UnsupportedClause', message: /^Count Segment is not supported/ })
  assert.throws(() => plan(`accounts(${ID})?savedQuery=${ID}`), { name: 'BadRequest', message: /'savedQuery'/ })
  assert.throws(() => plan(`accounts?savedQuery=${ID}`, undefined, 'odata.track-changes'), { name: 'TrackingOption', message: /savedQuery/ })
})
