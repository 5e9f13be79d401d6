/** What runs later, or runs what somebody else has written, runs with the rights of whoever asked for it: bulk deletions, views. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { actingAs } from '../support/acting-as.ts'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeUnit, makeUser } from '../support/make-people.ts'
import { giveRole, grant, makeRole, makeUserWith, standardRole } from '../support/make-roles.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let unit: string

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  unit = await makeUnit(api, 'Sales')
})
after(() => server[Symbol.asyncDispose]())

const makeAccount = async (owner: string, name: string): Promise<string> =>
  createdId(await api.post('accounts', { name, 'ownerid@odata.bind': `/systemusers(${owner})` }))

function bulkDelete(caller: Api, name: string) {
  const Conditions = [{ AttributeName: 'name', Operator: 'Equal', Values: [{ Value: name, Type: 'System.String' }] }]
  const query = {
    '@odata.type': 'Microsoft.Dynamics.CRM.QueryExpression',
    EntityName: 'account',
    ColumnSet: { '@odata.type': 'Microsoft.Dynamics.CRM.ColumnSet', AllColumns: false, Columns: [] },
    Criteria: { '@odata.type': 'Microsoft.Dynamics.CRM.FilterExpression', FilterOperator: 'And', Conditions },
  }
  const job = { JobName: name, SendEmailNotification: false, ToRecipients: [], CCRecipients: [], RecurrencePattern: '' }
  return caller.post('BulkDelete', { ...job, StartDateTime: new Date().toISOString(), QuerySet: [query] })
}

/** The job's operation, once it is over. */
async function finished(jobId: string) {
  for (let turn = 0; turn < 400; turn++) {
    const { value } = expectStatus(await api.get(`bulkdeleteoperations?$filter=_asyncoperationid_value eq ${jobId}`), 200).body
    if (value[0].statecode === 3) return value[0]
    await wait(25)
  }
  return assert.fail('the job does not come to an end')
}

const remaining = async (name: string): Promise<readonly string[]> =>
  (await api.get(`accounts?$select=accountid&$filter=name eq '${name}'`)).body.value.map(({ accountid }: { accountid: string }) => accountid)

test('a bulk deletion deletes what its owner sees and may delete, and fails at what they only see', async () => {
  const user = await makeUserWith(api, unit, 'Ann', { prvBulkDelete: 'global', prvReadAccount: 'local', prvDeleteAccount: 'basic' })
  const [colleague, stranger] = [await makeUser(api, 'Bob', { 'businessunitid@odata.bind': `/businessunits(${unit})` }), await makeUser(api, 'Eve')]
  const own = await makeAccount(user, 'Old')
  const seen = await makeAccount(colleague, 'Old')
  const shared = await makeAccount(stranger, 'Old')
  const unseen = await makeAccount(stranger, 'Old')
  const target = { table: 'account', idColumn: 'accountid', id: shared }
  expectStatus(await grant(api, target, { table: 'systemuser', id: user }, 'ReadAccess,DeleteAccess'), 204)
  const { JobId } = expectStatus(await bulkDelete(actingAs(api, user), 'Old'), 200).body
  const operation = await finished(JobId)
  assert.deepEqual(new Set(await remaining('Old')), new Set([seen, unseen]))
  assert.deepEqual([operation.successcount, operation.failurecount], [2, 1])
  assert.ok(own)
})

test('it is refused where a privilege is missing, and nothing is deleted', async () => {
  const owner = await makeUser(api, 'Owner')
  await makeAccount(owner, 'Kept')
  for (const [grants, missing] of [
    [{ prvReadAccount: 'global', prvDeleteAccount: 'global' }, /prvBulkDelete\b/],
    [{ prvBulkDelete: 'global', prvReadAccount: 'global' }, /prvDeleteAccount\b/],
    [{ prvBulkDelete: 'global', prvDeleteAccount: 'global' }, /prvReadAccount\b/],
  ] as const) {
    const user = await makeUserWith(api, unit, `Without ${missing.source}`.replaceAll(/\W/g, ''), grants)
    expectRefusal(await bulkDelete(actingAs(api, user), 'Kept'), 403, '0x80040220', missing)
  }
  assert.equal((await remaining('Kept')).length, 1)
})

test('a view shows each caller their rows, whoever has saved it', async () => {
  const { value } = expectStatus(await api.get("savedqueries?$select=savedqueryid&$filter=returnedtypecode eq 'account' and isdefault eq true"), 200).body
  const view = `accounts?savedQuery=${value[0].savedqueryid}`
  const user = await makeUser(api, 'Vera', { 'businessunitid@odata.bind': `/businessunits(${unit})` })
  await giveRole(api, `systemusers(${user})`, await standardRole(api, unit, 'Basic User'))
  const [own, other] = [await makeAccount(user, 'Seen'), await makeAccount(await makeUser(api, 'Otto'), 'Unseen')]
  const ids = async (caller: Api) => expectStatus(await caller.get(view), 200).body.value.map(({ accountid }: { accountid: string }) => accountid)
  assert.deepEqual(await ids(actingAs(api, user)), [own])
  assert.ok((await ids(api)).includes(other))
  const blind = await makeUser(api, 'Blind', { 'businessunitid@odata.bind': `/businessunits(${unit})` })
  await giveRole(api, `systemusers(${blind})`, await makeRole(api, unit, 'Views only', { prvReadQuery: 'global' }))
  expectRefusal(await actingAs(api, blind).get(view), 403, '0x80040220', /prvReadAccount\b/)
})
