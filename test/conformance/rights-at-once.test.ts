/** Rights are kept in each thread, and are others the moment that a change of them is answered; a change that is undone changes nothing. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { batchBody, type PartRequest, postBatch } from '../support/batch.ts'
import { makeTeam, makeUnit, makeUser } from '../support/make-people.ts'
import { giveRole, grant, joinTeam, makeRole, revoke } from '../support/make-roles.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let unit: string
let role: string
let account: string

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  unit = await makeUnit(api, 'Sales')
  role = await makeRole(api, unit, 'Clerk', { prvReadAccount: 'local', prvWriteAccount: 'local' })
  account = createdId(await api.post('accounts', { name: 'Litware' }))
})
after(() => server[Symbol.asyncDispose]())

const userOf = (name: string) => makeUser(api, name, { 'businessunitid@odata.bind': `/businessunits(${unit})` })
const ownedBy = async (user: string) => createdId(await api.post('accounts', { name: 'Contoso', 'ownerid@odata.bind': `/systemusers(${user})` }))

/** In the main thread, in a reader process, in the writer: each keeps rights for itself. */
async function ways(user: string, row: string): Promise<readonly Answer[]> {
  const as = actingAs(api, user)
  return [
    await as.get(`accounts(${row})?$select=name`),
    await as.get(`accounts?$filter=accountid eq ${row}&$expand=account_parent_account&$count=true`),
    await as.patch(`accounts(${row})`, { telephone1: '1' }, { 'If-Match': '*' }),
  ]
}

async function expectAll(user: string, row: string, isAllowed: boolean, when: string): Promise<void> {
  for (const [index, { status, text, body }] of (await ways(user, row)).entries()) {
    // A list is answered, without the row.
    const isDone = status < 300 && body?.value?.length !== 0
    assert.equal(isDone, isAllowed, `way ${index}, ${when}: ${status} ${text.slice(0, 200)}`)
  }
}

test('a role that is given or taken away, and what a role grants', async () => {
  const user = await userOf('Ann')
  const row = await ownedBy(user)
  const taken = `systemusers(${user})/systemuserroles_association(${role})/$ref`
  for (let turn = 0; turn < 10; turn++) {
    await expectAll(user, row, false, `without a role, turn ${turn}`)
    await giveRole(api, `systemusers(${user})`, role)
    await expectAll(user, row, true, `with a role, turn ${turn}`)
    expectStatus(await api.delete(taken), 204)
  }
  const other = await makeRole(api, unit, 'Empty', {})
  await giveRole(api, `systemusers(${user})`, other)
  await expectAll(user, row, false, 'with an empty role')
  const names = "privileges?$select=privilegeid&$filter=name eq 'prvReadAccount' or name eq 'prvWriteAccount'"
  const { value } = expectStatus(await api.get(names), 200).body
  const Privileges = value.map(({ privilegeid }: { privilegeid: string }) => ({ PrivilegeId: privilegeid, Depth: 'Basic' }))
  expectStatus(await api.post(`roles(${other})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges }), 204)
  await expectAll(user, row, true, 'with a role that has been filled')
  expectStatus(await api.post(`roles(${other})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole`, { Privileges: [] }), 204)
  await expectAll(user, row, false, 'with a role that has been emptied')
})

test('a team that is joined or left, and the roles of a team', async () => {
  const user = await userOf('Bob')
  const row = await ownedBy(user)
  const team = await makeTeam(api, 'Clerks', unit)
  await joinTeam(api, team, user)
  await expectAll(user, row, false, 'in a team without roles')
  await giveRole(api, `teams(${team})`, role)
  await expectAll(user, row, true, 'in a team with a role')
  expectStatus(await api.delete(`teams(${team})/teammembership_association(${user})/$ref`), 204)
  await expectAll(user, row, false, 'out of the team')
})

test('a share', async () => {
  const user = await userOf('Eve')
  await giveRole(api, `systemusers(${user})`, role)
  const target = { table: 'account', idColumn: 'accountid', id: account }
  const read = () => actingAs(api, user).get(`accounts(${account})?$select=name`)
  for (let turn = 0; turn < 10; turn++) {
    expectStatus(await read(), 403)
    expectStatus(await grant(api, target, { table: 'systemuser', id: user }, 'ReadAccess,WriteAccess'), 204)
    expectStatus(await read(), 200)
    expectStatus(await revoke(api, target, { table: 'systemuser', id: user }), 204)
  }
})

test('a user who is disabled, and enabled again', async () => {
  const user = await userOf('Dan')
  await giveRole(api, `systemusers(${user})`, role)
  const row = await ownedBy(user)
  await expectAll(user, row, true, 'enabled')
  expectStatus(await api.patch(`systemusers(${user})`, { isdisabled: true }), 204)
  await expectAll(user, row, false, 'disabled')
  expectStatus(await api.patch(`systemusers(${user})`, { isdisabled: false }), 204)
  await expectAll(user, row, true, 'enabled again')
})

test('a unit that comes to stand below another', async () => {
  const [upper, lower] = [await makeUnit(api, 'Upper'), await makeUnit(api, 'Lower')]
  const chief = await makeUser(api, 'Chief', { 'businessunitid@odata.bind': `/businessunits(${upper})` })
  await giveRole(api, `systemusers(${chief})`, await makeRole(api, upper, 'Deep', { prvReadAccount: 'deep', prvWriteAccount: 'deep' }))
  const row = await ownedBy(await makeUser(api, 'Worker', { 'businessunitid@odata.bind': `/businessunits(${lower})` }))
  await expectAll(chief, row, false, 'of another unit')
  expectStatus(await api.patch(`businessunits(${lower})`, { 'parentbusinessunitid@odata.bind': `/businessunits(${upper})` }), 204)
  await expectAll(chief, row, true, 'of a unit below')
})

test('a change set that fails leaves rights as they were, in and after it', async () => {
  const user = await userOf('Fay')
  const row = await ownedBy(user)
  await expectAll(user, row, false, 'before')
  for (let turn = 0; turn < 5; turn++) {
    const url = (path: string) => `/api/data/v9.2/${path}`
    const parts: readonly PartRequest[] = [
      { method: 'POST', url: url(`systemusers(${user})/systemuserroles_association/$ref`), body: { '@odata.id': `${api.root}/roles(${role})` } },
      // With the role, inside the change set: works.
      { method: 'PATCH', url: url(`accounts(${row})`), body: { telephone1: 'never' }, headers: { MSCRMCallerID: user, 'If-Match': '*' } },
      { method: 'PATCH', url: url(`accounts(${user})`), body: { name: 'There is no such account' }, headers: { 'If-Match': '*' } },
    ]
    const answer = await postBatch(api, batchBody([parts]))
    assert.match(answer.text, /HTTP\/1\.1 404/, answer.text)
    await expectAll(user, row, false, `after a change set that failed, turn ${turn}`)
  }
  assert.equal((await api.get(`accounts(${row})?$select=telephone1`)).body.telephone1, null)
})
