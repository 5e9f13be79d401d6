/** What an update changes and refuses. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { peopleOf } from '../../src/store/test-people.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'
import { sql } from '../../src/store/sql/sql.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerUpdateContract(engine: TestEngine): void {
  describe('update', () => {
    let store: TestStore
    let write: Writes
    beforeEach(async () => {
      store = await openTestStore(engine)
      write = writesOn(store)
    })

    const pick = async (table: string, id: string, ...columns: readonly string[]) => {
      const row = await store.stored(table, id)
      return columns.map((column) => row?.[column])
    }
    const newUser = (name: string, unit: Guid, manager?: Guid) => peopleOf(store, write).user(name, { unit, ...(manager && { manager }) })

    test('one update does everything: columns, lookups by key, owner and state', async () => {
      const id = await write.create('acme_parts', { acme_code: 'A' })
      const site = await write.create('acme_sites', { acme_code: 'NW' })
      const user = await newUser('ann', store.caller.businessUnitId)
      await write.patch("acme_parts(acme_code='A')", {
        acme_name: 'x',
        'acme_siteid@odata.bind': "/acme_sites(acme_code='nw')",
        'ownerid@odata.bind': `/systemusers(${user})`,
        statecode: 1,
        statuscode: 2,
      })
      assert.deepEqual(await pick('acme_part', id, 'acme_name', 'acme_siteid', 'ownerid', 'owninguser', 'statecode', 'statuscode'), [
        'x',
        site,
        user,
        user,
        1,
        2,
      ])
    })

    test('a lookup that is found nowhere changes nothing', async () => {
      const id = await write.create('acme_parts', { acme_name: 'x' })
      const body = { acme_name: 'y', 'acme_siteid@odata.bind': "acme_sites(acme_code='none')" }
      await assert.rejects(write.patch(`acme_parts(${id})`, body), { name: 'RowNotFoundByKey', status: 404, code: '0x80060891' })
      assert.deepEqual(await pick('acme_part', id, 'acme_name'), ['x'])
    })

    test('a status implies its state, a state its first status, and a pair has to match', async () => {
      const id = await write.create('acme_parts', {})
      const url = `acme_parts(${id})`
      const state = () => pick('acme_part', id, 'statecode', 'statuscode')
      await write.patch(url, { statuscode: 2 })
      assert.deepEqual(await state(), [1, 2])
      await write.patch(url, { statecode: 0 })
      assert.deepEqual(await state(), [0, 1])
      await write.patch(url, { statuscode: 3 })
      await write.patch(url, { statecode: 0 })
      assert.deepEqual(await state(), [0, 1])
      await assert.rejects(write.patch(url, { statecode: 0, statuscode: 2 }), { name: 'InvalidStatus', code: '0x80048408' })
      await assert.rejects(async () => write.patch(url, { statecode: 7 }), { name: 'InvalidOption' })
    })

    test('an inactive row takes edits only from an update that activates it', async () => {
      const id = await write.create('acme_parts', {})
      const url = `acme_parts(${id})`
      await write.patch(url, { acme_name: 'last words', statecode: 1 })
      await assert.rejects(write.patch(url, { acme_name: 'x' }), { name: 'RowInactive', code: '0x80040230' })
      await assert.rejects(write.patch(url, { acme_name: 'x', statecode: 1 }), { name: 'RowInactive' })
      await write.patch(url, { 'ownerid@odata.bind': `systemusers(${store.caller.userId})` })
      await write.patch(url, { acme_name: 'back', statecode: 0 })
      assert.deepEqual(await pick('acme_part', id, 'acme_name', 'statecode'), ['back', 0])
    })

    test('what only a create may set is passed over by an upsert that updates', async () => {
      const id = await write.create('acme_parts', {})
      await write.patch(`acme_parts(${id})`, { overriddencreatedon: '2019-03-01' })
      assert.deepEqual(await pick('acme_part', id, 'overriddencreatedon', 'createdon'), [null, store.moment.now])
    })

    test('modifiedon and modifiedby move, createdon stays', async () => {
      const id = await write.create('acme_parts', {})
      const later = writesOn({ ...store, moment: { ...store.moment, now: '2024-06-01T00:00:00Z' } })
      await later.patch(`acme_parts(${id})`, {})
      assert.deepEqual(await pick('acme_part', id, 'createdon', 'modifiedon'), [store.moment.now, '2024-06-01T00:00:00Z'])
    })

    test('a new owner takes what hangs on the row along, where the relationship says so', async () => {
      const user = await newUser('ann', store.caller.businessUnitId)
      const top = await write.create('acme_parts', {})
      const middle = await write.create('acme_parts', { 'acme_parentid@odata.bind': `acme_parts(${top})` })
      const leaf = await write.create('acme_parts', { 'acme_parentid@odata.bind': `acme_parts(${middle})` })
      const [before] = await pick('acme_part', leaf, 'versionnumber')
      await write.patch(`acme_parts(${top})`, { 'ownerid@odata.bind': `systemusers(${user})` })
      const [owner, owning, after] = await pick('acme_part', leaf, 'ownerid', 'owninguser', 'versionnumber')
      assert.deepEqual([owner, owning], [user, user])
      assert.ok(Number(after) > Number(before))
    })

    test('the tasks of an account follow it to its new owner, and so do their pointers', async () => {
      const user = await newUser('ann', store.caller.businessUnitId)
      const id = await write.create('accounts', { name: 'A', Account_Tasks: [{ activityid: '6f0c2b1e-0000-4000-8000-000000000009' }] })
      await write.patch(`accounts(${id})`, { 'ownerid@odata.bind': `systemusers(${user})` })
      assert.deepEqual(await pick('task', '6f0c2b1e-0000-4000-8000-000000000009', 'ownerid', 'owneridtype'), [user, 'systemuser'])
      assert.deepEqual(await pick('activitypointer', '6f0c2b1e-0000-4000-8000-000000000009', 'ownerid'), [user])
    })

    test('a row cannot come to stand above itself', async () => {
      const a = await write.create('acme_parts', {})
      const b = await write.create('acme_parts', { 'acme_parentid@odata.bind': `acme_parts(${a})` })
      const c = await write.create('acme_parts', { 'acme_parentid@odata.bind': `acme_parts(${b})` })
      await assert.rejects(write.patch(`acme_parts(${a})`, { 'acme_parentid@odata.bind': `acme_parts(${c})` }), { name: 'LoopInHierarchy' })
      await assert.rejects(write.setReference(`acme_parts(${a})`, 'acme_parentid', `acme_parts(${a})`), { name: 'LoopInHierarchy' })
    })

    test('managers form no loop, and have to be there', async () => {
      const unit = store.caller.businessUnitId
      const ann = await newUser('ann', unit)
      const bob = await newUser('bob', unit, ann)
      await assert.rejects(write.patch(`systemusers(${ann})`, { 'parentsystemuserid@odata.bind': `systemusers(${bob})` }), { name: 'UserLoop' })
      await assert.rejects(write.patch(`systemusers(${ann})`, { 'parentsystemuserid@odata.bind': `systemusers(${Guid.next()})` }), {
        name: 'ParentUserMissing',
        code: '0x80041d27',
      })
    })

    test('the tree of business units keeps its root', async () => {
      const root = store.caller.businessUnitId
      const north = await write.create('businessunits', { name: 'North' })
      const west = await write.create('businessunits', { name: 'West', 'parentbusinessunitid@odata.bind': `businessunits(${north})` })
      await write.patch(`businessunits(${west})`, { 'parentbusinessunitid@odata.bind': `businessunits(${root})` })
      await assert.rejects(write.patch(`businessunits(${root})`, { 'parentbusinessunitid@odata.bind': `businessunits(${north})` }), {
        name: 'RootBusinessUnit',
      })
      await assert.rejects(write.patch(`businessunits(${north})`, { parentbusinessunitid: null }), { name: 'RequiredColumn' })
      await assert.rejects(write.patch(`businessunits(${north})`, { 'parentbusinessunitid@odata.bind': `businessunits(${Guid.next()})` }), {
        name: 'ParentBusinessUnitMissing',
        code: '0x80041d23',
      })
      await write.patch(`businessunits(${root})`, { name: 'Renamed', parentbusinessunitid: null })
    })

    test('when a user moves, the rows it owns move to the new unit', async () => {
      const north = await write.create('businessunits', { name: 'North' })
      const ann = await newUser('ann', store.caller.businessUnitId)
      const id = await write.create('acme_parts', { 'ownerid@odata.bind': `systemusers(${ann})` })
      const [before] = await pick('acme_part', id, 'versionnumber')
      await write.patch(`systemusers(${ann})`, { 'businessunitid@odata.bind': `businessunits(${north})` })
      const [unit, after] = await pick('acme_part', id, 'owningbusinessunit', 'versionnumber')
      assert.equal(unit, north)
      assert.ok(Number(after) > Number(before))
      await assert.rejects(write.patch(`systemusers(${ann})`, { 'businessunitid@odata.bind': `businessunits(${Guid.next()})` }), {
        name: 'MissingBusinessUnit',
      })
    })

    test("a unit's default team stays where it is", async () => {
      const north = await write.create('businessunits', { name: 'North' })
      const team = await store.tx.get(sql`select teamid from team where isdefault = 1`)
      await assert.rejects(write.patch(`teams(${team?.teamid})`, { 'businessunitid@odata.bind': `businessunits(${north})` }), { name: 'DefaultTeamUnit' })
    })
  })
}
