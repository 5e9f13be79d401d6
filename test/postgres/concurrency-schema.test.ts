/**
 * Edits of the schema at one server while the other serves: seen by the next request there, and by no write half. Keys are built beside all other
 * work; a build that ends badly, whoever ended it, leaves no index behind.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import { type Answer, type Api, apiOf, expectStatus } from '../support/api.ts'
import { bounded } from '../support/how-long.ts'
import { column, type MadeTable, makeKey, makeRows, makeTable, postKey, untilKeyIs } from '../support/make-table.ts'
import { connect, type TestClient } from '../support/postgres/test-database.ts'
import { expectAll, startTwo, type TwoServers } from '../support/postgres/two-servers.ts'
import { startServer } from '../support/start-server.ts'

const ROUNDS = bounded(3, 30)
const LAST_MS = 15_000

let both: TwoServers
let client: TestClient
let table: MadeTable
let tables = 0
before(async () => {
  both = await startTwo()
  client = await connect(both.database)
})
after(async () => {
  await client.end()
  await both[Symbol.asyncDispose]()
})
beforeEach(async () => {
  table = await makeTable(both.one, `new_T${++tables}`, [column.text('new_Code', { MaxLength: 20 }), column.whole('new_Number')])
})

const definition = (name: string) => `EntityDefinitions(LogicalName='${name}')`
const keyPath = () => `${definition(table.name)}/Keys(LogicalName='new_codekey')`

test('a column that is made at one server is written at the other by the very next request, and is gone there as soon', async () => {
  const { one, two } = both
  for (let round = 0; round < ROUNDS; round++) {
    const name = `new_extra${round}`
    expectStatus(await one.post(`${definition(table.name)}/Attributes`, column.text(`new_Extra${round}`, { MaxLength: 20 })), 204)
    expectStatus(await two.post(table.set, { [name]: 'written' }), 204)
    assert.equal(expectStatus(await two.get(`${table.set}?$filter=${name} eq 'written'`), 200).body.value.length, 1)
    expectStatus(await two.delete(`${definition(table.name)}/Attributes(LogicalName='${name}')`), 204)
    expectStatus(await one.post(table.set, { [name]: 'again' }), 400)
    expectStatus(await one.get(`${table.set}?$select=${name}`), 400)
  }
})

test('a table that is made at one server is there at the other, and gone as soon', async () => {
  const { one, two } = both
  for (let round = 0; round < ROUNDS; round++) {
    const made = await makeTable(one, `new_Brief${round}`)
    expectStatus(await two.post(made.set, { new_name: 'there' }), 204)
    expectStatus(await one.delete(definition(made.name)), 204)
    expectStatus(await two.get(made.set), 404)
  }
})

test('writers go on at both servers while columns come and go, and none fails', async () => {
  const written = await beside([both.one, both.two], async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const api = round % 2 === 0 ? both.one : both.two
      expectStatus(await api.post(`${definition(table.name)}/Attributes`, column.whole(`new_Odd${round}`)), 204)
      expectStatus(await api.delete(`${definition(table.name)}/Attributes(LogicalName='new_odd${round}')`), 204)
    }
  })
  expectAll(written, 204)
})

test('a key that is made at one server finds rows at the other, and keeps doubles out', async () => {
  await makeKey(both.one, table.name, 'new_CodeKey', ['new_code'])
  expectStatus(await both.two.patch(`${table.set}(new_code='K')`, { new_number: 1 }), 204)
  assert.equal(expectStatus(await both.one.get(`${table.set}(new_code='k')`), 200).body.new_number, 1)
  expectStatus(await both.two.post(table.set, { new_code: 'K' }), 412)
})

test('a key is built while writers go on at both servers', async () => {
  await fill()
  const written = await beside([both.one, both.two], async () => {
    await using reader = await openReader()
    expectStatus(await postKey(both.two, table.name, 'new_CodeKey', ['new_code']), 204)
    await untilBuilding()
    await wait(300)
    await reader.query('commit')
    await untilKeyIs('Active', both.one, table.name, 'new_CodeKey')
  })
  expectAll(written, 204)
  assert.deepEqual(await indexes(), [true])
  expectStatus(await both.two.get(`${table.set}(new_code='R-7')`), 200)
})

test('rows that are alike fail the key, and no index is left', async () => {
  await fill()
  await makeRows(both.two, table, [{ new_code: 'double' }, { new_code: 'DOUBLE' }])
  expectStatus(await postKey(both.two, table.name, 'new_CodeKey', ['new_code']), 204)
  await untilKeyIs('Failed', both.two, table.name, 'new_CodeKey')
  assert.deepEqual(await indexes(), [])
})

test('a key that is deleted while it is built is gone, and so is what was built', async () => {
  await fill()
  {
    await using _reader = await openReader()
    expectStatus(await postKey(both.one, table.name, 'new_CodeKey', ['new_code']), 204)
    await untilBuilding()
    expectStatus(await both.two.delete(keyPath()), 204)
    expectStatus(await both.one.get(keyPath()), 404)
    expectStatus(await both.two.post(table.set, { new_code: 'R-7' }), 204)
  }
  await until(async () => (await indexes()).length === 0 && !(await isBuilding()), 'the index goes')
  await makeRows(both.one, table, [{ new_code: 'S-1' }])
  expectStatus(await both.two.get(`${table.set}(new_code='R-7')`), 400)
})

test('a key whose builder is killed is built by the next who leads', async () => {
  await using mine = await startTwo()
  const [first, second] = mine.servers
  await using own = await connect(mine.database)
  table = await makeTable(mine.one, 'new_Killed', [column.text('new_Code', { MaxLength: 20 })])
  await fill(mine.one)
  {
    await using _reader = await openReader(mine.database)
    expectStatus(await postKey(mine.one, table.name, 'new_CodeKey', ['new_code']), 204)
    await untilBuilding(own)
    await first.stop('SIGKILL')
    expectStatus(await mine.two.post(table.set, { new_code: 'while' }), 204)
    // Until another leads.
    await wait(2000)
  }
  await untilKeyIs('Active', mine.two, table.name, 'new_CodeKey')
  assert.deepEqual(await indexes(own), [true])
  expectStatus(await mine.two.get(`${table.set}(new_code='while')`), 200)
  await second.stop('SIGKILL')
  await using third = await startServer({ database: mine.database })
  expectStatus(await apiOf(third.api).get(`${table.set}(new_code='while')`), 200)
})

function fill(api: Api = both.one) {
  return makeRows(
    api,
    table,
    Array.from({ length: 500 }, (_, index) => ({ new_code: `R-${index}` })),
  )
}

/** What writers at these servers were answered while `work` was done. */
async function beside(apis: readonly Api[], work: () => Promise<void>): Promise<readonly Answer[]> {
  let isOver = false
  const write = async (api: Api, name: string): Promise<Answer[]> => {
    const answers: Answer[] = []
    for (let count = 0; !isOver; count++) answers.push(await api.post(table.set, { new_code: `${name}-${count}`, new_number: count }))
    return answers
  }
  const writing = apis.flatMap((api, index) => [write(api, `W${index}`), write(api, `V${index}`)])
  await work().finally(() => (isOver = true))
  const answers = (await Promise.all(writing)).flat()
  assert.ok(answers.length > 10, `only ${answers.length} writes`)
  return answers
}

/** Holds a snapshot, for which every build waits at its end. */
async function openReader(url = both.database): Promise<TestClient> {
  const reader = await connect(url)
  await reader.query('begin isolation level repeatable read')
  await reader.query('select 1 from tidemark_state')
  return reader
}

async function isBuilding(asked: Client = client): Promise<boolean> {
  return (await asked.query(`select 1 from pg_stat_progress_create_index where relid = to_regclass('${table.name}')`)).rowCount === 1
}

function untilBuilding(asked: Client = client): Promise<void> {
  return until(() => isBuilding(asked), 'the build begins')
}

/** Of the key: whether each is valid. */
async function indexes(asked: Client = client): Promise<readonly boolean[]> {
  const { rows } = await asked.query(
    `select i.indisvalid as valid from pg_index as i join pg_class as c on c.oid = i.indexrelid where i.indrelid = to_regclass('${table.name}') and c.relname like '%$key$%'`,
  )
  return rows.map((row) => row.valid)
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (const last = Date.now() + LAST_MS; !(await isSo()); await wait(20)) assert.ok(Date.now() < last, what)
}
