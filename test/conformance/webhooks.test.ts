/** Webhooks: registered as rows, told of events by HTTP, tried again, and what they get is what Dataverse sends (docs/steps.md). */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'
import { until } from '../support/step-modules.ts'

type Call = { readonly url: string; readonly headers: IncomingHttpHeaders; readonly text: string; readonly at: number }

let server: TestServer
let api: Api
let receiver: Server
let address: string
let calls: Call[] = []
/** The statuses of the next answers; then 200. 0: none at all. */
let statuses: number[] = []

before(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls.push({ url: request.url ?? '', headers: request.headers, text: Buffer.concat(chunks).toString(), at: Date.now() })
      const status = statuses.shift() ?? 200
      if (status === 0) return
      response.writeHead(status, status === 302 ? { Location: '/elsewhere' } : {}).end('ignored')
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  server = await startServer({ args: ['--step-seconds', '1'] })
  api = apiOf(server.api)
})
after(async () => {
  await server[Symbol.asyncDispose]()
  receiver.closeAllConnections()
  receiver.close()
})
beforeEach(async () => {
  const { value } = expectStatus(await api.get('serviceendpoints?$select=serviceendpointid'), 200).body
  for (const { serviceendpointid } of value) expectStatus(await api.delete(`serviceendpoints(${serviceendpointid})`), 204)
  calls = []
  statuses = []
})

const KEY = 'a secret key'

async function endpoint(more: object = {}): Promise<string> {
  return createdId(await api.post('serviceendpoints', { name: 'Hook', contract: 8, url: `${address}/hook`, authtype: 4, authvalue: KEY, ...more }))
}

type StepBody = { readonly message?: string; readonly table?: string; readonly stage?: number; readonly mode?: number; readonly [member: string]: unknown }

async function postStep(endpointId: string, { message = 'Update', table = 'account', stage = 40, mode = 1, ...more }: StepBody = {}) {
  const query = `sdkmessagefilters?$select=sdkmessagefilterid,_sdkmessageid_value&$filter=sdkmessageid/name eq '${message}' and primaryobjecttypecode eq '${table}'`
  const [filter] = expectStatus(await api.get(query), 200).body.value
  return api.post('sdkmessageprocessingsteps', {
    name: `${message} of ${table}`,
    'sdkmessageid@odata.bind': `/sdkmessages(${filter._sdkmessageid_value})`,
    'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${filter.sdkmessagefilterid})`,
    'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpointId})`,
    stage,
    mode,
    rank: 1,
    ...more,
  })
}
const step = async (endpointId: string, body: StepBody = {}) => createdId(await postStep(endpointId, body))
const jobOf = async (stepId: string) =>
  expectStatus(await api.get(`asyncoperations?$filter=_owningextensionid_value eq ${stepId}&$orderby=createdon desc`), 200).body.value[0]
const settled = (stepId: string, statuscode: number) =>
  until(async () => {
    const job = await jobOf(stepId)
    return job?.statuscode === statuscode ? job : undefined
  })

