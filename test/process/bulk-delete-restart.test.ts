/** A bulk deletion outlives its server: killed midway, it goes on at the next start where it was, and counts each row once. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { makeLookup, makeRows, makeTable, type MadeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const ROWS = 6000
const HELD = 3

const data = mkdtempSync(join(tmpdir(), 'tidemark-bulk-delete-'))
let server: TestServer
let parts: MadeTable
let held: readonly string[]

before(async () => {
  server = await startServer({ data })
  const api = apiOf(server.api)
  parts = await makeTable(api, 'new_Part')
  await makeTable(api, 'new_Seal')
  await makeLookup(api, { from: 'new_seal', to: parts.name, SchemaName: 'new_PartId', cascade: { Delete: 'Restrict' } })
  const batch = Array.from({ length: 500 }, () => ({ new_name: 'old' }))
  for (let made = 0; made < ROWS; made += batch.length) await makeRows(api, parts, batch)
  // Among the first to be read: they are tried before the kill, and must not be counted again after it.
  const { value } = expectStatus(await api.get(`${parts.set}?$select=${parts.id}&$orderby=${parts.id}&$top=${HELD}`), 200).body
  held = value.map((row: Record<string, string>) => row[parts.id])
  for (const id of held) createdId(await api.post('new_seals', { 'new_PartId@odata.bind': `/${parts.set}(${id})` }))
})
after(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(data, { recursive: true, force: true })
})

const operationOf = async (api: Api, jobId: string) =>
  expectStatus(await api.get(`bulkdeleteoperations?$filter=_asyncoperationid_value eq ${jobId}`), 200).body.value[0]

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let turn = 0; turn < 2000; turn++) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await wait(5)
  }
  throw new Error('it does not come about')
}

test('killed twice midway, it deletes all rows and counts each once', async () => {
  let api = apiOf(server.api)
  const Criteria = { FilterOperator: 'And', Conditions: [{ AttributeName: 'new_name', Operator: 'Equal', Values: [{ Value: 'old', Type: 'System.String' }] }] }
  const { JobId } = expectStatus(await api.post('BulkDelete', { JobName: 'Old parts', QuerySet: [{ EntityName: parts.name, Criteria }] }), 200).body
  let deleted = 0
  for (let kill = 0; kill < 2; kill++) {
    const before = deleted
    const operation = await until(async () => {
      const one = await operationOf(api, JobId)
      return one.successcount > before ? one : undefined
    })
    assert.notEqual(operation.statecode, 3, 'the job was over before the server was killed')
    deleted = operation.successcount
    await server.stop('SIGKILL')
    server = await startServer({ data })
    api = apiOf(server.api)
    // What was counted was deleted, and what was deleted was counted.
    const now = await operationOf(api, JobId)
    assert.ok(now.successcount >= deleted)
  }
  const operation = await until(async () => {
    const one = await operationOf(api, JobId)
    return one.statecode === 3 ? one : undefined
  })
  assert.deepEqual([operation.statuscode, operation.successcount, operation.failurecount], [30, ROWS - HELD, HELD])
  const { value } = expectStatus(await api.get(`${parts.set}?$select=${parts.id}&$orderby=${parts.id}`), 200).body
  assert.deepEqual(
    value.map((row: Record<string, string>) => row[parts.id]),
    held,
  )
  const job = expectStatus(await api.get(`asyncoperations(${JobId})`), 200).body
  assert.deepEqual([job.statecode, job.statuscode, job.data], [3, 30, null])
})
