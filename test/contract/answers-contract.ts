/** What a write gives back, and rows that no client may make. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { bindShape } from '../../src/plan/row-shape.ts'
import { planCreate, planUpdate } from '../../src/plan/plan-write.ts'
import type { ReadRow } from '../../src/plan/read-plan.ts'
import { testContext } from '../../src/plan/test-schema.ts'
import { parseRowBody } from '../../src/protocol/row-json.ts'
import { runWrite } from '../../src/store/run-write.ts'
import { byId, openTestStore, tableOf, type TestStore } from '../../src/store/test-transaction.ts'
import { writesOn } from '../../src/store/test-writes.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

const chance = { newId: Guid.next }

export function registerAnswersContract(engine: TestEngine): void {
  describe('answers to writes', () => {
    function returning(select: readonly string[]): ReadRow {
      const table = tableOf('acme_part')
      const shape = bindShape(table, { select }, undefined, testContext(openSchema()))
      return { kind: 'read-row', shape, address: byId('acme_part', Guid.empty), steps: [], unlessVersion: [], references: false }
    }

    let store: TestStore
    beforeEach(async () => {
      store = await openTestStore(engine)
    })
    const openSchema = () => store.moment.schema

    test('the row is given back as it is after the write', async () => {
      const body = parseRowBody({ acme_name: 'Bolt', acme_code: 'A' })
      const created = await runWrite(
        planCreate(tableOf('acme_part'), body, returning(['acme_name', 'statecode']), openSchema(), chance),
        store.tx,
        store.moment,
      )
      assert.ok(created.kind === 'created')
      const row = JSON.parse(String(created.row))
      assert.deepEqual([row.acme_name, row.statecode, row.acme_partid], ['Bolt', 0, created.id])
      assert.equal(row['@odata.etag'], `W/"${created.version}"`)

      const address = writesOn(store).address("acme_parts(acme_code='A')")
      const plan = planUpdate(address, parseRowBody({ acme_name: 'Nut' }), { kind: 'none' }, returning(['acme_name']), openSchema(), chance)
      const updated = await runWrite(plan, store.tx, store.moment)
      assert.ok(updated.kind === 'updated')
      assert.equal(JSON.parse(String(updated.row)).acme_name, 'Nut')
    })

    test('the organization is patched, never created', async () => {
      const write = writesOn(store)
      assert.equal((await write.patch(`organizations(${store.caller.organizationId})`, { expirechangetrackingindays: 30 })).kind, 'updated')
      assert.equal((await write.patch(`organizations(${Guid.next()})`, { expirechangetrackingindays: 30 })).kind, 'missing')
      await assert.rejects(async () => write.patch(`organizations(${Guid.next()})`, {}, { kind: 'absent' }), { name: 'NotSupported' })
    })

    test('a guarded create that loses its race is refused as a duplicate', async () => {
      let wasRaced = false
      const racing = {
        ...store,
        tx: {
          ...store.tx,
          get: async (statement: Parameters<typeof store.tx.get>[0]) => {
            const row = await store.tx.get(statement)
            if (wasRaced || row) return row
            wasRaced = true
            await writesOn(store).create('acme_parts', { acme_code: 'RACE' })
            return undefined
          },
        },
      }
      await assert.rejects(writesOn(racing).patch("acme_parts(acme_code='RACE')", {}, { kind: 'absent' }), { name: 'DuplicateRow' })
    })
  })
}
