/** `applicationid` and `azureactivedirectoryobjectid` of users let others in as them: whose they are, nobody but a System Administrator says. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Api, apiOf, expectStatus } from '../support/api.ts'
import { makeTeam, makeUser, whoAmI } from '../support/make-people.ts'
import { makeUserWith } from '../support/make-roles.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let me: string
let clerk: Api

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const { UserId, BusinessUnitId } = await whoAmI(api)
  me = UserId
  const grants = { prvReadUser: 'global', prvWriteUser: 'global', prvCreateUser: 'global', prvAppendToBusinessUnit: 'global', prvAppendUser: 'global' } as const
  clerk = actingAs(api, await makeUserWith(api, BusinessUnitId, 'Clerk', grants))
})
after(() => server?.[Symbol.asyncDispose]())

const idOf = async (user: string) => (await api.get(`systemusers(${user})?$select=applicationid`)).body.applicationid

test('who may edit users makes none of them their own application', async () => {
  const user = await makeUser(api, 'Victim')
  for (const target of [me, user]) {
    const refused = expectStatus(await clerk.patch(`systemusers(${target})`, { applicationid: randomUUID() }), 403)
    assert.match(refused.body.error.message, /no System Administrator/)
    assert.equal(await idOf(target), null)
    const person = expectStatus(await clerk.patch(`systemusers(${target})`, { azureactivedirectoryobjectid: randomUUID() }), 403)
    assert.match(person.body.error.message, /azureactivedirectoryobjectid/)
  }
  expectStatus(await clerk.patch(`systemusers(${user})`, { nickname: 'V', applicationid: null }), 204)
})

test('nor takes the application of another for a new user', async () => {
  const applicationid = randomUUID()
  const first = await makeUser(api, 'First', { applicationid })
  const { body } = await api.get(`systemusers(${first})?$select=domainname`)
  assert.ok(body.domainname)
  const again = await api.post('systemusers', {
    lastname: 'Second',
    domainname: 'second@x',
    internalemailaddress: 'second@x',
    applicationid,
    'businessunitid@odata.bind': `/businessunits(${(await whoAmI(api)).BusinessUnitId})`,
  })
  assert.equal(expectStatus(again, 412).body.error.code, '0x80060892')
  const other = await makeUser(api, 'Other')
  expectStatus(await api.patch(`systemusers(${other})`, { applicationid }), 412)
  const azureactivedirectoryobjectid = randomUUID()
  expectStatus(await api.patch(`systemusers(${other})`, { azureactivedirectoryobjectid }), 204)
  expectStatus(await api.patch(`systemusers(${first})`, { azureactivedirectoryobjectid }), 412)
})

test('an administrator gives, moves and takes it', async () => {
  const applicationid = randomUUID()
  const [from, to] = [await makeUser(api, 'From', { applicationid }), await makeUser(api, 'To')]
  expectStatus(await api.patch(`systemusers(${from})`, { applicationid, nickname: 'same' }), 204)
  expectStatus(await api.patch(`systemusers(${from})`, { applicationid: null }), 204)
  expectStatus(await api.patch(`systemusers(${to})`, { applicationid }), 204)
  assert.deepEqual([await idOf(from), await idOf(to)], [null, applicationid])
})

test('no team is made with the id of a user, nor a user with that of a team', async () => {
  const { BusinessUnitId } = await whoAmI(api)
  const unit = { 'businessunitid@odata.bind': `/businessunits(${BusinessUnitId})` }
  const team = await makeTeam(api, 'Owners')
  const taken = async (set: string, id: object, body: object) =>
    assert.equal(expectStatus(await api.post(set, { ...id, ...body }), 412).body.error.code, '0x80040237')
  await taken('teams', { teamid: me }, { name: 'Twin', ...unit })
  const person = { lastname: 'Twin', domainname: 'twin@tidemark.example', internalemailaddress: 'twin@tidemark.example', ...unit }
  await taken('systemusers', { systemuserid: team }, person)
  expectStatus(await api.patch(`systemusers(${team})`, person), 412)
  const { body } = expectStatus(await api.get(`systemusers?$select=systemuserid&$filter=systemuserid eq ${team}`), 200)
  assert.deepEqual(body.value, [])
})
