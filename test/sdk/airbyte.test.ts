/**
 * The requests of Airbyte's source for Dataverse, one by one (webapi.md 13.5): check, discover, read, read incrementally.
 * Next and delta links are not followed as they stand: their parameters are taken out, kept, and encoded anew.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { type Body, column, makeKey, makeLookup, makeRows, makeTable, type MadeTable } from '../support/make-table.ts'
import { formatQuery, parseQuery } from '../support/python-url.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let part: MadeTable

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  part = await makeTable(api, 'new_Part', [column.text('new_Number', { MaxLength: 40 }), column.datetime('new_Made', 'DateOnly')], {
    ChangeTrackingEnabled: true,
  })
  await makeKey(api, part.name, 'new_PartNumber', ['new_number'])
  await makeLookup(api, { from: part.name, to: 'account', SchemaName: 'new_MakerId' })
  await makeTable(api, 'new_Untracked')
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

const AUTH = { Authorization: 'Bearer any', 'User-Agent': 'python-requests/2.32', 'Accept-Encoding': 'gzip, deflate', Accept: '*/*' }
const PAGE = 5

type Sync = { readonly rows: readonly Body[]; readonly deltaToken: string | undefined; readonly pages: number }

/** One sync of a stream: from nothing, or from the state of the last. */
async function sync(set: string, isIncremental: boolean, state?: string): Promise<Sync> {
  const prefer = `${isIncremental ? 'odata.track-changes,' : ''}odata.maxpagesize=${PAGE}`
  const headers = { ...AUTH, 'Cache-Control': 'no-cache', 'OData-Version': '4.0', 'Content-Type': 'application/json', Prefer: prefer }
  let parameters: ReadonlyMap<string, string> = new Map(state === undefined ? [] : [['$deltatoken', state]])
  const rows: Body[] = []
  for (let pages = 1; ; pages++) {
    const query = formatQuery(parameters)
    const answer = expectStatus(await api.get(`${set}${query && `?${query}`}`, headers), 200).body
    rows.push(...answer.value)
    if (answer['@odata.deltaLink']) return { rows, deltaToken: parseQuery(answer['@odata.deltaLink']).get('$deltatoken'), pages }
    if (!answer['@odata.nextLink']) return { rows, deltaToken: undefined, pages }
    parameters = parseQuery(answer['@odata.nextLink'])
    assert.ok(pages < 100, 'the pages come to an end')
  }
}

/** A record with a context of its own is taken for a deletion. */
const deletions = (rows: readonly Body[]) => rows.filter((row) => '@odata.context' in row)
const numbers = (rows: readonly Body[]) => rows.filter((row) => !('@odata.context' in row)).map((row) => row.new_number)

test('the check is the service document', async () => {
  const answer = await api.get(`${server.url}/api/data/v9.2/`, AUTH)
  assert.ok(answer.status >= 200 && answer.status < 300)
})

test('the discovery finds tables, keys, types and what is tracked in one answer', async () => {
  const { value } = expectStatus(await api.get('EntityDefinitions?%24expand=Attributes', AUTH), 200).body
  const found = new Map<string, Body>(value.map((table: Body) => [table.LogicalName, table]))
  const table = found.get('new_part') as {
    [member: string]: unknown
    Attributes: { LogicalName: string; AttributeType: string; DateTimeBehavior?: { Value: string } }[]
  }
  assert.equal(table.PrimaryIdAttribute, 'new_partid')
  assert.equal(table.ChangeTrackingEnabled, true)
  assert.deepEqual((table.CanChangeTrackingBeEnabled as Body).Value, true)
  assert.equal(found.get('new_untracked')?.ChangeTrackingEnabled, false)
  const types = new Map(table.Attributes.map((one) => [one.LogicalName, one.AttributeType]))
  assert.deepEqual([types.get('new_number'), types.get('new_makerid'), types.get('ownerid')], ['String', 'Lookup', 'Owner'])
  assert.equal(table.Attributes.find((one) => one.LogicalName === 'new_made')?.DateTimeBehavior?.Value, 'DateOnly')
  assert.equal(table.Attributes.find((one) => one.LogicalName === 'createdon')?.DateTimeBehavior?.Value, 'UserLocal')
})

