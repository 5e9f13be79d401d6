/** A filter run in SQL finds the rows that the same filter, evaluated here over the same values, holds for. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Guid } from '../../src/base/guid.ts'
import type { BoundFilter, ColumnPath } from '../../src/plan/bound-filter.ts'
import { referenceShape } from '../../src/plan/row-shape.ts'
import type { Value } from '../../src/plan/value.ts'
import type { Column } from '../../src/schema/column.ts'
import { openReads, outcomeOf, parseRows, type TestReads } from '../../src/store/test-reads.ts'
import { holds, type MemoryRow, rowIn } from '../../src/store/sql/test-filter.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerFilterContract(engine: TestEngine): void {
  describe('filters', () => {
    type Row = Readonly<Record<string, Value>>

    const texts = fc.oneof(
      fc.constantFrom('a', 'A', 'ab', 'Ab%', 'é', 'e\u0301', 'É', 'ß', 'SS', '_', '[b]', 'a*', 'b?', '\\', 'Σας', 'ς', 'İ', '🙂', '\uffff', ' '),
      fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', 'B', 'é', '%', '_', '[', ']', '^', '-', '*', '?', '\\', "'", '🙂') }),
    )
    const patterns = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', 'B', 'é', '%', '_', '[', ']', '^', '-', '*', '?', '\\', '🙂') })
    const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
      name: texts,
      description: texts,
      line: fc.integer({ min: -2, max: 3 }),
      employees: fc.integer({ min: -2, max: 3 }),
      rate: fc.constantFrom('0', '1', '-1', '1.5', '-1.5', '-1.25', '10', '9.999999999999', '-0.000000000001', '99999999999', '-99999999999'),
      revenue: fc.bigInt({ min: -20000n, max: 20000n }),
      score: fc.constantFrom(0, 0.1, -2.5, 1e300, 940773300.62616),
      creditonhold: fc.boolean(),
      size: fc.constantFrom(1, 9),
      openedon: fc.constantFrom('2024-05-01', '2023-12-31'),
      modifiedon: fc.constantFrom('2024-05-01T10:00:00Z', '2024-05-01T09:59:59Z'),
    }
    const NAMES = Object.keys(VALUES)
    const rows = fc.array(fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.option(VALUES[name] as fc.Arbitrary<Value>, { freq: 3 })]))), {
      minLength: 1,
      maxLength: 12,
    })

    const comparisons = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le')
    type Draft = (path: (name: string) => ColumnPath) => BoundFilter
    const withValue: fc.Arbitrary<Draft> = fc.constantFrom(...NAMES).chain((name) =>
      fc.tuple(comparisons, VALUES[name] as fc.Arbitrary<Value>, fc.boolean()).map(
        ([op, value, isNull]): Draft =>
          (path) => ({ op, left: path(name), right: isNull && (op === 'eq' || op === 'ne') ? null : value }),
      ),
    )
    const withColumn: fc.Arbitrary<Draft> = fc.tuple(comparisons, fc.constantFrom(['line', 'employees'] as const, ['name', 'description'] as const)).map(
      ([op, [left, right]]): Draft =>
        (path) => ({ op, left: path(left), right: path(right) }),
    )
    const inList: fc.Arbitrary<Draft> = fc.constantFrom(...NAMES).chain((name) =>
      fc.array(VALUES[name] as fc.Arbitrary<Value>, { maxLength: 3 }).map(
        (values): Draft =>
          (path) => ({ op: 'in', left: path(name), values }),
      ),
    )
    const matches: fc.Arbitrary<Draft> = fc
      .tuple(
        fc.constantFrom('contains', 'startswith', 'endswith', 'like'),
        fc.constantFrom('name', 'description'),
        fc.oneof(patterns, texts as fc.Arbitrary<string>),
      )
      .map(
        ([op, name, text]): Draft =>
          (path) => ({ op, left: path(name), text }),
      )
    const { filter } = fc.letrec<{ filter: Draft; not: Draft; many: Draft }>((tie) => ({
      filter: fc.oneof({ maxDepth: 3, depthIdentifier: 'filter' }, withValue, withColumn, inList, matches, tie('not'), tie('many')),
      not: tie('filter').map(
        (term): Draft =>
          (path) => ({ op: 'not', term: term(path) }),
      ),
      many: fc.tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { maxLength: 3 })).map(
        ([op, terms]): Draft =>
          (path) => ({ op, terms: terms.map((term) => term(path)) }),
      ),
    }))

    async function found(store: TestReads, filter: BoundFilter): Promise<readonly Guid[]> {
      const shape = referenceShape(store.table('account'))
      const byId = { path: { steps: [], table: shape.table, column: shape.columns[0] as Column }, descending: false }
      const plan = {
        kind: 'read-rows',
        shape,
        source: { kind: 'set' },
        filter,
        order: [byId],
        limit: 5000,
        pages: true,
        after: undefined,
        pageNumber: 1,
        countLimit: undefined,
        references: false,
      } as const
      return parseRows(outcomeOf(await store.read(plan), 'rows').json).map((row) => row.accountid)
    }

    test('a filter in SQL finds what the same filter in memory holds for', async () => {
      await fc.assert(
        fc.asyncProperty(rows, fc.array(filter, { minLength: 1, maxLength: 20 }), async (values, drafts) => {
          const store = await openReads(engine)
          await store.dropKeyIndexes()
          const table = store.table('account')
          const path = (name: string): ColumnPath => ({ steps: [], table, column: table.columns.get(name) as Column })
          const stored: MemoryRow[] = []
          for (const row of values) stored.push({ table: 'account', id: await store.insert('account', row as Row), values: row as Row })
          const world = { rows: stored, pairs: {} }
          for (const draft of drafts) {
            const bound = draft(path)
            const expected = stored.flatMap((row) => (holds(bound, rowIn(world, row)) ? [row.id] : []))
            assert.deepEqual(
              await found(store, bound),
              expected,
              JSON.stringify(bound, (key, value) =>
                key === 'table' ? undefined : key === 'column' ? value.logicalName : typeof value === 'bigint' ? `${value}n` : value,
              ),
            )
          }
        }),
        { numRuns: engine.name === 'sqlite' ? 150 : 37 },
      )
    })
  })
}
