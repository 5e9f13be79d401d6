/** Conditions about who asks, their teams and their people, and about rows in trees: by query function and by FetchXML. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actingAs } from '../support/acting-as.ts'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam } from '../support/make-people.ts'
import { joinTeam, makeUserWith } from '../support/make-roles.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let unit: string
/** By name: accounts `root`, `child`, `grandchild` and `other`, a tree and one beside it. */
const accounts: Record<string, string> = {}

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  const who = expectStatus(await api.get('WhoAmI'), 200).body
  unit = who.BusinessUnitId
  const team = createdId(await api.post('teams', { name: 'Crew', 'businessunitid@odata.bind': `/businessunits(${unit})` }))
  expectStatus(await api.post(`teams(${team})/teammembership_association/$ref`, { '@odata.id': `${api.root}/systemusers(${who.UserId})` }), 204)
  const strangers = createdId(await api.post('teams', { name: 'Strangers', 'businessunitid@odata.bind': `/businessunits(${unit})` }))
  const report = await user('Report', who.UserId)
  const deep = await user('Deep', report)
  const stranger = await user('Stranger')
  const reportsTeam = createdId(await api.post('teams', { name: 'Reports', 'businessunitid@odata.bind': `/businessunits(${unit})` }))
  expectStatus(await api.post(`teams(${reportsTeam})/teammembership_association/$ref`, { '@odata.id': `${api.root}/systemusers(${report})` }), 204)
  const make = async (name: string, owner: string, parent?: string) => {
    const body = { name, 'ownerid@odata.bind': `/${owner}`, ...(parent && { 'parentaccountid@odata.bind': `/accounts(${accounts[parent]})` }) }
    accounts[name] = createdId(await api.post('accounts', body))
  }
  await make('root', `systemusers(${who.UserId})`)
  await make('child', `teams(${team})`, 'root')
  await make('grandchild', `systemusers(${report})`, 'child')
  await make('other', `systemusers(${stranger})`)
  await make('deep', `systemusers(${deep})`)
  await make('strange', `teams(${strangers})`)
  await make('theirs', `teams(${reportsTeam})`)
  const [everyone] = expectStatus(await api.get('teams?$select=teamid&$filter=isdefault eq true'), 200).body.value
  await make('everyone', `teams(${everyone.teamid})`)
})
after(async () => server[Symbol.asyncDispose]())

async function user(lastname: string, manager?: string): Promise<string> {
  const mail = `${lastname.toLowerCase()}@example.com`
  const boss = manager && { 'parentsystemuserid@odata.bind': `/systemusers(${manager})` }
  return createdId(
    await api.post('systemusers', {
      firstname: 'A',
      lastname,
      domainname: mail,
      internalemailaddress: mail,
      'businessunitid@odata.bind': `/businessunits(${unit})`,
      ...boss,
    }),
  )
}

const namesOf = (body: { value: readonly { name: string }[] }) => body.value.map((row) => row.name).sort()

async function byFetch(condition: string): Promise<readonly string[]> {
  const xml = `<fetch><entity name="account"><attribute name="name"/><filter>${condition}</filter></entity></fetch>`
  return namesOf(expectStatus(await api.get(`accounts?fetchXml=${encodeURIComponent(xml)}`), 200).body)
}

async function byFilter(filter: string): Promise<readonly string[]> {
  return namesOf(expectStatus(await api.get(`accounts?$select=name&$filter=${encodeURIComponent(filter)}`), 200).body)
}

test('rows are the caller’s, their teams’, their people’s', async () => {
  for (const [name, operator, expected] of [
    ['EqualUserId', 'eq-userid', ['root']],
    ['NotEqualUserId', 'ne-userid', ['child', 'deep', 'everyone', 'grandchild', 'other', 'strange', 'theirs']],
    // All are in the default team of their unit.
    ['EqualUserTeams', 'eq-userteams', ['child', 'everyone']],
    ['EqualUserOrUserTeams', 'eq-useroruserteams', ['child', 'everyone', 'root']],
    ['EqualUserOrUserHierarchy', 'eq-useroruserhierarchy', ['deep', 'grandchild', 'root']],
    ['EqualUserOrUserHierarchyAndTeams', 'eq-useroruserhierarchyandteams', ['child', 'deep', 'everyone', 'grandchild', 'root', 'theirs']],
  ] as const) {
    assert.deepEqual(await byFetch(`<condition attribute="ownerid" operator="${operator}"/>`), expected, operator)
    assert.deepEqual(await byFilter(`Microsoft.Dynamics.CRM.${name}(PropertyName='ownerid')`), expected, name)
  }
  assert.equal((await byFilter("Microsoft.Dynamics.CRM.EqualBusinessId(PropertyName='owningbusinessunit')")).length, 8)
  assert.deepEqual(await byFetch('<condition attribute="owningbusinessunit" operator="ne-businessid"/>'), [])
})

