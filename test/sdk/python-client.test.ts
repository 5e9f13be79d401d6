/**
 * The requests of Microsoft's Python client for Dataverse as it puts them on the wire (webapi.md 13.4): URLs, headers, bodies, and its batches
 * with CRLF and raw blanks. What it reads of an answer is what is asserted.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, expectStatus } from '../support/api.ts'
import { onlyPart, type PartAnswer, readBatch } from '../support/batch.ts'
import type { Body } from '../support/make-table.ts'
import { formatQuery } from '../support/python-url.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api

const CRM = 'Microsoft.Dynamics.CRM'
const GUID = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  await createTable()
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

const standardHeaders = () => ({
  Authorization: 'Bearer any',
  Accept: 'application/json',
  'Content-Type': 'application/json',
  'OData-MaxVersion': '4.0',
  'OData-Version': '4.0',
  'User-Agent': 'DataverseSvcPythonClient:0.1.0',
  'x-ms-client-request-id': randomUUID(),
  'x-ms-correlation-id': randomUUID(),
})

const send = (method: string, path: string, body?: unknown, headers: { readonly [name: string]: string } = {}): Promise<Answer> =>
  api.send(method, path, { headers: { ...standardHeaders(), ...headers }, ...(body !== undefined && { raw: JSON.stringify(body) }) })
/** `requests` encodes its parameters. */
const query = (parameters: { readonly [name: string]: string }) => formatQuery(new Map(Object.entries(parameters)))
const label = (Label: string) => ({ '@odata.type': `${CRM}.Label`, LocalizedLabels: [{ '@odata.type': `${CRM}.LocalizedLabel`, Label, LanguageCode: 1033 }] })

/** The guid is looked for in `OData-EntityId`, else in `Location`. */
function newId({ headers }: Pick<Answer, 'headers'>): string {
  const id = GUID.exec(headers['odata-entityid'] ?? headers.location ?? '')?.[0]
  assert.ok(id)
  return id
}

const attribute = (type: string, SchemaName: string, more: Body): Body => ({
  '@odata.type': `${CRM}.${type}AttributeMetadata`,
  SchemaName,
  DisplayName: label(SchemaName.split('_').at(-1) ?? ''),
  RequiredLevel: { Value: 'None' },
  ...more,
})

const columns: readonly Body[] = [
  attribute('String', 'new_Code', { MaxLength: 200, FormatName: { Value: 'Text' } }),
  attribute('Memo', 'new_Notes', { MaxLength: 4000, FormatName: { Value: 'Text' }, ImeMode: 'Auto' }),
  attribute('Integer', 'new_Quantity', { Format: 'None', MinValue: -2147483648, MaxValue: 2147483647 }),
  attribute('Decimal', 'new_Price', { MinValue: -100000000000.0, MaxValue: 100000000000.0, Precision: 2 }),
  attribute('Double', 'new_Weight', { MinValue: -100000000000.0, MaxValue: 100000000000.0, Precision: 2 }),
  attribute('DateTime', 'new_Due', { Format: 'DateOnly', ImeMode: 'Inactive' }),
  attribute('Boolean', 'new_Done', {
    OptionSet: {
      '@odata.type': `${CRM}.BooleanOptionSetMetadata`,
      TrueOption: { Value: 1, Label: label('True') },
      FalseOption: { Value: 0, Label: label('False') },
      IsGlobal: false,
    },
  }),
  attribute('Picklist', 'new_Priority', {
    OptionSet: {
      '@odata.type': `${CRM}.OptionSetMetadata`,
      IsGlobal: false,
      Options: [
        { Value: 1, Label: label('High') },
        { Value: 2, Label: label('Low') },
      ],
    },
  }),
]

