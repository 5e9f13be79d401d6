/** URLs that lead from row to row: `accounts(id)/primarycontactid/fullname`, `accounts(id)/Account_Tasks(id)/createdby_task` (webapi.md 5.2). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam, whoAmI } from '../support/make-people.ts'
import { makeManyToMany } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const NOBODY = '6f0c2b1e-0000-4000-8000-0000000000aa'

let server: TestServer
let api: Api
let account: string
let lonely: string
let contact: string
let task: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  await makeManyToMany(api, 'account', 'contact', 'new_account_contact')
  contact = createdId(await api.post('contacts', { firstname: 'Ada', lastname: 'Byron', numberofchildren: 3 }))
  const tasks = ['a', 'b', 'c'].map((subject, index) => ({ subject, prioritycode: index }))
  account = createdId(await api.post('accounts', { name: 'Litware', 'primarycontactid@odata.bind': `/contacts(${contact})`, Account_Tasks: tasks }))
  lonely = createdId(await api.post('accounts', { name: 'Lonely' }))
  expectStatus(await api.patch(`contacts(${contact})`, { 'parentcustomerid_account@odata.bind': `/accounts(${account})` }), 204)
  expectStatus(await api.post(`accounts(${account})/new_account_contact/$ref`, { '@odata.id': `${server.api}/contacts(${contact})` }), 204)
  task = (await read(`accounts(${account})/Account_Tasks?$select=subject&$orderby=subject`)).value[0].activityid
})
after(() => server[Symbol.asyncDispose]())

const read = async (path: string, headers = {}): Promise<Answer['body']> => expectStatus(await api.get(path, headers), 200).body

test('a path leads from row to row, as far as it goes', async () => {
  const { UserId } = await whoAmI(api)
  const body = await read(`accounts(${account})/primarycontactid/createdby?$select=fullname`)
  assert.deepEqual([body.systemuserid, body['@odata.context']], [UserId, `${server.api}/$metadata#systemusers(fullname)/$entity`])
  const around = await read(`accounts(${account})/Account_Tasks(${task})/regardingobjectid_account_task/primarycontactid/parentcustomerid_account?$select=name`)
  assert.equal(around.accountid, account)
  const pair = await read(`contacts(${contact})/new_account_contact(${account})/primarycontactid?$select=lastname&$expand=Contact_Tasks($select=subject)`)
  assert.deepEqual([pair.contactid, pair.Contact_Tasks], [contact, []])
  const far = `accounts(${account})${'/primarycontactid/parentcustomerid_account'.repeat(15)}`
  assert.equal((await read(`${far}?$select=name`)).accountid, account)
  expectStatus(await api.get(`${far}/primarycontactid/parentcustomerid_account`), 400)
})

test('a value at the end of a path stands alone, also as text', async () => {
  const path = `accounts(${account})/primarycontactid/fullname`
  const context = `${server.api}/$metadata#${path}`
  assert.deepEqual(await read(path), { '@odata.context': context, value: 'Ada Byron' })
  assert.deepEqual(await read(`${path}/`), { '@odata.context': context, value: 'Ada Byron' })
  const text = expectStatus(await api.get(`${path}/$value`), 200)
  assert.deepEqual([text.text, text.headers['content-type']], ['Ada Byron', 'text/plain; charset=utf-8'])
  assert.equal((await api.get(`accounts(${account})/Account_Tasks(${task})/prioritycode/$value`)).text, '0')
  assert.equal((await read(`accounts(${account})/primarycontactid/_parentcustomerid_value`)).value, account)
  expectStatus(await api.get(`accounts(${account})/primarycontactid/emailaddress1`), 204)
})

test('a collection at the end of a path takes every option', async () => {
  const path = `contacts(${contact})/parentcustomerid_account/Account_Tasks`
  const body = await read(`${path}/?$select=subject&$orderby=subject desc&$filter=prioritycode ge 1&$top=1&$count=true`)
  assert.deepEqual([body.value[0].subject, body['@odata.count'], body['@odata.context']], ['c', 2, `${server.api}/$metadata#tasks(subject)`])
  assert.equal((await api.get(`${path}/$count`)).text, '\ufeff3')
  assert.equal((await api.get(`${path}/$count?$filter=subject eq 'a'`)).text, '\ufeff1')
  const page = await read(`${path}?$select=subject&$orderby=subject`, { Prefer: 'odata.maxpagesize=2' })
  assert.equal((await read(page['@odata.nextLink'])).value[0].subject, 'c')
  const references = await read(`${path}/$ref`)
  assert.deepEqual([references['@odata.context'], references.value.length], [`${server.api}/$metadata#Collection($ref)`, 3])
  const nested = await read(`accounts(${account})/primarycontactid/contact_customer_contacts?$expand=createdby($select=fullname)`)
  assert.deepEqual(nested.value, [])
})

test('a path may end with where its row is', async () => {
  const answer = await read(`accounts(${account})/Account_Tasks(${task})/regardingobjectid_account_task/primarycontactid/$ref`)
  assert.deepEqual(answer, { '@odata.context': `${server.api}/$metadata#$ref`, '@odata.id': `${server.api}/contacts(${contact})` })
})

test('an owner is a user or a team; a cast says which', async () => {
  const { UserId } = await whoAmI(api)
  const team = await makeTeam(api, 'Beta')
  const owned = createdId(await api.post('accounts', { name: 'Owned', 'ownerid@odata.bind': `/teams(${team})` }))
  const body = await read(`accounts(${owned})/ownerid?$select=name`)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#Microsoft.Dynamics.CRM.principal(name)`)
  assert.deepEqual([body['@odata.type'], body.name, body.teamid, body.ownerid], ['#Microsoft.Dynamics.CRM.team', 'Beta', team, team])
  assert.equal((await read(`accounts(${account})/ownerid`)).systemuserid, UserId)
  assert.equal((await read(`accounts(${owned})/ownerid/$ref`))['@odata.id'], `${server.api}/teams(${team})`)
  assert.equal((await read(`accounts(${owned})/ownerid/Microsoft.Dynamics.CRM.team/name`)).value, 'Beta')
  const cast = await read(`accounts(${account})/ownerid/Microsoft.Dynamics.CRM.systemuser?$select=fullname&$expand=businessunitid($select=name)`)
  assert.deepEqual([cast.systemuserid, cast['@odata.context']], [UserId, `${server.api}/$metadata#systemusers(fullname,businessunitid(name))/$entity`])
  expectStatus(await api.get(`accounts(${owned})/ownerid/Microsoft.Dynamics.CRM.systemuser`), 204)
  expectStatus(await api.get(`accounts(${owned})/ownerid/Microsoft.Dynamics.CRM.contact`), 404)
  expectStatus(await api.get(`accounts(${owned})/ownerid/name`), 404)
  assert.equal((await read(`accounts(${account})/Account_Tasks(${task})/ownerid_task?$select=fullname`)).ownerid, UserId)
})

test('a row is told by its version along any path', async () => {
  const path = `contacts(${contact})/parentcustomerid_account`
  const { headers } = expectStatus(await api.get(path), 200)
  assert.match(headers.etag ?? '', /^W\/"\d+"$/)
  expectStatus(await api.get(path, { 'If-None-Match': headers.etag ?? '' }), 304)
  const head = expectStatus(await api.send('HEAD', `${path}?$select=name`), 200)
  assert.deepEqual([head.text, head.headers.etag], ['', headers.etag])
  assert.equal(expectStatus(await api.send('HEAD', `accounts(${account})/Account_Tasks/$count`), 200).text, '')
})

test('where a path ends before its end, the answer says so', async () => {
  expectStatus(await api.get(`accounts(${lonely})/primarycontactid`), 204)
  expectStatus(await api.get(`accounts(${lonely})/primarycontactid/$ref`), 204)
  for (const rest of ['fullname', 'createdby', 'Contact_Tasks', 'Contact_Tasks/$count', `Contact_Tasks(${task})`, 'ownerid']) {
    expectRefusal(await api.get(`accounts(${lonely})/primarycontactid/${rest}`), 404, '0x8006088a', /primarycontactid/)
  }
  for (const path of [
    `accounts(${NOBODY})/primarycontactid/createdby`,
    `accounts(${lonely})/Account_Tasks(${task})/subject`,
    `accounts(${NOBODY})/Account_Tasks(${task})`,
  ]) {
    expectRefusal(await api.get(path), 404, '0x80040217', /Does Not Exist/)
  }
  for (const rest of [
    'primarycontactid/nothing',
    'primarycontactid/fullname/x',
    'primarycontactid/$value',
    'Account_Tasks/subject',
    'Account_Tasks/$count/x',
    'primarycontactid/PrimaryContactId',
  ]) {
    expectRefusal(await api.get(`accounts(${account})/${rest}`), 404, '0x8006088a')
  }
  expectStatus(await api.get(`accounts(${account})/primarycontactid(${contact})`), 400)
  expectStatus(await api.get(`accounts(${account})/primarycontactid?$filter=lastname eq 'x'`), 400)
})