test('an asynchronous webhook gets the remote execution context, with the documented headers, its key and a signature', async () => {
  const me = expectStatus(await api.get('WhoAmI'), 200).body
  const stepId = await step(await endpoint(), { filteringattributes: 'name,revenue' })
  const image = { name: 'Before', entityalias: 'before', imagetype: 0, messagepropertyname: 'Target', attributes: 'name,createdon' }
  createdId(await api.post('sdkmessageprocessingstepimages', { ...image, 'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${stepId})` }))
  const id = createdId(await api.post('accounts', { name: 'Old' }))
  expectStatus(await api.patch(`accounts(${id})`, { tickersymbol: 'X' }), 204)
  expectStatus(
    await api.patch(`accounts(${id})`, { name: 'New', revenue: 12.5, customertypecode: 3, tickersymbol: null }, { 'x-ms-correlation-request-id': id }),
    204,
  )
  const call = await until(() => calls[0])
  assert.equal(call.url, '/hook?code=a+secret+key')
  const expected = {
    'content-type': 'application/json',
    'x-ms-dynamics-entity-name': 'account',
    'x-ms-dynamics-request-name': 'Update',
    'x-ms-correlation-request-id': id,
  }
  for (const [name, value] of Object.entries(expected)) assert.equal(call.headers[name], value)
  assert.ok(call.headers['x-ms-dynamics-organization'])
  assert.equal(call.headers['x-tidemark-signature'], `sha256=${createHmac('sha256', KEY).update(call.text).digest('hex')}`)
  assert.equal(call.headers['x-ms-dynamics-msg-size-exceeded'], undefined)
  const body = JSON.parse(call.text)
  assert.deepEqual(
    [
      body.MessageName,
      body.PrimaryEntityName,
      body.PrimaryEntityId,
      body.Stage,
      body.Mode,
      body.Depth,
      body.UserId,
      body.OrganizationId,
      body.IsInTransaction,
      body.CorrelationId,
    ],
    ['Update', 'account', id, 40, 1, 1, me.UserId, me.OrganizationId, false, id],
  )
  const [{ key, value: target }] = body.InputParameters
  assert.equal(key, 'Target')
  assert.match(target.__type, /^Entity:/)
  const attributes = Object.fromEntries(target.Attributes.map((one: { key: string; value: unknown }) => [one.key, one.value]))
  assert.deepEqual(
    [attributes.name, attributes.revenue.Value, attributes.customertypecode.Value, attributes.tickersymbol, attributes.accountid],
    ['New', 12.5, 3, null, id],
  )
  assert.match(attributes.revenue.__type, /^Money:/)
  assert.match(attributes.modifiedon, /^\/Date\(\d+\)\/$/)
  const [{ key: alias, value: before }] = body.PreEntityImages
  assert.deepEqual([alias, before.Attributes.find((one: { key: string }) => one.key === 'name').value], ['before', 'Old'])
  assert.deepEqual([body.OwningExtension.Id, body.ParentContext, body.SharedVariables], [stepId, null, []])
  const job = await settled(stepId, 30)
  assert.deepEqual([job.operationtype, job.retrycount, job._regardingobjectid_value], [1, 0, id])
  assert.equal(call.headers['x-tidemark-delivery'], job.asyncoperationid)
  assert.equal(calls.length, 1)
})

test('the key is written and never read', async () => {
  const id = await endpoint()
  const { body } = expectStatus(await api.get(`serviceendpoints(${id})`), 200)
  assert.ok(!('authvalue' in body) && body.url)
  expectStatus(await api.get(`serviceendpoints(${id})?$select=authvalue`), 400)
  expectStatus(await api.get("serviceendpoints?$filter=authvalue eq 'a secret key'"), 400)
})

test('headers and query strings authenticate, in both notations', async () => {
  const headers = await endpoint({ authtype: 5, authvalue: '<settings><setting name="X-Key" value="a &amp; b" /><setting name="Y" value="2" /></settings>' })
  await step(headers, { message: 'Create' })
  const lines = await endpoint({ authtype: 5, authvalue: 'X-Key: plain' })
  await step(lines, { message: 'Create', rank: 2 })
  const query = await endpoint({ authtype: 6, authvalue: 'a=1&b=2', url: `${address}/hook?own=0` })
  await step(query, { message: 'Create', rank: 3 })
  createdId(await api.post('accounts', { name: 'A' }))
  await until(() => (calls.length === 3 ? true : undefined))
  assert.deepEqual(calls.map(({ headers: { 'x-key': key }, url }) => key ?? url).sort(), ['/hook?own=0&a=1&b=2', 'a & b', 'plain'])
})

test('a wrong authentication value is an error of its own', async () => {
  const id = await endpoint({ authtype: 5, authvalue: 'no header' })
  await step(id, { message: 'Create', mode: 0 })
  expectRefusal(await api.post('accounts', { name: 'A' }), 400, '0x80050203')
  expectStatus(await api.patch(`serviceendpoints(${id})`, { authtype: 6, authvalue: 'nothing' }), 204)
  expectRefusal(await api.post('accounts', { name: 'A' }), 400, '0x80050204')
})

test('a payload above 256 KB loses its rows and says so', async () => {
  await makeTable(api, 'new_Page', [column.memo('new_Text', { MaxLength: 1_000_000 })])
  await step(await endpoint(), { message: 'Create', table: 'new_page' })
  createdId(await api.post('new_pages', { new_text: 'é'.repeat(100_000) }))
  const small = await until(() => calls[0])
  assert.equal(small.headers['x-ms-dynamics-msg-size-exceeded'], undefined)
  calls = []
  createdId(await api.post('new_pages', { new_text: 'é'.repeat(150_000) }))
  const call = await until(() => calls[0])
  assert.equal(call.headers['x-ms-dynamics-msg-size-exceeded'], 'true')
  const body = JSON.parse(call.text)
  assert.deepEqual(
    ['InputParameters', 'ParentContext', 'PreEntityImages', 'PostEntityImages'].filter((name) => name in body),
    [],
  )
  assert.equal(body.PrimaryEntityName, 'new_page')
})

test('a synchronous webhook that does not take the event undoes the write', async () => {
  const stepId = await step(await endpoint(), { message: 'Create', mode: 0, stage: 20 })
  const count = async () => expectStatus(await api.get('accounts?$count=true&$top=1'), 200).body['@odata.count']
  const before = await count()
  statuses = [418]
  expectRefusal(await api.post('accounts', { name: 'A' }), 400, '0x80050201', /418/)
  statuses = [302]
  expectRefusal(await api.post('accounts', { name: 'A' }), 400, '0x80050201', /302/)
  assert.equal(calls.length, 2)
  // One more attempt where a gateway is in trouble.
  statuses = [503, 503]
  expectRefusal(await api.post('accounts', { name: 'A' }), 400, '0x80050201', /503/)
  statuses = [502]
  createdId(await api.post('accounts', { name: 'A' }))
  assert.equal(calls.length, 6)
  statuses = [0]
  expectRefusal(await api.post('accounts', { name: 'A' }), 400, '0x80050202')
  assert.equal(await count(), before + 1)
  // Nobody there.
  const [{ serviceendpointid }] = expectStatus(await api.get('serviceendpoints'), 200).body.value
  expectStatus(await api.patch(`serviceendpoints(${serviceendpointid})`, { url: 'http://127.0.0.1:1/' }), 204)
  expectRefusal(await api.post('accounts', { name: 'A' }), 400, '0x80050205')
  // And a disabled one hears nothing.
  expectStatus(await api.patch(`sdkmessageprocessingsteps(${stepId})`, { statecode: 1 }), 204)
  createdId(await api.post('accounts', { name: 'A' }))
})

test('deliveries that fail are tried again, twice as late each time; a clear no is final until somebody resumes the job', async () => {
  const stepId = await step(await endpoint(), { message: 'Create' })
  statuses = [503, 500]
  createdId(await api.post('accounts', { name: 'A' }))
  const waiting = await settled(stepId, 10)
  assert.match(waiting.message, /503/)
  assert.ok(waiting.postponeuntil)
  const job = await settled(stepId, 30)
  assert.equal(job.retrycount, 2)
  const [first, second, third] = calls.map(({ at }) => at)
  assert.ok((second ?? 0) - (first ?? 0) >= 950 && (third ?? 0) - (second ?? 0) >= 1950, `${calls.map(({ at }) => at)}`)
  assert.equal(new Set(calls.map(({ headers }) => headers['x-tidemark-delivery'])).size, 1)

  statuses = [404]
  createdId(await api.post('accounts', { name: 'B' }))
  const failed = await settled(stepId, 31)
  assert.deepEqual([failed.errorcode, failed.retrycount], [0x80050201 | 0, 0])
  assert.equal(calls.length, 4)
  expectStatus(await api.patch(`asyncoperations(${failed.asyncoperationid})`, { statecode: 0, statuscode: 0 }), 204)
  const resumed = await until(async () => {
    const one = expectStatus(await api.get(`asyncoperations(${failed.asyncoperationid})`), 200).body
    return one.statuscode === 30 ? one : undefined
  })
  assert.equal(resumed.statecode, 3)
  assert.equal(calls.length, 5)
})

test('a job that is canceled before its next attempt is not tried again', async () => {
  const stepId = await step(await endpoint(), { message: 'Create' })
  statuses = [503]
  createdId(await api.post('accounts', { name: 'A' }))
  const waiting = await settled(stepId, 10)
  expectStatus(await api.patch(`asyncoperations(${waiting.asyncoperationid})`, { statecode: 3, statuscode: 32 }), 204)
  await new Promise((done) => setTimeout(done, 1500))
  assert.equal(calls.length, 1)
})

test('steps that could not be run are refused when they are registered', async () => {
  const id = await endpoint()
  expectRefusal(await postStep(id, { stage: 30, mode: 0 }), 400, '0x80044187', /stage/)
  expectRefusal(await postStep(id, { stage: 20, mode: 1 }), 400, '0x80044187', /asynchronous/)
  expectRefusal(await postStep(id, { message: 'Retrieve', mode: 0 }), 400, '0x80044187', /Retrieve/)
  expectRefusal(await postStep(id, { message: 'Create', filteringattributes: 'name' }), 400, '0x80044187', /filtered/)
  expectStatus(await api.post('serviceendpoints', { name: 'Bus', contract: 1, url: `${address}/` }), 400)
  expectStatus(await api.post('serviceendpoints', { name: 'File', contract: 8, url: 'file:///etc/passwd' }), 400)
  const created = await step(id, { message: 'Create' })
  const image = { name: 'Before', entityalias: 'before', imagetype: 0, messagepropertyname: 'Target' }
  const bound = { ...image, 'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${created})` }
  expectRefusal(await api.post('sdkmessageprocessingstepimages', bound), 400, '0x8004416d')
  // The one that can is still there.
  createdId(await api.post('accounts', { name: 'A' }))
  await until(() => calls[0])
})

test('what the documentation asks of registrations is answered', async () => {
  const id = await endpoint()
  const stepId = await step(id)
  const hooks = expectStatus(await api.get('serviceendpoints?$filter=contract eq 8&$select=serviceendpointid,name,authtype,url'), 200).body.value
  assert.deepEqual(
    hooks.map(({ authtype }: { authtype: number }) => authtype),
    [4],
  )
  const steps = expectStatus(await api.get(`serviceendpoints(${id})/serviceendpoint_sdkmessageprocessingstep?$select=name,mode,stage`), 200).body.value
  assert.deepEqual(
    steps.map((one: { sdkmessageprocessingstepid: string }) => one.sdkmessageprocessingstepid),
    [stepId],
  )
  const expand = 'eventhandler_serviceendpoint($select=name),sdkmessagefilterid($select=primaryobjecttypecode),sdkmessageid($select=name)'
  const { body } = expectStatus(await api.get(`sdkmessageprocessingsteps(${stepId})?$select=name&$expand=${expand}`), 200)
  assert.deepEqual(
    [body.eventhandler_serviceendpoint.name, body.sdkmessagefilterid.primaryobjecttypecode, body.sdkmessageid.name],
    ['Hook', 'account', 'Update'],
  )
})
