/** The npm client `dynamics-web-api`, as it is published, against a running server (webapi.md 13.1). */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { DynamicsWebApi } from 'dynamics-web-api'
import { type Api, apiOf } from '../support/api.ts'
import { column, label, makeKey, makeManyToMany, makeTable, tableBody } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let client: DynamicsWebApi

const CRM = 'Microsoft.Dynamics.CRM'
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Row = { readonly new_partid: string; readonly new_number: string; readonly new_stock: number; readonly '@odata.etag': string }

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  client = new DynamicsWebApi({ serverUrl: server.url, dataApi: { version: '9.2' }, onTokenRefresh: async () => 'any token' })
  await makeTable(api, 'new_Part', [column.text('new_Number', { MaxLength: 40 }), column.whole('new_Stock'), column.datetime('new_Checked', 'UserLocal')], {
    ChangeTrackingEnabled: true,
  })
  await makeKey(api, 'new_part', 'new_PartNumber', ['new_number'])
  await makeManyToMany(api, 'new_part', 'contact', 'new_part_contact')
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

/** Without a representation the client gives the id. */
const create = (collection: string, data: object) => client.create<object, string>({ collection, data })
const part = (new_number: string, more: object = {}) => create('new_parts', { new_number, ...more })
const contact = (lastname: string) => create('contacts', { lastname })

