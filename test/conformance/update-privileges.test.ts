/**
 * What each kind of write needs (sync.md 5.3): every privilege that is listed is missed by name when it is taken away, what is refused
 * changes nothing, and with all of them the write is done.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { makeOwner, roleOf } from '../support/make-owners.ts'
import { makeTeam, makeUnit, makeUser, whoAmI } from '../support/make-people.ts'
import { type Depth, giveRole, type Grants, makeUserWith } from '../support/make-roles.ts'
import { column, type MadeTable, makeKey, makeLookup, makeManyToMany, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let unit: string
let parts: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  unit = await makeUnit(api, 'Office')
  parts = await makeTable(api, 'new_Part', [column.text('new_Code', { MaxLength: 10 })])
  await makeManyToMany(api, parts.name, 'account', 'new_part_account')
})
after(() => server[Symbol.asyncDispose]())

let users = 0
const actor = async (...privileges: readonly string[]): Promise<Api> => actorWith(Object.fromEntries(privileges.map((one) => [one, 'global' as Depth])))
const actorWith = async (grants: Grants): Promise<Api> => actingAs(api, await makeUserWith(api, unit, `Actor${++users}`, grants))
const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body

/** `watched`: rows that a refusal must leave as they are. `request` is sent with all privileges last. */
async function needs(privileges: readonly string[], watched: readonly string[], request: (as: Api) => Promise<Answer>): Promise<void> {
  for (const missing of privileges) {
    const as = await actor(...privileges.filter((one) => one !== missing))
    const before = await Promise.all(watched.map(rowOf))
    const { status, body } = await request(as)
    assert.deepEqual([status, body?.error?.code], [403, '0x80040220'], `without ${missing}: ${JSON.stringify(body)}`)
    assert.match(body.error.message, new RegExp(`\\b${missing}\\b`))
    assert.deepEqual(await Promise.all(watched.map(rowOf)), before, `changed without ${missing}`)
  }
  const { status, text } = await request(await actor(...privileges))
  assert.ok(status < 300, `with all: ${status} ${text}`)
}

const makeAccount = async (body: object = {}) => `accounts(${createdId(await api.post('accounts', { name: 'Litware', ...body }))})`

test('ordinary columns, and state and status, need Write', async () => {
  const account = await makeAccount()
  await needs(['prvWriteAccount'], [account], (as) => as.patch(account, { name: 'written' }))
  await needs(['prvWriteAccount'], [account], (as) => as.put(`${account}/telephone1`, { value: '1' }))
  await needs(['prvWriteAccount'], [account], (as) => as.patch(account, { name: 'off', statecode: 1 }))
})

test('assigning needs Assign and Read, and Write only for other columns', async () => {
  const [account, owner] = [await makeAccount(), await makeOwner(api, 'Olga')]
  const bind = { 'ownerid@odata.bind': `/systemusers(${owner})` }
  await needs(['prvAssignAccount', 'prvReadAccount'], [account], (as) => as.patch(account, bind))
  const other = await makeAccount()
  await needs(['prvAssignAccount', 'prvReadAccount', 'prvWriteAccount'], [other], (as) => as.patch(other, { ...bind, name: 'given' }))
  assert.deepEqual([(await rowOf(other)).name, (await rowOf(other))._ownerid_value], ['given', owner])
  // The owner that a row has is no assignment.
  await needs(['prvWriteAccount'], [other], (as) => as.patch(other, { ...bind, name: 'kept' }))
})

test('Assign has to reach the row, and the row may go beyond that reach', async () => {
  const { UserId } = await whoAmI(api)
  const far = await makeOwner(api, 'Far')
  const grants = { prvReadAccount: 'global', prvAssignAccount: 'basic' } as const
  const user = await makeUserWith(api, unit, 'Near', grants)
  const [mine, theirs] = [await makeAccount({ 'ownerid@odata.bind': `/systemusers(${user})` }), await makeAccount()]
  const as = actingAs(api, user)
  const refused = expectStatus(await as.patch(theirs, { 'ownerid@odata.bind': `/systemusers(${far})` }), 403)
  assert.match(refused.body.error.message, /prvAssignAccount/)
  assert.equal((await rowOf(theirs))._ownerid_value, UserId)
  expectStatus(await as.patch(mine, { 'ownerid@odata.bind': `/systemusers(${far})` }), 204)
  assert.equal((await rowOf(mine))._ownerid_value, far)
})

