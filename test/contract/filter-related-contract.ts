/**
 * Filters that look beyond their row – along lookups, at related rows, up and down a tree – find in SQL what the same filter in memory
 * holds for. Rows of accounts, contacts and tasks, linked at random; filters nested at random, with paths to every row around them.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Guid } from '../../src/base/guid.ts'
import { bindPath } from '../../src/plan/bind-path.ts'
import { type BoundFilter, type ColumnPath, type RelatedRows, ROOT_ROW } from '../../src/plan/bound-filter.ts'
import type { Join } from '../../src/plan/join.ts'
import { linkOf } from '../../src/plan/navigation.ts'
import type { ChildLink } from '../../src/plan/read-plan.ts'
import { referenceShape } from '../../src/plan/row-shape.ts'
import { columnOf, tableOf, testSchema } from '../../src/plan/test-schema.ts'
import type { Reference } from '../../src/plan/value.ts'
import type { Column } from '../../src/schema/column.ts'
import { openReads, outcomeOf, parseRows, type TestReads } from '../../src/store/test-reads.ts'
import { holds, type MemoryRow, rowIn, type World } from '../../src/store/sql/test-filter.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerFilterRelatedContract(engine: TestEngine): void {
  describe('filters on related rows', () => {
    // Rows

    /** An account and a contact may have the same id: what a polymorphic lookup points at, its table tells. */
    const idOf = (index: number): Guid => `00000000-0000-4000-8000-00000000000${index}` as Guid
    const ACCOUNTS = 3
    const CONTACTS = 4
    const anyAccount = fc.nat(ACCOUNTS - 1).map((index): Reference => ({ table: 'account', id: idOf(index) }))
    const anyContact = fc.nat(CONTACTS - 1).map((index): Reference => ({ table: 'contact', id: idOf(index) }))
    const anyId = anyContact.map((one) => one.id)
    const anyWord = fc.constantFrom('a', 'A', 'ab', '%', 'é')
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 4 })

    const accounts = fc.array(
      fc.record({ name: maybe(anyWord), line: maybe(fc.nat(2)), hobbies: maybe(fc.constantFrom('1', '9', '1,9')), primarycontactid: maybe(anyContact) }),
      { minLength: ACCOUNTS, maxLength: ACCOUNTS },
    )
    const contacts = fc.array(fc.record({ fullname: maybe(anyWord), parentcustomerid: maybe(fc.oneof(anyAccount, anyContact)) }), {
      minLength: CONTACTS,
      maxLength: CONTACTS,
    })
    const tasks = fc.array(fc.record({ subject: maybe(anyWord), regardingobjectid: maybe(fc.oneof(anyAccount, anyContact)) }), { maxLength: 5 })
    const pairs = fc.uniqueArray(fc.tuple(anyAccount, anyContact), { maxLength: 5, selector: ([a, c]) => a.id + c.id })

    const anyWorld: fc.Arbitrary<World> = fc.tuple(accounts, contacts, tasks, pairs).map(([a, c, t, p]) => ({
      rows: [...rowsOf('account', a), ...rowsOf('contact', c), ...rowsOf('task', t)],
      pairs: { accountcontact: p.map(([account, contact]) => [account.id, contact.id] as const) },
    }))

    function rowsOf(table: string, all: readonly MemoryRow['values'][]): readonly MemoryRow[] {
      return all.map((values, index) => ({ table, id: idOf(index), values }))
    }

    async function store(world: World): Promise<TestReads> {
      const reads = await openReads(engine)
      await reads.dropKeyIndexes()
      for (const { table, values, id } of world.rows) await reads.insert(table, values, id)
      for (const [accountid, contactid] of world.pairs.accountcontact ?? []) await reads.insert('accountcontact', { accountid, contactid })
      return reads
    }

    // Filters

    /** The tables of the rows that paths may start from, by the name that paths give them; '' is the row itself. */
    type Rows = Readonly<Record<string, string>>
    type PathKind = 'text' | 'id' | 'number'

    const PATHS: Readonly<Record<string, Readonly<Record<PathKind, readonly string[]>>>> = {
      account: {
        text: ['name', 'primarycontactid/fullname', 'primarycontactid/parentcustomerid_account/name'],
        id: ['accountid', 'primarycontactid', 'primarycontactid/parentcustomerid'],
        number: ['line', 'primarycontactid/parentcustomerid_account/line'],
      },
      contact: {
        text: ['fullname', 'parentcustomerid_account/name', 'parentcustomerid_contact/fullname', 'parentcustomerid_contact/parentcustomerid_contact/fullname'],
        id: ['contactid', 'parentcustomerid', 'parentcustomerid_account/accountid'],
        number: ['parentcustomerid_account/line'],
      },
      task: {
        text: ['subject', 'regardingobjectid_account/name', 'regardingobjectid_contact/fullname', 'regardingobjectid_account/primarycontactid/fullname'],
        id: ['activityid', 'regardingobjectid', 'regardingobjectid_contact/parentcustomerid'],
        number: ['regardingobjectid_account/line'],
      },
    }

    function anyPath(rows: Rows, kind: PathKind): fc.Arbitrary<ColumnPath> {
      return fc.oneof(
        ...Object.entries(rows).map(([from, table]) =>
          fc.constantFrom(...(PATHS[table]?.[kind] ?? [])).map((text): ColumnPath => {
            const path = bindPath(text.split('/'), tableOf(table), testSchema)
            return from === '' ? path : { ...path, from }
          }),
        ),
      )
    }

    const comparisons = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le')
    const parentcustomerid = columnOf('contact', 'parentcustomerid')

    function anyLeaf(rows: Rows): fc.Arbitrary<BoundFilter> {
      const texts = anyPath(rows, 'text')
      const ids = anyPath(rows, 'id')
      const hobbies = Object.entries(rows).flatMap(([from, table]) =>
        table === 'account' ? [{ ...ownPath('account', 'hobbies'), ...(from && { from }) }] : [],
      )
      return fc.oneof(
        fc.tuple(comparisons, texts, fc.oneof(anyWord, texts)).map(([op, left, right]): BoundFilter => ({ op, left, right }) as BoundFilter),
        fc
          .tuple(comparisons, anyPath(rows, 'number'), fc.oneof(fc.nat(2), anyPath(rows, 'number')))
          .map(([op, left, right]): BoundFilter => ({ op, left, right }) as BoundFilter),
        fc
          .tuple(fc.constantFrom('eq', 'ne'), ids, fc.oneof(anyId, fc.constant(null), ids))
          .map(([op, left, right]): BoundFilter => ({ op, left, right }) as BoundFilter),
        fc.tuple(ids, fc.array(anyId, { maxLength: 2 })).map(([left, values]): BoundFilter => ({ op: 'in', left, values })),
        fc
          .tuple(fc.constantFrom('contains', 'startswith', 'endswith', 'like'), texts, fc.constantFrom('a', '%b', 'A%', '_', '[a-b]', ''))
          .map(([op, left, text]): BoundFilter => ({ op, left, text })),
        fc
          .tuple(fc.constantFrom('above', 'under'), ids, anyContact, fc.boolean())
          .map(([op, left, { id }, orEqual]): BoundFilter => ({ op, left, table: tableOf('contact'), parent: parentcustomerid, id, orEqual })),
        ...(hobbies.length > 0
          ? [
              fc
                .tuple(fc.constantFrom(...hobbies), fc.subarray([1, 9], { minLength: 1 }))
                .map(([left, values]): BoundFilter => ({ op: 'contains-values', left, values })),
            ]
          : []),
      )
    }

    function ownPath(table: string, column: string): ColumnPath {
      return { steps: [], table: tableOf(table), column: columnOf(table, column) }
    }

    function anyFilter(rows: Rows, depth: number): fc.Arbitrary<BoundFilter> {
      const leaf = anyLeaf(rows)
      if (depth === 0) return leaf
      const inner = anyFilter(rows, depth - 1)
      return fc.oneof(
        leaf,
        inner.map((term): BoundFilter => ({ op: 'not', term })),
        fc.tuple(fc.constantFrom('and', 'or'), fc.array(inner, { maxLength: 3 })).map(([op, terms]): BoundFilter => ({ op, terms })),
        { weight: 3, arbitrary: anyExists(rows, depth) },
      )
    }

    function anyExists(rows: Rows, depth: number): fc.Arbitrary<BoundFilter> {
      const own = rows[''] ?? ''
      const navigations = [...(testSchema.navigations.get(own)?.values() ?? [])].flatMap((one) =>
        one.kind === 'many' || one.kind === 'many-to-many' ? [one] : [],
      )
      const related = navigations
        .filter((one) => one.target.logicalName in PATHS)
        .map((one) => anyRelated(rows, depth, one.target.logicalName, fc.constant(linkOf(one))))
      const equal = ['account', 'contact'].map((table) =>
        anyRelated(
          rows,
          depth,
          table,
          anyPath({ '': own }, 'text').map((outer) => ({ kind: 'equal' as const, inner: columnOf(table, table === 'account' ? 'name' : 'fullname'), outer })),
        ),
      )
      return fc.oneof(...related, ...equal).map((one): BoundFilter => ({ op: 'exists', rows: one }))
    }

    /** `alias`: by the depth, so that it is unique among the rows around. */
    function anyRelated(
      around: Rows,
      depth: number,
      table: string,
      link: fc.Arbitrary<ChildLink | Extract<RelatedRows['link'], { kind: 'equal' }>>,
    ): fc.Arbitrary<RelatedRows> {
      const [alias, joinAlias] = [`o${depth}`, `j${depth}`]
      const { '': _, ...outer } = around
      const inner: Rows = { '': table, ...outer, [alias]: table }
      const plain = fc.tuple(link, fc.option(anyFilter(inner, depth - 1), { freq: 8, nil: undefined }))
      const joined = fc.tuple(link, anyJoin(table, joinAlias), anyLeaf({ [joinAlias]: 'account' }), anyFilter({ ...inner, [joinAlias]: 'account' }, depth - 1))
      return fc.oneof(
        plain.map(([one, filter]): RelatedRows => ({ table: tableOf(table), alias, link: one, joins: [], filter })),
        joined.map(([one, join, ...terms]): RelatedRows => ({ table: tableOf(table), alias, link: one, joins: [join], filter: { op: 'and', terms } })),
      )
    }

    /** Accounts with the text that the row has. */
    function anyJoin(table: string, alias: string): fc.Arbitrary<Join> {
      const filter = anyWord.map((right): BoundFilter => ({ op: 'ne', left: { ...ownPath('account', 'name'), from: alias }, right }))
      return fc.record({
        alias: fc.constant(alias),
        type: fc.constantFrom('inner', 'outer', 'first'),
        table: fc.constant(tableOf('account')),
        inner: fc.constant<Column>(columnOf('account', 'name')),
        outer: fc.constantFrom(...(PATHS[table]?.text.slice(0, 1) ?? [])).map((text) => bindPath([text], tableOf(table), testSchema)),
        filter: fc.option(filter, { nil: undefined }),
      })
    }

    // The property

    async function found(reads: TestReads, table: string, filter: BoundFilter): Promise<readonly Guid[]> {
      const shape = referenceShape(tableOf(table))
      const path = ownPath(table, shape.table.primaryIdColumn)
      const plan = {
        kind: 'read-rows',
        shape,
        source: { kind: 'set' },
        filter,
        order: [{ path, descending: false }],
        limit: 5000,
        pages: true,
        after: undefined,
        pageNumber: 1,
        countLimit: undefined,
        references: false,
      } as const
      return parseRows(outcomeOf(await reads.read(plan), 'rows').json).map((row) => row[shape.table.primaryIdColumn])
    }

    const question = fc
      .constantFrom('account', 'contact', 'task')
      .chain((table) => fc.tuple(fc.constant(table), anyFilter({ '': table, [ROOT_ROW]: table }, 2)))

    test('related rows, lookups and trees in SQL are those in memory', async () => {
      const numRuns = engine.name === 'sqlite' ? 80 : 20
      let both = 0
      await fc.assert(
        fc.asyncProperty(anyWorld, fc.array(question, { minLength: 1, maxLength: 15 }), async (world, questions) => {
          const reads = await store(world)
          for (const [table, filter] of questions) {
            const rows = world.rows.filter((row) => row.table === table)
            const expected = rows.filter((row) => holds(filter, rowIn(world, row))).map((row) => row.id)
            if (expected.length > 0 && expected.length < rows.length) both++
            assert.deepEqual(await found(reads, table, filter), expected, told(filter))
          }
        }),
        { numRuns },
      )
      // One to two and a half in each run do, by chance: far fewer, and the property would say nothing.
      assert.ok(both > numRuns / 4, `only ${both} filters told rows apart`)
    })

    function told(filter: BoundFilter): string {
      return JSON.stringify(filter, (key, value) => (key === 'relationship' ? value.schemaName : (value?.logicalName ?? value)))
    }
  })
}