describe('rows', () => {
  test('create gives the id, or the row where it is asked for', async () => {
    const id = await part('create-1')
    assert.match(id, GUID)
    const row = await client.create<object, Row>({
      collection: 'new_parts',
      data: { new_number: 'größer 😀', new_stock: 3 },
      select: ['new_number', 'new_stock'],
      returnRepresentation: true,
    })
    assert.deepEqual([row.new_number, row.new_stock], ['größer 😀', 3])
    assert.match(row['@odata.etag'], /^W\/"\d+"$/)
  })

  test('retrieve selects, expands and knows dates', async () => {
    const person = await contact('Alder')
    const account = await create('accounts', { name: 'Litware', 'primarycontactid@odata.bind': `contacts(${person})` })
    const row = await client.retrieve({
      collection: 'accounts',
      key: account,
      select: ['name', 'createdon'],
      expand: [{ property: 'primarycontactid', select: ['lastname'] }],
    })
    assert.equal(row.primarycontactid.lastname, 'Alder')
    assert.ok(row.createdon instanceof Date)
    assert.equal(row.oDataContext, `${api.root}/$metadata#accounts(name,createdon,primarycontactid(lastname))/$entity`)
    const reference = await client.retrieve({ collection: 'accounts', key: account, select: ['primarycontactid/$ref'] })
    assert.deepEqual([reference.id, reference.collection], [person, 'contacts'])
    const related = await client.retrieve({ collection: 'accounts', key: account, navigationProperty: 'primarycontactid', select: ['lastname'] })
    assert.equal(related.lastname, 'Alder')
  })

  test('retrieve with the version that it has gives nothing', async () => {
    const id = await part('etag-1')
    const row = await client.retrieve({ collection: 'new_parts', key: id })
    assert.equal(await client.retrieve({ collection: 'new_parts', key: id, ifnonematch: row['@odata.etag'] }), undefined)
  })

  test('formatted values and lookup annotations come under the client’s names', async () => {
    const account = await create('accounts', { name: 'Formatted', 'primarycontactid@odata.bind': `contacts(${await contact('Birch')})` })
    const row = await client.retrieve({ collection: 'accounts', key: account, select: ['statecode', '_primarycontactid_value'], includeAnnotations: '*' })
    assert.equal(row.statecode_Formatted, 'Active')
    assert.equal(row._primarycontactid_value_LogicalName, 'contact')
    assert.equal(row._primarycontactid_value_NavigationProperty, 'primarycontactid')
    assert.equal(row._primarycontactid_value_Formatted, 'Birch')
  })

  test('update updates, and never creates', async () => {
    const id = await part('update-1', { new_stock: 1 })
    assert.equal(await client.update({ collection: 'new_parts', key: id, data: { new_stock: 2 } }), true)
    const row = await client.update({ collection: 'new_parts', key: id, data: { new_stock: 3 }, returnRepresentation: true, select: ['new_stock'] })
    assert.equal(row.new_stock, 3)
    const missing = client.update({ collection: 'new_parts', key: randomUUID(), data: { new_stock: 2 } })
    await assert.rejects(
      missing,
      (error: { status: number; code: string; message: string }) =>
        error.status === 404 && error.code === '0x80040217' && error.message.endsWith('Does Not Exist'),
    )
  })

  test('update with an old version gives false', async () => {
    const id = await part('stale-1')
    const { '@odata.etag': ifmatch } = await client.retrieve({ collection: 'new_parts', key: id })
    assert.equal(await client.update({ collection: 'new_parts', key: id, data: { new_stock: 2 }, ifmatch }), true)
    assert.equal(await client.update({ collection: 'new_parts', key: id, data: { new_stock: 3 }, ifmatch }), false)
    assert.equal(await client.deleteRecord({ collection: 'new_parts', key: id, ifmatch }), false)
  })

  test('upsert creates under its id, updates, and does only the one that was asked for', async () => {
    const key = randomUUID()
    assert.equal(await client.upsert<object, string>({ collection: 'new_parts', key, data: { new_number: 'upsert-1' } }), key)
    assert.equal(await client.upsert<object, string>({ collection: 'new_parts', key, data: { new_stock: 4 } }), key)
    assert.equal(await client.upsert({ collection: 'new_parts', key, data: {}, ifnonematch: '*' }), null)
    assert.equal(await client.upsert({ collection: 'new_parts', key: randomUUID(), data: {}, ifmatch: '*' }), null)
  })

  test('an alternate key serves every call', async () => {
    const key = "new_number='by key'"
    assert.equal(await client.upsert({ collection: 'new_parts', key, data: { new_stock: 1 } }), undefined)
    const row = await client.upsert<object, Row>({ collection: 'new_parts', key, data: { new_stock: 2 }, returnRepresentation: true })
    assert.equal(row.new_stock, 2)
    assert.equal((await client.retrieve({ collection: 'new_parts', key })).new_partid, row.new_partid)
    assert.equal(await client.update({ collection: 'new_parts', key, data: { new_stock: 3 } }), true)
    await client.updateSingleProperty({ collection: 'new_parts', key, fieldValuePair: { new_stock: 4 } })
    assert.equal((await client.retrieve({ collection: 'new_parts', key, select: ['new_stock'] })).new_stock, 4)
    await client.deleteRecord({ collection: 'new_parts', key, property: 'new_stock' })
    assert.equal((await client.retrieve({ collection: 'new_parts', key, select: ['new_stock'] })).new_stock, null)
    assert.equal(await client.deleteRecord({ collection: 'new_parts', key }), true)
    await assert.rejects(client.retrieve({ collection: 'new_parts', key }), { status: 404, code: '0x80060891' })
  })

  test('associate and disassociate, collections and single values', async () => {
    const [id, person] = [await part('linked-1'), await contact('Cedar')]
    await client.associate({ collection: 'new_parts', primaryKey: id, relationshipName: 'new_part_contact', relatedCollection: 'contacts', relatedKey: person })
    const linked = () =>
      client.retrieve({ collection: 'new_parts', key: id, select: ['new_number'], expand: [{ property: 'new_part_contact', select: ['lastname'] }] })
    assert.deepEqual(
      (await linked()).new_part_contact.map((one: { lastname: string }) => one.lastname),
      ['Cedar'],
    )
    await client.disassociate({ collection: 'new_parts', primaryKey: id, relationshipName: 'new_part_contact', relatedKey: person })
    assert.deepEqual((await linked()).new_part_contact, [])
    const account = await create('accounts', { name: 'Single' })
    await client.associateSingleValued({
      collection: 'accounts',
      primaryKey: account,
      navigationProperty: 'primarycontactid',
      relatedCollection: 'contacts',
      relatedKey: person,
    })
    const read = () => client.retrieve({ collection: 'accounts', key: account, select: ['_primarycontactid_value'] })
    assert.equal((await read())._primarycontactid_value, person)
    await client.disassociateSingleValued({ collection: 'accounts', primaryKey: account, navigationProperty: 'primarycontactid' })
    assert.equal((await read())._primarycontactid_value, null)
  })
})