test('each stream asks its definition for its path', async () => {
  const definition = expectStatus(await api.get("EntityDefinitions(LogicalName='new_part')", AUTH), 200).body
  assert.equal(definition.EntitySetName, 'new_parts')
  assert.equal(definition.LogicalCollectionName, 'new_parts')
})

test('a full refresh reads every page once', async () => {
  await makeRows(
    api,
    await makeTable(api, 'new_Full'),
    Array.from({ length: 23 }, (_, index) => ({ new_name: `row ${index}` })),
  )
  const { rows, deltaToken, pages } = await sync('new_fulls', false)
  assert.deepEqual([new Set(rows.map((row) => row.new_fullid)).size, rows.length, pages, deltaToken], [23, 23, 5, undefined])
  assert.ok(rows.every((row) => 'modifiedon' in row && 'new_fullid' in row && '_ownerid_value' in row))
})

test('an incremental sync reads everything, then only what changed, page by page', async () => {
  const maker = createdId(await api.post('accounts', { name: 'Maker' }))
  const ids = await makeRows(
    api,
    part,
    Array.from({ length: 13 }, (_, index) => ({ new_number: `P-${index}`, 'new_MakerId@odata.bind': `/accounts(${maker})` })),
  )
  const first = await sync('new_parts', true)
  assert.deepEqual([first.rows.length, first.pages, deletions(first.rows).length], [13, 3, 0])
  assert.ok(first.rows.every((row) => row._new_makerid_value === maker))
  assert.ok(first.deltaToken)

  const nothing = await sync('new_parts', true, first.deltaToken)
  assert.deepEqual(nothing.rows, [])

  for (let index = 0; index < 7; index++) expectStatus(await api.patch(`new_parts(${ids[index]})`, { new_number: `P-${index} again + more` }), 204)
  for (let index = 7; index < 11; index++) expectStatus(await api.delete(`new_parts(${ids[index]})`), 204)
  createdId(await api.post('new_parts', { new_number: 'P-13' }))
  const second = await sync('new_parts', true, nothing.deltaToken)
  assert.deepEqual([second.rows.length, second.pages], [12, 3])
  assert.deepEqual(numbers(second.rows).toSorted(), [...Array.from({ length: 7 }, (_, index) => `P-${index} again + more`), 'P-13'].toSorted())
  assert.deepEqual(
    deletions(second.rows)
      .map((row) => [row.id, row.reason, Object.keys(row).length])
      .toSorted(),
    ids
      .slice(7, 11)
      .map((id) => [id, 'deleted', 3])
      .toSorted(),
  )
  assert.deepEqual((await sync('new_parts', true, second.deltaToken)).rows, [])
  // The state of a sync that failed later is sent again.
  assert.equal((await sync('new_parts', true, first.deltaToken)).rows.length, 12)
})

test('changes during a paged sync come in the next one', async () => {
  const books = await makeTable(api, 'new_Book', [], { ChangeTrackingEnabled: true })
  const ids = await makeRows(
    api,
    books,
    Array.from({ length: 12 }, (_, index) => ({ new_name: `${index}` })),
  )
  const headers = { ...AUTH, Prefer: `odata.track-changes,odata.maxpagesize=${PAGE}` }
  let answer = expectStatus(await api.get(books.set, headers), 200).body
  const seen = new Map<string, string>(answer.value.map((row: Body) => [row.new_bookid, row.new_name]))
  for (const id of ids) expectStatus(await api.patch(`${books.set}(${id})`, { new_name: 'changed' }), 204)
  while (answer['@odata.nextLink']) {
    answer = expectStatus(await api.get(`${books.set}?${formatQuery(parseQuery(answer['@odata.nextLink']))}`, headers), 200).body
    for (const row of answer.value) seen.set(row.new_bookid, row.new_name)
  }
  const token = parseQuery(answer['@odata.deltaLink']).get('$deltatoken')
  const delta = await sync(books.set, true, token)
  for (const row of delta.rows) seen.set(String(row.new_bookid), String(row.new_name))
  assert.deepEqual([...seen.values()], Array(12).fill('changed'))
  assert.equal(new Set(delta.rows.map((row) => row.new_bookid)).size, delta.rows.length)
})

test('a table without change tracking refuses the incremental sync', async () => {
  const answer = await api.get('new_untrackeds', { ...AUTH, Prefer: 'odata.track-changes,odata.maxpagesize=5' })
  assert.deepEqual([answer.status, answer.body.error.code], [400, '0x80072491'])
})
