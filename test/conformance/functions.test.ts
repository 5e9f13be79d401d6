/** What a client asks first: the service document, `$metadata`, the functions of webapi.md 11, on every version; and the headers of every answer (2.3). */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { batchBody } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { type Body, column, makeKey, makeLookup, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  await makeTable(api, 'new_Part', [column.text('new_Number', { MaxLength: 40 })], { ChangeTrackingEnabled: true })
  await makeKey(api, 'new_part', 'new_PartNumber', ['new_number'])
  await makeLookup(api, { from: 'new_part', to: 'account', SchemaName: 'new_MakerId' })
  createdId(await api.post('new_parts', { new_number: 'P-1' }))
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const at = (version: string) => apiOf(`${server.url}/api/data/${version}`)

describe('the service document', () => {
  test('lists the entity sets, with and without a slash at the end', async () => {
    for (const url of [api.root, `${api.root}/`]) {
      const answer = expectStatus(await api.get(url), 200)
      assert.equal(answer.headers['content-type'], 'application/json; odata.metadata=minimal')
      assert.equal(answer.headers['odata-version'], '4.0')
      assert.deepEqual(Object.keys(answer.body), ['@odata.context', 'value'])
      assert.equal(answer.body['@odata.context'], `${api.root}/$metadata`)
      assert.deepEqual(
        answer.body.value.find((one: Body) => one.name === 'accounts'),
        { name: 'accounts', kind: 'EntitySet', url: 'accounts' },
      )
      assert.ok(answer.body.value.some((one: Body) => one.name === 'new_parts'))
      assert.ok(answer.body.value.every((one: Body) => one.kind === 'EntitySet'))
    }
  })

  test('every set that it lists can be read', async () => {
    const { value } = expectStatus(await api.get(''), 200).body
    for (const { url } of value) {
      const answer = await api.get(url.endsWith('Definitions') ? `${url}?$select=MetadataId` : `${url}?$top=1`)
      assert.equal(answer.status, 200, `${url}: ${answer.text.slice(0, 200)}`)
    }
  })
})

describe('$metadata', () => {
  test('is XML in one schema, without annotations unless asked for', async () => {
    const plain = expectStatus(await api.get('$metadata', { Accept: 'application/xml' }), 200)
    assert.match(plain.headers['content-type'] ?? '', /^application\/xml/)
    assert.match(plain.text, /^<\?xml version="1\.0" encoding="utf-8"\?>\s*<edmx:Edmx Version="4\.0"/)
    assert.match(plain.text, /<Schema Namespace="Microsoft\.Dynamics\.CRM" Alias="mscrm"/)
    assert.match(plain.text, /<EntityContainer Name="System">/)
    assert.match(plain.text, /<EntitySet Name="new_parts" EntityType="Microsoft\.Dynamics\.CRM\.new_part"/)
    assert.doesNotMatch(plain.text, /Org\.OData\.Core\.V1\.Description/)
    const annotated = expectStatus(await api.get('$metadata?annotations=true'), 200)
    assert.match(annotated.text, /Org\.OData\.Core\.V1\.Description/)
    assert.match(annotated.text, /Org\.OData\.Capabilities\.V1\.ChangeTracking/)
    assert.equal((await api.get('$metadata', { Prefer: 'odata.include-annotations="*"' })).text, annotated.text)
  })

  test('shows a table: key, alternate key, lookup as a value and a navigation property', async () => {
    const { text } = expectStatus(await api.get('$metadata'), 200)
    const type = /<EntityType Name="new_part"[\s\S]*?<\/EntityType>/.exec(text)?.[0] ?? ''
    assert.match(type, /<Key><PropertyRef Name="new_partid"\/><\/Key>|<Key>\s*<PropertyRef Name="new_partid"\s*\/>\s*<\/Key>/)
    assert.match(type, /<Property Name="_new_makerid_value" Type="Edm\.Guid"/)
    assert.doesNotMatch(type, /<Property Name="new_makerid"/)
    assert.match(type, /<NavigationProperty Name="new_MakerId" Type="mscrm\.account"/)
    assert.match(type, /<ReferentialConstraint Property="_new_makerid_value" ReferencedProperty="accountid"/)
    assert.match(type, /OData\.Community\.Keys\.V1\.AlternateKeys[\s\S]*PropertyPath="new_number"/)
  })

  test('shows a new table at once', async () => {
    await makeTable(api, 'new_Fresh')
    assert.match(expectStatus(await api.get('$metadata'), 200).text, /<EntitySet Name="new_freshes"|<EntitySet Name="new_freshs"/)
  })
})

describe('functions', () => {
  const WHO = ['BusinessUnitId', 'UserId', 'OrganizationId']

  test('WhoAmI names the caller, with and without parentheses', async () => {
    const { body } = expectStatus(await api.get('WhoAmI'), 200)
    assert.equal(body['@odata.context'], `${api.root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`)
    for (const name of WHO) assert.match(body[name], GUID)
    assert.deepEqual(expectStatus(await api.get('WhoAmI()'), 200).body, body)
    expectStatus(await api.get(`systemusers(${body.UserId})`), 200)
    expectStatus(await api.get(`businessunits(${body.BusinessUnitId})`), 200)
    expectStatus(await api.get(`organizations(${body.OrganizationId})`), 200)
  })

  test('RetrieveVersion says 9.2', async () => {
    assert.match(expectStatus(await api.get('RetrieveVersion()'), 200).body.Version, /^9\.2\.\d+\.\d+$/)
    assert.match(expectStatus(await api.get('RetrieveVersion'), 200).body.Version, /^9\.2\./)
  })

  test('RetrieveCurrentOrganization answers all the ways in which it is asked', async () => {
    const paths = [
      "RetrieveCurrentOrganization(AccessType='Default')",
      "RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')",
      "RetrieveCurrentOrganization(AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'",
      "RetrieveCurrentOrganization(AccessType=@p1)?@p1='Default'",
    ]
    for (const path of paths) {
      const { Detail } = expectStatus(await api.get(path), 200).body
      assert.equal(Detail.State, 'Enabled')
      assert.match(Detail.OrganizationVersion, /^9\.2\./)
      assert.match(Detail.OrganizationId, GUID)
      for (const name of ['FriendlyName', 'UniqueName', 'UrlName', 'EnvironmentId', 'TenantId', 'SchemaType', 'OrganizationType'])
        assert.equal(typeof Detail[name], 'string', name)
      assert.deepEqual(Detail.Endpoints, {
        Count: 3,
        IsReadOnly: false,
        Keys: ['WebApplication', 'OrganizationService', 'OrganizationDataService'],
        Values: [`${server.url}/`, `${server.url}/XRMServices/2011/Organization.svc`, `${server.url}/XRMServices/2011/OrganizationData.svc`],
      })
    }
    expectStatus(await api.get("RetrieveCurrentOrganization(AccessType='Nothing')"), 400)
  })

  test('RetrieveTotalRecordCount counts tables, inline and by alias', async () => {
    const inline = expectStatus(await api.get('RetrieveTotalRecordCount(EntityNames=["new_part","contact"])'), 200).body
    assert.deepEqual(inline.EntityRecordCountCollection, { Count: 2, IsReadOnly: false, Keys: ['new_part', 'contact'], Values: [1, 0] })
    const byAlias = expectStatus(await api.get(`RetrieveTotalRecordCount(EntityNames=@p1)?@p1=${encodeURIComponent("['new_part']")}`), 200).body
    assert.deepEqual(byAlias.EntityRecordCountCollection.Values, [1])
    expectStatus(await api.get('RetrieveTotalRecordCount(EntityNames=["nothing"])'), 404)
    expectStatus(await api.get("RetrieveTotalRecordCount(EntityNames='new_part')"), 400)
  })

  test('a function that is not there is 404, one that is posted is refused', async () => {
    for (const path of ['WhoIsThere', 'whoami', 'WhoAmI()/UserId', 'RetrieveEverything()']) expectStatus(await api.get(path), 404)
    expectStatus(await api.post('WhoAmI', {}), 405)
  })

  test('the probe for bulk actions gives one row where there is one, and none elsewhere', async () => {
    const probe = (message: string, table: string) =>
      api.get(
        `sdkmessagefilters?$select=sdkmessagefilterid&$filter=sdkmessageid/name eq @message and primaryobjecttypecode eq @table&@message='${message}'&@table='${table}'`,
      )
    for (const message of ['CreateMultiple', 'UpdateMultiple']) {
      for (const table of ['account', 'new_part']) {
        const { value } = expectStatus(await probe(message, table), 200).body
        assert.equal(value.length, 1, `${message} ${table}`)
        assert.match(value[0].sdkmessagefilterid, GUID)
      }
    }
    assert.deepEqual(expectStatus(await probe('DeleteMultiple', 'account'), 200).body.value, [])
    assert.deepEqual(expectStatus(await probe('CreateMultiple', 'new_nothing'), 200).body.value, [])
  })
})

describe('versions', () => {
  for (const version of ['v9.0', 'v9.1', 'v9.2']) {
    test(`${version} serves everything, and its answers name it`, async () => {
      const old = at(version)
      const root = `${server.url}/api/data/${version}`
      assert.equal(expectStatus(await old.get('WhoAmI'), 200).body['@odata.context'], `${root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`)
      const created = expectStatus(await old.post('new_parts', { new_number: version }), 204)
      assert.ok(created.headers['odata-entityid']?.startsWith(`${root}/new_parts(`))
      const page = expectStatus(await old.get('new_parts?$select=new_number', { Prefer: 'odata.maxpagesize=1' }), 200).body
      assert.ok(page['@odata.nextLink'].startsWith(`${root}/new_parts?`))
      const tracked = expectStatus(await old.get('new_parts?$select=new_number', { Prefer: 'odata.track-changes' }), 200).body
      assert.ok(tracked['@odata.deltaLink'].startsWith(`${root}/new_parts?`))
      expectStatus(await old.get('$metadata'), 200)
      expectStatus(await old.get("EntityDefinitions(LogicalName='new_part')"), 200)
    })
  }

  test('a delta link of one version works in another', async () => {
    const { '@odata.deltaLink': link } = expectStatus(await at('v9.0').get('new_parts', { Prefer: 'odata.track-changes' }), 200).body
    const answer = expectStatus(await api.get(link.replace('/v9.0/', '/v9.2/')), 200).body
    assert.deepEqual(answer.value, [])
    assert.equal(answer['@odata.context'], `${api.root}/$metadata#new_parts/$delta`)
  })

  test('what is no Web API is 404', async () => {
    for (const path of ['/', '/api', '/api/data', '/api/data/', '/api/data/v7.0/WhoAmI', '/favicon.ico']) {
      const answer = expectStatus(await api.get(server.url + path), 404)
      assert.match(answer.body.error.code, /^0x[0-9a-f]{8}$/i, path)
    }
  })

  test('links are built from the Host header that was sent', async () => {
    const port = new URL(server.url).port
    const answer = expectStatus(await api.get('WhoAmI', { Host: `localhost:${port}` }), 200)
    assert.equal(answer.body['@odata.context'], `http://localhost:${port}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`)
  })
})

describe('headers of every answer', () => {
  const requests: { readonly [what: string]: () => Promise<Answer> } = {
    'a read': () => api.get('accounts?$top=1'),
    'a row': () => api.get("new_parts(new_number='P-1')"),
    'a count': () => api.get('accounts/$count'),
    'a create': () => api.post('accounts', { name: 'Headed' }),
    'an update': () => api.patch("new_parts(new_number='P-1')", {}),
    'a delete': () => api.delete("new_parts(new_number='v9.0')"),
    'a change of the schema': () => api.post("EntityDefinitions(LogicalName='new_part')/Attributes", column.text('new_Headed')),
    'a batch': () =>
      api.send('POST', '$batch', { raw: batchBody([{ method: 'GET', url: 'WhoAmI' }]), headers: { 'Content-Type': 'multipart/mixed; boundary=batch_tide' } }),
    'the service document': () => api.get(''),
    $metadata: () => api.get('$metadata'),
    'a missing row': () => api.get('accounts(00000000-0000-0000-0000-00000000dead)'),
    'a missing set': () => api.get('nothings'),
    'a refused option': () => api.get('accounts?$skip=1'),
    'broken JSON': () => api.send('POST', 'accounts', { raw: '{' }),
    'something outside the Web API': () => api.get(`${server.url}/nothing`),
  }
  for (const [what, send] of Object.entries(requests)) {
    test(`${what} has its request id, OData version and parallelism hint`, async () => {
      const { headers } = await send()
      assert.match(headers.req_id ?? '', GUID)
      assert.equal(headers['x-ms-service-request-id'], headers.req_id)
      assert.match(headers['x-ms-dop-hint'] ?? '', /^[1-9]\d*$/)
      assert.equal(headers['odata-version'], '4.0')
    })
  }

  test('every request has an id of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await api.get('WhoAmI')).headers.req_id))
    assert.equal(new Set(ids).size, 20)
  })

  test('a bearer token is not looked at, and neither is a client’s own telemetry', async () => {
    expectStatus(
      await api.get('WhoAmI', {
        Authorization: 'Bearer whatever',
        'x-ms-client-request-id': 'abc',
        'User-Agent': 'DataverseSvcPythonClient:0.1',
        'If-None-Match': 'null',
        'Cache-Control': 'no-cache',
        Consistency: 'Strong',
      }),
      200,
    )
  })

  test('an error with annotations keeps its code and message', async () => {
    const answer = await api.get('accounts(00000000-0000-0000-0000-00000000dead)', { Prefer: 'odata.include-annotations="*"' })
    assert.equal(answer.status, 404)
    assert.equal(answer.body.error.code, '0x80040217')
    assert.ok('@Microsoft.PowerApps.CDS.HelpLink' in answer.body.error, answer.text)
  })

  test('an unsupported option is refused by its name', async () => {
    for (const [path, name] of [
      ['accounts?$skip=1', 'Skip'],
      ['accounts?$search=x', '$search'],
      ['accounts?$format=json', '$format'],
    ] as const) {
      const answer = await api.get(path)
      expectRefusal(answer, answer.status === 501 ? 501 : 400, answer.body.error.code, new RegExp(name.replace('$', '\\$')))
    }
  })
})
