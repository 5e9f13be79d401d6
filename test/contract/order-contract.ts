/** Pages put together are the whole ordered list, whatever the order, the page size, nulls and equals. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Decimal } from '../../src/base/decimal.ts'
import type { Guid } from '../../src/base/guid.ts'
import { NO_ANNOTATIONS } from '../../src/plan/row-annotations.ts'
import type { BoundOrder, ReadRows } from '../../src/plan/read-plan.ts'
import type { Value } from '../../src/plan/value.ts'
import type { Column } from '../../src/schema/column.ts'
import { selectColumns } from '../../src/plan/select-columns.ts'
import { nextSkipToken, rowsPage } from '../../src/plan/next-page.ts'
import { openReads, outcomeOf, parseRows, type TestReads } from '../../src/store/test-reads.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerOrderContract(engine: TestEngine): void {
  describe('order', () => {
    type Row = Readonly<Record<string, Value>>
    const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
      name: fc.constantFrom('a', 'A', 'b', 'é', '🙂', '\uffff'),
      description: fc.constantFrom('x', 'X', 'y'.repeat(300), `${'y'.repeat(300)}z`),
      line: fc.integer({ min: 0, max: 2 }),
      rate: fc.constantFrom('1', '-1', '-1.5', '0'),
      revenue: fc.constantFrom(1n, -1n, 9007199254740993n, 9007199254740994n),
      score: fc.constantFrom(0.1, 5, -0.25, 1e300),
      creditonhold: fc.boolean(),
      createdon: fc.constantFrom('2024-05-01T10:00:00Z', '2024-05-01T09:59:59Z'),
    }
    const NAMES = Object.keys(VALUES)
    const rows = fc.array(fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.option(VALUES[name] as fc.Arbitrary<Value>, { freq: 3 })]))), {
      maxLength: 15,
    })
    const orders = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES, 'contact'), fc.boolean()), { maxLength: 3, selector: ([name]) => name })
    const fold = (text: string): string => text.normalize('NFC').toLowerCase()

    function compare(column: Column, left: Value, right: Value): number {
      if (left === null || right === null) return Number(left !== null) - Number(right !== null)
      if (column.type === 'decimal') return Decimal.compare(String(left), String(right))
      // Long text is in order by its beginning alone: order-sql.ts.
      if (typeof left === 'string' && typeof right === 'string')
        return Buffer.compare(Buffer.from(fold(left).slice(0, 250)), Buffer.from(fold(right).slice(0, 250)))
      return left < right ? -1 : left > right ? 1 : 0
    }

    async function pagesOf(store: TestReads, order: readonly BoundOrder[], limit: number): Promise<{ readonly ids: readonly Guid[]; readonly pages: number }> {
      const table = store.table('account')
      const shape = { table, columns: selectColumns(table, ['name']), expands: [], annotations: NO_ANNOTATIONS }
      const ids: Guid[] = []
      let token: ReturnType<typeof nextSkipToken>
      for (let pages = 1; ; pages++) {
        // As a next link does it: the values go through the skip token.
        const plan: ReadRows = {
          kind: 'read-rows',
          shape,
          source: { kind: 'set' },
          filter: undefined,
          order,
          countLimit: undefined,
          references: false,
          ...rowsPage(token, undefined, limit, order),
        }
        const outcome = outcomeOf(await store.read(plan), 'rows')
        ids.push(...parseRows(outcome.json).map((row) => row.accountid))
        token = nextSkipToken(plan, outcome)
        if (!token) return { ids, pages }
      }
    }

    test('pages put together are the whole list in order', async () => {
      await fc.assert(
        fc.asyncProperty(rows, orders, fc.integer({ min: 1, max: 4 }), async (values, wanted, limit) => {
          const store = await openReads(engine)
          await store.dropKeyIndexes()
          const table = store.table('account')
          const contacts: (readonly [Guid, string | null])[] = []
          for (const fullname of ['P', 'q', null]) contacts.push([await store.insert('contact', { fullname }), fullname])
          const stored: Row[] = []
          for (const [index, row] of values.entries()) {
            const [contact, fullname] = contacts[index % 4] ?? [undefined, null]
            const all = { ...(row as Row), primarycontactid: contact ? { table: 'contact', id: contact } : null }
            stored.push({ ...(row as Row), contact: fullname, accountid: await store.insert('account', all) })
          }
          const step = {
            column: table.columns.get('primarycontactid') as never,
            target: store.table('contact'),
            relationship: store.schema.relationships.get('account_primary_contact') as never,
          }
          const path = (name: string) =>
            name === 'contact'
              ? { steps: [step], table: step.target, column: step.target.columns.get('fullname') as Column }
              : { steps: [], table, column: table.columns.get(name) as Column }
          const order: BoundOrder[] = [...wanted, ['accountid', false] as const].map(([name, descending]) => ({ path: path(name), descending }))
          const names = [...wanted, ['accountid', false] as const]
          const expected = stored.toSorted((a, b) => {
            for (const [name, descending] of names) {
              const found = compare(path(name).column, a[name] ?? null, b[name] ?? null)
              if (found !== 0) return descending ? -found : found
            }
            return 0
          })
          const { ids, pages } = await pagesOf(store, order, limit)
          assert.deepEqual(
            ids,
            expected.map((row) => row.accountid),
          )
          assert.equal(pages, Math.max(1, Math.ceil(values.length / limit)))
        }),
        { numRuns: engine.name === 'sqlite' ? 200 : 50 },
      )
    })
  })
}
