/** Hierarchical security: managers see the rows of the people below them, and work with those of their direct reports. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam, makeUnit, makeUser, whoAmI } from '../support/make-people.ts'
import { giveRole, grant, joinTeam, standardRole } from '../support/make-roles.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
/** The chief of all; a unit below theirs, and one beside. */
let [own, below, beside] = ['', '', '']
let [chief, manager, worker, trainee] = ['', '', '', '']

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const above = await makeUnit(api, 'Above')
  own = await makeUnit(api, 'Own', above)
  below = await makeUnit(api, 'Below', own)
  beside = await makeUnit(api, 'Beside', above)
  chief = await person('Chief', own)
  manager = await person('Manager', own, chief)
  worker = await person('Worker', below, manager)
  trainee = await person('Trainee', below, worker)
  await setHierarchy(true, 3)
})
after(() => server[Symbol.asyncDispose]())

const as = (user: string): Api => actingAs(api, user)

async function person(name: string, unit: string, above?: string): Promise<string> {
  const manager = above === undefined ? {} : { 'parentsystemuserid@odata.bind': `/systemusers(${above})` }
  const id = await makeUser(api, name, { 'businessunitid@odata.bind': `/businessunits(${unit})`, ...manager })
  await giveRole(api, `systemusers(${id})`, await standardRole(api, unit, 'Basic User'))
  return id
}

async function setHierarchy(isOn: boolean, depth: number): Promise<void> {
  const { OrganizationId } = await whoAmI(api)
  const body = { ishierarchicalsecuritymodelenabled: isOn, maxdepthforhierarchicalsecuritymodel: depth }
  expectStatus(await api.patch(`organizations(${OrganizationId})`, body), 204)
}

const makeAccount = async (owner: string): Promise<string> => createdId(await api.post('accounts', { name: 'Litware', 'ownerid@odata.bind': `/${owner}` }))

async function accessOf(user: string, account: string): Promise<string> {
  const path = `systemusers(${user})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)?@p1={'@odata.id':'accounts(${account})'}`
  return expectStatus(await api.get(path), 200).body.AccessRights
}

const READ = 'ReadAccess'
const WORK = 'ReadAccess, WriteAccess, AppendAccess, AppendToAccess'

test('a manager works with the rows of direct reports, and reads those further below', async () => {
  const [ofManager, ofWorker, ofTrainee] = [
    await makeAccount(`systemusers(${manager})`),
    await makeAccount(`systemusers(${worker})`),
    await makeAccount(`systemusers(${trainee})`),
  ]
  assert.deepEqual([await accessOf(chief, ofManager), await accessOf(chief, ofWorker), await accessOf(chief, ofTrainee)], [WORK, READ, READ])
  assert.deepEqual([await accessOf(manager, ofWorker), await accessOf(worker, ofManager), await accessOf(trainee, ofWorker)], [WORK, 'None', 'None'])
  expectStatus(await as(chief).patch(`accounts(${ofManager})`, { name: 'Changed' }, { 'If-Match': '*' }), 204)
  expectRefusal(await as(chief).patch(`accounts(${ofWorker})`, { name: 'Changed' }, { 'If-Match': '*' }), 403, '0x80040220', /prvWriteAccount/)
  expectRefusal(await as(chief).delete(`accounts(${ofManager})`), 403, '0x80040220', /prvDeleteAccount/)
  const seen = (await as(chief).get('accounts?$select=accountid')).body.value.map(({ accountid }: { accountid: string }) => accountid)
  assert.deepEqual(new Set(seen), new Set([ofManager, ofWorker, ofTrainee]))
})

test('no deeper than the organization says', async () => {
  const [ofWorker, ofTrainee] = [await makeAccount(`systemusers(${worker})`), await makeAccount(`systemusers(${trainee})`)]
  await setHierarchy(true, 2)
  assert.deepEqual([await accessOf(chief, ofWorker), await accessOf(chief, ofTrainee)], [READ, 'None'])
  await setHierarchy(true, 1)
  assert.deepEqual([await accessOf(chief, ofWorker), await accessOf(manager, ofWorker)], ['None', WORK])
  await setHierarchy(true, 3)
  assert.equal(await accessOf(chief, ofTrainee), READ)
})

test('what is shared with reports, and what teams of theirs own or have shared with them, is theirs too', async () => {
  const foreign = await person('Foreigner', beside)
  const team = await makeTeam(api, 'Team of the worker', beside)
  await giveRole(api, `teams(${team})`, await standardRole(api, beside, 'Basic User'))
  await joinTeam(api, team, worker)
  const owned = await makeAccount(`teams(${team})`)
  const [shared, sharedWithTeam] = [await makeAccount(`systemusers(${foreign})`), await makeAccount(`systemusers(${foreign})`)]
  const target = (id: string) => ({ table: 'account', idColumn: 'accountid', id })
  expectStatus(await grant(api, target(shared), { table: 'systemuser', id: worker }, 'ReadAccess'), 204)
  expectStatus(await grant(api, target(sharedWithTeam), { table: 'team', id: team }, 'ReadAccess,WriteAccess'), 204)
  assert.deepEqual(
    [await accessOf(manager, owned), await accessOf(manager, shared), await accessOf(manager, sharedWithTeam)],
    [WORK, READ, `${READ}, WriteAccess`],
  )
  assert.deepEqual([await accessOf(chief, owned), await accessOf(chief, shared), await accessOf(chief, sharedWithTeam)], [READ, READ, READ])
})

test('people of other units than the manager’s own and those below do not count, but the chain goes on through them', async () => {
  const stranger = await person('Stranger', beside, manager)
  const under = await person('Under', below, stranger)
  const [ofStranger, ofUnder] = [await makeAccount(`systemusers(${stranger})`), await makeAccount(`systemusers(${under})`)]
  assert.deepEqual([await accessOf(manager, ofStranger), await accessOf(manager, ofUnder)], ['None', READ])
})

test('a manager without the privilege on the table sees nothing', async () => {
  const bare = await makeUser(api, 'Bare', { 'businessunitid@odata.bind': `/businessunits(${own})` })
  const report = await person('Report', own, bare)
  const account = await makeAccount(`systemusers(${report})`)
  assert.equal(await accessOf(bare, account), 'None')
  expectRefusal(await as(bare).get(`accounts(${account})`), 403, '0x80040220', /prvReadAccount/)
})

test('it follows a change of the manager at once, and is off where the organization has it off', async () => {
  const mover = await person('Mover', below)
  const account = await makeAccount(`systemusers(${mover})`)
  expectStatus(await as(manager).get(`accounts(${account})`), 403)
  expectStatus(await api.patch(`systemusers(${mover})`, { 'parentsystemuserid@odata.bind': `/systemusers(${manager})` }), 204)
  expectStatus(await as(manager).get(`accounts(${account})`), 200)
  await setHierarchy(false, 3)
  expectStatus(await as(manager).get(`accounts(${account})`), 403)
  await setHierarchy(true, 3)
  expectStatus(await api.patch(`systemusers(${mover})`, { parentsystemuserid: null }), 204)
  expectStatus(await as(manager).get(`accounts(${account})`), 403)
})
