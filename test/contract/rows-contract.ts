/** Reading rows and pages of them, with what is expanded below them: the very texts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bindExpand } from '../../src/plan/bind-expand.ts'
import { bindOrder } from '../../src/plan/bind-order.ts'
import { NO_ANNOTATIONS } from '../../src/plan/row-annotations.ts'
import type { ReadRow, ReadRows, RowAnnotations, RowShape } from '../../src/plan/read-plan.ts'
import type { RowAddress } from '../../src/plan/row-address.ts'
import { selectColumns } from '../../src/plan/select-columns.ts'
import type { ExpandItem } from '../../src/protocol/query-options.ts'
import type { Guid } from '../../src/base/guid.ts'
import type { Value } from '../../src/plan/value.ts'
import { testContext } from '../../src/plan/test-schema.ts'
import { textOf } from '../../src/store/json-page.ts'
import { API_ROOT, openReads, outcomeOf, parseRows, type TestReads } from '../../src/store/test-reads.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'

export function registerRowsContract(engine: TestEngine): void {
  describe('rows', () => {
    const ALL: RowAnnotations = { formattedValues: true, associatedNavigation: true, lookupTable: true, attributeName: true }
    const F = 'OData.Community.Display.V1.FormattedValue'

    function shapeOf(store: TestReads, table: string, select?: readonly string[], annotations = NO_ANNOTATIONS, expand: readonly ExpandItem[] = []): RowShape {
      const bound = store.table(table)
      return { table: bound, columns: selectColumns(bound, select), annotations, expands: bindExpand(expand, bound, annotations, testContext(store.schema)) }
    }
    const byId = (store: TestReads, table: string, id: Guid): RowAddress => ({ by: 'id', table: store.table(table), id })
    function byKey(store: TestReads, table: string, name: string, values: Readonly<Record<string, Value>>): RowAddress {
      const bound = store.table(table)
      const key = bound.keys.find((one) => one.logicalName === name)
      assert.ok(key)
      return { by: 'key', table: bound, key, parts: Object.entries(values).map(([column, value]) => ({ column: bound.columns.get(column) as never, value })) }
    }
    const readRow = (shape: RowShape, address: RowAddress, more: Partial<ReadRow> = {}): ReadRow => ({
      kind: 'read-row',
      shape,
      address,
      steps: [],
      unlessVersion: [],
      references: false,
      ...more,
    })
    const readRows = (store: TestReads, shape: RowShape, more: Partial<ReadRows> = {}): ReadRows => ({
      kind: 'read-rows',
      shape,
      source: { kind: 'set' },
      filter: undefined,
      order: bindOrder(undefined, shape.table, store.schema),
      limit: 5000,
      pages: true,
      after: undefined,
      pageNumber: 1,
      countLimit: undefined,
      references: false,
      ...more,
    })
    async function rowText(store: TestReads, plan: ReadRow): Promise<string> {
      return textOf(outcomeOf(await store.read(plan), 'row').json)
    }
    const item = (navigation: string, options: ExpandItem['options'] = {}, references = false): ExpandItem => ({ navigation, references, options })

    async function filled() {
      const store = await openReads(engine)
      const user = await store.insert('systemuser', { fullname: 'Ann "A"', domainname: 'ann' })
      const currency = await store.insert('transactioncurrency', { currencyname: 'Euro', currencysymbol: '€' })
      const contact = await store.insert('contact', { fullname: 'Bob', createdby: { table: 'systemuser', id: user } })
      const account = await store.insert('account', {
        name: 'Lit\nware "1"',
        accountnumber: 'ÄB-1',
        description: null,
        line: 1234567,
        employees: null,
        rate: '-12.5',
        revenue: -12345000n,
        score: 0.1,
        creditonhold: true,
        size: 9,
        hobbies: '1,9',
        openedon: '2024-05-01',
        createdon: '2024-05-01T00:05:00Z',
        modifiedon: '2024-12-31T22:05:00Z',
        createdby: { table: 'systemuser', id: user },
        ownerid: { table: 'team', id: contact },
        primarycontactid: { table: 'contact', id: contact },
        transactioncurrencyid: { table: 'transactioncurrency', id: currency },
      })
      return { store, user, currency, contact, account }
    }

    test('a row is written exactly, in the order of the columns', async () => {
      const { store, contact, account } = await filled()
      const shape = shapeOf(store, 'account', [
        'name',
        'employees',
        'line',
        'rate',
        'revenue',
        'score',
        'creditonhold',
        'size',
        'hobbies',
        'openedon',
        'createdon',
        'primarycontactid',
        'ownerid',
      ])
      const currency = '6f0c2b1e-0000-4000-8000-000000000002'
      assert.equal(
        await rowText(store, readRow(shape, byId(store, 'account', account))),
        `{"@odata.etag":"W/\\"1004\\"","name":"Lit\\nware \\"1\\"","employees":null,"line":1234567,"rate":-12.5,"revenue":-1234.5000,"score":0.1,"creditonhold":true,"size":9,` +
          `"hobbies":"1,9","openedon":"2024-05-01","createdon":"2024-05-01T00:05:00Z","_primarycontactid_value":"${contact}","_ownerid_value":"${contact}",` +
          `"_transactioncurrencyid_value":"${currency}","accountid":"${account}"}`,
      )
    })

    test('annotations stand directly before what they annotate, and not at all where it is null', async () => {
      const { store, user, account } = await filled()
      const shape = shapeOf(store, 'account', ['name', 'employees', 'createdby', 'ownerid', 'size', 'hobbies', 'creditonhold'], ALL)
      const text = await rowText(store, readRow(shape, byId(store, 'account', account)))
      const nav = 'Microsoft.Dynamics.CRM.associatednavigationproperty'
      const table = 'Microsoft.Dynamics.CRM.lookuplogicalname'
      assert.ok(
        text.includes(
          `"employees":null,"_createdby_value@${F}":"Ann \\"A\\"","_createdby_value@${nav}":"createdby","_createdby_value@${table}":"systemuser","_createdby_value":"${user}",` +
            `"_ownerid_value@${nav}":"ownerid","_ownerid_value@${table}":"team","_ownerid_value":`,
        ),
        text,
      )
      assert.ok(
        text.includes(`"size@${F}":"Option 9","size":9,"hobbies@${F}":"Option 1; Option 9","hobbies":"1,9","creditonhold@${F}":"Yes","creditonhold":true`),
        text,
      )
    })

    test('values are formatted as people in the United States read them', async () => {
      const { store, account } = await filled()
      const shape = shapeOf(store, 'account', undefined, { ...NO_ANNOTATIONS, formattedValues: true })
      const row = parseRows(await rowText(store, readRow(shape, byId(store, 'account', account))))[0]
      const shown = Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (name.endsWith(`@${F}`) ? [[name.slice(0, -F.length - 1), value]] : [])))
      assert.deepEqual(shown, {
        line: '1,234,567',
        rate: '-12.50',
        revenue: '-€1,234.50',
        score: '0.10000',
        creditonhold: 'Yes',
        size: 'Option 9',
        hobbies: 'Option 1; Option 9',
        openedon: '5/1/2024',
        createdon: '5/1/2024 12:05 AM',
        modifiedon: '12/31/2024 10:05 PM',
        _createdby_value: 'Ann "A"',
        _primarycontactid_value: 'Bob',
        _transactioncurrencyid_value: 'Euro',
        versionnumber: '1,004',
      })
    })

    test('users carry their id as ownerid too, whatever columns were selected', async () => {
      const { store, user } = await filled()
      const whole = parseRows(await rowText(store, readRow(shapeOf(store, 'systemuser'), byId(store, 'systemuser', user))))[0]
      assert.equal(whole.ownerid, user)
      assert.equal(parseRows(await rowText(store, readRow(shapeOf(store, 'systemuser', ['fullname']), byId(store, 'systemuser', user))))[0].ownerid, user)
    })

    test('a row is found by an alternate key, whatever the case, along the index', async () => {
      const { store, account, contact } = await filled()
      const shape = shapeOf(store, 'account', ['name'])
      const found = outcomeOf(await store.read(readRow(shape, byKey(store, 'account', 'bynumber', { accountnumber: 'A\u0308b-1' }))), 'row')
      assert.equal(found.version, 1004n)
      assert.equal(parseRows(found.json)[0].accountid, account)
      const pair = byKey(store, 'account', 'bycontact', { line: 1234567, primarycontactid: { table: 'contact', id: contact } })
      assert.equal((await store.read(readRow(shape, pair))).kind, 'row')
      assert.equal((await store.read(readRow(shape, byKey(store, 'account', 'byrate', { rate: '-12.5' })))).kind, 'row')
      assert.equal((await store.read(readRow(shape, byKey(store, 'account', 'byrate', { rate: '1' })))).kind, 'missing')
    })

    test('a row that is not there, or is known already, is an answer', async () => {
      const { store, account, contact } = await filled()
      const shape = shapeOf(store, 'account', ['name'])
      const address = byId(store, 'account', contact)
      assert.deepEqual(await store.read(readRow(shape, address)), { kind: 'missing', address })
      assert.deepEqual(await store.read(readRow(shape, byId(store, 'account', account), { unlessVersion: [7n, 1004n] })), {
        kind: 'not-modified',
        version: 1004n,
      })
    })

    test('a lookup leads to its row, to nothing, or to a row that is gone', async () => {
      const { store, account, contact } = await filled()
      const target = store.table('contact')
      const step = { kind: 'lookup', segment: 'primarycontactid', column: store.table('account').columns.get('primarycontactid') as never, target } as const
      const plan = (address: RowAddress) => readRow(shapeOf(store, 'contact', ['fullname']), address, { steps: [step] })
      assert.equal(await rowText(store, plan(byId(store, 'account', account))), `{"@odata.etag":"W/\\"1003\\"","fullname":"Bob","contactid":"${contact}"}`)
      const empty = await store.insert('account', { name: 'B' })
      assert.deepEqual(await store.read(plan(byId(store, 'account', empty))), { kind: 'empty' })
      await store.remove('contact', contact)
      assert.deepEqual(await store.read(plan(byId(store, 'account', account))), { kind: 'missing', address: { by: 'id', table: target, id: contact } })
      assert.equal((await store.read(plan(byId(store, 'account', contact)))).kind, 'missing')
    })

    test('a polymorphic lookup leads only to a row of the table it points at', async () => {
      const { store, account, contact } = await filled()
      const task = await store.insert('task', { subject: 'T', regardingobjectid: { table: 'contact', id: contact } })
      const column = store.table('task').columns.get('regardingobjectid') as never
      const step = (name: string) => ({ kind: 'lookup', segment: 'regarding', column, target: store.table(name) }) as const
      const plan = (name: string) => readRow(shapeOf(store, name), byId(store, 'task', task), { steps: [step(name)], references: true })
      assert.equal(await rowText(store, plan('contact')), `{"@odata.id":"${API_ROOT}/contacts(${contact})"}`)
      assert.deepEqual(await store.read(plan('account')), { kind: 'empty' })
      assert.ok(account)
    })

    test('a row within a collection is missing unless it belongs to it', async () => {
      const { store, account, contact } = await filled()
      const pair = store.schema.relationships.get('accountcontact_association') as never
      const child = byId(store, 'contact', contact)
      const step = { kind: 'child', link: { kind: 'many-to-many', relationship: pair, side: 1 }, address: child } as const
      const plan = readRow(shapeOf(store, 'contact', ['fullname']), byId(store, 'account', account), { steps: [step] })
      assert.deepEqual(await store.read(plan), { kind: 'missing', address: child })
      await store.insert('accountcontact', { accountid: account, contactid: contact })
      assert.equal((await store.read(plan)).kind, 'row')
    })

    test('one value is JSON, a null one is empty', async () => {
      const { store, account } = await filled()
      const value = (name: string, formatted = false) =>
        store.read({
          kind: 'read-value',
          address: byId(store, 'account', account),
          steps: [],
          column: store.table('account').columns.get(name) as never,
          annotations: { formattedValues: formatted, timeZone: undefined },
        })
      assert.deepEqual(await value('name'), { kind: 'value', json: '"Lit\\nware \\"1\\""', formatted: undefined })
      assert.deepEqual(await value('revenue', true), { kind: 'value', json: '-1234.5000', formatted: '"-€1,234.50"' })
      assert.deepEqual(await value('description'), { kind: 'empty' })
    })

    test('expanded rows stand inside their row, and a collection has the link to itself', async () => {
      const { store, account, contact, user } = await filled()
      for (const subject of ['b', 'a', 'c']) await store.insert('task', { subject, regardingobjectid: { table: 'account', id: account } })
      await store.insert('task', { subject: 'other', regardingobjectid: { table: 'contact', id: account } })
      await store.insert('accountcontact', { accountid: account, contactid: contact })
      const shape = shapeOf(store, 'account', ['name'], NO_ANNOTATIONS, [
        item('primarycontactid', { select: ['fullname'] }),
        item('createdby', { select: ['fullname'] }),
        item('Account_Tasks', { select: ['subject'], orderby: [{ path: ['subject'], descending: false }], top: 2 }),
        item('accountcontact_association', { select: ['fullname'] }),
        item('contact_customer_accounts', { select: ['fullname'] }),
      ])
      const row = parseRows(await rowText(store, readRow(shape, byId(store, 'account', account))))[0]
      assert.deepEqual(row.primarycontactid, { '@odata.etag': 'W/"1003"', fullname: 'Bob', contactid: contact })
      assert.deepEqual(row.createdby, { '@odata.etag': 'W/"1001"', fullname: 'Ann "A"', systemuserid: user, ownerid: user })
      assert.deepEqual(
        row.Account_Tasks.map((task: { subject: string }) => task.subject),
        ['a', 'b'],
      )
      assert.equal(row['Account_Tasks@odata.nextLink'], `${API_ROOT}/accounts(${account})/Account_Tasks?$select=subject&$orderby=subject&$top=2`)
      assert.equal(row.accountcontact_association[0].fullname, 'Bob')
      assert.deepEqual(row.contact_customer_accounts, [])
      assert.equal(row['accountcontact_association@odata.nextLink'], `${API_ROOT}/accounts(${account})/accountcontact_association?$select=fullname`)
    })

    test('an expanded lookup that is null, or dangles, is null; a reference is only where the row is', async () => {
      const { store, account, contact } = await filled()
      const shape = shapeOf(store, 'account', ['name'], NO_ANNOTATIONS, [item('primarycontactid', {}, true)])
      const row = parseRows(await rowText(store, readRow(shape, byId(store, 'account', account))))[0]
      assert.deepEqual(row.primarycontactid, { '@odata.id': `${API_ROOT}/contacts(${contact})` })
      await store.remove('contact', contact)
      assert.equal(parseRows(await rowText(store, readRow(shape, byId(store, 'account', account))))[0].primarycontactid, null)
    })

    test('children of a row, counted and read in one snapshot; those of a missing row are missing', async () => {
      const { store, account, contact } = await filled()
      for (let index = 0; index < 5; index++) await store.insert('task', { subject: `t${index}`, regardingobjectid: { table: 'account', id: account } })
      const relationship = store.schema.relationships.get('Account_Tasks') as never
      const link = { kind: 'one-to-many', relationship } as const
      const shape = shapeOf(store, 'task', ['subject'])
      const parent = { address: byKey(store, 'account', 'bynumber', { accountnumber: 'äB-1' }), steps: [] }
      const rows = outcomeOf(await store.read(readRows(store, shape, { source: { kind: 'children', parent, link }, limit: 2, countLimit: 4 })), 'rows')
      assert.equal(rows.rowCount, 2)
      assert.equal(rows.count, 4)
      assert.equal(rows.next?.last.length, 1)
      const missing = { kind: 'children', parent: { address: byId(store, 'account', contact), steps: [] }, link } as const
      assert.deepEqual(await store.read(readRows(store, shape, { source: missing })), { kind: 'missing', address: missing.parent.address })
      const count = { kind: 'count-rows', table: shape.table, filter: undefined, limit: 3 } as const
      assert.deepEqual(await store.read({ ...count, source: { kind: 'children', parent, link } }), { kind: 'count', count: 3, limitExceeded: true })
      assert.deepEqual(await store.read({ ...count, limit: 9, source: { kind: 'set' } }), { kind: 'count', count: 5, limitExceeded: false })
      assert.deepEqual(await store.read({ ...count, source: missing }), { kind: 'missing', address: missing.parent.address })
      assert.deepEqual(await store.read({ kind: 'count-tables', tables: [shape.table, store.table('account')] }), { kind: 'counts', counts: [5, 1] })
    })

    test('$top reads no row too many and has no next page', async () => {
      const { store } = await filled()
      for (let index = 0; index < 3; index++) await store.insert('team', { name: `t${index}` })
      const plan = readRows(store, shapeOf(store, 'team', ['name']), { limit: 2, pages: false })
      const rows = outcomeOf(await store.read(plan), 'rows')
      assert.equal(rows.rowCount, 2)
      assert.equal(rows.next, undefined)
      assert.equal(outcomeOf(await store.read({ ...plan, limit: 0 }), 'rows').rowCount, 0)
    })

    test('references are nothing but the addresses of rows', async () => {
      const { store, contact } = await filled()
      const rows = outcomeOf(await store.read(readRows(store, shapeOf(store, 'contact'), { references: true })), 'rows')
      assert.equal(textOf(rows.json), `{"@odata.id":"${API_ROOT}/contacts(${contact})"}`)
    })

    test('numbers beyond a double stay exact', async () => {
      const store = await openReads(engine)
      const id = await store.insert('account', { name: 'A', revenue: 9007199254740993123n })
      assert.ok((await rowText(store, readRow(shapeOf(store, 'account', ['revenue']), byId(store, 'account', id)))).includes('"revenue":900719925474099.3123'))
    })
  })
}