async function createTable(): Promise<void> {
  const body = {
    '@odata.type': `${CRM}.EntityMetadata`,
    SchemaName: 'new_Sample',
    DisplayName: label('Sample'),
    DisplayCollectionName: label('Samples'),
    Description: label('Custom entity for Sample'),
    OwnershipType: 'UserOwned',
    HasActivities: false,
    HasNotes: true,
    IsActivity: false,
    Attributes: [attribute('String', 'new_Name', { MaxLength: 200, FormatName: { Value: 'Text' }, IsPrimaryName: true }), ...columns],
  }
  newId(expectStatus(await send('POST', 'EntityDefinitions', body), 204))
}

describe('tables', () => {
  test('a new table is read back at once, with the cache passed by', async () => {
    const parameters = query({
      $select: 'MetadataId,LogicalName,SchemaName,EntitySetName,PrimaryNameAttribute,PrimaryIdAttribute',
      $filter: "SchemaName eq 'new_Sample'",
    })
    assert.match(parameters, /^%24select=MetadataId%2CLogicalName.*%24filter=SchemaName\+eq\+%27new_Sample%27$/)
    const { value } = expectStatus(await send('GET', `EntityDefinitions?${parameters}`, undefined, { Consistency: 'Strong' }), 200).body
    assert.deepEqual(
      { ...value[0], MetadataId: '' },
      {
        MetadataId: '',
        LogicalName: 'new_sample',
        SchemaName: 'new_Sample',
        EntitySetName: 'new_samples',
        PrimaryNameAttribute: 'new_name',
        PrimaryIdAttribute: 'new_sampleid',
      },
    )
  })

  test('before the first operation the set name is looked up, and the options before the first text', async () => {
    const { value } = expectStatus(
      await send('GET', `EntityDefinitions?${query({ $select: 'LogicalName,EntitySetName,PrimaryIdAttribute', $filter: "LogicalName eq 'new_sample'" })}`),
      200,
    ).body
    assert.deepEqual([value[0].EntitySetName, value[0].PrimaryIdAttribute], ['new_samples', 'new_sampleid'])
    const nothing = await send('GET', `EntityDefinitions?${query({ $select: 'LogicalName', $filter: "LogicalName eq 'new_nothing'" })}`)
    assert.deepEqual(expectStatus(nothing, 200).body.value, [])
    const picklists = `EntityDefinitions(LogicalName='new_sample')/Attributes/${CRM}.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options)`
    const found = expectStatus(await send('GET', picklists), 200).body.value.find((one: Body) => one.LogicalName === 'new_priority')
    assert.deepEqual(
      found.OptionSet.Options.map((one: { Value: number; Label: { LocalizedLabels: Body[] } }) => [one.Value, one.Label.LocalizedLabels[0]?.Label]),
      [
        [1, 'High'],
        [2, 'Low'],
      ],
    )
  })

  test('the list of tables, with a filter of its own', async () => {
    const { value } = expectStatus(
      await send('GET', `EntityDefinitions?${query({ $filter: "IsPrivate eq false and (startswith(SchemaName,'new_'))", $select: 'LogicalName,SchemaName' })}`),
      200,
    ).body
    assert.ok(value.some((one: Body) => one.LogicalName === 'new_sample'))
  })

  test('columns are added in a solution, described, found and deleted by id', async () => {
    const table = "EntityDefinitions(LogicalName='new_sample')"
    expectStatus(
      await send('POST', `${table}/Attributes?SolutionUniqueName=Default`, attribute('String', 'new_Extra', { MaxLength: 200, FormatName: { Value: 'Text' } })),
      204,
    )
    const url = `${table}/Attributes?${query({ $filter: "LogicalName eq 'new_extra'", $select: 'MetadataId,LogicalName,SchemaName,AttributeType' })}`
    const [found] = expectStatus(await send('GET', url), 200).body.value
    assert.equal(found.AttributeType, 'String')
    const [whole] = expectStatus(await send('GET', `${table}/Attributes?${query({ $filter: "LogicalName eq 'new_extra'" })}`), 200).body.value
    assert.equal(whole.DisplayName.UserLocalizedLabel.Label, 'Extra')
    assert.deepEqual([whole.RequiredLevel.Value, whole.AttributeTypeName.Value, whole.MaxLength], ['None', 'StringType', 200])
    expectStatus(await send('DELETE', `${table}/Attributes(${found.MetadataId})`, undefined, { 'If-Match': '*' }), 204)
    assert.deepEqual(expectStatus(await send('GET', url), 200).body.value, [])
    const gone = await send('GET', `new_samples?${query({ $top: '1', $select: 'new_extra' })}`)
    assert.equal(gone.status, 400)
  })

  test('a key is posted without its type, listed until it is active, and deleted', async () => {
    const keys = "EntityDefinitions(LogicalName='new_sample')/Keys"
    const made = await send('POST', keys, { SchemaName: 'new_SampleCode', DisplayName: label('Code'), KeyAttributes: ['new_code'] })
    const id = /Keys\(([0-9a-f-]{36})\)$/.exec(expectStatus(made, 204).headers['odata-entityid'] ?? '')?.[1]
    for (;;) {
      const key = expectStatus(await send('GET', keys), 200).body.value.find((one: Body) => one.MetadataId === id)
      assert.deepEqual(key.KeyAttributes, ['new_code'])
      if (key.EntityKeyIndexStatus === 'Active') break
      assert.match(key.EntityKeyIndexStatus, /^(Pending|InProgress)$/)
    }
  })

  test('relationships are made, told apart by their type, and deleted', async () => {
    const oneToMany = {
      '@odata.type': `${CRM}.OneToManyRelationshipMetadata`,
      SchemaName: 'account_new_sample_new_AccountId',
      ReferencedEntity: 'account',
      ReferencingEntity: 'new_sample',
      ReferencedAttribute: 'accountid',
      CascadeConfiguration: { Assign: 'NoCascade', Delete: 'RemoveLink', Merge: 'NoCascade', Reparent: 'NoCascade', Share: 'NoCascade', Unshare: 'NoCascade' },
      Lookup: {
        '@odata.type': `${CRM}.LookupAttributeMetadata`,
        SchemaName: 'new_AccountId',
        DisplayName: label('Account'),
        RequiredLevel: { Value: 'None', CanBeChanged: true, ManagedPropertyLogicalName: 'canmodifyrequirementlevelsettings' },
      },
    }
    const id = newId(expectStatus(await send('POST', 'RelationshipDefinitions', oneToMany), 204))
    const manyToMany = {
      '@odata.type': `${CRM}.ManyToManyRelationshipMetadata`,
      SchemaName: 'new_sample_contact',
      Entity1LogicalName: 'new_sample',
      Entity2LogicalName: 'contact',
      IntersectEntityName: 'new_sample_contact',
    }
    newId(expectStatus(await send('POST', 'RelationshipDefinitions', manyToMany), 204))
    for (const [name, type] of [
      ['account_new_sample_new_AccountId', 'OneToMany'],
      ['new_sample_contact', 'ManyToMany'],
    ]) {
      const { value } = expectStatus(await send('GET', `RelationshipDefinitions?${query({ $filter: `SchemaName eq '${name}'` })}`), 200).body
      assert.equal(value[0]['@odata.type'], `#${CRM}.${type}RelationshipMetadata`)
    }
    const row = newId(
      await send('POST', 'new_samples', {
        new_name: 'related',
        'new_AccountId@odata.bind': `/accounts(${newId(await send('POST', 'accounts', { name: 'A' }))})`,
      }),
    )
    assert.ok(
      expectStatus(await send('GET', `new_samples(${row})?${query({ $select: 'new_name', $expand: 'new_AccountId($select=name)' })}`), 200).body.new_AccountId
        .name,
    )
    expectStatus(await send('DELETE', `RelationshipDefinitions(${id})`, undefined, { 'If-Match': '*' }), 204)
  })

  test('a table is deleted by its id', async () => {
    const body = {
      '@odata.type': `${CRM}.EntityMetadata`,
      SchemaName: 'new_Brief',
      DisplayName: label('Brief'),
      DisplayCollectionName: label('Briefs'),
      OwnershipType: 'UserOwned',
      HasActivities: false,
      HasNotes: true,
      Attributes: [attribute('String', 'new_Name', { MaxLength: 200, FormatName: { Value: 'Text' }, IsPrimaryName: true })],
    }
    const id = newId(expectStatus(await send('POST', 'EntityDefinitions', body), 204))
    expectStatus(await send('DELETE', `EntityDefinitions(${id})`, undefined, { 'If-Match': '*' }), 204)
    assert.deepEqual(
      expectStatus(await send('GET', `EntityDefinitions?${query({ $filter: "LogicalName eq 'new_brief'", $select: 'LogicalName' })}`), 200).body.value,
      [],
    )
  })
})

