/** Upserts by key and by id, and keys as such (sync.md 1 and 2). */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerUpsertContract(engine: TestEngine): void {
  describe('upsert', () => {
    let store: TestStore
    let write: Writes
    beforeEach(async () => {
      store = await openTestStore(engine)
      write = writesOn(store)
    })

    const ID = '6f0c2b1e-0000-4000-8000-000000000001' as Guid
    const byCode = (code: string) => `acme_parts(acme_code='${code}')`
    const idOf = async (url: string): Promise<Guid | undefined> => {
      const outcome = await write.patch(url, {}, { kind: 'exists' })
      return outcome.kind === 'updated' ? outcome.id : undefined
    }

    test('an upsert creates a row with the values of its key, then updates it', async () => {
      const first = await write.patch(byCode('P-7'), { acme_name: 'Bolt' })
      assert.equal(first.kind, 'created')
      const again = await write.patch(byCode('P-7'), { acme_name: 'Nut' })
      assert.ok(first.kind === 'created' && again.kind === 'updated')
      assert.equal(again.id, first.id)
      assert.ok(again.version > first.version)
      const row = await store.stored('acme_part', first.id)
      assert.deepEqual([row?.acme_code, row?.acme_name], ['P-7', 'Nut'])
    })

    test('keys do not tell upper from lower case, nor composed from decomposed letters', async () => {
      await write.patch(byCode('Äpfel'), {})
      assert.equal((await write.patch(byCode('ÄPFEL'), {})).kind, 'updated')
      assert.equal((await write.patch(byCode('A\u0308pfel'), {})).kind, 'updated')
      assert.equal((await write.patch(byCode('apfel'), {})).kind, 'created')
    })

    test("on create the body's value of a key column beats the URL's", async () => {
      const outcome = await write.patch(byCode('A'), { acme_code: 'B' })
      assert.equal(outcome.kind, 'created')
      assert.equal(await idOf(byCode('A')), undefined)
      assert.ok(await idOf(byCode('B')))
      // A is still free, B is not: the clash is an error, not an update of another row.
      await assert.rejects(write.patch(byCode('A'), { acme_code: 'B' }), { name: 'DuplicateKey', status: 412, code: '0x80060892' })
    })

    test('a key cannot be changed through itself, but through the id', async () => {
      const id = await write.create('acme_parts', { acme_code: 'A' })
      assert.equal((await write.patch(byCode('A'), { acme_code: 'B', acme_name: 'x' })).kind, 'updated')
      assert.equal((await store.stored('acme_part', id))?.acme_code, 'A')
      await write.patch(`acme_parts(${id})`, { acme_code: 'B' })
      assert.equal(await idOf(byCode('A')), undefined)
      assert.equal(await idOf(byCode('B')), id)
    })

    test('an upsert addressed by id creates that id', async () => {
      assert.deepEqual(await write.patch(`acme_parts(${ID})`, {}).then((outcome) => outcome.kind), 'created')
      assert.ok(await store.stored('acme_part', ID))
      assert.equal((await write.patch(`acme_parts(${ID})`, {})).kind, 'updated')
    })

    test('the id in the body names the new row, and must be that of the found one', async () => {
      await write.patch(byCode('A'), { acme_partid: ID })
      assert.ok(await store.stored('acme_part', ID))
      assert.equal((await write.patch(byCode('A'), { acme_partid: ID })).kind, 'updated')
      await assert.rejects(write.patch(byCode('A'), { acme_partid: Guid.next() }), { name: 'BadRequest' })
    })

    test('If-Match: * never creates, If-None-Match: * never updates', async () => {
      const address = byCode('A')
      assert.equal((await write.patch(address, {}, { kind: 'exists' })).kind, 'missing')
      assert.equal((await write.patch(address, {}, { kind: 'absent' })).kind, 'created')
      await assert.rejects(write.patch(address, {}, { kind: 'absent' }), { name: 'DuplicateRow', status: 412, code: '0x80040237' })
    })

    test('a demanded version has to be the current one', async () => {
      const id = await write.create('acme_parts', { acme_code: 'A' })
      const version = BigInt((await store.stored('acme_part', id))?.versionnumber as number)
      assert.equal((await write.patch(byCode('A'), {}, { kind: 'version-is', versions: [1n, version] })).kind, 'updated')
      await assert.rejects(write.patch(byCode('A'), {}, { kind: 'version-is', versions: [version] }), { name: 'VersionMismatch', code: '0x80060882' })
      assert.equal((await write.patch(byCode('B'), {}, { kind: 'version-is', versions: [1n] })).kind, 'missing')
      await assert.rejects(write.remove(byCode('A'), { kind: 'version-is', versions: [version] }), { name: 'VersionMismatch' })
    })

    test('a key of a lookup and a number names its row, and a created row takes both', async () => {
      const site = await write.create('acme_sites', { acme_code: 'NW' })
      const url = `acme_parts(_acme_siteid_value=${site},acme_line=7)`
      const outcome = await write.patch(url, { acme_name: 'x' })
      assert.ok(outcome.kind === 'created')
      const row = await store.stored('acme_part', outcome.id)
      assert.deepEqual([row?.acme_siteid, row?.acme_line], [site, 7])
      assert.equal((await write.patch(url, {})).kind, 'updated')
      await assert.rejects(write.patch(`acme_parts(_acme_siteid_value=${ID},acme_line=7)`, {}), { name: 'LookupTargetMissing' })
    })

    test('rows with null in a key column are not held by the key', async () => {
      await write.create('acme_parts', { acme_line: 7 })
      await write.create('acme_parts', { acme_line: 7 })
      await write.create('acme_parts', {})
    })

    test('a second row with the same key is refused, and the message names key and column', async () => {
      await write.create('acme_parts', { acme_code: 'A' })
      await assert.rejects(write.create('acme_parts', { acme_code: 'a' }), { name: 'DuplicateKey', message: /acme_bycode.*acme_code/ })
      const other = await write.create('acme_parts', { acme_code: 'B' })
      await assert.rejects(write.patch(`acme_parts(${other})`, { acme_code: 'A' }), { name: 'DuplicateKey' })
    })

    test('a second row with the same id is refused', async () => {
      await write.create('acme_parts', { acme_partid: ID })
      await assert.rejects(write.create('acme_parts', { acme_partid: ID }), { name: 'DuplicateRow', status: 412 })
    })

    test('an insert that loses its race reads again and updates', async () => {
      let wasRaced = false
      const racing: TestStore = {
        ...store,
        tx: {
          ...store.tx,
          get: async (statement) => {
            const row = await store.tx.get(statement)
            if (wasRaced || row || !statement.chunks.join('?').includes('acme_code$fold')) return row
            wasRaced = true
            await write.create('acme_parts', { acme_code: 'A', acme_name: 'theirs' })
            return undefined
          },
        },
      }
      const outcome = await writesOn(racing).patch(byCode('A'), { acme_name: 'ours' })
      assert.ok(wasRaced && outcome.kind === 'updated')
      assert.equal((await store.stored('acme_part', outcome.id))?.acme_name, 'ours')
    })

    test('an update whose row vanishes creates it', async () => {
      const id = await write.create('acme_parts', { acme_code: 'A' })
      let wasRaced = false
      const racing: TestStore = {
        ...store,
        tx: {
          ...store.tx,
          get: async (statement) => {
            const row = await store.tx.get(statement)
            if (!wasRaced && row) {
              wasRaced = true
              await write.remove(`acme_parts(${id})`)
            }
            return row
          },
        },
      }
      const outcome = await writesOn(racing).patch(byCode('A'), {})
      assert.ok(outcome.kind === 'created' && outcome.id !== id)
    })

    test('an update that changes nothing takes a new version all the same', async () => {
      const id = await write.create('acme_parts', { acme_name: 'x' })
      const before = (await store.stored('acme_part', id))?.versionnumber
      await write.patch(`acme_parts(${id})`, { acme_name: 'x' })
      assert.ok(Number((await store.stored('acme_part', id))?.versionnumber) > Number(before))
    })
  })
}
