/** Acting for another user needs users with rights, which are not there yet: refused, never ignored. */
import { after, before, test } from 'node:test'
import { type Api, apiOf, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
})
after(() => server[Symbol.asyncDispose]())

test('impersonating somebody is refused by the header’s name, for reads and writes', async () => {
  const somebody = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
  expectRefusal(await api.get('accounts', { MSCRMCallerID: somebody }), 400, '0x80060888')
  expectRefusal(await api.post('accounts', { name: 'A' }, { CallerObjectId: somebody }), 400, '0x80060888')
})

test('the administrator may name themself', async () => {
  const { UserId } = (await api.get('WhoAmI')).body
  expectStatus(await api.get('accounts', { MSCRMCallerID: UserId }), 200)
})