test('trees are walked up and down from a row', async () => {
  const { child } = accounts
  for (const [name, operator, expected] of [
    ['Under', 'under', ['grandchild']],
    ['UnderOrEqual', 'eq-or-under', ['child', 'grandchild']],
    ['NotUnder', 'not-under', ['child', 'deep', 'everyone', 'other', 'root', 'strange', 'theirs']],
    ['Above', 'above', ['root']],
    ['AboveOrEqual', 'eq-or-above', ['child', 'root']],
  ] as const) {
    assert.deepEqual(await byFetch(`<condition attribute="accountid" operator="${operator}" value="{${child}}"/>`), expected, operator)
    assert.deepEqual(await byFilter(`Microsoft.Dynamics.CRM.${name}(PropertyName='accountid',PropertyValue='${child}')`), expected, name)
  }
  // By the lookup: rows whose parent stands there.
  assert.deepEqual(await byFetch(`<condition attribute="parentaccountid" operator="eq-or-under" value="${accounts.root}"/>`), ['child', 'grandchild'])
})

test('a table without a tree has nothing above or under its rows', async () => {
  const xml = `<fetch><entity name="team"><filter><condition attribute="teamid" operator="under" value="${accounts.root}"/></filter></entity></fetch>`
  expectRefusal(await api.get(`teams?fetchXml=${encodeURIComponent(xml)}`), 400, '0x80040203', /hierarchical/)
  expectRefusal(await api.get("accounts?$filter=Microsoft.Dynamics.CRM.EqualUserId(PropertyName='name')"), 400, '0x80040203', /'eq-userid'/)
})

test('negated conditions hold for rows in which the column is null', async () => {
  expectStatus(await api.patch(`accounts(${accounts.root})`, { accountnumber: 'A1', numberofemployees: 5 }), 204)
  const others = ['child', 'deep', 'everyone', 'grandchild', 'other', 'strange', 'theirs']
  for (const [attribute, operator, values] of [
    ['accountnumber', 'ne', ['A1']],
    ['accountnumber', 'neq', ['A1']],
    ['accountnumber', 'not-in', ['A1', 'B']],
    ['accountnumber', 'not-like', ['A%']],
    ['accountnumber', 'not-begin-with', ['A']],
    ['accountnumber', 'not-end-with', ['1']],
    ['numberofemployees', 'not-between', ['1', '9']],
  ] as const) {
    const inner = values.map((value) => `<value>${value}</value>`).join('')
    assert.deepEqual(await byFetch(`<condition attribute="${attribute}" operator="${operator}">${inner}</condition>`), others, operator)
  }
})

test('which teams the caller is in, they may ask without the privilege to read teams', async () => {
  const clerk = await makeUserWith(api, unit, 'Clerk', { prvReadAccount: 'basic' })
  const team = await makeTeam(api, 'Of the clerk')
  await joinTeam(api, team, clerk)
  const owned = (owner: string) => api.post('accounts', { name: `of ${owner}`, 'ownerid@odata.bind': `/${owner}` })
  for (const owner of [`systemusers(${clerk})`, `teams(${team})`]) expectStatus(await owned(owner), 204)
  const asked = async (name: string) =>
    namesOf(expectStatus(await actingAs(api, clerk).get(`accounts?$select=name&$filter=Microsoft.Dynamics.CRM.${name}(PropertyName='ownerid')`), 200).body)
  assert.deepEqual(await asked('EqualUserTeams'), ['everyone', `of teams(${team})`])
  assert.deepEqual(await asked('EqualUserOrUserTeams'), ['everyone', `of systemusers(${clerk})`, `of teams(${team})`])
})
