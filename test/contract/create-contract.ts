/** What a create stores: what the server fills in, what it refuses, what hangs on the new row. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Guid } from '../../src/base/guid.ts'
import { sql } from '../../src/store/sql/sql.ts'
import { openTestStore, type TestStore } from '../../src/store/test-transaction.ts'
import { type Writes, writesOn } from '../../src/store/test-writes.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerCreateContract(engine: TestEngine): void {
  describe('create', () => {
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

    test('the server fills in who, when, whose and in which state', async () => {
      const id = await write.create('acme_parts', { acme_name: 'Bolt' })
      const { userId, businessUnitId } = store.caller
      assert.deepEqual(await pick('acme_part', id, 'createdon', 'modifiedon', 'createdby', 'modifiedby'), [store.moment.now, store.moment.now, userId, userId])
      assert.deepEqual(await pick('acme_part', id, 'ownerid', 'ownerid$table', 'owninguser', 'owningteam', 'owningbusinessunit'), [
        userId,
        'systemuser',
        userId,
        null,
        businessUnitId,
      ])
      assert.deepEqual(await pick('acme_part', id, 'statecode', 'statuscode', 'acme_active', 'acme_name$fold'), [0, 1, 1, 'bolt'])
    })

    test('defaults of choices and booleans are filled in on the standard tables too', async () => {
      const id = await write.create('accounts', { name: 'A' })
      assert.deepEqual(await pick('account', id, 'accountratingcode', 'preferredcontactmethodcode', 'followemail', 'merged', 'owneridtype'), [
        1,
        1,
        1,
        0,
        'systemuser',
      ])
    })

    test('overriddencreatedon dates the row back and keeps the real moment', async () => {
      const id = await write.create('acme_parts', { overriddencreatedon: '2019-03-01' })
      assert.deepEqual(await pick('acme_part', id, 'createdon', 'overriddencreatedon', 'modifiedon'), [
        '2019-03-01T00:00:00Z',
        store.moment.now,
        store.moment.now,
      ])
    })

    test('a row may be given to a team, and belongs to that team’s unit', async () => {
      const unit = await write.create('businessunits', { name: 'North' })
      const team = await write.create('teams', { name: 'Sales', 'businessunitid@odata.bind': `businessunits(${unit})` })
      const id = await write.create('acme_parts', { 'ownerid@odata.bind': `/teams(${team})` })
      assert.deepEqual(await pick('acme_part', id, 'ownerid', 'ownerid$table', 'owninguser', 'owningteam', 'owningbusinessunit'), [
        team,
        'team',
        null,
        team,
        unit,
      ])
    })

    test('an owner that is not there is refused', async () => {
      await assert.rejects(write.create('acme_parts', { 'ownerid@odata.bind': `/teams(${Guid.next()})` }), { name: 'LookupTargetMissing', status: 404 })
    })

    test('a row begins in its first state, with any status of it', async () => {
      const id = await write.create('acme_parts', { statecode: 0, statuscode: 3 })
      assert.deepEqual(await pick('acme_part', id, 'statecode', 'statuscode'), [0, 3])
      await assert.rejects(write.create('acme_parts', { statecode: 1 }), { name: 'InvalidStatus', code: '0x80048408' })
      await assert.rejects(write.create('acme_parts', { statuscode: 2 }), { name: 'InvalidStatus' })
    })

    test('names and addresses are put together', async () => {
      const address = {
        address1_line1: '1 Main St',
        address1_city: 'Seattle',
        address1_stateorprovince: 'WA',
        address1_postalcode: '98101',
        address1_country: 'USA',
      }
      const id = await write.create('contacts', { firstname: 'Ann', middlename: 'B.', lastname: 'Cole', ...address })
      assert.deepEqual(await pick('contact', id, 'fullname', 'fullname$fold', 'address1_composite'), [
        'Ann B. Cole',
        'ann b. cole',
        '1 Main St\r\nSeattle, WA 98101\r\nUSA',
      ])
      await write.patch(`contacts(${id})`, { middlename: null, address1_stateorprovince: null })
      assert.deepEqual(await pick('contact', id, 'fullname', 'address1_composite'), ['Ann Cole', '1 Main St\r\nSeattle, 98101\r\nUSA'])
    })

    test('a customer is repeated where contacts repeat it', async () => {
      const account = await write.create('accounts', { name: 'A' })
      const id = await write.create('contacts', { lastname: 'x', 'parentcustomerid_account@odata.bind': `accounts(${account})` })
      assert.deepEqual(await pick('contact', id, 'parentcustomerid', 'parentcustomerid$table', 'parentcustomeridtype', 'accountid', 'parentcontactid'), [
        account,
        'account',
        'account',
        account,
        null,
      ])
    })

    test('amounts take the base currency and its rate', async () => {
      const id = await write.create('accounts', { name: 'A', revenue: 12.5 })
      const [currency, rate, base] = await pick('account', id, 'transactioncurrencyid', 'exchangerate', 'revenue_base')
      assert.ok(currency && rate)
      assert.equal(base, 125000)
    })

    test('amounts in another currency are divided by its rate, and follow it', async () => {
      const euro = { currencyname: 'Euro', currencyprecision: 2, currencysymbol: '€', isocurrencycode: 'EUR' }
      const currency = await write.create('transactioncurrencies', { ...euro, exchangerate: 0.9 })
      const id = await write.create('accounts', { name: 'A', revenue: 100, 'transactioncurrencyid@odata.bind': `transactioncurrencies(${currency})` })
      assert.deepEqual(await pick('account', id, 'revenue_base'), [1111111])
      await write.patch(`transactioncurrencies(${currency})`, { exchangerate: 2 })
      await write.patch(`accounts(${id})`, { marketcap: 10 })
      assert.deepEqual(await pick('account', id, 'revenue_base', 'marketcap_base'), [500000, 50000])
      await write.patch(`accounts(${id})`, { revenue: null })
      assert.deepEqual(await pick('account', id, 'revenue', 'revenue_base'), [null, null])
    })

    test('without amounts a row has no currency', async () => {
      const id = await write.create('accounts', { name: 'A' })
      assert.deepEqual(await pick('account', id, 'transactioncurrencyid', 'exchangerate', 'revenue_base'), [null, null, null])
    })

    test('what only a client can give has to be given', async () => {
      await assert.rejects(write.create('transactioncurrencies', { currencyname: 'x' }), { name: 'MissingRequiredColumn', code: '0x80040200' })
      await assert.rejects(write.create('systemusers', { domainname: 'x', internalemailaddress: 'x@y.z' }), { name: 'MissingBusinessUnit' })
      // What applications require, the API does not.
      await write.create('accounts', {})
    })

    test('users belong to a unit that is there and enabled', async () => {
      const user = { domainname: 'x', internalemailaddress: 'x@y.z' }
      await assert.rejects(write.create('systemusers', { ...user, 'businessunitid@odata.bind': `businessunits(${Guid.next()})` }), {
        name: 'MissingBusinessUnit',
      })
      const unit = await write.create('businessunits', { name: 'Closed' })
      await write.patch(`businessunits(${unit})`, { isdisabled: true })
      await assert.rejects(write.create('systemusers', { ...user, 'businessunitid@odata.bind': `businessunits(${unit})` }), { name: 'UnitDisabled' })
      const id = await write.create('systemusers', { ...user, 'businessunitid@odata.bind': `businessunits(${store.caller.businessUnitId})` })
      assert.deepEqual(await pick('systemuser', id, 'userlicensetype', 'organizationid'), [-1, store.caller.organizationId])
    })

    test('a unit without a parent hangs under the root', async () => {
      const id = await write.create('businessunits', { name: 'North' })
      assert.deepEqual(await pick('businessunit', id, 'parentbusinessunitid'), [store.caller.businessUnitId])
    })

    test('nested rows are created in the same breath', async () => {
      const id = await write.create('accounts', { name: 'A', primarycontactid: { lastname: 'B' }, Account_Tasks: [{ subject: 'one' }, { subject: 'two' }] })
      const [contact] = await pick('account', id, 'primarycontactid')
      assert.deepEqual(await pick('contact', String(contact), 'lastname'), ['B'])
      const tasks = await store.tx.all(sql`select subject from task where regardingobjectid = ${id} order by subject`)
      assert.deepEqual(
        tasks.map((task) => task.subject),
        ['one', 'two'],
      )
    })

    test('a nested row that fails takes its parent with it', async () => {
      const body = { name: 'A', accountnumber: 'A1', contact_customer_accounts: [{ lastname: 'x', 'parentcustomerid@odata.bind': 'x' }] }
      await assert.rejects(async () => write.create('accounts', body))
      await assert.rejects(write.create('acme_sites', { acme_part_site: [{ acme_code: 'A' }, { acme_code: 'A' }] }), { name: 'DuplicateKey' })
      assert.equal((await store.tx.all(sql`select 1 as n from acme_site`)).length, 0)
    })

    test('existing rows are hung on a new one', async () => {
      const contact = await write.create('contacts', { lastname: 'B' })
      const id = await write.create('accounts', { name: 'A', 'contact_customer_accounts@odata.bind': [`contacts(${contact})`] })
      assert.deepEqual(await pick('contact', contact, 'parentcustomerid', 'accountid'), [id, id])
    })

    test('an activity has a row among the activity pointers', async () => {
      const account = await write.create('accounts', { name: 'A' })
      const id = await write.create('tasks', { subject: 'Call', 'regardingobjectid_account_task@odata.bind': `accounts(${account})` })
      assert.deepEqual(await pick('activitypointer', id, 'subject', 'activitytypecode', 'regardingobjectid', 'regardingobjecttypecode', 'statecode'), [
        'Call',
        'task',
        account,
        'account',
        0,
      ])
      await write.patch(`tasks(${id})`, { subject: 'Mail', statecode: 1 })
      assert.deepEqual(await pick('activitypointer', id, 'subject', 'statecode', 'statuscode'), ['Mail', 1, 5])
      await write.remove(`tasks(${id})`)
      assert.equal(await store.stored('activitypointer', id), undefined)
      assert.deepEqual(await store.tombstones('activitypointer'), [id])
      await assert.rejects(async () => write.create('activitypointers', { subject: 'x' }), { name: 'NotSupported' })
    })

    test('every row has a version of its own', async () => {
      const id = await write.create('tasks', { subject: 'x' })
      const [task, pointer] = [await store.stored('task', id), await store.stored('activitypointer', id)]
      assert.notEqual(task?.versionnumber, pointer?.versionnumber)
    })
  })
}
