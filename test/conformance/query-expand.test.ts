/** Rows with the rows beside them: `$expand`, collections below a row, and what annotations tell (webapi.md 6.1 and 6.5). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { whoAmI } from '../support/make-people.ts'
import { column, makeManyToMany, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const FORMATTED = '@OData.Community.Display.V1.FormattedValue'
const ALL = { Prefer: 'odata.include-annotations="*"' }

let server: TestServer
let api: Api
let account: string
let lonely: string
let contact: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  contact = createdId(await api.post('contacts', { firstname: 'Ada', lastname: 'Byron' }))
  const tasks = ['a', 'b', 'c'].map((subject, index) => ({ subject, prioritycode: index }))
  account = createdId(await api.post('accounts', { name: 'Litware', 'primarycontactid@odata.bind': `/contacts(${contact})`, Account_Tasks: tasks }))
  lonely = createdId(await api.post('accounts', { name: 'Lonely' }))
})
after(() => server[Symbol.asyncDispose]())

const read = async (path: string, headers = {}): Promise<Answer['body']> => expectStatus(await api.get(path, headers), 200).body
const subjects = (rows: readonly { subject: string }[]) => rows.map((row) => row.subject).join(' ')

test('a row that is pointed at stands inside, or null', async () => {
  const path = '$select=name&$expand=primarycontactid($select=fullname)'
  const body = await read(`accounts?${path}&$orderby=name`)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts(name,primarycontactid(fullname))`)
  const [first, second] = body.value
  assert.equal(first.primarycontactid.fullname, 'Ada Byron')
  assert.equal(first.primarycontactid.contactid, contact)
  assert.equal(second.primarycontactid, null)
  const single = await read(`accounts(${account})?${path}`)
  assert.equal(single['@odata.context'], `${server.api}/$metadata#accounts(name,primarycontactid(fullname))/$entity`)
  assert.equal(single.primarycontactid.fullname, 'Ada Byron')
})

test('without $select everything of it is there, and the context says so', async () => {
  const body = await read(`accounts(${account})?$select=name&$expand=primarycontactid`)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts(name,primarycontactid())/$entity`)
  assert.equal(body.primarycontactid.lastname, 'Byron')
  assert.equal(body.primarycontactid.emailaddress1, null)
})

test('rows that hang on it stand in an array, with the link to all of them behind it', async () => {
  const body = await read(`accounts(${account})?$select=name&$expand=Account_Tasks($select=subject)`)
  assert.equal(subjects(body.Account_Tasks.toSorted((x: { subject: string }, y: { subject: string }) => (x.subject < y.subject ? -1 : 1))), 'a b c')
  for (const task of body.Account_Tasks) assert.equal(task._regardingobjectid_value, account)
  const names = Object.keys(body)
  assert.equal(names[names.indexOf('Account_Tasks') + 1], 'Account_Tasks@odata.nextLink')
  const next = body['Account_Tasks@odata.nextLink']
  assert.equal(next, `${server.api}/accounts(${account})/Account_Tasks?$select=subject`)
  assert.equal((await read(next)).value.length, 3)
  assert.deepEqual((await read(`accounts(${lonely})?$expand=Account_Tasks`)).Account_Tasks, [])
})

test('an array is filtered, ordered and cut by options of its own', async () => {
  const of = async (options: string) => subjects((await read(`accounts(${account})?$select=name&$expand=Account_Tasks(${options})`)).Account_Tasks)
  assert.equal(await of('$select=subject;$orderby=subject desc'), 'c b a')
  assert.equal(await of('$select=subject;$orderby=subject;$top=2'), 'a b')
  assert.equal(await of('$filter=prioritycode ge 1;$orderby=prioritycode desc'), 'c b')
  assert.equal(await of("$filter=contains(subject,'b')"), 'b')
})

test('several navigations are expanded side by side, in sets as well', async () => {
  const body = await read(
    'accounts?$select=name&$orderby=name&$expand=primarycontactid($select=lastname),Account_Tasks($select=subject;$orderby=subject),createdby($select=fullname)',
  )
  const [first, second] = body.value
  assert.equal(first.primarycontactid.lastname, 'Byron')
  assert.equal(subjects(first.Account_Tasks), 'a b c')
  assert.deepEqual(second.Account_Tasks, [])
  const { UserId } = await whoAmI(api)
  assert.deepEqual([first.createdby.systemuserid, first.createdby.ownerid], [UserId, UserId])
})

test('only the reference of a row that is pointed at', async () => {
  const body = await read(`accounts(${account})?$select=name&$expand=primarycontactid/$ref`)
  assert.deepEqual(body.primarycontactid, { '@odata.id': `${server.api}/contacts(${contact})` })
  assert.equal(body._primarycontactid_value, contact)
  const message = 'Expand with $ref is only supported on lookup type navigation property.'
  expectRefusal(await api.get(`accounts(${account})?$expand=Account_Tasks/$ref`), 400, '0x80060888', message)
})

test('many-to-many relationships are expanded from both sides', async () => {
  const tags = await makeTable(api, 'new_Tag')
  await makeManyToMany(api, 'account', tags.name, 'new_account_tag')
  const tag = createdId(await api.post(tags.set, { new_name: 'Hot' }))
  expectStatus(await api.post(`accounts(${account})/new_account_tag/$ref`, { '@odata.id': `${tags.set}(${tag})` }), 204)
  assert.equal((await read(`accounts(${account})?$expand=new_account_tag($select=new_name)`)).new_account_tag[0].new_name, 'Hot')
  assert.equal((await read(`${tags.set}?$expand=new_account_tag($select=name)`)).value[0].new_account_tag[0].name, 'Litware')
})

test('what an expand cannot do is refused by name', async () => {
  const of = (expand: string) => api.get(`accounts?$expand=${expand}`)
  expectRefusal(
    await of('primarycontactid($orderby=fullname)'),
    400,
    '0x80060888',
    /^Only \$select and \$filter clause can be provided while doing \$expand on many-to-one relationship/,
  )
  for (const option of ['$count=true', '$levels=2', '$skip=1', '$search=x', '$apply=x']) {
    const answer = expectStatus(await of(`Account_Tasks(${option})`), 400)
    assert.ok(answer.body.error.message.includes(option.split('=')[0]), answer.text)
  }
  expectStatus(await of('*'), 400)
  expectStatus(await of('Account_Tasks(,)'), 400)
  expectStatus(await of('Account_Tasks($select=subject'), 400)
  expectRefusal(await of('Account_Tasks($select=nosuch)'), 400, '0x0', /nosuch/)
  const sixteen = Array.from({ length: 16 }, (_, index) => `nav${index}`).join(',')
  expectStatus(await of(sixteen), 400)
})

test('a collection below a row takes every option of a collection', async () => {
  const path = `accounts(${account})/Account_Tasks`
  const body = await read(`${path}?$select=subject&$orderby=subject desc&$filter=prioritycode le 1&$count=true&$top=1`)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#tasks(subject)`)
  assert.deepEqual([subjects(body.value), body['@odata.count']], ['b', 2])
  assert.equal((await api.get(`${path}/$count`)).text, '\ufeff3')
  assert.equal((await api.get(`${path}/$count?$filter=prioritycode eq 0`)).text, '\ufeff1')
  const page = await read(`${path}?$orderby=subject`, { Prefer: 'odata.maxpagesize=2' })
  assert.equal(subjects(page.value), 'a b')
  assert.equal(subjects((await read(page['@odata.nextLink'])).value), 'c')
  expectRefusal(await api.get(`accounts(6f0c2b1e-0000-4000-8000-0000000000aa)/Account_Tasks`), 404, '0x80040217')
})

test('every value but text and ids has a text for people, right before it', async () => {
  const table = await makeTable(api, 'new_Shown', [
    column.whole('new_Whole'),
    column.decimal('new_Decimal', { Precision: 3 }),
    column.money('new_Money', { Precision: 2, PrecisionSource: 0 }),
    column.boolean('new_Flag'),
    column.choice('new_Colour', { 1: 'Red "1"' }),
    column.choices('new_Tags', { 1: 'One', 2: 'Two' }),
    column.datetime('new_Day', 'DateOnly'),
    column.datetime('new_At', 'UserLocal'),
  ])
  const sent = {
    new_name: 'x',
    new_whole: 1234567,
    new_decimal: 1.5,
    new_money: -1234.5,
    new_flag: true,
    new_colour: 1,
    new_tags: '1,2',
    new_day: '2024-05-01',
    new_at: '2024-05-01T22:05:00Z',
  }
  const id = createdId(await api.post(table.set, sent))
  const body = await read(`${table.set}(${id})`, ALL)
  const shown = (name: string) => body[`${name}${FORMATTED}`]
  assert.deepEqual(['new_whole', 'new_decimal', 'new_money', 'new_flag', 'new_colour', 'new_tags', 'new_day', 'new_at', 'statecode', 'statuscode'].map(shown), [
    '1,234,567',
    '1.500',
    '-$1,234.50',
    'Yes',
    'Red "1"',
    'One; Two',
    '5/1/2024',
    '5/1/2024 10:05 PM',
    'Active',
    'Active',
  ])
  assert.equal(shown('new_name'), undefined)
  assert.equal(shown(table.id), undefined)
  assert.equal(shown('overriddencreatedon'), undefined)
  const names = Object.keys(body)
  for (const name of ['new_whole', 'new_colour', 'createdon']) assert.equal(names[names.indexOf(name) - 1], `${name}${FORMATTED}`)
})

test('a lookup tells the name behind it, its table and its navigation property', async () => {
  const { UserId } = await whoAmI(api)
  const body = await read(`accounts(${account})?$select=_primarycontactid_value,_ownerid_value,_createdby_value,_parentaccountid_value`, ALL)
  const told = (name: string) =>
    [`${name}${FORMATTED}`, `${name}@Microsoft.Dynamics.CRM.lookuplogicalname`, `${name}@Microsoft.Dynamics.CRM.associatednavigationproperty`].map(
      (one) => body[one],
    )
  const { fullname } = await read(`systemusers(${UserId})?$select=fullname`)
  assert.deepEqual(told('_primarycontactid_value'), ['Ada Byron', 'contact', 'primarycontactid'])
  assert.deepEqual(told('_ownerid_value'), [fullname, 'systemuser', 'ownerid'])
  assert.deepEqual(told('_createdby_value'), [fullname, 'systemuser', 'createdby'])
  assert.deepEqual(told('_parentaccountid_value'), [undefined, undefined, undefined])
})

test('annotations are given as they are asked for, and only then', async () => {
  const ask = async (list: string) =>
    Object.keys(await read(`accounts(${account})?$select=statecode,_ownerid_value`, { Prefer: `odata.include-annotations=${list}` })).filter(
      (name) => name.includes('@') && !name.startsWith('@'),
    )
  const formatted = [`_ownerid_value${FORMATTED}`, `statecode${FORMATTED}`]
  const ours = ['_ownerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty', '_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname']
  assert.deepEqual((await ask('"OData.Community.Display.V1.FormattedValue"')).sort(), formatted)
  assert.deepEqual((await ask('"Microsoft.Dynamics.CRM.*"')).sort(), ours)
  assert.deepEqual((await ask('"*"')).sort(), [...ours, ...formatted].sort())
  assert.deepEqual((await ask('*')).sort(), [...ours, ...formatted].sort())
  assert.deepEqual((await ask('"Microsoft.Dynamics.CRM.lookuplogicalname,OData.Community.*"')).sort(), [...ours.slice(1), ...formatted].sort())
  assert.deepEqual(await ask('"Some.Other"'), [])
  const plain = Object.keys(await read(`accounts(${account})?$select=statecode,_ownerid_value`))
  assert.deepEqual(
    plain.filter((name) => name.includes('@') && !name.startsWith('@')),
    [],
  )
})

test('annotations reach into expanded rows', async () => {
  const body = await read(
    `accounts(${account})?$select=name&$expand=primarycontactid($select=statecode),Account_Tasks($select=prioritycode;$orderby=prioritycode)`,
    ALL,
  )
  assert.equal(body.primarycontactid[`statecode${FORMATTED}`], 'Active')
  assert.equal(body.Account_Tasks[0][`prioritycode${FORMATTED}`], 'Low')
})

test('counts and versions of a set are told where they are asked for', async () => {
  const prefer = { Prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.*"' }
  const counted = await read('accounts?$select=name&$count=true', prefer)
  assert.equal(counted['@Microsoft.Dynamics.CRM.totalrecordcount'], 2)
  assert.equal(counted['@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded'], false)
  assert.match(counted['@Microsoft.Dynamics.CRM.globalmetadataversion'], /^\d+$/)
  assert.equal((await read('accounts?$select=name', prefer))['@Microsoft.Dynamics.CRM.totalrecordcount'], -1)
})

test('a row behind a lookup that does not meet the filter of its expand is null', async () => {
  const contact = createdId(await api.post('contacts', { firstname: 'Fil', lastname: 'Tered' }))
  const account = createdId(await api.post('accounts', { name: 'Filtering', 'primarycontactid@odata.bind': `/contacts(${contact})` }))
  const of = (filter: string) => read(`accounts(${account})?$select=name&$expand=primarycontactid($select=fullname;$filter=${filter})`)
  assert.equal((await of("lastname eq 'tered'")).primarycontactid.fullname, 'Fil Tered')
  assert.equal((await of("lastname ne 'tered' and createdby/fullname ne null")).primarycontactid, null)
})