test('a lookup needs Append on its row, and AppendTo on the one it names', async () => {
  const [account, parent] = [await makeAccount(), await makeAccount({ name: 'Parent' })]
  const contact = `contacts(${createdId(await api.post('contacts', { lastname: 'Larsson' }))})`
  const bind = { 'primarycontactid@odata.bind': `/${contact}` }
  await needs(['prvWriteAccount', 'prvAppendAccount', 'prvAppendToContact'], [account, contact], (as) => as.patch(account, bind))
  const reference = { '@odata.id': `${server.api}/${parent}` }
  await needs(['prvWriteAccount', 'prvAppendAccount', 'prvAppendToAccount'], [account], (as) => as.put(`${account}/parentaccountid/$ref`, reference))
  const create = (as: Api) => as.post('accounts', { name: 'New', ...bind })
  const count = async () => (await api.get("accounts/$count?$filter=name eq 'New'")).text
  const before = await count()
  await needs(['prvCreateAccount', 'prvAppendAccount', 'prvAppendToContact'], [contact], async (as) => {
    const answer = await create(as)
    if (answer.status === 403) assert.equal(await count(), before)
    return answer
  })
  expectStatus(await (await actor('prvWriteAccount')).patch(account, { primarycontactid: null }), 204)
})

test('a deep insert needs Create for each of its rows', async () => {
  const body = { name: 'Deep', contact_customer_accounts: [{ lastname: 'Below' }] }
  const needed = ['prvCreateAccount', 'prvCreateContact', 'prvAppendContact', 'prvAppendToAccount']
  await needs(needed, [], async (as) => {
    const answer = await as.post('accounts', body)
    if (answer.status === 403) assert.equal((await api.get("accounts/$count?$filter=name eq 'Deep'")).text.replace('\ufeff', ''), '0')
    return answer
  })
})

test('a row dated back needs a privilege of its own', async () => {
  await needs(['prvCreateAccount', 'prvOverrideCreatedOnCreatedBy'], [], (as) => as.post('accounts', { name: 'Old', overriddencreatedon: '2019-03-01' }))
})

test('deleting needs Delete', async () => {
  const account = await makeAccount()
  await needs(['prvDeleteAccount'], [], async (as) => {
    const answer = await as.delete(account)
    if (answer.status === 403) await rowOf(account)
    return answer
  })
})

test('pairs need Append on both rows', async () => {
  const part = `${parts.set}(${createdId(await api.post(parts.set, { new_code: 'A' }))})`
  const account = await makeAccount()
  const privileges = ['prvAppendnew_Part', 'prvAppendAccount']
  await needs(privileges, [part, account], (as) => as.post(`${part}/new_part_account/$ref`, { '@odata.id': `${server.api}/${account}` }))
  await needs(privileges, [part, account], (as) => as.delete(`${part}/new_part_account/$ref?$id=${server.api}/${account}`))
})

test('a manager needs Write on the user, and Read on both', async () => {
  const [user, manager] = [await makeUser(api, 'Clerk'), await makeUser(api, 'Chief')]
  const body = { 'parentsystemuserid@odata.bind': `/systemusers(${manager})`, jobtitle: 'Clerk' }
  await needs(['prvReadUser', 'prvWriteUser'], [`systemusers(${user})`], (as) => as.patch(`systemusers(${user})`, body))
})

