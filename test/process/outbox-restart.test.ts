/** What was left to be done when a server was killed is done by the next one, at least once: asynchronous steps and webhooks alike. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { apiOf, createdId, expectStatus } from '../support/api.ts'
import { startServer, type TestServer } from '../support/start-server.ts'
import { makeStepModules, until } from '../support/step-modules.ts'

const ROWS = 40

const data = mkdtempSync(join(tmpdir(), 'tidemark-outbox-'))
const modules = makeStepModules({
  'follow.mjs': `
    register({ message: 'Create', table: 'account', stage: 'PostOperation', mode: 'async', run: async ({ primaryEntityId }, service) => {
      await new Promise((done) => setTimeout(done, 20))
      await service.update('accounts', primaryEntityId, { tickersymbol: 'DONE' })
      note({ id: primaryEntityId })
    } })`,
})
let server: TestServer | undefined
after(async () => {
  await server?.[Symbol.asyncDispose]()
  modules.remove()
  rmSync(data, { recursive: true, force: true })
})

test('killed three times while its outbox is full, a server loses nothing of it', async () => {
  const delivered = new Map<string, number>()
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { PrimaryEntityId: id } = JSON.parse(Buffer.concat(chunks).toString())
      delivered.set(id, (delivered.get(id) ?? 0) + 1)
      setTimeout(() => response.end(), 20)
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const args = ['--steps', modules.folder]
  server = await startServer({ data, args })
  let api = apiOf(server.api)
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const endpoint = createdId(await api.post('serviceendpoints', { name: 'Hook', contract: 8, url }))
  const query = "sdkmessagefilters?$select=sdkmessagefilterid,_sdkmessageid_value&$filter=sdkmessageid/name eq 'Create' and primaryobjecttypecode eq 'account'"
  const [filter] = expectStatus(await api.get(query), 200).body.value
  createdId(
    await api.post('sdkmessageprocessingsteps', {
      name: 'Accounts',
      'sdkmessageid@odata.bind': `/sdkmessages(${filter._sdkmessageid_value})`,
      'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${filter.sdkmessagefilterid})`,
      'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint})`,
      stage: 40,
      mode: 1,
      rank: 1,
    }),
  )
  const created: string[] = []
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(Array.from({ length: ROWS }, (_, index) => api.post('accounts', { name: `${round} ${index}` })))
    created.push(...answers.map(createdId))
    await new Promise((done) => setTimeout(done, 60))
    await server.stop('SIGKILL')
    server = await startServer({ data, args })
    api = apiOf(server.api)
  }
  const noted = new Set<string>()
  await until(() => {
    for (const { id } of modules.noted()) noted.add(id)
    return noted.size >= created.length && delivered.size >= created.length ? true : undefined
  }, 60_000)
  assert.deepEqual([...noted].sort(), [...created].sort())
  assert.deepEqual([...delivered.keys()].sort(), [...created].sort())
  await until(async () => {
    const { value } = expectStatus(await api.get('asyncoperations?$select=statuscode&$filter=operationtype eq 1 and statuscode ne 30'), 200).body
    return value.length === 0 ? true : undefined
  })
  const { value } = expectStatus(await api.get("accounts?$select=accountid&$filter=tickersymbol ne 'DONE'"), 200).body
  assert.deepEqual(value, [])
  receiver.closeAllConnections()
  receiver.close()
})
