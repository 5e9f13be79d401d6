/** Every standard table can be read whole, with all annotations: account alone has 150 columns. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bindExpand } from '../../src/plan/bind-expand.ts'
import { bindOrder } from '../../src/plan/bind-order.ts'
import { rowAnnotations } from '../../src/plan/row-annotations.ts'
import { selectColumns } from '../../src/plan/select-columns.ts'
import { testContext } from '../../src/plan/test-schema.ts'
import { wireName } from '../../src/schema/column.ts'
import { Schema } from '../../src/schema/schema.ts'
import { systemDefinitions } from '../../src/schema/system-tables.ts'
import { openReads, outcomeOf, parseRows } from '../../src/store/test-reads.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

const schema = Schema.of(1, systemDefinitions())

export function registerStandardTablesContract(engine: TestEngine): void {
  describe('standard tables', () => {
    test('every standard table is read whole, and each of its navigation properties expanded', async () => {
      const store = await openReads(engine, schema)
      const annotations = rowAnnotations('*')
      for (const table of schema.tables.values()) {
        await store.insert(table.logicalName, {})
        const all = [...(schema.navigations.get(table.logicalName)?.values() ?? [])].filter((one) => one.kind !== 'owner')
        for (let from = 0; from === 0 || from < all.length; from += 15) {
          const items = all.slice(from, from + 15).map(({ name }) => ({ navigation: name, references: false, options: {} }))
          const shape = { table, columns: selectColumns(table, undefined), annotations, expands: bindExpand(items, table, annotations, testContext(schema)) }
          const outcome = await store.read({
            kind: 'read-rows',
            shape,
            source: { kind: 'set' },
            filter: undefined,
            order: bindOrder(undefined, table, schema),
            limit: 10,
            pages: true,
            after: undefined,
            pageNumber: 1,
            countLimit: undefined,
            references: false,
          })
          const row = parseRows(outcomeOf(outcome, 'rows').json)[0]
          for (const column of shape.columns) assert.ok(wireName(column) in row, `${table.logicalName}.${wireName(column)}`)
          for (const { navigation } of items)
            assert.ok(row[navigation] === null || Array.isArray(row[navigation]) || typeof row[navigation] === 'object', navigation)
        }
      }
    })
  })
}
