/** An organization of every kind of column and row, moved from SQLite into PostgreSQL: a client finds there what it left. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { askToken, bearer } from '../support/ask-token.ts'
import { addClient, type Client, run } from '../support/command.ts'
import * as made from '../support/make-table.ts'
import { freshDatabase, runOn, type TestDatabase } from '../support/postgres/test-database.ts'
import { startServer } from '../support/start-server.ts'

const { column } = made

let data: string
let file: string
let things: made.MadeTable
let ids: readonly string[]
let contact: string
let application: Client
/** Of the file's own server, before the move. */
let token: string
/** What was asked of the file's server, and what it said. */
let said: ReadonlyMap<string, Answer>
let stamp: string
let lastVersion: number
const databases: TestDatabase[] = []

const TEXTS = ['tab\tline\nreturn\rbackslash\\ \\N \\. "quoted" \'single\' {braces},', 'Ä\u0301 ẞ Σς 😀 \u200b', ' ', 'İı', '\u0001\u007f\ufffd']
const AUDIENCE = 'http://localhost:1'
const DECIMALS = [0, 12.5, -12.5, -99999999999.9999, 99999999999.9999, -0.0001, 1, -1]
/** Not those of more than 15 digits: the engines write the same double in two ways. */
const DOUBLES = [0, -0.1, 0.00001, 940773300.62616, -100000000000, 99999999999.125]
const MONEYS = [0, -0.01, 922337203685477, -922337203685477, 1.2345]

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'tidemark-'))
  file = join(data, 'tidemark.db')
  await atFile(async (api) => {
    things = await makeThings(api)
    await addRows(api)
  })
  application = await addClient(data, 'Application')
  await atFile(
    async (_, url) => {
      token = await tokenAt(url)
    },
    ['--auth', 'local', '--public-url', AUDIENCE],
  )
  leaveWork()
  // Started again, it has read the schema as any other server will.
  await atFile(async (api) => {
    said = await askAll(api)
  })
  lastVersion = versionOf(said)
})
after(async () => {
  for (const database of databases) await database.drop()
  rmSync(data, { recursive: true, force: true })
})

async function tokenAt(server: string): Promise<string> {
  return expectStatus(await askToken(server, application, { scope: `${AUDIENCE}/.default` }), 200).body.access_token
}

/** What no server takes up: it was given up, or is due in a thousand years. */
function leaveWork(): void {
  const database = new DatabaseSync(file)
  database.exec(`insert into tidemark_outbox (job, handler, context, attempts, due) values
    ('a', 'code {}', '{"a":"\t\\"}', 3, null), ('b', 'webhook {}', '{}', 0, 33000000000000)`)
  database.close()
}

async function atFile(work: (api: Api, url: string) => Promise<void>, args: readonly string[] = []): Promise<void> {
  await using server = await startServer({ data, database: `sqlite:${file}`, args })
  await work(apiOf(server.api), server.url)
  await server.stop()
}

async function makeThings(api: Api): Promise<made.MadeTable> {
  const options = { 1: 'One', 2: 'Two', 9: 'Nine' }
  const columns = [
    column.text('new_Code', { MaxLength: 100 }),
    column.text('new_Text', { MaxLength: 4000 }),
    column.memo('new_Memo', { MaxLength: 10_000 }),
    column.whole('new_Whole'),
    column.bigint('new_Big'),
    column.decimal('new_Decimal', { MinValue: -100000000000, MaxValue: 100000000000, Precision: 4 }),
    column.double('new_Double', { MinValue: -100000000000, MaxValue: 100000000000, Precision: 5 }),
    column.money('new_Money', { Precision: 4, PrecisionSource: 0 }),
    column.boolean('new_Boolean'),
    column.datetime('new_At', 'UserLocal'),
    column.datetime('new_Day', 'DateOnly'),
    column.choice('new_Choice', options),
    column.choices('new_Choices', options),
  ]
  const table = await made.makeTable(api, 'new_Thing', columns, { ChangeTrackingEnabled: true })
  await made.makeCustomerLookup(api, table.name, 'new_Customer')
  await made.makeLookup(api, { from: table.name, to: table.name, SchemaName: 'new_Parent' })
  await made.makeManyToMany(api, table.name, 'contact', 'new_Thing_Contact')
  stamp = expectStatus(await api.get('RetrieveMetadataChanges'), 200).body.ServerVersionStamp
  await made.makeKey(api, table.name, 'new_ByCode', ['new_code'])
  await made.makeKey(api, table.name, 'new_ByChoiceAndDay', ['new_choice', 'new_day', 'new_decimal'])
  return table
}