describe('queries', () => {
  const numbers = (rows: readonly { new_number?: string }[]) => rows.map((row) => row.new_number)

  before(async () => {
    for (let index = 0; index < 7; index++) await part(`page-${index}`, { new_stock: index })
  })

  test('count with and without a filter', async () => {
    assert.equal(await client.count({ collection: 'new_parts', filter: "startswith(new_number,'page-')" }), 7)
    const all = await client.count({ collection: 'new_parts' })
    assert.equal(await client.countAll({ collection: 'new_parts', select: ['new_number'] }), all)
  })

  test('retrieveMultiple follows its next link page by page', async () => {
    const request = {
      collection: 'new_parts',
      select: ['new_number'],
      filter: "startswith(new_number,'page-')",
      orderBy: ['new_number desc'],
      maxPageSize: 3,
      count: true,
    }
    const found: (string | undefined)[] = []
    let page = await client.retrieveMultiple(request)
    assert.equal(page.oDataCount, 7)
    for (;;) {
      found.push(...numbers(page.value))
      if (!page.oDataNextLink) break
      page = await client.retrieveMultiple(request, page.oDataNextLink)
    }
    assert.deepEqual(
      found,
      [6, 5, 4, 3, 2, 1, 0].map((index) => `page-${index}`),
    )
  })

  test('retrieveAll gathers all pages', async () => {
    const { value } = await client.retrieveAll({
      collection: 'new_parts',
      select: ['new_number'],
      filter: "startswith(new_number,'page-') and new_stock ge 2",
      maxPageSize: 2,
    })
    assert.deepEqual(
      numbers(value).toSorted(),
      [2, 3, 4, 5, 6].map((index) => `page-${index}`),
    )
  })

  test('top, and a filter with braces around a guid', async () => {
    const { value } = await client.retrieveMultiple({
      collection: 'new_parts',
      select: ['new_number', 'new_partid'],
      orderBy: ['new_number'],
      filter: "startswith(new_number,'page-')",
      top: 2,
    })
    assert.deepEqual(numbers(value), ['page-0', 'page-1'])
    const same = await client.retrieveMultiple({ collection: 'new_parts', filter: `new_partid eq {${value[0].new_partid}}` })
    assert.deepEqual(numbers(same.value), ['page-0'])
  })

  test('changes are tracked, and the delta link gives what came after', async () => {
    const tracked = await client.retrieveAll({ collection: 'new_parts', select: ['new_number'], trackChanges: true, maxPageSize: 3 })
    assert.ok(tracked.oDataDeltaLink?.startsWith(`${server.url}/api/data/v9.2/new_parts?`))
    const gone = await part('delta-1')
    await part('delta-2')
    await client.deleteRecord({ collection: 'new_parts', key: gone })
    const delta = await client.retrieveMultiple({ collection: 'new_parts' }, tracked.oDataDeltaLink)
    assert.deepEqual(numbers(delta.value.filter((row) => row.reason === undefined)), ['delta-2'])
    assert.deepEqual(
      delta.value.filter((row) => row.reason === 'deleted').map((row) => row.id),
      [gone],
    )
    assert.deepEqual((await client.retrieveMultiple({ collection: 'new_parts' }, delta.oDataDeltaLink)).value, [])
  })

  test('a URL of more than two thousand characters goes as a batch and comes back as itself', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `new_number eq 'page-${index}'`).join(' or ')
    const { value } = await client.retrieveMultiple({ collection: 'new_parts', select: ['new_number'], filter: many, orderBy: ['new_number'] })
    assert.equal(value.length, 7)
    assert.equal(await client.count({ collection: 'new_parts', filter: many }), 7)
    const refused = client.retrieveMultiple({ collection: 'new_parts', filter: `${many} or nothing eq 1` })
    await assert.rejects(
      refused,
      (errors: { status: number; error?: object }[] | { status: number }) => (Array.isArray(errors) ? errors[0] : errors)?.status === 400,
    )
  })
})

