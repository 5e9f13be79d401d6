/** Alternate keys as definitions: what may be one, the life of its index, and what an active one guards (sync.md 1). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import {
  type Body,
  column,
  label,
  type MadeTable,
  makeCustomerLookup,
  makeKey,
  makeLookup,
  makeRows,
  makeTable,
  postKey,
  untilKeyIs,
} from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let parts: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  parts = await makeTable(api, 'new_Part', [
    column.text('new_Number', { MaxLength: 40 }),
    column.whole('new_Line'),
    column.text('new_Spare', { MaxLength: 10 }),
  ])
})
after(() => server[Symbol.asyncDispose]())

const keysOf = (table: string) => `EntityDefinitions(LogicalName='${table}')/Keys`
const jobOf = async (id: string): Promise<Answer['body']> => expectStatus(await api.get(`asyncoperations(${id})`), 200).body
const many = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => column.text(`new_${prefix}${index}`, { MaxLength: 4 }))
const namesOf = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `new_${prefix.toLowerCase()}${index}`)

test('a new key answers 204 with its URL below its table, and becomes active', async () => {
  const answer = expectStatus(await postKey(api, parts.name, 'new_PartNumber', ['new_number']), 204)
  const key = await untilKeyIs('Active', api, parts.name, 'new_PartNumber')
  assert.equal(answer.headers['odata-entityid'], `${server.api}/EntityDefinitions(${parts.metadataId})/Keys(${key.MetadataId})`)
  assert.equal(key.LogicalName, 'new_partnumber')
  assert.equal(key.SchemaName, 'new_PartNumber')
  assert.equal(key.EntityLogicalName, parts.name)
  assert.deepEqual(key.KeyAttributes, ['new_number'])
  assert.equal(key.DisplayName.UserLocalizedLabel.Label, 'new_PartNumber')
  assert.equal(key.IsManaged, false)
  assert.equal(key.IsCustomizable.Value, true)
})

test('its job is a row that says what it did and how it ended', async () => {
  const job = await jobOf((await untilKeyIs('Active', api, parts.name, 'new_PartNumber')).AsyncJob)
  assert.equal(job.name, `Create index for new_PartNumber for table ${parts.name}`)
  assert.deepEqual([job.statecode, job.statuscode], [3, 30])
  assert.equal(job.primaryentitytype, parts.name)
  const { body } = await api.get(`asyncoperations?$filter=primaryentitytype eq '${parts.name}'&$orderby=createdon desc&$top=1`)
  assert.equal(body.value[0].asyncoperationid, job.asyncoperationid)
})

test('keys are listed for a table, expanded into it, and for all tables', async () => {
  const list = expectStatus(await api.get(`${keysOf(parts.name)}?$select=LogicalName,KeyAttributes,EntityKeyIndexStatus`), 200).body
  const [key] = list.value
  assert.equal(list['@odata.context'], `${server.api}/$metadata#EntityDefinitions('${parts.name}')/Keys(LogicalName,KeyAttributes,EntityKeyIndexStatus)`)
  assert.deepEqual(key, { LogicalName: 'new_partnumber', KeyAttributes: ['new_number'], EntityKeyIndexStatus: 'Active', MetadataId: key.MetadataId })
  const expanded = expectStatus(
    await api.get(`EntityDefinitions(LogicalName='${parts.name}')?$select=LogicalName&$expand=Keys($select=KeyAttributes)`),
    200,
  ).body
  assert.deepEqual(expanded.Keys, [{ KeyAttributes: ['new_number'], MetadataId: key.MetadataId }])
  const all = expectStatus(await api.get('EntityDefinitions?$select=SchemaName&$expand=Keys($select=KeyAttributes)'), 200).body
  assert.ok(all.value.some((table: Body) => table.SchemaName === 'new_Part' && JSON.stringify(table.Keys).includes('new_number')))
  assert.equal(expectStatus(await api.get(`${keysOf(parts.name)}(${key.MetadataId})`), 200).body.LogicalName, 'new_partnumber')
  expectStatus(await api.get(`${keysOf(parts.name)}(LogicalName='nosuch')`), 404)
})

test('the least a client sends is a name and columns; these come back sorted', async () => {
  expectStatus(await api.post(keysOf(parts.name), { SchemaName: 'new_Least', KeyAttributes: ['new_spare', 'new_line', 'new_number'] }), 204)
  const key = await untilKeyIs('Active', api, parts.name, 'new_Least')
  assert.deepEqual(key.KeyAttributes, ['new_line', 'new_number', 'new_spare'])
})

test('a name, and a set of columns, are taken once', async () => {
  expectRefusal(await postKey(api, parts.name, 'new_PartNumber', ['new_line']), 400, '0x80060893')
  expectRefusal(await postKey(api, parts.name, 'new_PARTNUMBER', ['new_line']), 400, '0x80060893')
  expectRefusal(await postKey(api, parts.name, 'new_Again', ['new_number']), 400, '0x80060894')
  expectRefusal(await postKey(api, parts.name, 'new_Again', ['new_number', 'new_spare', 'new_line']), 400, '0x80060894')
})

test('a column has to exist, and to be there once', async () => {
  expectStatus(await postKey(api, parts.name, 'new_Bad', ['new_nosuch']), 404)
  for (const columns of [[], ['new_number', 'new_number']]) expectStatus(await postKey(api, parts.name, 'new_Bad', columns), 400)
  expectStatus(await api.post(keysOf('new_nosuch'), { SchemaName: 'new_Bad', KeyAttributes: ['new_number'] }), 404)
})

test('six types of column may be in a key, all others are refused', async () => {
  const table = await makeTable(api, 'new_Typed', [
    column.decimal('new_Decimal'),
    column.whole('new_Whole'),
    column.text('new_Text', { MaxLength: 40 }),
    column.datetime('new_Day', 'DateOnly'),
    column.datetime('new_At', 'UserLocal'),
    column.choice('new_Choice', { 1: 'One' }),
    column.memo('new_Memo'),
    column.boolean('new_Boolean'),
    column.money('new_Money'),
    column.double('new_Double'),
    column.bigint('new_Big'),
    column.choices('new_Choices', { 1: 'One' }),
  ])
  await makeLookup(api, { from: table.name, to: parts.name, SchemaName: 'new_PartId' })
  await makeCustomerLookup(api, table.name, 'new_CustomerId')
  for (const name of ['new_decimal', 'new_whole', 'new_text', 'new_day', 'new_at', 'new_choice', 'new_partid']) {
    await makeKey(api, table.name, `new_By_${name}`, [name])
  }
  const refused = [
    'new_memo',
    'new_boolean',
    'new_money',
    'new_double',
    'new_big',
    'new_choices',
    'new_customerid',
    table.id,
    'ownerid',
    'statecode',
    'statuscode',
  ]
  for (const name of refused) {
    const answer = expectStatus(await postKey(api, table.name, 'new_Bad', [name]), 400)
    assert.ok(answer.body.error.message.includes(name), answer.text)
  }
})

test('a column that cannot be created, updated, or either, is refused with a code of its own', async () => {
  expectRefusal(await postKey(api, 'account', 'new_Bad', ['lastusedincampaign']), 400, '0x80090110')
  expectRefusal(await postKey(api, 'account', 'new_Bad', ['importsequencenumber']), 400, '0x80090111')
  expectRefusal(await postKey(api, 'account', 'new_Bad', ['createdon']), 400, '0x80090112')
})

test('a secured column is refused', async () => {
  await makeTable(api, 'new_Secret', [column.text('new_Code', { MaxLength: 10, IsSecured: true })])
  expectStatus(await postKey(api, 'new_secret', 'new_Bad', ['new_code']), 400)
})

test('a table has ten keys at the most', async () => {
  await makeTable(api, 'new_Keyed', many(11, 'c'))
  const names = namesOf(11, 'c')
  for (const name of names.slice(0, 10)) expectStatus(await postKey(api, 'new_keyed', `new_By_${name}`, [name]), 204)
  assert.match(expectStatus(await postKey(api, 'new_keyed', 'new_Eleventh', [names[10] ?? '']), 400).body.error.code, /^0x8/)
  expectStatus(await api.delete(`${keysOf('new_keyed')}(LogicalName='new_by_new_c0')`), 204)
  expectStatus(await postKey(api, 'new_keyed', 'new_Eleventh', [names[10] ?? '']), 204)
})

test('a key has sixteen columns at the most', async () => {
  await makeTable(api, 'new_Broad', many(17, 'c'))
  expectStatus(await postKey(api, 'new_broad', 'new_Seventeen', namesOf(17, 'c')), 400)
  await makeKey(api, 'new_broad', 'new_Sixteen', namesOf(16, 'c'))
})

test('the columns of a key take 900 bytes at the most, two for each character they may hold', async () => {
  await makeTable(api, 'new_Long', [column.text('new_Fits', { MaxLength: 450 }), column.text('new_Beyond', { MaxLength: 451 }), column.whole('new_Number')])
  await makeKey(api, 'new_long', 'new_Fitting', ['new_fits'])
  expectStatus(await postKey(api, 'new_long', 'new_Bad', ['new_beyond']), 400)
  expectStatus(await postKey(api, 'new_long', 'new_Bad', ['new_fits', 'new_number']), 400)
})

test('a second row with the values of an active key is refused, whatever the case of its letters', async () => {
  await makeKey(api, parts.name, 'new_SpareKey', ['new_spare'])
  const id = createdId(await api.post(parts.set, { new_spare: 'Bolt', new_name: 'first' }))
  for (const code of ['Bolt', 'BOLT', 'bolt']) {
    expectRefusal(await api.post(parts.set, { new_spare: code }), 412, '0x80060892', /new_SpareKey.*new_Spare/)
  }
  const other = createdId(await api.post(parts.set, { new_spare: 'Bölt' }))
  expectRefusal(await api.patch(`${parts.set}(${other})`, { new_spare: 'bolt', new_name: 'changed' }), 412, '0x80060892')
  assert.equal((await api.get(`${parts.set}(${other})`)).body.new_name, null)
  expectStatus(await api.patch(`${parts.set}(${id})`, { new_spare: 'BOLT' }), 204)
  expectRefusal(await api.post(parts.set, { [parts.id]: id, new_spare: 'else' }), 412, '0x80040237')
})

test('rows with null in a key column are outside the key: there can be any number of them', async () => {
  const pairs = await makeTable(api, 'new_Pair', [column.text('new_A', { MaxLength: 10 }), column.text('new_B', { MaxLength: 10 })])
  await makeKey(api, pairs.name, 'new_AB', ['new_a', 'new_b'])
  for (const row of [{ new_a: 'x' }, { new_a: 'x' }, {}, {}, { new_a: 'x', new_b: null }, { new_a: 'x', new_b: '' }]) createdId(await api.post(pairs.set, row))
  const id = createdId(await api.post(pairs.set, { new_a: 'x', new_b: 'y' }))
  expectRefusal(await api.post(pairs.set, { new_a: 'x', new_b: 'y' }), 412, '0x80060892')
  expectStatus(await api.patch(`${pairs.set}(${id})`, { new_b: null }), 204)
  createdId(await api.post(pairs.set, { new_a: 'x', new_b: 'y' }))
  expectStatus(await api.get(`${pairs.set}(new_a='x',new_b=null)`), 400)
})

test('a key over duplicates fails; the data stays as it is, and the key has no effect', async () => {
  const table = await makeTable(api, 'new_Doubled', [column.text('new_Code', { MaxLength: 10 })])
  const [first, second] = await makeRows(api, table, [{ new_code: 'A' }, { new_code: 'a' }, { new_code: 'B' }])
  expectStatus(await postKey(api, table.name, 'new_CodeKey', ['new_code']), 204)
  const failed = await untilKeyIs('Failed', api, table.name, 'new_CodeKey')
  const job = await jobOf(failed.AsyncJob)
  assert.deepEqual([job.statecode, job.statuscode], [3, 31])
  assert.equal((await api.get(`${table.set}/$count`)).text, '\ufeff3')
  const message = new RegExp(`^The key in the request URI is not valid for resource 'Microsoft\\.Dynamics\\.CRM\\.${table.name}'\\.`)
  expectRefusal(await api.get(`${table.set}(new_code='B')`), 400, '0x80060890', message)
  createdId(await api.post(table.set, { new_code: 'B' }))

  expectStatus(await api.delete(`asyncoperations(${failed.AsyncJob})`), 204)
  const reactivate = { EntityLogicalName: table.name, EntityKeyLogicalName: 'new_codekey' }
  expectStatus(await api.post('ReactivateEntityKey', reactivate), 204)
  const again = await untilKeyIs('Failed', api, table.name, 'new_CodeKey')
  assert.notEqual(again.AsyncJob, failed.AsyncJob)

  expectStatus(await api.patch(`${table.set}(${second})`, { new_code: 'C' }), 204)
  const { body } = await api.get(`${table.set}?$filter=new_code eq 'B'&$select=${table.id}`)
  expectStatus(await api.delete(`${table.set}(${body.value[0][table.id]})`), 204)
  expectStatus(await api.post('ReactivateEntityKey', reactivate), 204)
  const active = await untilKeyIs('Active', api, table.name, 'new_CodeKey')
  assert.equal((await jobOf(active.AsyncJob)).statuscode, 30)
  assert.equal((await api.get(`${table.set}(new_code='a')`)).body[table.id], first)
  expectRefusal(await api.post('ReactivateEntityKey', reactivate), 400, '0x80060897')
})

test('only a key there is can be reactivated', async () => {
  expectStatus(await api.post('ReactivateEntityKey', { EntityLogicalName: parts.name, EntityKeyLogicalName: 'nosuch' }), 404)
  expectStatus(await api.post('ReactivateEntityKey', { EntityLogicalName: 'nosuch', EntityKeyLogicalName: 'nosuch' }), 404)
  expectStatus(await api.post('ReactivateEntityKey', {}), 400)
})

test('a deleted key guards nothing and names nothing; its name and columns are free again', async () => {
  const table = await makeTable(api, 'new_Freed', [column.text('new_Code', { MaxLength: 10 })])
  await makeKey(api, table.name, 'new_CodeKey', ['new_code'])
  createdId(await api.post(table.set, { new_code: 'A' }))
  const { MetadataId } = (await api.get(`${keysOf(table.name)}(LogicalName='new_codekey')`)).body
  expectStatus(await api.delete(`${keysOf(table.name)}(${MetadataId})`), 204)
  expectStatus(await api.get(`${keysOf(table.name)}(${MetadataId})`), 404)
  expectStatus(await api.delete(`${keysOf(table.name)}(${MetadataId})`), 404)
  expectRefusal(await api.get(`${table.set}(new_code='A')`), 400, '0x80060890')
  createdId(await api.post(table.set, { new_code: 'A' }))
  expectStatus(await postKey(api, table.name, 'new_CodeKey', ['new_code']), 204)
  await untilKeyIs('Failed', api, table.name, 'new_CodeKey')
  expectStatus(await api.delete(`${keysOf(table.name)}(LogicalName='new_codekey')`), 204)
})

test('a key that is deleted while its index is built takes its job along', async () => {
  const table = await makeTable(api, 'new_Loaded', [column.text('new_Code', { MaxLength: 10 })])
  for (let from = 0; from < 20_000; from += 5_000)
    await makeRows(
      api,
      table,
      Array.from({ length: 5_000 }, (_, index) => ({ new_code: `c${from + index}` })),
    )
  expectStatus(await postKey(api, table.name, 'new_CodeKey', ['new_code']), 204)
  const { AsyncJob, EntityKeyIndexStatus } = (await api.get(`${keysOf(table.name)}(LogicalName='new_codekey')`)).body
  assert.match(EntityKeyIndexStatus, /^(Pending|InProgress)$/)
  expectRefusal(await api.get(`${table.set}(new_code='c7')`), 400, '0x80060890')
  expectStatus(await api.delete(`${keysOf(table.name)}(LogicalName='new_codekey')`), 204)
  const job = await jobOf(AsyncJob)
  assert.deepEqual([job.statecode, job.statuscode], [3, 32])
  createdId(await api.post(table.set, { new_code: 'c7' }))
})

test('rows that are written while an index is built are in it', async () => {
  const table = await makeTable(api, 'new_Busy', [column.text('new_Code', { MaxLength: 10 })])
  await makeRows(
    api,
    table,
    Array.from({ length: 10_000 }, (_, index) => ({ new_code: `c${index}` })),
  )
  expectStatus(await postKey(api, table.name, 'new_CodeKey', ['new_code']), 204)
  const written = await Promise.all(Array.from({ length: 40 }, (_, index) => api.post(table.set, { new_code: `new${index}` })))
  await untilKeyIs('Active', api, table.name, 'new_CodeKey')
  for (const [index, answer] of written.entries()) {
    assert.equal((await api.get(`${table.set}(new_code='NEW${index}')`)).body[table.id], createdId(answer))
  }
  expectRefusal(await api.post(table.set, { new_code: 'c9999' }), 412, '0x80060892')
})

test('a duplicate that is written while an index is built makes it fail', async () => {
  const table = await makeTable(api, 'new_Clashing', [column.text('new_Code', { MaxLength: 10 })])
  const codes = Array.from({ length: 20_000 }, (_, index) => ({ new_code: `c${index}` }))
  await makeRows(api, table, codes)
  expectStatus(await postKey(api, table.name, 'new_CodeKey', ['new_code']), 204)
  createdId(await api.post(table.set, { new_code: 'C1' }))
  await untilKeyIs('Failed', api, table.name, 'new_CodeKey')
  expectRefusal(await api.get(`${table.set}(new_code='c1')`), 400, '0x80060890')
})

test('a column that a key is made of stays', async () => {
  expectStatus(await api.delete(`EntityDefinitions(LogicalName='${parts.name}')/Attributes(LogicalName='new_number')`), 400)
  expectStatus(await api.get(`${parts.set}?$select=new_number`), 200)
})

test('a key cannot be altered', async () => {
  const path = `${keysOf(parts.name)}(LogicalName='new_partnumber')`
  for (const method of ['PUT', 'PATCH']) {
    const answer = await api.send(method, path, { body: { DisplayName: label('Other'), KeyAttributes: ['new_line'] } })
    assert.ok(answer.status >= 400 && answer.status < 500, `${method}: ${answer.status}`)
  }
  assert.deepEqual((await api.get(path)).body.KeyAttributes, ['new_number'])
})

test('deleting a table deletes its keys', async () => {
  const table = await makeTable(api, 'new_Gone', [column.text('new_Code', { MaxLength: 10 })])
  await makeKey(api, table.name, 'new_CodeKey', ['new_code'])
  expectStatus(await api.delete(`EntityDefinitions(LogicalName='${table.name}')`), 204)
  expectStatus(await api.get(keysOf(table.name)), 404)
  await makeTable(api, 'new_Gone', [column.text('new_Code', { MaxLength: 10 })])
  assert.deepEqual((await api.get(keysOf(table.name))).body.value, [])
})
