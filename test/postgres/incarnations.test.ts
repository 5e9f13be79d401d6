/**
 * C6: which database a token is good in. A base backup that is started as a cluster of its own takes links from before it was made, and refuses those
 * from after, also when it has gone its own way; a dump refuses all; versions never go back.
 */
import assert from 'node:assert/strict'
import { chmodSync, cpSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { openReader, readChanges, readTable } from '../support/delta-reader.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { linkAt } from '../support/ledger-race.ts'
import { makeLedgerTable, SET } from '../support/ledger-writer.ts'
import { startCluster } from '../support/postgres/cluster.ts'
import { connect, freshDatabase, runOn } from '../support/postgres/test-database.ts'
import { startServer } from '../support/start-server.ts'

const make = (api: Api, code: string) => api.post(SET, { new_code: code }).then(createdId)
const refuses = async (api: Api, link: string) => expectRefusal(await api.get(linkAt(api, link)), 410, '0x80044352')

function copyData(from: string, to: string): void {
  cpSync(from, to, { recursive: true })
  chmodSync(to, 0o700)
}

test('A base backup takes links from before it, and refuses those from after it, also once it has gone its own way', async () => {
  await using cluster = await startCluster({ durable: true })
  await using server = await startServer({ database: cluster.url })
  const api = apiOf(server.api)
  await makeLedgerTable(api)
  await make(api, 'one')
  const old = (await openReader(api)).link
  const two = await make(api, 'two')
  await cluster.stop()
  await using backup = await startCluster({ settings: cluster.settings, fill: async (data) => copyData(cluster.data, data) })
  await cluster.restart()
  // Of a server that goes on: nothing but the database's own past tells them apart.
  assert.equal((await readChanges(api, old)).rows.length, 1)
  await make(api, 'three')
  const newer = (await openReader(api)).link

  await using restored = await startServer({ database: backup.url })
  const other = apiOf(restored.api)
  assert.deepEqual(
    (await readChanges(other, linkAt(other, old))).rows.map(({ id }) => id),
    [two],
  )
  await refuses(other, newer)
  for (let number = 0; number < 10; number++) await make(other, `own ${number}`)
  await refuses(other, newer)
  const own = (await openReader(other)).link
  assert.equal((await readChanges(other, linkAt(other, old))).rows.length, 11)
  await refuses(api, own)
  assert.deepEqual((await readChanges(api, newer)).rows, [])
})

test('A server under which the database is put back to a backup enters it by itself', async () => {
  await using cluster = await startCluster({ durable: true })
  await using server = await startServer({ database: cluster.url })
  const api = apiOf(server.api)
  await makeLedgerTable(api)
  await make(api, 'one')
  await cluster.stop()
  const copy = `${cluster.folder}/backup`
  cpSync(cluster.data, copy, { recursive: true })
  await cluster.restart()
  expectStatus(await api.post("EntityDefinitions(LogicalName='new_ledger')/Attributes", textColumn('new_Later')), 204)
  await make(api, 'two')
  const newer = (await openReader(api)).link
  await cluster.stop()
  cpSync(copy, cluster.data, { recursive: true, force: true, preserveTimestamps: true })
  await cluster.restart()
  await refuses(api, newer)
  assert.deepEqual(
    (await readTable(api)).map(({ code }) => code),
    ['one'],
  )
  expectStatus(await api.get(`${SET}?$select=new_later`), 400)
  await make(api, 'three')
  await refuses(api, newer)
})

function textColumn(SchemaName: string) {
  return {
    '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
    SchemaName,
    MaxLength: 50,
    FormatName: { Value: 'Text' },
    DisplayName: { '@odata.type': 'Microsoft.Dynamics.CRM.Label', LocalizedLabels: [{ Label: SchemaName, LanguageCode: 1033 }] },
  }
}

test('A dump that is restored is known as one: its rows are stamped anew, links from before are refused, and versions go on', async () => {
  const { url } = await freshDatabase()
  await using server = await startServer({ database: url })
  const api = apiOf(server.api)
  await makeLedgerTable(api)
  for (const code of ['one', 'two', 'three']) await make(api, code)
  const before = (await openReader(api)).link
  await server.stop()
  const { url: empty } = await freshDatabase()
  // The tables of the same schema, by a server of the same version; then the rows, as `pg_restore --data-only` writes them.
  await using filled = await startServer({ database: empty })
  await makeLedgerTable(apiOf(filled.api))
  await filled.stop()
  await copyRows(url, empty)

  await using restored = await startServer({ database: empty })
  const other = apiOf(restored.api)
  await refuses(other, before)
  // Lines of the log wait for each other.
  for (let time = 0; time < 40 && restored.log.length < 3; time++) await wait(50)
  assert.match(restored.log.join('\n'), /restored from a dump/)
  const reader = await openReader(other)
  assert.deepEqual([...reader.copy.values()].map(({ code }) => code).toSorted(), ['one', 'three', 'two'])
  await make(other, 'four')
  const { rows } = await readChanges(other, reader.link)
  assert.deepEqual(
    rows.map(({ code }) => code),
    ['four'],
  )
  const versionOf = (etag: string) => BigInt(/\d+/.exec(etag)?.[0] ?? 0)
  for (const { etag } of reader.copy.values()) assert.ok(versionOf(rows[0]?.etag ?? '') > versionOf(etag), 'versions go on')
})

async function copyRows(from: string, to: string): Promise<void> {
  await using source = await connect(from)
  await using target = await connect(to)
  const { rows: tables } = await source.query<{ name: string }>("select quote_ident(tablename) as name from pg_tables where schemaname = 'public'")
  await target.query('begin')
  await target.query("set local session_replication_role = 'replica'")
  for (const { name } of tables) await target.query(`delete from ${name}`)
  for (const { name } of tables) {
    const { rows } = await source.query<{ json: string }>(`select coalesce(json_agg(t), '[]')::text as json from ${name} t`)
    await target.query(`insert into ${name} overriding system value select * from json_populate_recordset(null::${name}, $1::json)`, [rows[0]?.json])
  }
  const { rows } = await source.query<{ last: string }>('select last_value::text as last from tidemark_version')
  await target.query('commit')
  await target.query("select setval('tidemark_version', $1)", [rows[0]?.last])
}

test('Two servers that start at the same time on an empty database both serve it', async () => {
  const { url } = await freshDatabase()
  const [one, two] = await Promise.all([startServer({ database: url }), startServer({ database: url })])
  try {
    const id = createdId(await apiOf(one.api).post('accounts', { name: 'Of both' }))
    assert.equal(expectStatus(await apiOf(two.api).get(`accounts(${id})`), 200).body.name, 'Of both')
    const [first, second] = await Promise.all([one, two].map(async ({ api }) => expectStatus(await apiOf(api).get('WhoAmI'), 200).body.OrganizationId))
    assert.equal(first, second)
  } finally {
    await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()])
  }
})

test('A database that a newer Tidemark has written is refused, and left as it is', async () => {
  const { url } = await freshDatabase()
  const server = await startServer({ database: url })
  await server[Symbol.asyncDispose]()
  await runOn(url, "insert into tidemark_migration (number, name) values (1000, 'of later')")
  await assert.rejects(startServer({ database: url }), /ended with 1[\s\S]*newer version of Tidemark/)
  assert.equal((await runOn(url, 'select max(number)::int as number from tidemark_migration')).rows[0]?.number, 1000)
})