test('a move needs Write on who moves, and Read on the unit', async () => {
  const to = await makeUnit(api, 'New office')
  const [user, team] = [`systemusers(${await makeUser(api, 'Mover')})`, `teams(${await makeTeam(api, 'Movers')})`]
  const body = { 'businessunitid@odata.bind': `/businessunits(${to})` }
  await needs(['prvReadUser', 'prvWriteUser', 'prvReadBusinessUnit'], [user], (as) => as.patch(user, { ...body, jobtitle: 'x' }))
  await needs(['prvReadTeam', 'prvWriteTeam', 'prvReadBusinessUnit'], [team], (as) => as.patch(team, { ...body, description: 'x' }))
  const root = (await whoAmI(api)).BusinessUnitId
  const lift = { name: 'Lift', timezonecode: 85, 'businessunitid_businessunit@odata.bind': `/businessunits(${root})` }
  const equipment = `equipments(${createdId(await api.post('equipments', lift))})`
  await needs(['prvReadEquipment', 'prvWriteEquipment', 'prvReadBusinessUnit'], [equipment], (as) =>
    as.patch(equipment, { 'businessunitid_businessunit@odata.bind': `/businessunits(${to})`, description: 'x' }),
  )
  const below = `businessunits(${await makeUnit(api, 'Moving')})`
  await needs(['prvReadBusinessUnit', 'prvWriteBusinessUnit', 'prvReparentBusinessUnit'], [below], (as) =>
    as.patch(below, { 'parentbusinessunitid@odata.bind': `/businessunits(${to})`, divisionname: 'x' }),
  )
})

test('where roles are kept, a move needs a privilege of its own', async () => {
  const { OrganizationId } = await whoAmI(api)
  const setting = (orgdborgsettings: string | null) => api.patch(`organizations(${OrganizationId})`, { orgdborgsettings })
  expectStatus(await setting('<OrgSettings><DoNotRemoveRolesOnChangeBusinessUnit>true</DoNotRemoveRolesOnChangeBusinessUnit></OrgSettings>'), 204)
  const [user, team] = [`systemusers(${await makeUser(api, 'Keeper')})`, `teams(${await makeTeam(api, 'Keepers')})`]
  const body = { 'businessunitid@odata.bind': `/businessunits(${unit})` }
  await needs(['prvReadUser', 'prvWriteUser', 'prvReadBusinessUnit', 'prvReparentUser'], [user], (as) => as.patch(user, body))
  await needs(['prvReadTeam', 'prvWriteTeam', 'prvReadBusinessUnit', 'prvReparentTeam'], [team], (as) => as.patch(team, body))
  expectStatus(await setting(null), 204)
})

test('who is created belongs to a unit that its maker may read', async () => {
  const bind = { 'businessunitid@odata.bind': `/businessunits(${unit})` }
  const user = (as: Api) =>
    as.post('systemusers', { lastname: 'New', domainname: `new${users}@x.example`, internalemailaddress: `new${users}@x.example`, ...bind })
  await needs(['prvCreateUser', 'prvReadBusinessUnit'], [], user)
  await needs(['prvCreateTeam', 'prvReadBusinessUnit'], [], (as) => as.post('teams', { name: `New ${users}`, ...bind }))
  const parent = { 'parentbusinessunitid@odata.bind': `/businessunits(${unit})` }
  await needs(['prvCreateBusinessUnit', 'prvReadBusinessUnit'], [], (as) => as.post('businessunits', { name: `New ${users}`, ...parent }))
})

test('disabling needs a privilege of its own', async () => {
  const [user, office] = [`systemusers(${await makeUser(api, 'Leaver')})`, `businessunits(${await makeUnit(api, 'Closing')})`]
  await needs(['prvWriteUser', 'prvDisableUser'], [user], (as) => as.patch(user, { isdisabled: true }))
  await needs(['prvWriteBusinessUnit', 'prvDisableBusinessUnit'], [office], (as) => as.patch(office, { isdisabled: true }))
})

