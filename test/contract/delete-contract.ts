/** Deletions with what they cascade to, and tombstones. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerDeleteContract(engine: TestEngine): void {
  describe('delete', () => {
    let store: TestStore
    let write: Writes
    beforeEach(async () => {
      store = await openTestStore(engine)
      write = writesOn(store)
    })

    test('a deleted row leaves a tombstone', async () => {
      const id = await write.create('acme_parts', { acme_code: 'A' })
      assert.deepEqual(await write.remove("acme_parts(acme_code='A')"), { kind: 'deleted' })
      assert.equal(await store.stored('acme_part', id), undefined)
      assert.deepEqual(await store.tombstones('acme_part'), [id])
      assert.equal((await write.remove(`acme_parts(${id})`)).kind, 'missing')
    })

    test('a row that is deleted twice leaves one tombstone', async () => {
      const id = Guid.next()
      for (let time = 0; time < 2; time++) {
        await write.create('acme_parts', { acme_partid: id })
        await write.remove(`acme_parts(${id})`)
      }
      assert.deepEqual(await store.tombstones('acme_part'), [id])
    })

    test('rows below go too, the deepest first', async () => {
      const top = await write.create('acme_parts', {})
      const middle = await write.create('acme_parts', { 'acme_parentid@odata.bind': `acme_parts(${top})` })
      const leaf = await write.create('acme_parts', { 'acme_parentid@odata.bind': `acme_parts(${middle})` })
      await write.remove(`acme_parts(${top})`)
      assert.deepEqual(await store.tombstones('acme_part'), [leaf, middle, top])
    })

    test('many rows below are deleted page by page', async () => {
      const top = await write.create('acme_parts', {})
      await write.bulk(
        'CreateMultiple',
        'acme_parts',
        Array.from({ length: 250 }, () => ({ 'acme_parentid@odata.bind': `acme_parts(${top})` })),
      )
      await write.remove(`acme_parts(${top})`)
      assert.equal((await store.tombstones('acme_part')).length, 251)
    })

    test('a restricting row refuses the deletion', async () => {
      const site = await write.create('acme_sites', {})
      const part = await write.create('acme_parts', { 'acme_siteid@odata.bind': `acme_sites(${site})` })
      await assert.rejects(write.remove(`acme_sites(${site})`), { name: 'CannotDeleteReferenced', status: 405 })
      await write.patch(`acme_parts(${part})`, { acme_siteid: null })
      assert.equal((await write.remove(`acme_sites(${site})`)).kind, 'deleted')
    })

    test('lookups to a deleted row are cleared, with a new version', async () => {
      const contact = await write.create('contacts', { lastname: 'B' })
      const account = await write.create('accounts', { name: 'A', 'primarycontactid@odata.bind': `contacts(${contact})` })
      const before = (await store.stored('account', account))?.versionnumber
      await write.remove(`contacts(${contact})`)
      const row = await store.stored('account', account)
      assert.equal(row?.primarycontactid, null)
      assert.ok(Number(row?.versionnumber) > Number(before))
    })

    test('rows in a ring are deleted', async () => {
      const contact = await write.create('contacts', { lastname: 'B' })
      const account = await write.create('accounts', { name: 'A', 'primarycontactid@odata.bind': `contacts(${contact})` })
      await write.patch(`contacts(${contact})`, { 'parentcustomerid_account@odata.bind': `accounts(${account})` })
      await write.remove(`accounts(${account})`)
      assert.deepEqual(await store.tombstones('contact'), [contact])
      assert.deepEqual(await store.tombstones('account'), [account])
    })

    test('the activities of an account are deleted with it, pointers included', async () => {
      const id = await write.create('accounts', { name: 'A', Account_Tasks: [{ subject: 'x' }, { subject: 'y' }] })
      await write.remove(`accounts(${id})`)
      assert.equal((await store.tombstones('task')).length, 2)
      assert.equal((await store.tombstones('activitypointer')).length, 2)
    })

    test('the organization, the root unit and the caller stay', async () => {
      const { organizationId, businessUnitId, userId } = store.caller
      await assert.rejects(async () => write.remove(`organizations(${organizationId})`), { name: 'NotSupported' })
      await assert.rejects(write.remove(`businessunits(${businessUnitId})`), { name: 'RootBusinessUnit' })
      await assert.rejects(write.remove(`systemusers(${userId})`), { name: 'CannotDeleteReferenced' })
    })

    test('an owner of rows is not deleted', async () => {
      const team = await write.create('teams', { name: 'Sales', 'businessunitid@odata.bind': `businessunits(${store.caller.businessUnitId})` })
      const part = await write.create('acme_parts', { 'ownerid@odata.bind': `teams(${team})` })
      await assert.rejects(write.remove(`teams(${team})`), { name: 'CannotDeleteReferenced' })
      await write.remove(`acme_parts(${part})`)
      assert.equal((await write.remove(`teams(${team})`)).kind, 'deleted')
    })

    test('rows are linked once, and unlinked with a tombstone of the pair', async () => {
      const part = await write.create('acme_parts', {})
      const site = await write.create('acme_sites', { acme_code: 'NW' })
      assert.deepEqual(await write.link(`acme_parts(${part})`, 'acme_part_site', "acme_sites(acme_code='NW')"), { kind: 'linked' })
      await assert.rejects(write.link(`acme_sites(${site})`, 'acme_part_site', `acme_parts(${part})`), { name: 'DuplicateRow', code: '0x80040237' })
      assert.deepEqual(await write.unlink(`acme_sites(${site})`, 'acme_part_site', `acme_parts(${part})`), { kind: 'unlinked' })
      assert.equal((await store.tombstones('acme_partsite')).length, 1)
      await assert.rejects(write.unlink(`acme_parts(${part})`, 'acme_part_site', `acme_sites(${site})`), { name: 'RowNotFound', status: 404 })
      assert.equal((await write.link(`acme_parts(${part})`, 'acme_part_site', `acme_sites(${Guid.next()})`)).kind, 'missing')
    })

    test('pairs go with either of their rows', async () => {
      const part = await write.create('acme_parts', { acme_part_site: [{ acme_code: 'A' }, { acme_code: 'B' }] })
      await write.remove("acme_sites(acme_code='A')")
      assert.equal((await store.tombstones('acme_partsite')).length, 1)
      await write.remove(`acme_parts(${part})`)
      assert.equal((await store.tombstones('acme_partsite')).length, 2)
    })

    test('a reference in a one-to-many collection is the other row’s lookup', async () => {
      const [account, other] = [await write.create('accounts', { name: 'A' }), await write.create('accounts', { name: 'B' })]
      const contact = await write.create('contacts', { lastname: 'x' })
      await write.link(`accounts(${account})`, 'contact_customer_accounts', `contacts(${contact})`)
      assert.equal((await store.stored('contact', contact))?.parentcustomerid, account)
      await assert.rejects(write.unlink(`accounts(${other})`, 'contact_customer_accounts', `contacts(${contact})`), { name: 'RowNotFound' })
      await write.unlink(`accounts(${account})`, 'contact_customer_accounts', `contacts(${contact})`)
      assert.equal((await store.stored('contact', contact))?.parentcustomerid, null)
      await write.setReference(`contacts(${contact})`, 'parentcustomerid_account', `accounts(${other})`)
      await write.unlink(`contacts(${contact})`, 'parentcustomerid_account')
      assert.deepEqual((await store.stored('contact', contact))?.parentcustomerid$table, null)
    })
  })
}
