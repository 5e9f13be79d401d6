/**
 * Plain reads go to a standby for as long as it is known to be fresh enough; deltas never do, and whatever the standby cannot answer the primary does.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { openReader, readChanges, readTable } from '../support/delta-reader.ts'
import { figureOf } from '../support/figure.ts'
import { makeLedgerTable, SET } from '../support/ledger-writer.ts'
import { startCluster } from '../support/postgres/cluster.ts'
import { startStandby } from '../support/postgres/standby.ts'
import { runOn } from '../support/postgres/test-database.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const STALENESS = 4

test('Plain reads go to a standby that is fresh enough; a paused, stopped or foreign one is not read from, and deltas never are', async () => {
  await using primary = await startCluster({ durable: true })
  await using standby = await startStandby(primary, { isSynchronous: false })
  await using foreign = await startCluster()
  const args = ['--read-replicas', `${standby.url},${foreign.url}`, '--replica-staleness', String(STALENESS)]
  await using server = await startServer({ database: primary.url, args })
  const api = apiOf(server.api)
  await makeLedgerTable(api)
  await make(api, 'one')
  await until(async () => (await figure(server, 'replicas_in_use')) === 1)
  await until(async () => (await codes(api)).length === 1)

  const before = await figure(server, 'replica_reads')
  assert.deepEqual(await codes(api), ['one'])
  assert.equal(await figure(server, 'replica_reads'), before + 1)
  const { link } = await openReader(api)
  await readChanges(api, link)
  assert.equal(await figure(server, 'replica_reads'), before + 1, 'positions are the primary’s')

  await runOn(standby.url, 'select pg_wal_replay_pause()')
  await make(api, 'two')
  assert.deepEqual(
    (await readChanges(api, link)).rows.map(({ code }) => code),
    ['two'],
  )
  // Within the bound it may be missing, past the bound it may not.
  await wait(STALENESS * 1000 + 50)
  assert.equal(await figure(server, 'replicas_in_use'), 0)
  const paused = await figure(server, 'replica_reads')
  assert.deepEqual(await codes(api), ['one', 'two'])
  assert.equal(await figure(server, 'replica_reads'), paused)

  await runOn(standby.url, 'select pg_wal_replay_resume()')
  await until(async () => (await figure(server, 'replicas_in_use')) === 1)
  assert.deepEqual(await codes(api), ['one', 'two'])
  assert.equal(await figure(server, 'replica_reads'), paused + 1)

  await runOn(standby.url, 'select pg_wal_replay_pause()')
  // An edit that has not arrived there: the standby is within the bound, and does not know the table.
  await makeTableLater(api)
  const refused = await figure(server, 'replica_reads_refused')
  assert.deepEqual(expectStatus(await api.get('new_laters'), 200).body.value, [])
  const isWithin = (await figure(server, 'replicas_in_use')) === 1
  if (isWithin) assert.equal(await figure(server, 'replica_reads_refused'), refused + 1)
  await runOn(standby.url, 'select pg_wal_replay_resume()')
  await until(async () => (await figure(server, 'replicas_in_use')) === 1)

  await standby.stop('immediate')
  assert.deepEqual(await codes(api), ['one', 'two'])
})

const make = (api: Api, code: string) => api.post(SET, { new_code: code }).then(createdId)
const codes = async (api: Api) => (await readTable(api)).map(({ code }) => code).toSorted()

async function makeTableLater(api: Api): Promise<void> {
  const label = { '@odata.type': 'Microsoft.Dynamics.CRM.Label', LocalizedLabels: [{ Label: 'Later', LanguageCode: 1033 }] }
  const name = {
    '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
    SchemaName: 'new_Name',
    IsPrimaryName: true,
    MaxLength: 50,
    FormatName: { Value: 'Text' },
    DisplayName: label,
  }
  const table = { SchemaName: 'new_Later', DisplayName: label, DisplayCollectionName: label, OwnershipType: 'UserOwned', Attributes: [name] }
  expectStatus(await api.post('EntityDefinitions', { '@odata.type': 'Microsoft.Dynamics.CRM.EntityMetadata', ...table }), 204)
}

const figure = (server: TestServer, name: string) => figureOf(server, `tidemark_${name}`)

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await isTrue()); await wait(50)) assert.ok(Date.now() < deadline, 'it does not come to that')
}