test('merging needs its privilege and rights on both rows', async () => {
  const [target, subordinate] = [await makeAccount({ name: 'Stays' }), await makeAccount({ name: 'Goes' })]
  const idOf = (path: string) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: /\((.*)\)/.exec(path)?.[1] })
  const body = { Target: idOf(target), Subordinate: idOf(subordinate), UpdateContent: {}, PerformParentingChecks: false }
  const privileges = ['prvMerge', 'prvReadAccount', 'prvWriteAccount', 'prvAppendAccount', 'prvAppendToAccount']
  await needs(privileges, [target, subordinate], (as) => as.post('Merge', body))
})

test('a bulk deletion needs its privilege, and Delete', async () => {
  const body = {
    JobName: 'Gone',
    QuerySet: [
      {
        EntityName: 'account',
        Criteria: { FilterOperator: 'And', Conditions: [{ AttributeName: 'name', Operator: 'Equal', Values: [{ Value: 'nobody', Type: 'System.String' }] }] },
      },
    ],
    SendEmailNotification: false,
    ToRecipients: [],
    CCRecipients: [],
    RecurrencePattern: '',
    StartDateTime: '2099-01-01T00:00:00Z',
  }
  const jobs = async () => (await api.get("asyncoperations/$count?$filter=name eq 'Gone'")).text
  const before = await jobs()
  await needs(['prvBulkDelete', 'prvDeleteAccount', 'prvReadAccount'], [], async (as) => {
    const answer = await as.post('BulkDelete', body)
    if (answer.status === 403) assert.equal(await jobs(), before)
    return answer
  })
})

test('a bulk deletion deletes what its asker may delete, whoever owns the job', async () => {
  const { UserId } = await whoAmI(api)
  const grants = { prvBulkDelete: 'global', prvReadAccount: 'global', prvDeleteAccount: 'basic' } as const
  const user = await makeUserWith(api, unit, 'Sweeper', grants)
  const [mine, theirs] = [await makeAccount({ name: 'swept', 'ownerid@odata.bind': `/systemusers(${user})` }), await makeAccount({ name: 'swept' })]
  const conditions = [{ AttributeName: 'name', Operator: 'Equal', Values: [{ Value: 'swept', Type: 'System.String' }] }]
  const body = {
    JobName: 'Sweep',
    QuerySet: [{ EntityName: 'account', Criteria: { FilterOperator: 'And', Conditions: conditions } }],
    SendEmailNotification: false,
    ToRecipients: [],
    CCRecipients: [],
    RecurrencePattern: '',
    StartDateTime: '2099-01-01T00:00:00Z',
  }
  const job = `asyncoperations(${expectStatus(await actingAs(api, user).post('BulkDelete', body), 200).body.JobId})`
  expectStatus(await api.patch(job, { 'ownerid@odata.bind': `/systemusers(${UserId})` }), 204)
  expectStatus(await api.patch(job, { postponeuntil: null, statecode: 0, statuscode: 0 }), 204)
  let row = await rowOf(job)
  for (const end = Date.now() + 10_000; row.statecode !== 3 && Date.now() < end; row = await rowOf(job)) await new Promise((again) => setTimeout(again, 50))
  assert.equal(row.statecode, 3)
  expectStatus(await api.get(mine), 404)
  expectStatus(await api.get(theirs), 200)
})

test('of many rows, one out of reach leaves all as they were', async () => {
  const user = await makeUserWith(api, unit, 'Basic', { prvReadAccount: 'basic', prvWriteAccount: 'basic' })
  const [mine, theirs] = [await makeAccount({ 'ownerid@odata.bind': `/systemusers(${user})` }), await makeAccount()]
  const Targets = [mine, theirs].map((path) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: /\((.*)\)/.exec(path)?.[1], name: 'changed' }))
  expectStatus(await actingAs(api, user).post('accounts/Microsoft.Dynamics.CRM.UpdateMultiple', { Targets }), 403)
  assert.deepEqual([(await rowOf(mine)).name, (await rowOf(theirs)).name], ['Litware', 'Litware'])
})

