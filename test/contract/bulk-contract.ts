/** CreateMultiple, UpdateMultiple, UpsertMultiple and DeleteMultiple. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerBulkContract(engine: TestEngine): void {
  describe('many rows in one request', () => {
    let store: TestStore
    let write: Writes
    beforeEach(async () => {
      store = await openTestStore(engine)
      write = writesOn(store)
    })

    const nameOf = async (id: string) => (await store.stored('acme_part', id))?.acme_name
    const count = async () => Number((await store.tx.get(sql`select count(*) as n from acme_part`))?.n)
    const byCode = (code: string) => ({ '@odata.id': `acme_parts(acme_code='${code}')` })

    test('CreateMultiple gives the ids in order', async () => {
      const outcome = await write.bulk('CreateMultiple', 'acme_parts', [{ acme_name: 'a' }, { acme_name: 'b' }])
      assert.ok(outcome.kind === 'bulk-done')
      assert.deepEqual(await Promise.all(outcome.ids.map(nameOf)), ['a', 'b'])
    })

    test('a bulk action is done whole or not at all', async () => {
      await assert.rejects(write.bulk('CreateMultiple', 'acme_parts', [{ acme_code: 'A' }, { acme_code: 'A' }]), { name: 'DuplicateKey' })
      assert.equal(await count(), 0)
      const id = await write.create('acme_parts', { acme_name: 'a' })
      const targets = [
        { acme_partid: id, acme_name: 'b' },
        { acme_partid: Guid.next(), acme_name: 'c' },
      ]
      await assert.rejects(write.bulk('UpdateMultiple', 'acme_parts', targets), { name: 'RowNotFound', status: 404 })
      await assert.rejects(write.bulk('UpdateMultiple', 'acme_parts', [{ ...byCode('none'), acme_name: 'c' }]), { name: 'RowNotFoundByKey' })
      assert.equal(await nameOf(id), 'a')
    })

    test('UpdateMultiple applies the first of several items for one row, by whatever name', async () => {
      const id = await write.create('acme_parts', { acme_code: 'A' })
      await write.bulk('UpdateMultiple', 'acme_parts', [
        { acme_partid: id, acme_name: 'first' },
        { acme_partid: id, acme_name: 'second' },
        { ...byCode('A'), acme_name: 'third' },
      ])
      assert.equal(await nameOf(id), 'first')
    })

    test('UpsertMultiple refuses two items for one row', async () => {
      const id = await write.create('acme_parts', { acme_code: 'A', acme_name: 'a' })
      const refused = { name: 'DuplicateInRequest', status: 400 }
      await assert.rejects(
        write.bulk('UpsertMultiple', 'acme_parts', [
          { acme_partid: id, acme_name: 'x' },
          { ...byCode('A'), acme_name: 'y' },
        ]),
        refused,
      )
      await assert.rejects(write.bulk('UpsertMultiple', 'acme_parts', [byCode('New'), byCode('nEW')]), refused)
      assert.deepEqual([await nameOf(id), await count()], ['a', 1])
    })

    test('UpsertMultiple updates by id and by key and creates by both (the sample of sync.md 9.3)', async () => {
      const created = await write.bulk(
        'CreateMultiple',
        'acme_parts',
        Array.from({ length: 50 }, (_, n) => ({ acme_code: `C${n}`, acme_name: `n${n}` })),
      )
      assert.ok(created.kind === 'bulk-done')
      const fresh = Array.from({ length: 25 }, () => Guid.next())
      await write.bulk('UpsertMultiple', 'acme_parts', [
        ...created.ids.slice(0, 25).map((id) => ({ acme_partid: id, acme_name: 'UpdatedByPK' })),
        ...created.ids.slice(25).map((_, n) => ({ ...byCode(`C${n + 25}`), acme_name: 'UpdatedByAK' })),
        ...fresh.map((id) => ({ acme_partid: id, acme_name: 'New' })),
        // O-11: a key column beside @odata.id is as in any upsert.
        ...fresh.map((_, n) => ({ ...byCode(`D${n}`), acme_code: `D${n}`, acme_name: 'New' })),
      ])
      assert.equal(await count(), 100)
      assert.equal(await nameOf(created.ids[0] ?? ''), 'UpdatedByPK')
      assert.equal(await nameOf(created.ids[25] ?? ''), 'UpdatedByAK')
      const filled = await store.tx.get(sql`select count(*) as n from acme_part where acme_code like 'D%'`)
      assert.equal(Number(filled?.n), 25)
    })

    test('DeleteMultiple deletes each row once', async () => {
      const [a, b] = [await write.create('acme_parts', {}), await write.create('acme_parts', {})]
      await write.bulk('DeleteMultiple', 'acme_parts', [{ acme_partid: a }, { acme_partid: b }, { acme_partid: a }], true)
      assert.equal(await count(), 0)
      await assert.rejects(write.bulk('DeleteMultiple', 'acme_parts', [{ acme_partid: a }], true), { name: 'RowNotFound' })
    })

    test('a thousand lookups to one row ask for it once', async () => {
      const site = await write.create('acme_sites', { acme_code: 'NW' })
      let asked = 0
      const counting: TestStore = {
        ...store,
        tx: {
          ...store.tx,
          get: (statement) => {
            if (statement.chunks.join('').includes('from "acme_site"')) asked++
            return store.tx.get(statement)
          },
        },
      }
      await writesOn(counting).bulk(
        'CreateMultiple',
        'acme_parts',
        Array.from({ length: 20 }, () => ({ 'acme_siteid@odata.bind': `acme_sites(${site})` })),
      )
      assert.equal(asked, 1)
    })
  })
}