async function addRows(api: Api): Promise<void> {
  contact = createdId(await api.post('contacts', { firstname: 'Ada', lastname: 'Ünal' }))
  const account = createdId(await api.post('accounts', { name: 'Acme', revenue: 12.5, 'primarycontactid@odata.bind': `/contacts(${contact})` }))
  const at = <T>(of: readonly T[], index: number) => of[index % of.length]
  const rows = Array.from({ length: 60 }, (_, index) => ({
    new_name: `Thing ${index}`,
    new_code: index === 7 ? null : `Cöde ${index}`,
    new_text: at(TEXTS, index),
    new_memo: index % 3 === 0 ? null : at(TEXTS, index + 1)?.repeat(20),
    new_big: at(['9223372036854775807', -1, null], index),
    new_whole: at([0, -2147483648, 2147483647, null], index),
    new_decimal: at(DECIMALS, index),
    new_double: at(DOUBLES, index),
    new_money: at(MONEYS, index),
    new_boolean: at([true, false, null], index),
    new_at: at(['2024-02-29T23:59:59Z', '1900-01-01T00:00:00Z', null], index),
    new_day: `2024-0${Math.trunc(index / 28) + 1}-${String((index % 28) + 1).padStart(2, '0')}`,
    new_choice: at([1, 2, 9, null], index),
    new_choices: at(['1,9', '2', null], index),
    ...(index % 2 === 0 ? { 'new_Customer_contact@odata.bind': `/contacts(${contact})` } : { 'new_Customer_account@odata.bind': `/accounts(${account})` }),
  }))
  ids = await made.makeRows(api, things, rows)
  for (const [index, id] of ids.entries()) {
    // To a later row as well: what points at it is moved before it.
    if (index % 5 === 0) expectStatus(await api.patch(`${things.set}(${id})`, { 'new_Parent@odata.bind': `/${things.set}(${ids[(index + 1) % 60]})` }), 204)
    if (index % 4 === 0) expectStatus(await api.post(`contacts(${contact})/new_Thing_Contact/$ref`, { '@odata.id': `${api.root}/${things.set}(${id})` }), 204)
  }
  for (const id of ids.slice(50, 53)) expectStatus(await api.delete(`${things.set}(${id})`), 204)
}

/** Every set, in pages; the metadata; rows by their keys. */
async function askAll(api: Api): Promise<ReadonlyMap<string, Answer>> {
  const sets = expectStatus(await api.get(''), 200).body.value.map((set: { readonly url: string }) => set.url)
  assert.ok(sets.length > 30)
  const paths = [
    '$metadata',
    'EntityDefinitions?$expand=Attributes,Keys',
    'RelationshipDefinitions',
    'RetrieveTotalRecordCount(EntityNames=["account","contact","new_thing"])',
    ...sets.filter((set: string) => !set.startsWith('Entity') && !set.endsWith('Definitions')),
    ...['CÖDE 3', 'Cöde 59', 'Cöde 51', 'none'].map((code) => `${things.set}(new_code='${encodeURIComponent(code)}')`),
    `${things.set}(new_choice=2,new_day=2024-01-02,new_decimal=12.5)`,
    `${things.set}?$orderby=new_decimal desc,new_text&$select=new_decimal,new_text&$count=true`,
    `${things.set}?$orderby=new_double,new_name desc&$filter=new_money gt 0 and contains(new_text,'ä')`,
    `${things.set}?$filter=new_decimal eq -12.5&$expand=new_Parent($select=new_name),new_Customer_contact($select=fullname)`,
    `contacts(${contact})/new_Thing_Contact?$select=new_name`,
    `accounts?$filter=contains(name,'CM')&$expand=primarycontactid`,
  ]
  const answers = new Map<string, Answer>()
  for (const path of paths) answers.set(path, await api.get(path, { Prefer: 'odata.include-annotations="*"' }))
  return answers
}

/** The highest of all rows. */
function versionOf(answers: ReadonlyMap<string, Answer>): number {
  return Math.max(...[...answers.values()].flatMap(({ text }) => [...text.matchAll(/W\/\\"(\d+)\\"/g)].map((match) => Number(match[1]))))
}

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await freshDatabase()
  databases.push(database)
  return database
}
const move = (database: TestDatabase) => run('move', '--from', `sqlite:${data}`, '--to', database.url)

// Deleted: three rows, and with one of them a pair.
test('what a client reads is the same, versions go on above those of the file, and references hold', async () => {
  const database = await emptyDatabase()
  const moved = await move(database)
  assert.equal(moved.code, 0, moved.problem)
  assert.match(moved.out, /^Moved [\d,]+ rows of \d+ tables and 4 deletions in/m)
  await using server = await startServer({ data, database: database.url })
  const api = apiOf(server.api)
  const found = await askAll(api)
  assert.deepEqual([...found.keys()], [...said.keys()])
  for (const [path, before] of said) {
    const now = found.get(path)
    assert.equal(now?.status, before.status, path)
    assertSame(now?.text ?? '', before.text.replaceAll(apiRootOf(before), api.root), path)
  }
  assert.equal(said.get(`${things.set}(new_code='${encodeURIComponent('CÖDE 3')}')`)?.status, 200)

  const changed = await api.patch(`${things.set}(${ids[0]})`, { new_whole: 5 }, { Prefer: 'return=representation' })
  assert.ok(Number(/\d+/.exec(expectStatus(changed, 200).body['@odata.etag'])?.[0]) > lastVersion)
  assert.equal((await api.post(things.set, { new_code: 'CÖDE 4' })).status, 412, 'the key holds')
  const broken = runOn(database.url, `update new_thing set new_parent = 'nobody' where new_thingid = '${ids[1]}'`)
  await assert.rejects(broken, /foreign key/)
})