test('a row out of reach tells neither its version nor what became of it', async () => {
  const user = await makeUserWith(api, unit, 'Curious', {
    prvReadAccount: 'basic',
    prvWriteAccount: 'basic',
    prvDeleteAccount: 'basic',
    prvAssignAccount: 'basic',
  })
  const as = actingAs(api, user)
  const theirs = await makeAccount({ name: 'secret' })
  for (const answer of [
    await as.patch(theirs, { name: 'x' }, { 'If-Match': 'W/"1"' }),
    await as.patch(theirs, { name: 'x' }, { Prefer: 'return=representation' }),
    await as.delete(theirs, { 'If-Match': 'W/"1"' }),
  ]) {
    expectStatus(answer, 403)
    assert.doesNotMatch(answer.text, /secret/)
  }
  const owner = await makeOwner(api, 'Taker')
  const mine = await makeAccount({ name: 'mine', 'ownerid@odata.bind': `/systemusers(${user})` })
  expectStatus(await as.patch(mine, { 'ownerid@odata.bind': `/systemusers(${owner})` }, { Prefer: 'return=representation' }), 403)
  assert.equal((await rowOf(mine))._ownerid_value, user)
})

test('everyone with Basic User changes their own settings, and nobody else’s', async () => {
  const root = (await whoAmI(api)).BusinessUnitId
  const [user, other] = [await makeUser(api, 'Settled'), await makeUser(api, 'Unsettled')]
  await giveRole(api, `systemusers(${user})`, await roleOf(api, root, 'Basic User'))
  const as = actingAs(api, user)
  expectStatus(await as.patch(`usersettingscollection(${user})`, { timezonecode: 110 }), 204)
  expectStatus(await as.patch(`usersettingscollection(${other})`, { timezonecode: 110 }), 403)
  assert.equal((await rowOf(`usersettingscollection(${user})`)).timezonecode, 110)
  assert.notEqual((await rowOf(`usersettingscollection(${other})`)).timezonecode, 110)
})

test('what follows from an edit of the schema needs nothing of its own', async () => {
  const root = (await whoAmI(api)).BusinessUnitId
  const user = await makeUser(api, 'Customizer')
  await giveRole(api, `systemusers(${user})`, await roleOf(api, root))
  const as = actingAs(api, user)
  const made = await makeTable(as, 'new_Made', [column.text('new_Code', { MaxLength: 10 })])
  const other = await makeTable(as, 'new_Other')
  await makeLookup(as, { from: other.name, to: made.name, SchemaName: 'new_MadeId' })
  await makeManyToMany(as, made.name, other.name, 'new_made_other')
  await makeKey(as, made.name, 'new_CodeKey', ['new_code'])
  expectStatus(await as.post(made.set, { new_code: 'A' }), 204)
  expectStatus(await as.delete("RelationshipDefinitions(SchemaName='new_made_other')"), 204)
  expectStatus(await as.delete(`EntityDefinitions(LogicalName='${other.name}')`), 204)
  expectStatus(await as.delete(`EntityDefinitions(LogicalName='${made.name}')`), 204)
})

test('the deprecated messages name the Update to send', async () => {
  const account = await makeAccount()
  for (const [path, update] of [
    ['Assign', 'ownerid@odata.bind'],
    ['SetState', 'statecode'],
    ['SetParentSystemUser', 'parentsystemuserid@odata.bind'],
    ['SetParentTeam', 'businessunitid@odata.bind'],
    ['SetParentBusinessUnit', 'parentbusinessunitid@odata.bind'],
    ['SetBusinessEquipment', 'businessunitid_businessunit@odata.bind'],
    ['SetBusinessSystemUser', 'businessunitid@odata.bind'],
    [`${account}/Microsoft.Dynamics.CRM.Assign`, 'ownerid@odata.bind'],
    [`systemusers(${(await whoAmI(api)).UserId})/Microsoft.Dynamics.CRM.SetBusinessSystemUser`, 'businessunitid@odata.bind'],
  ] as const) {
    const { status, body } = await api.post(path, {})
    assert.equal(status, 400, path)
    assert.ok(body.error.message.includes(`PATCH `) && body.error.message.includes(update), body.error.message)
  }
})
