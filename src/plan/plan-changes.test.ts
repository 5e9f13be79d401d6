import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DeltaToken, formatDeltaToken } from '../protocol/delta-token.ts'
import { encodeQueryComponent } from '../protocol/percent.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parseResourcePath } from '../protocol/resource-path.ts'
import { formatSkipToken } from '../protocol/skip-token.ts'
import { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import { nextSkipToken } from './next-page.ts'
import { planRead } from './plan-read.ts'
import { ID, testContext, testSchema } from './test-schema.ts'

type Planned = ReturnType<typeof planRead>

const TRACK = 'odata.track-changes'
const token: DeltaToken = { version: 919042n, at: new Date('2026-11-22T10:00:00Z'), storePart: 's1.account.6f0c.919042' }
const delta = `$deltatoken=${encodeQueryComponent(formatDeltaToken(token))}`

function plan(url: string, prefer?: string, schema: Schema = testSchema): Planned {
  const [path = '', query = ''] = url.split('?')
  return planRead(
    { segments: parseResourcePath(path), options: parseQueryOptions(query), preferences: parsePrefer(prefer), precondition: { kind: 'none' } },
    testContext(schema),
  )
}

function skip(made: Planned, outcome: Parameters<typeof nextSkipToken>[1]): string {
  assert.ok(made.kind === 'read-tracked' || made.kind === 'read-changes')
  const next = nextSkipToken(made, outcome)
  assert.ok(next)
  return `$skiptoken=${encodeQueryComponent(formatSkipToken(next))}`
}

test('a set read with tracking is whole, and ends in a position', () => {
  const made = plan('accounts?$select=name&$count=true', `${TRACK},odata.maxpagesize=2`)
  assert.ok(made.kind === 'read-tracked')
  assert.deepEqual(
    made.shape.columns.map((column) => column.logicalName),
    ['name', 'accountid'],
  )
  assert.deepEqual(
    { limit: made.limit, pageNumber: made.pageNumber, from: made.from, countLimit: made.countLimit },
    { limit: 2, pageNumber: 1, from: undefined, countLimit: 5001 },
  )
})

test('the next page of a tracked read needs its own link alone', () => {
  const first = plan('accounts?$select=name', `${TRACK},odata.maxpagesize=2`)
  const outcome = { kind: 'tracked-rows', json: '', count: undefined, token: { version: 5n, storePart: 's1.x' }, nextAfterId: ID } as const
  for (const url of [`accounts?$select=name&${skip(first, outcome)}`, `accounts?${skip(first, outcome)}`]) {
    const second = plan(url)
    assert.ok(second.kind === 'read-tracked')
    assert.deepEqual(
      { limit: second.limit, pageNumber: second.pageNumber, from: second.from },
      { limit: 2, pageNumber: 2, from: { storePart: 's1.x', afterId: ID } },
    )
  }
  assert.equal(nextSkipToken(first as never, { ...outcome, nextAfterId: undefined }), undefined)
})

test('a delta link asks for the changes since its token', () => {
  const made = plan(`accounts?$select=name&${delta}`)
  assert.ok(made.kind === 'read-changes')
  assert.deepEqual(
    { limit: made.limit, pageNumber: made.pageNumber, storePart: made.storePart, from: made.from },
    { limit: 5000, pageNumber: 1, storePart: token.storePart, from: undefined },
  )
  assert.equal(plan(`accounts?${delta}`, `${TRACK},odata.maxpagesize=10`).kind, 'read-changes')
})

test('the next page of a delta needs its own link alone', () => {
  const after = { part: 'tombstones', at: '9007199254740993' } as const
  const outcome = { kind: 'changes', rows: '', deletedIds: [], token: { version: 7n, storePart: 's1.until' }, nextAfter: after } as const
  const next = skip(plan(`accounts?${delta}`, 'odata.maxpagesize=3'), outcome)
  for (const url of [`accounts?${next}`, `accounts?${delta}&${next}`]) {
    const second = plan(url)
    assert.ok(second.kind === 'read-changes')
    const { limit, pageNumber, storePart, from } = second
    assert.deepEqual({ limit, pageNumber, storePart, from }, { limit: 3, pageNumber: 2, storePart: token.storePart, from: { until: 's1.until', after } })
  }
  const other = encodeQueryComponent(formatDeltaToken({ ...token, storePart: 's1.other' }))
  assert.throws(() => plan(`accounts?$deltatoken=${other}&${next}`), { name: 'BadToken' })
})

test('changes are counted by token', () => {
  const made = plan(`accounts/$count?${delta}`)
  assert.ok(made.kind === 'count-changes')
  assert.equal(made.storePart, token.storePart)
  assert.throws(() => plan(`accounts/$count?${delta}&$filter=line%20eq%201`), { name: 'TrackingOption' })
})

test('whatever would narrow or order a tracked read is refused by name', () => {
  const options = {
    filter: '$filter=line%20eq%201',
    orderby: '$orderby=name',
    expand: '$expand=primarycontactid',
    top: '$top=1',
    apply: '$apply=aggregate($count as n)',
    skip: '$skip=1',
    fetchXml: 'fetchXml=<fetch><entity name="account"/></fetch>',
    savedQuery: `savedQuery=${ID}`,
    userQuery: `userQuery=${ID}`,
    sql: 'sql=x',
  }
  for (const [name, option] of Object.entries(options)) {
    const refusal = { name: 'TrackingOption', message: new RegExp(`"${name}"`) }
    assert.throws(() => plan(`accounts?${option}`, TRACK), refusal, name)
    assert.throws(() => plan(`accounts?${option}&${delta}`), refusal, name)
  }
  assert.throws(() => plan(`accounts?$count=true&${delta}`), { name: 'TrackingOption' })
  assert.throws(() => plan('accounts?nothing=1', TRACK), { name: 'BadRequest' })
})

test('a table that is not tracked has no changes', () => {
  for (const url of ['tasks', `tasks?${delta}`]) assert.throws(() => plan(url, TRACK), { name: 'TrackingNotEnabled', message: /task/ }, url)
})

test('an intersect table is tracked where both its ends are', () => {
  assert.equal(plan('accountcontacts', TRACK).kind, 'read-tracked')
  const tables: Table[] = [...testSchema.tables.values()].map((table) => (table.logicalName === 'contact' ? { ...table, tracksChanges: false } : table))
  const untracked = Schema.of(2, { tables, relationships: testSchema.relationships.values(), choices: [] })
  assert.throws(() => plan('accountcontacts', TRACK, untracked), { name: 'TrackingNotEnabledForRelated' })
})

test("another database's token has expired, a broken one is bad", () => {
  const foreign = encodeQueryComponent('919042!08/22/2017 08:10:44')
  assert.throws(() => plan(`accounts?$deltatoken=${foreign}`), { name: 'TokenExpired', status: 410 })
  assert.throws(() => plan('accounts?$deltatoken=nonsense'), { name: 'BadToken', status: 400 })
  assert.throws(() => plan('accounts?$skiptoken=nonsense'), { name: 'BadToken', status: 400 })
})

test('a skip token of an untracked read does not continue a tracked one, nor the other way round', () => {
  const rows = encodeQueryComponent(formatSkipToken({ page: 2, pageSize: 5, keys: [{ column: 'accountid', first: ID, last: ID }] }))
  assert.equal(plan(`accounts?$skiptoken=${rows}`).kind, 'read-rows')
  assert.throws(() => plan(`accounts?$skiptoken=${rows}`, TRACK), { name: 'BadToken' })
  const tracked = encodeQueryComponent(formatSkipToken({ page: 2, pageSize: 5, keys: [], state: `tracked!s1.x!${ID}` }))
  assert.throws(() => plan(`accounts(${ID})/Account_Tasks?$skiptoken=${tracked}`), { name: 'BadToken' })
  assert.throws(() => plan(`accounts?${delta}&$skiptoken=${tracked}`), { name: 'BadToken' })
})

test('one row has no changes of its own', () => {
  assert.throws(() => plan(`accounts(${ID})?${delta}`), { name: 'BadRequest' })
  assert.throws(() => plan(`accounts(${ID})/Account_Tasks?${delta}`), { name: 'BadRequest' })
  assert.equal(plan(`accounts(${ID})`, TRACK).kind, 'read-row')
})
