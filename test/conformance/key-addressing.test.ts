/** Naming a row by an alternate key, wherever a row is named: spelling, matching, errors (sync.md 2). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeUser } from '../support/make-people.ts'
import { column, type MadeTable, makeKey, makeLookup, makeManyToMany, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let sites: MadeTable
let parts: MadeTable
let site: string
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  sites = await makeTable(api, 'new_Site', [column.text('new_Code', { MaxLength: 40 })])
  parts = await makeTable(api, 'new_Part', [
    column.text('new_Number', { MaxLength: 60 }),
    column.text('new_Batch', { MaxLength: 20 }),
    column.whole('new_Line'),
    column.decimal('new_Rate', { Precision: 2 }),
    column.datetime('new_Day', 'DateOnly'),
    column.datetime('new_At', 'UserLocal'),
    column.choice('new_Colour', { 1: 'Red', 2: 'Green' }),
  ])
  await makeLookup(api, { from: parts.name, to: sites.name, SchemaName: 'new_SiteId' })
  await makeManyToMany(api, parts.name, sites.name, 'new_part_site')
  const keys = { new_Code: [sites.name, ['new_code']] }
  const ofParts = [['new_number'], ['new_line'], ['new_rate'], ['new_day'], ['new_at'], ['new_batch', 'new_colour'], ['new_batch', 'new_siteid']]
  for (const [name, [table, columns]] of Object.entries(keys)) await makeKey(api, String(table), name, columns as string[])
  for (const columns of ofParts) await makeKey(api, parts.name, `new_By_${columns.join('_')}`, columns)
  site = createdId(await api.post(sites.set, { new_code: 'NW', new_name: 'North West' }))
})
after(() => server[Symbol.asyncDispose]())

const at = (predicate: string) => `${parts.set}(${predicate})`
const makePart = async (body: object): Promise<string> => createdId(await api.post(parts.set, body))
const idAt = async (predicate: string): Promise<string> => expectStatus(await api.get(`${at(predicate)}?$select=${parts.id}`), 200).body[parts.id]
const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body

test('the columns of a key name a row, in any order and with blanks between', async () => {
  const id = await makePart({ new_batch: 'b1', new_colour: 2 })
  for (const predicate of [
    "new_batch='b1',new_colour=2",
    "new_colour=2,new_batch='b1'",
    "new_colour=2,%20new_batch='b1'",
    'new_batch=%27b1%27%2Cnew_colour=2',
  ]) {
    assert.equal(await idAt(predicate), id, predicate)
  }
})

test('only the whole set of one key names a row', async () => {
  const id = await makePart({ new_number: 'whole', new_batch: 'b2', new_colour: 1, new_line: 2 })
  const predicates = [
    "new_batch='b2'",
    'new_colour=1',
    "new_batch='b2',new_colour=1,new_line=2",
    "new_number='whole',new_line=2",
    `${parts.id}=${id},new_number='whole'`,
    "new_name='x'",
    "new_nosuch='x'",
    "new_by_new_number='whole'",
    "New_Number='whole'",
    `new_batch='b2',new_siteid=${site}`,
  ]
  const message =
    `The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.${parts.name}'. Ensure that the names and number of key properties ` +
    `match the declared or alternate key properties for the resource 'Microsoft.Dynamics.CRM.${parts.name}'.`
  for (const predicate of predicates) {
    for (const answer of [await api.get(at(predicate)), await api.patch(at(predicate), {}), await api.delete(at(predicate))]) {
      expectRefusal(answer, 400, '0x80060890', message)
    }
  }
})

test('a key that no row has is 404 with the code of keys', async () => {
  const message = `A record with the specified key values does not exist in ${parts.name} entity`
  expectRefusal(await api.get(at("new_number='nobody'")), 404, '0x80060891', message)
  expectRefusal(await api.delete(at("new_number='nobody'")), 404, '0x80060891', message)
  expectRefusal(await api.patch(at("new_number='nobody'"), {}, { 'If-Match': '*' }), 404, '0x80060891', message)
  expectRefusal(await api.get(`${parts.set}(6f0c2b1e-0000-4000-8000-0000000000aa)`), 404, '0x80040217')
})

test('letters match whatever their case, and only with their accents', async () => {
  const id = await makePart({ new_number: 'Straße-Ärger' })
  for (const text of ['Straße-Ärger', 'STRAße-ÄRGER', 'straße-ärger', 'stra\u00dfe-a\u0308rger']) {
    assert.equal(await idAt(`new_number='${encodeURIComponent(text)}'`), id, text)
  }
  // A sigma is written in two ways in lower case, and in one in capitals.
  const odysseus = await makePart({ new_number: 'ΟΔΥΣΣΕΥΣ' })
  for (const text of ['Οδυσσευς', 'οδυσσευσ']) assert.equal(await idAt(`new_number='${encodeURIComponent(text)}'`), odysseus, text)
  for (const text of ['Strasse-Ärger', 'Straße-Arger']) expectStatus(await api.get(at(`new_number='${encodeURIComponent(text)}'`)), 404)
})

test('every character that is percent-encoded is part of the value', async () => {
  const texts = [
    '/',
    '\\',
    '#',
    '+',
    '%',
    '&',
    ':',
    '?',
    '<',
    '>',
    '*',
    ' ',
    '=',
    ',',
    '(',
    ')',
    ';',
    '@',
    '$',
    '"',
    "'",
    '[]',
    '{}',
    '|',
    '^',
    '`',
    '~',
    'é',
    '部品',
    '😀',
    '..',
    '%2F',
  ]
  for (const [index, text] of texts.entries()) {
    const value = `${index}${text}x`
    const predicate = `new_number='${encodeURIComponent(value.replaceAll("'", "''"))}'`
    assert.equal(expectStatus(await api.patch(at(predicate), { new_name: value }, { Prefer: 'return=representation' }), 201).body.new_number, value)
    assert.equal((await rowOf(at(predicate))).new_name, value, text)
    expectStatus(await api.patch(at(predicate), { new_name: 'changed' }, { 'If-Match': '*' }), 204)
    assert.equal((await rowOf(`${at(predicate)}/new_name`)).value, 'changed', text)
    expectStatus(await api.delete(at(predicate)), 204)
    expectStatus(await api.get(at(predicate)), 404)
  }
})

test('a plus in the path is a plus', async () => {
  await makePart({ new_number: 'a+b' })
  assert.equal((await rowOf(at("new_number='a+b'"))).new_number, 'a+b')
})

test('a quote is doubled inside quotes', async () => {
  const id = await makePart({ new_number: "O'Neil & Co" })
  assert.equal(await idAt("new_number='O''Neil%20%26%20Co'"), id)
  expectStatus(await api.get(at("new_number='O'Neil'")), 400)
})

test('quotes decide the type: a quoted number is no number, a quoted guid is text', async () => {
  const guid = '12345678-1234-4234-8234-123456789012'
  const [line, text] = [await makePart({ new_line: 25 }), await makePart({ new_number: guid })]
  assert.equal(await idAt('new_line=25'), line)
  assert.equal(await idAt(`new_number='${guid}'`), text)
  expectRefusal(await api.get(at("new_line='25'")), 400, '0x8006088a', /new_line/)
  expectRefusal(await api.get(at(`new_number=${guid}`)), 400, '0x8006088a', /new_number/)
  for (const predicate of [
    'new_number=25',
    'new_line=2.5',
    'new_line=x',
    'new_line=99999999999',
    'new_line=null',
    "new_number=''",
    'new_number=null',
    'new_line=',
  ]) {
    expectStatus(await api.get(at(predicate)), 400)
  }
})

test('decimals, days and moments are written as literals of their own', async () => {
  const id = await makePart({ new_rate: 1.25, new_day: '2024-05-01', new_at: '2024-05-01T10:00:00Z' })
  const predicates = [
    'new_rate=1.25',
    'new_rate=1.250',
    'new_day=2024-05-01',
    'new_at=2024-05-01T10:00:00Z',
    'new_at=2024-05-01T10%3A00%3A00Z',
    'new_at=2024-05-01T12:00:00%2B02:00',
  ]
  for (const predicate of predicates) assert.equal(await idAt(predicate), id, predicate)
  expectStatus(await api.patch(at('new_rate=2.50'), { new_name: 'made' }), 204)
  assert.equal((await rowOf(at('new_rate=2.5'))).new_name, 'made')
  expectStatus(await api.get(at('new_rate=3')), 404)
})

test('a lookup in a key is written by its value property, and stored as a reference', async () => {
  const predicate = `_new_siteid_value=${site},new_batch='L'`
  const { body } = expectStatus(await api.patch(at(predicate), { new_name: 'here' }, { Prefer: 'return=representation' }), 201)
  assert.deepEqual([body._new_siteid_value, body.new_batch], [site, 'L'])
  assert.equal(await idAt(`new_batch='l',_new_siteid_value=${site.toUpperCase()}`), body[parts.id])
  expectRefusal(await api.patch(at("_new_siteid_value=6f0c2b1e-0000-4000-8000-0000000000aa,new_batch='L'"), {}), 404, '0x80040217')
  const duplicate = { new_batch: 'L', 'new_SiteId@odata.bind': `/${sites.set}(new_code='NW')` }
  expectRefusal(await api.post(parts.set, duplicate), 412, '0x80060892')
})

test('an alias carries a value behind the question mark', async () => {
  const id = await makePart({ new_number: 'A/B+C', new_batch: 'alias', new_colour: 1 })
  assert.equal((await rowOf(`${at('new_number=@k')}?@k='A%2FB%2BC'`))[parts.id], id)
  assert.equal((await rowOf(`${at('new_number=@k')}?$select=new_number&@k='a/b%2bc'`)).new_number, 'A/B+C')
  assert.equal((await rowOf(`${at('new_batch=@b,new_colour=@c')}?@c=1&@b='alias'`))[parts.id], id)
  assert.equal((await rowOf(`${parts.set}(@id)?@id=${id}`))[parts.id], id)
  expectStatus(await api.patch(`${at('new_number=@k')}?@k='A%2FB%2BC'`, { new_name: 'by alias' }, { 'If-Match': '*' }), 204)
  assert.equal((await rowOf(at("new_number='A%2FB%2BC'"))).new_name, 'by alias')
  expectStatus(await api.get(at('new_number=@k')), 400)
  expectStatus(await api.get(`${at('new_number=@k')}?@k=A`), 400)
})

test('a row is named by its key wherever a row is named in a URL', async () => {
  const id = await makePart({ new_number: 'every', new_name: 'Bolt' })
  const path = at("new_number='every'")
  assert.equal((await rowOf(`${path}/new_name`)).value, 'Bolt')
  await makePart({ new_number: 'a(b)c', new_name: 'Round' })
  const property = await rowOf(`${at("new_number='a(b)c'")}/new_name`)
  assert.deepEqual(property, { '@odata.context': `${server.api}/$metadata#${at("new_number='a(b)c'")}/new_name`, value: 'Round' })
  assert.equal((await api.get(`${path}/new_name/$value`)).text, 'Bolt')
  expectStatus(await api.put(`${path}/new_name`, { value: 'Nut' }), 204)
  expectStatus(await api.put(`${path}/new_SiteId/$ref`, { '@odata.id': `${sites.set}(new_code='NW')` }), 204)
  assert.equal((await rowOf(`${path}/new_SiteId?$select=new_code`)).new_code, 'NW')
  assert.equal((await rowOf(`${path}/new_SiteId/$ref`))['@odata.id'], `${server.api}/${sites.set}(${site})`)
  expectStatus(await api.post(`${path}/new_part_site/$ref`, { '@odata.id': `${server.api}/${sites.set}(new_code='nw')` }), 204)
  assert.equal((await rowOf(`${path}/new_part_site`)).value[0].new_code, 'NW')
  assert.equal((await rowOf(`${sites.set}(new_code='NW')/new_part_site?$select=new_name`)).value[0].new_name, 'Nut')
  assert.equal((await api.get(`${sites.set}(new_code='NW')/new_part_site/$count`)).text, '\ufeff1')
  expectStatus(await api.delete(`${path}/new_part_site/$ref?$id=${server.api}/${sites.set}(new_code='NW')`), 204)
  assert.deepEqual((await rowOf(`${path}/new_part_site`)).value, [])
  expectStatus(await api.delete(`${path}/new_SiteId/$ref`), 204)
  expectStatus(await api.delete(`${path}/new_name`), 204)
  const row = await rowOf(path)
  assert.deepEqual([row[parts.id], row.new_name, row._new_siteid_value], [id, null, null])
})

test('and in a body', async () => {
  const path = at("new_number='bodies'")
  for (const url of [
    `/${sites.set}(new_code='NW')`,
    `${sites.set}(new_code='nw')`,
    `${server.api}/${sites.set}(new_code='NW')`,
    `/${sites.set}(new_code='%4EW')`,
  ]) {
    expectStatus(await api.patch(path, { 'new_SiteId@odata.bind': url }), 204)
    assert.equal((await rowOf(path))._new_siteid_value, site, url)
    expectStatus(await api.patch(path, { 'new_SiteId@odata.bind': null }), 204)
  }
  expectRefusal(await api.patch(path, { 'new_SiteId@odata.bind': `/${sites.set}(new_code='none')`, new_name: 'x' }), 404, '0x80060891')
  expectRefusal(await api.patch(path, { 'new_SiteId@odata.bind': `/${sites.set}(new_name='NW')` }), 400, '0x80060890')
  assert.equal((await rowOf(path)).new_name, null)
})

test('a key only finds the row: what is stored is its id, which stays when the key changes', async () => {
  const moving = createdId(await api.post(sites.set, { new_code: 'OLD' }))
  const part = await makePart({ 'new_SiteId@odata.bind': `/${sites.set}(new_code='OLD')` })
  expectStatus(await api.patch(`${sites.set}(${moving})`, { new_code: 'NEW' }), 204)
  assert.equal((await rowOf(`${parts.set}(${part})`))._new_siteid_value, moving)
  expectStatus(await api.get(`${sites.set}(new_code='OLD')`), 404)
  expectStatus(await api.get(`${sites.set}(new_code='NEW')`), 200)
})

test('standard tables take keys as well, users among them', async () => {
  await makeKey(api, 'account', 'new_AccountNumber', ['accountnumber'])
  await makeKey(api, 'systemuser', 'new_Email', ['internalemailaddress'])
  const user = await makeUser(api, 'Uma')
  const key = "systemusers(internalemailaddress='uma%40tidemark.example')"
  assert.equal((await rowOf(key)).systemuserid, user)
  expectStatus(await api.patch("accounts(accountnumber='A-1')", { 'ownerid@odata.bind': `/${key}` }), 204)
  assert.equal((await rowOf("accounts(accountnumber='A-1')"))._ownerid_value, user)
  expectStatus(await api.post("accounts(accountnumber='A-1')/Account_Tasks", { subject: 'Call' }), 204)
  assert.equal((await rowOf("accounts(accountnumber='A-1')/Account_Tasks?$select=subject")).value[0].subject, 'Call')
})
