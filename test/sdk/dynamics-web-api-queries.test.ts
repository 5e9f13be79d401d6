/** Queries of the npm client `dynamics-web-api`, as it is published, against a running server (webapi.md 13.1): what `dynamics-web-api.test.ts` has not. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { DynamicsWebApi } from 'dynamics-web-api'
import type { Entry } from '../support/follow-changes.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let client: DynamicsWebApi
const contacts: Record<string, string> = {}

const create = (collection: string, data: object) => client.create<object, string>({ collection, data })
const named = (rows: readonly Entry[] = []) => rows.map(({ name }) => name)

before(async () => {
  server = await startServer()
  client = new DynamicsWebApi({ serverUrl: server.url, dataApi: { version: '9.2' }, onTokenRefresh: async () => 'any token' })
  for (const lastname of ['Zoe', 'Adam']) contacts[lastname] = await create('contacts', { lastname, firstname: 'Ms' })
  for (const [index, person] of ['Zoe', 'Adam', undefined, 'Adam', 'Zoe'].entries()) {
    const contact = person === undefined ? {} : { 'primarycontactid@odata.bind': `contacts(${contacts[person]})` }
    const account = await create('accounts', { name: `A${index}`, revenue: 10 * index, ...contact })
    for (let task = 0; task < index; task++) await create('tasks', { subject: `t${task}`, 'regardingobjectid_account_task@odata.bind': `accounts(${account})` })
  }
})
after(() => server?.[Symbol.asyncDispose]())

test('expands with their options, and nested ones', async () => {
  const flat = await client.retrieveMultiple<Entry>({
    collection: 'accounts',
    select: ['name'],
    filter: 'Account_Tasks/any()',
    orderBy: ['primarycontactid/lastname desc', 'name'],
    expand: [
      { property: 'Account_Tasks', select: ['subject'], filter: "subject ne 't0'", orderBy: ['subject desc'], top: 2 },
      { property: 'primarycontactid/$ref' },
    ],
  })
  assert.deepEqual(
    flat.value.map(({ name, Account_Tasks }) => [name, ...Account_Tasks.map((task: Entry) => task.subject)].join(' ')),
    ['A4 t3 t2', 'A1', 'A3 t2 t1', 'A2 t1'],
  )
  assert.match(flat.value[0]?.primarycontactid['@odata.id'], new RegExp(`/contacts\\(${contacts.Zoe}\\)$`))

  const nested = await client.retrieveAll<Entry>({
    collection: 'contacts',
    select: ['lastname'],
    orderBy: ['lastname'],
    maxPageSize: 1,
    expand: [{ property: 'account_primary_contact', select: ['name'], expand: [{ property: 'createdby', select: ['fullname'] }] }],
  })
  assert.deepEqual(
    nested.value.map(({ lastname, account_primary_contact: [first] }) => [lastname, first.name, first.createdby.fullname]),
    [
      ['Adam', 'A1', 'System Administrator'],
      ['Zoe', 'A0', 'System Administrator'],
    ],
  )
})

test('lookups order by name across pages', async () => {
  const all = await client.retrieveAll<Entry>({ collection: 'accounts', select: ['name'], orderBy: ['_primarycontactid_value', 'name'], maxPageSize: 2 })
  assert.deepEqual(named(all.value), ['A2', 'A1', 'A3', 'A0', 'A4'])
})

test('aggregates, with annotations', async () => {
  const { value } = await client.retrieveMultiple<Entry>({
    collection: 'accounts',
    apply: 'filter(revenue gt 0)/groupby((primarycontactid/lastname),aggregate(revenue with sum as total,$count as n))',
    includeAnnotations: 'OData.Community.Display.V1.FormattedValue',
  })
  assert.deepEqual(
    value.map((row) => [row.contact_lastname, row['total@OData.Community.Display.V1.FormattedValue'], row.n]),
    [
      [undefined, '$20.00', 1],
      ['Adam', '$40.00', 2],
      ['Zoe', '$40.00', 1],
    ],
  )
})

test('parameters stand for values and for columns', async () => {
  const list = await client.retrieveMultiple<Entry>({
    collection: 'accounts',
    select: ['name'],
    filter: 'Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)',
    orderBy: ['@p3 desc'],
    queryParams: ["@p1='name'", '@p2=["A1","A3"]', '@p3=revenue'],
  })
  assert.deepEqual(named(list.value), ['A3', 'A1'])
})

test('FetchXML page by page, by hand and all at once', async () => {
  const fetchXml = '<fetch count="2"><entity name="account"><attribute name="name"/><order attribute="name" descending="true"/></entity></fetch>'
  const includeAnnotations = 'Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords'
  const pages: string[] = []
  for (let page = await client.fetch<Entry>({ collection: 'accounts', fetchXml, includeAnnotations }); ; ) {
    pages.push(named(page.value).join(' '))
    if (!page.PagingInfo) break
    const { nextPage: pageNumber, cookie: pagingCookie } = page.PagingInfo
    page = await client.fetch<Entry>({ collection: 'accounts', fetchXml, includeAnnotations, pageNumber, pagingCookie })
  }
  assert.deepEqual(pages, ['A4 A3', 'A2 A1', 'A0'])
  assert.deepEqual(named((await client.fetchAll<Entry>({ collection: 'accounts', fetchXml, includeAnnotations })).value), ['A4', 'A3', 'A2', 'A1', 'A0'])
})

test('saved and personal queries, in pages', async () => {
  const views = await client.retrieveMultiple<Entry>({ collection: 'savedqueries', select: ['savedqueryid'], filter: "name eq 'Active Accounts'" })
  // The client's types know neither query here, but the client sends both.
  const byView = { collection: 'accounts', savedQuery: views.value[0]?.savedqueryid, maxPageSize: 2 }
  let page = await client.retrieveMultiple<Entry>(byView)
  const found = named(page.value)
  while (page.oDataNextLink) {
    page = await client.retrieveMultiple<Entry>({ collection: 'accounts', maxPageSize: 2 }, page.oDataNextLink)
    found.push(...named(page.value))
  }
  assert.deepEqual(found, ['A0', 'A1', 'A2', 'A3', 'A4'])
  const fetchxml =
    '<fetch><entity name="account"><attribute name="name"/><filter><condition attribute="revenue" operator="gt" value="25"/></filter></entity></fetch>'
  const byPersonal = { collection: 'accounts', userQuery: await create('userqueries', { name: 'Rich', returnedtypecode: 'account', querytype: 0, fetchxml }) }
  assert.deepEqual(named((await client.retrieveMultiple<Entry>(byPersonal)).value).toSorted(), ['A3', 'A4'])
})

test('a filter of tens of kilobytes goes as a batch, and so do its next links', async () => {
  const others = Array.from({ length: 450 }, () => `accountid eq ${randomUUID()}`).join(' or ')
  const all = await client.retrieveAll<Entry>({
    collection: 'accounts',
    select: ['name'],
    filter: `${others} or revenue ge 10`,
    orderBy: ['name desc'],
    maxPageSize: 3,
  })
  assert.deepEqual(named(all.value), ['A4', 'A3', 'A2', 'A1'])
})

test('a batch of queries, each with its own answer', async () => {
  client.startBatch()
  client.retrieveMultiple({ collection: 'accounts', select: ['name'], top: 1 })
  client.count({ collection: 'accounts' })
  client.retrieveMultiple({ collection: 'accounts', apply: 'groupby((statuscode))' })
  client.fetch({ collection: 'accounts', fetchXml: '<fetch top="3"><entity name="account"><attribute name="name"/></entity></fetch>' })
  const [top, count, groups, fetched] = await client.executeBatch()
  assert.deepEqual([top.value.length, count, groups.value.length, fetched.value.length], [1, 5, 1, 3])
})
