/** Acting for another user: what is allowed then has to be allowed to both, and the row remembers who it was. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { whoAmI } from '../support/make-people.ts'
import { makeUserWith } from '../support/make-roles.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let unit: string

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  unit = (await whoAmI(api)).BusinessUnitId
})
after(() => server[Symbol.asyncDispose]())

test('nobody is to be acted for who is not there, or whose id is no id', async () => {
  const somebody = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
  expectRefusal(await api.get('accounts', { MSCRMCallerID: somebody }), 403, '0x80072560')
  expectRefusal(await api.post('accounts', { name: 'A' }, { CallerObjectId: somebody }), 403, '0x80072560')
  expectRefusal(await api.get('accounts', { MSCRMCallerID: 'ada' }), 400, '0x8006088a')
})

test('the administrator may name themself', async () => {
  const { UserId } = await whoAmI(api)
  expectStatus(await api.get('accounts', { MSCRMCallerID: UserId }), 200)
})

test('a row is its caller’s, and tells who acted for them', async () => {
  const { UserId: administrator } = await whoAmI(api)
  const ada = await makeUserWith(api, unit, 'Ada', { prvCreateAccount: 'basic', prvReadAccount: 'basic', prvWriteAccount: 'basic' })
  const asAda = actingAs(api, ada)
  assert.equal((await whoAmI(asAda)).UserId, ada)
  const id = createdId(await asAda.post('accounts', { name: 'Hers' }))
  const columns = '_ownerid_value,_createdby_value,_createdonbehalfby_value,_modifiedonbehalfby_value'
  const row = expectStatus(await api.get(`accounts(${id})?$select=${columns}`), 200).body
  assert.equal(row._ownerid_value, ada)
  assert.equal(row._createdby_value, ada)
  assert.equal(row._createdonbehalfby_value, administrator)
  expectStatus(await asAda.patch(`accounts(${id})`, { name: 'Still hers' }), 204)
  assert.equal((await api.get(`accounts(${id})?$select=${columns}`)).body._modifiedonbehalfby_value, administrator)
  expectStatus(await api.patch(`accounts(${id})`, { name: 'Mended' }), 204)
  assert.equal((await api.get(`accounts(${id})?$select=${columns}`)).body._modifiedonbehalfby_value, null)
})

test('by the object id of the directory too, and each part of a batch is theirs', async () => {
  const grace = await makeUserWith(api, unit, 'Grace', { prvCreateAccount: 'basic', prvReadAccount: 'basic' })
  const objectId = '6f0c2b1e-1111-4000-8000-000000000001'
  expectStatus(await api.patch(`systemusers(${grace})`, { azureactivedirectoryobjectid: objectId }), 204)
  const asGrace = { CallerObjectId: objectId }
  assert.equal((await api.get('WhoAmI', asGrace)).body.UserId, grace)
  const part = `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET ${api.root}/WhoAmI HTTP/1.1\r\n\r\n\r\n--b--\r\n`
  const answer = await api.send('POST', '$batch', { raw: part, headers: { ...asGrace, 'Content-Type': 'multipart/mixed;boundary=b' } })
  assert.match(answer.text, new RegExp(grace))
})

test('what a role takes away is gone with the next request', async () => {
  const joan = await makeUserWith(api, unit, 'Joan', { prvReadAccount: 'global' })
  const asJoan = actingAs(api, joan)
  expectStatus(await asJoan.get('accounts'), 200)
  const { value } = (await api.get(`systemusers(${joan})/systemuserroles_association?$select=roleid`)).body
  expectStatus(await api.delete(`systemusers(${joan})/systemuserroles_association(${value[0].roleid})/$ref`), 204)
  const refused = await asJoan.get('accounts')
  expectRefusal(refused, 403, '0x80040220')
  assert.match(refused.body.error.message, /prvReadAccount/)
  expectStatus(await api.patch(`systemusers(${joan})`, { isdisabled: true }), 204)
  expectRefusal(await asJoan.get('WhoAmI'), 403, '0x80040225')
})

test('nobody acts for users of a disabled business unit', async () => {
  const branch = createdId(await api.post('businessunits', { name: 'Branch', 'parentbusinessunitid@odata.bind': `/businessunits(${unit})` }))
  const mary = await makeUserWith(api, branch, 'Mary', { prvReadAccount: 'global' })
  expectStatus(await actingAs(api, mary).get('accounts'), 200)
  expectStatus(await api.patch(`businessunits(${branch})`, { isdisabled: true }), 204)
  expectRefusal(await actingAs(api, mary).get('accounts'), 403, '0x80040225')
  const office = createdId(await api.post('businessunits', { name: 'Office', 'parentbusinessunitid@odata.bind': `/businessunits(${branch})` }))
  const paul = await makeUserWith(api, office, 'Paul', { prvReadAccount: 'global' })
  expectRefusal(await actingAs(api, paul).get('accounts'), 403, '0x80040225')
  expectStatus(await api.patch(`businessunits(${branch})`, { isdisabled: false }), 204)
  for (const user of [mary, paul]) expectStatus(await actingAs(api, user).get('accounts'), 200)
})
