/** The npm client `dynamics-web-api`, as it is published, with tokens of the server's own issuer: it asks for one before each request. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DynamicsWebApi } from 'dynamics-web-api'
import { tokenOf } from '../support/ask-token.ts'
import { addClient, type Client } from '../support/command.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let application: Client
let asked = 0

before(async () => {
  server = await startServer({ args: ['--auth', 'local'] })
  application = await addClient(server.data, 'Loader')
})
after(() => server?.[Symbol.asyncDispose]())

const clientWith = (onTokenRefresh: () => Promise<string>) => new DynamicsWebApi({ serverUrl: server.url, dataApi: { version: '9.2' }, onTokenRefresh })

test('rows are written, read, followed page by page and in a batch as the application’s user', async () => {
  const client = clientWith(() => {
    asked++
    return tokenOf(server.url, application)
  })
  const { UserId } = await client.callFunction<{ UserId: string }>('WhoAmI')
  assert.equal(UserId, application.userId)
  const key = await client.create<object, string>({ collection: 'accounts', data: { name: 'Alpine Ski House' } })
  await client.update({ collection: 'accounts', key, data: { telephone1: '555-0100' } })
  const row = await client.retrieve({ collection: 'accounts', key, select: ['name', '_ownerid_value'] })
  assert.deepEqual([row.name, row._ownerid_value], ['Alpine Ski House', application.userId])
  for (const name of ['Blue Yonder', 'City Power']) await client.create({ collection: 'accounts', data: { name } })
  const all = await client.retrieveAll<{ name: string }>({ collection: 'accounts', select: ['name'], maxPageSize: 1 })
  assert.equal(all.value.length, 3)
  client.startBatch()
  client.create({ collection: 'contacts', data: { lastname: 'Alder' } })
  client.retrieveMultiple({ collection: 'accounts', select: ['name'] })
  const [created, read] = (await client.executeBatch()) as [string, { value: object[] }]
  assert.match(created, /^[0-9a-f-]{36}$/)
  assert.equal(read.value.length, 3)
  assert.ok(asked >= 8)
})

test('without a good token it fails with the status', async () => {
  const refused = (error: { status: number }) => error.status === 401
  await assert.rejects(clientWith(async () => 'made up').retrieveMultiple({ collection: 'accounts' }), refused)
  await assert.rejects(new DynamicsWebApi({ serverUrl: server.url, dataApi: { version: '9.2' } }).create({ collection: 'accounts', data: {} }), refused)
})