describe('batches', () => {
  test('a change set links its rows by content id, reads follow it', async () => {
    client.startBatch()
    client.create({ collection: 'contacts', data: { lastname: 'Dogwood' }, contentId: '1' })
    client.create({ collection: 'accounts', data: { name: 'Batched', 'primarycontactid@odata.bind': '$1' }, contentId: '2' })
    client.update({ contentId: '$1', data: { firstname: 'Dan' } })
    client.associateSingleValued({ contentId: '$1', navigationProperty: 'parentcustomerid_account', relatedKey: '$2' })
    client.retrieveMultiple({
      collection: 'accounts',
      select: ['name'],
      filter: "name eq 'Batched'",
      expand: [{ property: 'primarycontactid', select: ['firstname', '_parentcustomerid_value'] }],
    })
    client.count({ collection: 'accounts', filter: "name eq 'Batched'" })
    client.count({ collection: 'new_parts' })
    const [person, account, updated, , accounts, counted, parts] = await client.executeBatch()
    assert.match(person, GUID)
    assert.match(account, GUID)
    assert.equal(updated, true)
    assert.deepEqual(accounts.value[0].primarycontactid.firstname, 'Dan')
    assert.equal(accounts.value[0].primarycontactid._parentcustomerid_value, account)
    // Behind a change set the client has lost count of its requests, and hands the answer over as it is.
    assert.equal(counted.oDataCount, 1)
    assert.equal(parts, await client.count({ collection: 'new_parts' }))
  })

  test('ids are given where the caller gives none', async () => {
    client.startBatch()
    for (const number of ['auto-1', 'auto-2', 'auto-3']) client.upsert({ collection: 'new_parts', key: `new_number='${number}'`, data: { new_stock: 1 } })
    client.deleteRecord({ collection: 'new_parts', key: "new_number='auto-2'" })
    const results = await client.executeBatch()
    assert.deepEqual(results, [undefined, undefined, undefined, true])
    assert.equal(await client.count({ collection: 'new_parts', filter: "startswith(new_number,'auto-')" }), 2)
  })

  test('a failing change set rejects, and nothing of it stays', async () => {
    client.startBatch()
    client.create({ collection: 'new_parts', data: { new_number: 'reject-1' } })
    client.create({ collection: 'new_parts', data: { new_number: 'reject-1' } })
    await assert.rejects(
      client.executeBatch(),
      (errors: { status: number; error: { code: string } }[]) => errors.length === 1 && errors[0]?.status === 412 && errors[0].error.code === '0x80060892',
    )
    assert.equal(await client.count({ collection: 'new_parts', filter: "new_number eq 'reject-1'" }), 0)
  })

  test('continue on error runs what is left, outside change sets', async () => {
    client.startBatch()
    client.create({ collection: 'new_parts', data: { new_number: 'continue-1' }, inChangeSet: false })
    client.retrieve({ collection: 'new_parts', key: randomUUID() })
    client.create({ collection: 'new_parts', data: { new_number: 'continue-2' }, inChangeSet: false })
    const [first, failed, last] = await client.executeBatch({ continueOnError: true })
    assert.match(first, GUID)
    assert.deepEqual([failed.status, failed.error.code], [404, '0x80040217'])
    assert.match(last, GUID)
  })
})

describe('definitions', () => {
  test('a table is created, read, changed and listed', async () => {
    const id = await client.createEntity<string>({ data: tableBody('new_Gadget') })
    assert.match(id, GUID)
    const gadget = await client.retrieveEntity({ key: id })
    assert.equal(gadget.EntitySetName, 'new_gadgets')
    gadget.DisplayName = label('Renamed')
    gadget.ChangeTrackingEnabled = true
    assert.equal(await client.updateEntity({ data: gadget, mergeLabels: true }), true)
    const again = await client.retrieveEntity({
      key: "LogicalName='new_gadget'",
      select: ['DisplayName', 'ChangeTrackingEnabled'],
      expand: [{ property: 'Attributes', select: ['LogicalName'] }],
    })
    assert.equal(again.DisplayName.UserLocalizedLabel.Label, 'Renamed')
    assert.equal(again.ChangeTrackingEnabled, true)
    assert.ok(again.Attributes.length > 10)
    const { value } = await client.retrieveEntities({ select: ['LogicalName'], filter: "SchemaName eq 'new_Gadget'" })
    assert.deepEqual(
      value.map((one) => one.LogicalName),
      ['new_gadget'],
    )
  })

  test('a column is created, changed and read by its type', async () => {
    await makeTable(api, 'new_Gizmo')
    const entityKey = "LogicalName='new_gizmo'"
    const id = await client.createAttribute<string>({ entityKey, data: column.text('new_Colour', { MaxLength: 20 }) })
    assert.match(id, GUID)
    const colour = await client.retrieveAttribute({ entityKey, attributeKey: id, castType: `${CRM}.StringAttributeMetadata` })
    colour.MaxLength = 50
    assert.equal(await client.updateAttribute({ entityKey, data: colour, castType: `${CRM}.StringAttributeMetadata` }), true)
    const { value } = await client.retrieveAttributes({
      entityKey,
      castType: `${CRM}.StringAttributeMetadata`,
      select: ['LogicalName', 'MaxLength'],
      filter: "LogicalName eq 'new_colour'",
    })
    assert.equal(value[0].MaxLength, 50)
  })

  test('relationships and global choices', async () => {
    const data = {
      '@odata.type': `${CRM}.OneToManyRelationshipMetadata`,
      SchemaName: 'new_account_part',
      ReferencedEntity: 'account',
      ReferencingEntity: 'new_part',
      Lookup: { '@odata.type': `${CRM}.LookupAttributeMetadata`, SchemaName: 'new_MakerId', DisplayName: label('Maker') },
    }
    const id = await client.createRelationship<string>({ data })
    assert.match(id, GUID)
    const relationship = await client.retrieveRelationship({ key: id, castType: `${CRM}.OneToManyRelationshipMetadata` })
    relationship.CascadeConfiguration.Delete = 'Restrict'
    assert.equal(await client.updateRelationship({ data: relationship, castType: `${CRM}.OneToManyRelationshipMetadata` }), true)
    const { value } = await client.retrieveRelationships({ castType: `${CRM}.OneToManyRelationshipMetadata`, filter: "SchemaName eq 'new_account_part'" })
    assert.equal(value[0].CascadeConfiguration.Delete, 'Restrict')
    assert.equal(await client.deleteRelationship({ key: id }), true)
    const Options = [{ Value: 1, Label: label('One') }]
    const choice = await client.createGlobalOptionSet<string>({
      data: { '@odata.type': `${CRM}.OptionSetMetadata`, Name: 'new_scale', OptionSetType: 'Picklist', DisplayName: label('Scale'), Options },
    })
    assert.equal((await client.retrieveGlobalOptionSet({ key: choice })).Name, 'new_scale')
    assert.equal(await client.deleteGlobalOptionSet({ key: "Name='new_scale'" }), true)
  })

  test('the schema as XML', async () => {
    const plain = await client.retrieveCsdlMetadata()
    const annotated = await client.retrieveCsdlMetadata({ addAnnotations: true })
    assert.match(plain, /<EntitySet Name="new_parts"/)
    assert.ok(annotated.length > plain.length)
  })
})