describe('rows', () => {
  const values = {
    new_name: 'Erste Zeile',
    new_code: 'C-1',
    new_notes: 'a\nb',
    new_quantity: 5,
    new_price: 12.34,
    new_weight: 0.5,
    new_due: '2026-11-22',
    new_done: true,
    new_priority: 1,
  }

  test('create, update, read and delete one', async () => {
    const created = expectStatus(await send('POST', 'new_samples', values), 204)
    const id = newId(created)
    assert.ok(created.headers.location?.endsWith(`(${id})`))
    expectStatus(await send('PATCH', `new_samples(${id})`, { new_quantity: 6, new_priority: 2 }, { 'If-Match': '*' }), 204)
    const row = expectStatus(await send('GET', `new_samples(${id})`), 200).body
    // The client leaves the date's behavior out: it is a day for people, and a moment on the wire.
    const shown = { ...values, new_quantity: 6, new_priority: 2, new_due: '2026-11-22T00:00:00Z' }
    for (const [name, value] of Object.entries(shown)) assert.equal(row[name], value, name)
    expectStatus(await send('DELETE', `new_samples(${id})`, undefined, { 'If-Match': '*' }), 204)
    const missing = await send('PATCH', `new_samples(${id})`, { new_quantity: 7 }, { 'If-Match': '*' })
    assert.deepEqual([missing.status, missing.body.error.code], [404, '0x80040217'])
    assert.ok(missing.body.error.message)
  })

  test('create, update and upsert many', async () => {
    const typed = (rows: readonly Body[]) => ({ Targets: rows.map((row) => ({ ...row, '@odata.type': `${CRM}.new_sample` })) })
    const { Ids } = expectStatus(await send('POST', `new_samples/${CRM}.CreateMultiple`, typed([{ new_name: 'm1' }, { new_name: 'm2' }])), 200).body
    assert.equal(Ids.length, 2)
    expectStatus(await send('POST', `new_samples/${CRM}.UpdateMultiple`, typed(Ids.map((new_sampleid: string) => ({ new_quantity: 9, new_sampleid })))), 204)
    expectStatus(
      await send(
        'POST',
        `new_samples/${CRM}.UpsertMultiple`,
        typed([
          { new_quantity: 1, '@odata.id': "new_samples(new_code='U-1')" },
          { new_quantity: 2, '@odata.id': "new_samples(new_code='U-2')" },
        ]),
      ),
      204,
    )
    const { value } = expectStatus(
      await send('GET', `new_samples?${query({ $select: 'new_code,new_quantity', $filter: "startswith(new_code,'U-')", $orderby: 'new_code asc' })}`),
      200,
    ).body
    assert.deepEqual(
      value.map((row: Body) => [row.new_code, row.new_quantity]),
      [
        ['U-1', 1],
        ['U-2', 2],
      ],
    )
  })

  test('upsert one by alternate key, without If-Match', async () => {
    for (const new_quantity of [1, 2])
      expectStatus(await send('PATCH', "new_samples(new_code='O''Neil & Co')".replace(/[ &]/g, encodeURIComponent), { new_quantity }), 204)
    const { value } = expectStatus(await send('GET', `new_samples?${query({ $filter: "new_code eq 'O''Neil & Co'" })}`), 200).body
    assert.deepEqual(
      value.map((row: Body) => row.new_quantity),
      [2],
    )
  })

  test('a list: select, filter, order, top, expand, count, page size and annotations', async () => {
    const Targets = Array.from({ length: 7 }, (_, index) => ({
      '@odata.type': `${CRM}.new_sample`,
      new_name: `list ${index}`,
      new_quantity: index,
      new_priority: 1 + (index % 2),
    }))
    expectStatus(await send('POST', `new_samples/${CRM}.CreateMultiple`, { Targets }), 200)
    const parameters = query({
      $select: 'new_name,new_quantity,new_priority',
      $filter: "startswith(new_name,'list ') and new_quantity ge 1",
      $orderby: 'new_quantity desc',
      $count: 'true',
    })
    const headers = {
      Prefer: 'odata.maxpagesize=4,odata.include-annotations="OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.lookuplogicalname"',
    }
    const first = expectStatus(await send('GET', `new_samples?${parameters}`, undefined, headers), 200).body
    assert.equal(first['@odata.count'], 6)
    assert.deepEqual(
      first.value.map((row: Body) => row.new_quantity),
      [6, 5, 4, 3],
    )
    assert.equal(first.value[0]['new_priority@OData.Community.Display.V1.FormattedValue'], 'High')
    const second = expectStatus(await send('GET', first['@odata.nextLink'], undefined, headers), 200).body
    assert.deepEqual(
      second.value.map((row: Body) => row.new_quantity),
      [2, 1],
    )
    assert.equal(second['@odata.nextLink'], undefined)
    const top = expectStatus(
      await send('GET', `new_samples?${query({ $filter: "startswith(new_name,'list ')", $top: '2', $expand: 'owninguser($select=fullname)' })}`),
      200,
    ).body
    assert.equal(top.value.length, 2)
    assert.ok(top.value[0].owninguser.fullname)
  })

  test('every page carries another cookie', async () => {
    const headers = { Prefer: 'odata.maxpagesize=2' }
    const cookies = new Set<string>()
    let link: string | undefined = `new_samples?${query({ $select: 'new_name' })}`
    let pages = 0
    while (link !== undefined) {
      const answer: Body = expectStatus(await send('GET', link, undefined, headers), 200).body
      link = answer['@odata.nextLink'] as string | undefined
      if (link !== undefined) cookies.add(link)
      pages++
    }
    assert.equal(cookies.size, pages - 1)
    assert.ok(pages > 3)
  })

  test('a filter of values is the query function In', async () => {
    const $filter = `${CRM}.In(PropertyName='new_quantity',PropertyValues=["5","6"])`
    const { value } = expectStatus(await send('GET', `new_samples?${query({ $select: 'new_quantity', $filter })}`), 200).body
    assert.deepEqual(value.map((row: Body) => row.new_quantity).sort(), [5, 6])
  })

  test('FetchXML is read page by page, by the cookie of the page before', async () => {
    const headers = { Prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords"' }
    const ids: unknown[] = []
    // ElementTree writes attributes in double quotes and escapes `&`, `<`, `>` and `"`.
    const escapeText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
    let paging = ''
    for (let more = true; more; ) {
      const fetchXml = `<fetch count="2"${paging}><entity name="new_sample"><attribute name="new_name" /><order attribute="new_name" /></entity></fetch>`
      const data = expectStatus(await send('GET', `new_samples?${query({ fetchXml })}`, undefined, headers), 200).body
      ids.push(...data.value.map((row: Body) => row.new_sampleid))
      more = data['@Microsoft.Dynamics.CRM.morerecords'] === true
      const outer = /pagenumber="(\d+)" pagingcookie="([^"]*)"/.exec(data['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'] ?? '')
      assert.equal(outer !== null, more)
      paging = ` paging-cookie="${escapeText(decodeURIComponent(decodeURIComponent(outer?.[2] ?? '')))}" page="${outer?.[1]}"`
    }
    const all = expectStatus(await send('GET', `new_samples?${query({ $select: 'new_name', $orderby: 'new_name' })}`), 200).body.value
    assert.deepEqual(
      ids,
      all.map((row: Body) => row.new_sampleid),
    )
  })

  test('SQL is answered as a collection, and follows next links', async () => {
    const sql = "SELECT TOP 3 s.new_name, s.new_quantity AS amount FROM new_sample AS s WHERE s.new_name LIKE 'list %' ORDER BY s.new_quantity DESC"
    const { value } = expectStatus(await send('GET', `new_samples?${query({ sql })}`), 200).body
    assert.deepEqual(
      value.map((row: Body) => row.amount),
      [6, 5, 4],
    )
    const paged = { Prefer: 'odata.maxpagesize=2' }
    const first = expectStatus(await send('GET', `new_samples?${query({ sql: sql.replace('TOP 3 ', '') })}`, undefined, paged), 200).body
    const second = expectStatus(await send('GET', first['@odata.nextLink'], undefined, paged), 200).body
    assert.deepEqual(
      [...first.value, ...second.value].map((row: Body) => row.amount),
      [6, 5, 4, 3],
    )
  })

  test('what is not there yet is refused by its name', async () => {
    const refusals: readonly (readonly [Promise<Answer>, RegExp])[] = [
      [send('POST', "EntityDefinitions(LogicalName='new_sample')/Attributes", attribute('File', 'new_File', { MaxSizeInKB: 100 })), /File/],
    ]
    for (const [request, name] of refusals) {
      const { status, body, text } = await request
      assert.ok((status >= 400 && status < 500) || status === 501, text)
      assert.match(body.error.message, name)
      assert.match(body.error.code, /^0x[0-9a-f]+$/i)
    }
  })
})