test('applications keep their secrets, tokens of the server their worth, and work that is left stays', async () => {
  const [database] = databases
  assert.ok(database)
  const { rows } = await runOn(database.url, 'select * from tidemark_outbox order by job')
  assert.deepEqual(rows, [
    { job: 'a', handler: 'code {}', context: '{"a":"\t\\"}', attempts: '3', due: null },
    { job: 'b', handler: 'webhook {}', context: '{}', attempts: '0', due: '33000000000000' },
  ])
  await using server = await startServer({ data, database: database.url, args: ['--auth', 'local', '--public-url', AUDIENCE] })
  const api = apiOf(server.api)
  for (const good of [token, await tokenAt(server.url)]) {
    assert.equal(expectStatus(await api.get('WhoAmI', bearer(good)), 200).body.UserId, application.userId)
  }
})

test('a stamp of the schema is good after the move', async () => {
  const [database] = databases
  assert.ok(database)
  await using server = await startServer({ data, database: database.url })
  const filters = "Microsoft.Dynamics.CRM.DeletedMetadataFilters'All'"
  const query = `RetrieveMetadataChanges(Query=@p1,DeletedMetadataFilters=@p2,ClientVersionStamp=@p3)?@p1={}&@p2=${filters}&@p3='${encodeURIComponent(stamp)}'`
  const { EntityMetadata } = expectStatus(await apiOf(server.api).get(query), 200).body
  assert.deepEqual(
    EntityMetadata.map((table: { readonly LogicalName: string }) => table.LogicalName),
    [things.name],
  )
})

test('a file that a server holds, a target in use, and what is no database are refused', async () => {
  const database = await emptyDatabase()
  const refused = async (pattern: RegExp, from: string, to: string) => {
    const { code, problem } = await run('move', '--from', from, '--to', to)
    assert.equal(code, 1)
    assert.match(problem, pattern)
  }
  const [used] = databases
  await refused(/holds an organization already: it was moved from/, `sqlite:${data}`, used?.url ?? '')
  await refused(/there is no file or folder/, `sqlite:${data}/none.db`, database.url)
  await refused(/is no database of Tidemark's/, `sqlite:${file}.lock`, database.url)
  await refused(/moving from PostgreSQL is not built/, database.url, `sqlite:${data}`)
  await refused(/--to is postgres:/, `sqlite:${data}`, 'sqlite:other')
  await refused(/cannot be reached/, `sqlite:${data}`, 'postgres://127.0.0.1:1/none')
  {
    await using _ = await startServer({ data, database: `sqlite:${file}` })
    await refused(/in use by another running server/, `sqlite:${data}`, database.url)
  }
  {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
    await using _ = await startServer({ data: folder, database: database.url })
    await refused(/holds an organization already: move into an empty one/, `sqlite:${data}`, database.url)
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a database with half a move is refused by servers, until the move is begun again', async () => {
  const database = await emptyDatabase()
  // In the way of the last table but one.
  await runOn(database.url, 'create table new_thing_contact (a text)')
  const broken = await move(database)
  assert.equal(broken.code, 1)
  assert.match(broken.problem, /new_thing_contact.*already exists/)
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
  await assert.rejects(startServer({ data: folder, database: database.url }), /is being moved into this database from .*, or the move was broken off/)
  await assert.rejects(runOn(database.url, 'select * from account'), /does not exist/)
  await runOn(database.url, 'drop table new_thing_contact')
  const moved = await move(database)
  assert.equal(moved.code, 0, moved.problem)
  await using server = await startServer({ data: folder, database: database.url })
  assert.equal(expectStatus(await apiOf(server.api).get(`${things.set}/$count`), 200).text.slice(1), '57')
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Of the server that gave the answer. */
function apiRootOf({ text }: Answer): string {
  return /http:\/\/127\.0\.0\.1:\d+\/api\/data\/v9\.2/.exec(text)?.[0] ?? 'no root'
}

/** Says where they part. */
function assertSame(now: string, then: string, path: string): void {
  if (now === then) return
  const index = then.split('').findIndex((character, at) => character !== now[at])
  assert.equal(now.slice(Math.max(0, index - 200), index + 200), then.slice(Math.max(0, index - 200), index + 200), path)
  assert.equal(now.length, then.length, path)
}