describe('functions and actions', () => {
  test('functions with and without parameters', async () => {
    const me = await client.callFunction('WhoAmI')
    assert.match(me.UserId, GUID)
    const { Detail } = await client.callFunction({ name: 'RetrieveCurrentOrganization', parameters: { AccessType: `${CRM}.EndpointAccessType'Default'` } })
    assert.equal(Detail.State, 'Enabled')
    const counts = await client.callFunction({ name: 'RetrieveTotalRecordCount', parameters: { EntityNames: ['account'] } })
    assert.deepEqual(counts.EntityRecordCountCollection.Keys, ['account'])
  })

  test('actions, unbound and bound to a set', async () => {
    await client.callAction({ actionName: 'PublishAllXml' })
    const Targets = [1, 2].map((index) => ({ '@odata.type': `${CRM}.new_part`, new_number: `action-${index}` }))
    const { Ids } = await client.callAction({ collection: 'new_parts', actionName: `${CRM}.CreateMultiple`, action: { Targets } })
    assert.equal(Ids.length, 2)
    const changed = Ids.map((new_partid: string) => ({ '@odata.type': `${CRM}.new_part`, new_partid, new_stock: 8 }))
    await client.callAction({ collection: 'new_parts', actionName: `${CRM}.UpdateMultiple`, action: { Targets: changed } })
    assert.equal(await client.count({ collection: 'new_parts', filter: "new_stock eq 8 and startswith(new_number,'action-')" }), 2)
  })
})

test('table names stand for set names', async () => {
  const named = new DynamicsWebApi({ serverUrl: server.url, dataApi: { version: '9.2' }, useEntityNames: true })
  const id = await named.create<object, string>({
    collection: 'account',
    data: { name: 'By table name', 'primarycontactid@odata.bind': `contact(${await contact('Elm')})` },
  })
  const row = await named.retrieve({ collection: 'account', key: id, select: ['name'], expand: [{ property: 'primarycontactid', select: ['lastname'] }] })
  assert.equal(row.primarycontactid.lastname, 'Elm')
  assert.equal(named.Utility.getCollectionName('new_part'), 'new_parts')
  assert.ok((await named.count({ collection: 'new_part' })) > 0)
})

test('another version and another spelling of the host', async () => {
  const port = new URL(server.url).port
  const old = new DynamicsWebApi({ serverUrl: `http://localhost:${port}/`, dataApi: { version: '9.1' } })
  const { value } = await old.retrieveAll({ collection: 'new_parts', select: ['new_number'], maxPageSize: 2, filter: "startswith(new_number,'page-')" })
  assert.equal(value.length, 7)
})
