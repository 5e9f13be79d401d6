/** What filters find where the words of one decide: paths, wildcards, and what no client may do. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bindFilter } from '../../src/plan/bind-filter.ts'
import type { BoundFilter } from '../../src/plan/bound-filter.ts'
import { NO_ANNOTATIONS } from '../../src/plan/row-annotations.ts'
import { selectColumns } from '../../src/plan/select-columns.ts'
import { testContext } from '../../src/plan/test-schema.ts'
import { parseFilter } from '../../src/protocol/filter.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'
import { openReads, outcomeOf, parseRows, readSchema, type TestReads } from '../../src/store/test-reads.ts'

const account = readSchema.tables.get('account')
assert.ok(account)

function bound(text: string): BoundFilter {
  return bindFilter(parseFilter(text), account as NonNullable<typeof account>, testContext(readSchema), new Map())
}
async function namesWhere(store: TestReads, filter: string | BoundFilter): Promise<string[]> {
  const table = store.table('account')
  const shape = { table, columns: selectColumns(table, ['name']), expands: [], annotations: NO_ANNOTATIONS }
  const byId = { path: { steps: [], table, column: table.columns.get('accountid') as never }, descending: false }
  const plan = {
    kind: 'read-rows',
    shape,
    source: { kind: 'set' },
    filter: typeof filter === 'string' ? bound(filter) : filter,
    order: [byId],
    limit: 5000,
    pages: true,
    after: undefined,
    pageNumber: 1,
    countLimit: undefined,
    references: false,
  } as const
  return parseRows(outcomeOf(await store.read(plan), 'rows').json).map((row) => row.name)
}

export function registerFilterWordsContract(engine: TestEngine): void {
  describe('words of filters', () => {
    test('a path leads along lookups, null where one is', async () => {
      const store = await openReads(engine)
      const user = await store.insert('systemuser', { fullname: 'Ann' })
      const contact = await store.insert('contact', { fullname: 'Bob', createdby: { table: 'systemuser', id: user } })
      await store.insert('account', { name: 'with', primarycontactid: { table: 'contact', id: contact } })
      await store.insert('account', { name: 'without' })
      assert.deepEqual(await namesWhere(store, "primarycontactid/createdby/fullname eq 'ANN'"), ['with'])
      assert.deepEqual(await namesWhere(store, "primarycontactid/createdby/fullname ne 'ANN'"), ['without'])
      assert.deepEqual(await namesWhere(store, 'primarycontactid/fullname eq null'), ['without'])
      assert.deepEqual(await namesWhere(store, "startswith(primarycontactid/fullname,'b')"), ['with'])
    })

    test('wildcards are those of SQL Server, and what is none stands for itself', async () => {
      const store = await openReads(engine)
      const names = ['50% off', '50 off', 'a_b', 'axb', 'a*b', 'a?b', 'a[b', 'a]b', 'a\\b', 'Été', 'x-y', 'line\nbreak', '🙂z']
      for (const name of names) await store.insert('account', { name })
      const found: Readonly<Record<string, readonly string[]>> = {
        "contains(name,'0%f')": ['50% off', '50 off'],
        "contains(name,'0[%] ')": ['50% off'],
        "contains(name,'a_b')": ['a_b', 'axb', 'a*b', 'a?b', 'a[b', 'a]b', 'a\\b'],
        "contains(name,'a[_]b')": ['a_b'],
        "contains(name,'a*b')": ['a*b'],
        "contains(name,'a?b')": ['a?b'],
        "contains(name,'a[b')": ['a[b'],
        "contains(name,'a\\b')": ['a\\b'],
        "contains(name,'A[x-z]b')": ['axb'],
        "contains(name,'a[^a-z_*?]b')": ['a[b', 'a]b', 'a\\b'],
        "startswith(name,'ÉT')": ['Été'],
        "endswith(name,'TÉ')": ['Été'],
        "startswith(name,'x[-]')": ['x-y'],
        "contains(name,'e_break')": ['line\nbreak'],
        "startswith(name,'_z')": ['🙂z'],
        "startswith(name,'🙂')": ['🙂z'],
      }
      for (const [filter, expected] of Object.entries(found)) assert.deepEqual(await namesWhere(store, filter), expected, filter)
    })

    test('what a client sends never becomes SQL, and its size is bounded', async () => {
      const store = await openReads(engine)
      await store.insert('account', { name: "x' or '1'='1" })
      assert.deepEqual(await namesWhere(store, "name eq 'x'' or ''1''=''1'"), ["x' or '1'='1"])
      assert.deepEqual(
        await namesWhere(store, {
          op: 'contains',
          left: { steps: [], table: store.table('account'), column: store.table('account').columns.get('name') as never },
          text: 'a\0',
        }),
        [],
      )
      await assert.rejects(namesWhere(store, `contains(name,'${'ab%'.repeat(20_000)}')`), { name: 'BadRequest' })
    })

    test('500 conditions, 2,000 options and 200 levels are not too deep', async () => {
      const store = await openReads(engine)
      await store.insert('account', { name: 'a', line: 7, hobbies: '9' })
      const term: BoundFilter = bound('line eq 7')
      let deep: BoundFilter = term
      for (let level = 0; level < 200; level++)
        deep = level % 2 ? { op: 'not', term: deep } : { op: 'and', terms: [deep, { op: 'or', terms: [term, { op: 'not', term }] }] }
      assert.deepEqual(await namesWhere(store, { op: 'and', terms: Array.from({ length: 500 }, () => term) }), ['a'])
      await namesWhere(store, deep)
      const hobbies = { steps: [], table: store.table('account'), column: store.table('account').columns.get('hobbies') as never }
      assert.deepEqual(await namesWhere(store, { op: 'contains-values', left: hobbies, values: Array.from({ length: 2000 }, (_, option) => option) }), ['a'])
    })
  })
}