describe('batches', () => {
  const BOUNDARY = 'batch_7f0b9c9e-2a54-4f7e-9c44-0e0a8c5c3d11'
  const CHANGES = 'changeset_0d1f0d5b-2f4d-4e63-8d0c-5f9f6b0a7c22'

  function part(method: string, url: string, body?: unknown, headers: readonly string[] = [], contentId?: number): string {
    const mime = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary', ...(contentId === undefined ? [] : [`Content-ID: ${contentId}`])]
    const inner = [
      `${method} ${url} HTTP/1.1`,
      ...(body === undefined ? [] : ['Content-Type: application/json; type=entry']),
      ...headers,
      '',
      ...(body === undefined ? [] : [JSON.stringify(body)]),
    ]
    return `${mime.join('\r\n')}\r\n\r\n${inner.join('\r\n')}\r\n`
  }

  const changeSet = (parts: readonly string[]) =>
    `Content-Type: multipart/mixed; boundary="${CHANGES}"\r\n\r\n${parts.map((one) => `--${CHANGES}\r\n${one}`).join('')}--${CHANGES}--\r\n`

  function postBatch(parts: readonly string[], headers: { readonly [name: string]: string } = {}): Promise<Answer> {
    const raw = `${parts.map((one) => `--${BOUNDARY}\r\n${one}`).join('')}--${BOUNDARY}--\r\n`
    return api.send('POST', '$batch', { raw, headers: { ...standardHeaders(), 'Content-Type': `multipart/mixed; boundary="${BOUNDARY}"`, ...headers } })
  }

  test('reads with raw blanks in absolute URLs', async () => {
    const answer = await postBatch([
      part('GET', `${api.root}/EntityDefinitions?$select=LogicalName,EntitySetName&$filter=LogicalName eq 'account'`),
      part('GET', `${api.root}/new_samples?$select=new_name&$filter=new_name eq 'no such name' or new_quantity gt 1000&$top=5`),
      part('GET', `${api.root}/EntityDefinitions?$select=MetadataId&$filter=IsPrivate eq false and LogicalName eq 'new_sample'`, undefined, [
        'Consistency: Strong',
      ]),
    ])
    const [tables, rows, own] = readBatch(expectStatus(answer, 200)).map(onlyPart)
    assert.equal(tables?.body.value[0].EntitySetName, 'accounts')
    assert.deepEqual(rows?.body.value, [])
    assert.equal(own?.body.value.length, 1)
  })

  test('a change set with references, its ids read from the MIME headers', async () => {
    const answer = await postBatch([
      changeSet([
        part('POST', `${api.root}/contacts`, { lastname: 'Ünlü' }, [], 1),
        part('POST', `${api.root}/accounts`, { name: 'Python', 'primarycontactid@odata.bind': '$1' }, [], 2),
        part('PATCH', '$1', { firstname: 'Ann' }, ['If-Match: *'], 3),
      ]),
      part('GET', `${api.root}/contacts?$select=firstname&$filter=lastname eq 'Ünlü'`),
    ])
    const [item, read] = readBatch(expectStatus(answer, 200))
    const parts: readonly PartAnswer[] = item?.kind === 'change-set' ? item.parts : []
    assert.deepEqual(
      parts.map(({ contentId, status }) => [contentId, status]),
      [
        ['1', 204],
        ['2', 204],
        ['3', 204],
      ],
    )
    assert.match(parts[0]?.headers.get('OData-EntityId') ?? '', GUID)
    assert.equal(onlyPart(read).body.value[0].firstname, 'Ann')
  })

  test('an error ends the batch with its status, or stands among the answers', async () => {
    const bad = part('PATCH', `${api.root}/new_samples(${randomUUID()})`, { new_quantity: 1 }, ['If-Match: *'])
    const good = part('GET', `${api.root}/WhoAmI`)
    const stopped = readBatch(expectStatus(await postBatch([bad, good]), 404))
    assert.deepEqual(
      stopped.map((item) => onlyPart(item).status),
      [404],
    )
    assert.equal(onlyPart(stopped[0]).body.error.code, '0x80040217')
    const continued = readBatch(expectStatus(await postBatch([bad, good], { Prefer: 'odata.continue-on-error' }), 200))
    assert.deepEqual(
      continued.map((item) => onlyPart(item).status),
      [404, 200],
    )
  })

  test('a table with its columns, then a row, in one batch', async () => {
    const Attributes = [attribute('String', 'new_Name', { MaxLength: 200, FormatName: { Value: 'Text' }, IsPrimaryName: true })]
    const table = {
      '@odata.type': `${CRM}.EntityMetadata`,
      SchemaName: 'new_Batched',
      DisplayName: label('Batched'),
      DisplayCollectionName: label('Batcheds'),
      OwnershipType: 'UserOwned',
      HasActivities: false,
      HasNotes: true,
      Attributes,
    }
    const answer = await postBatch([
      part('POST', `${api.root}/EntityDefinitions?SolutionUniqueName=Default`, table),
      part(
        'POST',
        `${api.root}/EntityDefinitions(LogicalName='new_batched')/Attributes`,
        attribute('Integer', 'new_Count', { Format: 'None', MinValue: 0, MaxValue: 10 }),
      ),
      part('POST', `${api.root}/new_batcheds`, { new_name: 'first', new_count: 3 }),
      part('GET', `${api.root}/new_batcheds?$select=new_count`),
    ])
    const parts = readBatch(expectStatus(answer, 200)).map(onlyPart)
    assert.deepEqual(
      parts.map(({ status }) => status),
      [204, 204, 204, 200],
    )
    assert.equal(parts[3]?.body.value[0].new_count, 3)
  })

  test('a malformed batch is a plain error, which the client tells from a multipart one', async () => {
    const answer = await api.send('POST', '$batch', {
      raw: 'no batch',
      headers: { ...standardHeaders(), 'Content-Type': `multipart/mixed; boundary="${BOUNDARY}"` },
    })
    assert.equal(answer.status, 400)
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
    assert.ok(answer.body.error.message)
  })
})
