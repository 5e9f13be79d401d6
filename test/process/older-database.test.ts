/** A database that an older program has made: the standard tables it lacks, and their first rows, come when the server starts. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { apiOf, createdId, expectStatus } from '../support/api.ts'
import { startServer } from '../support/start-server.ts'

const LATER = ['savedquery', 'userquery'] as const

test('views come to a database that has none, and what is in it stays', async () => {
  const first = await startServer()
  const account = createdId(await apiOf(first.api).post('accounts', { name: 'Litware' }))
  await first.stop()
  takeAway(join(first.data, 'tidemark.db'))
  await using second = await startServer({ data: first.data })
  const api = apiOf(second.api)
  assert.equal((await api.get(`accounts(${account})`)).body.name, 'Litware')
  const views = expectStatus(await api.get("savedqueries?$select=name&$filter=name eq 'Active Accounts'"), 200).body.value
  assert.equal(views.length, 1)
  const rows = expectStatus(await api.get(`accounts?savedQuery=${views[0].savedqueryid}`), 200).body.value
  assert.deepEqual(
    rows.map(({ name }: { name: string }) => name),
    ['Litware'],
  )
  assert.deepEqual(expectStatus(await api.get('userqueries'), 200).body.value, [])
})

function takeAway(file: string): void {
  const database = new DatabaseSync(file)
  for (const table of LATER) {
    database.exec(`drop table ${table}`)
    database.exec(`delete from tidemark_definition where kind = 'table' and name = '${table}'`)
    database.exec(`delete from tidemark_definition where kind = 'relationship' and '${table}' in (json ->> 'referencingTable', json ->> 'referencedTable')`)
    database.exec(`delete from sdkmessagefilter where primaryobjecttypecode = '${table}'`)
  }
  database.close()
}
