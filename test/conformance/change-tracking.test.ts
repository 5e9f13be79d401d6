/** Change tracking: switching it on, the first read, and what a delta says has changed (sync.md 4.1–4.6). */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { changesSince, type Entry, isDeleted, readAll, TRACK, track } from '../support/follow-changes.ts'
import { makeOwner, makeOwnerTeam } from '../support/make-owners.ts'
import { column, type MadeTable, makeLookup, makeManyToMany, makeRows, makeTable, tableBody } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

const TRACKED = { ChangeTrackingEnabled: true }

let server: TestServer
let api: Api
let books: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  books = await makeTable(api, 'new_Book', [column.text('new_Code', { MaxLength: 20 }), column.whole('new_Pages')], TRACKED)
})
after(() => server[Symbol.asyncDispose]())

beforeEach(async () => {
  const { body } = await api.get(`${books.set}?$select=${books.id}`)
  for (const row of body.value) expectStatus(await api.delete(`${books.set}(${row[books.id]})`), 204)
})

const at = (id: string) => `${books.set}(${id})`
const makeBook = async (code: string): Promise<string> => createdId(await api.post(books.set, { new_code: code, new_pages: 1 }))
const SELECT = '$select=new_code,new_pages'
const codesOf = (entries: readonly Entry[]) => entries.map((entry) => (isDeleted(entry) ? `deleted ${entry.id}` : entry.new_code))
const countOf = async (link: string): Promise<number> => {
  const answer = expectStatus(await api.get(link.replace(/\?.*?(?=\$deltatoken)/, '/$count?')), 200)
  assert.match(answer.text, /^\ufeff\d+$/)
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain/)
  return Number(answer.text.slice(1))
}

test('a table that is not tracked says so', async () => {
  await makeTable(api, 'new_Untracked')
  expectRefusal(await api.get('new_untrackeds', TRACK), 400, '0x80072491', /new_untracked/)
  expectRefusal(await api.get('new_untrackeds?$deltatoken=1%2101%2F01%2F2024%2000%3A00%3A00'), 400, '0x80072491')
  expectRefusal(await api.get('new_untrackeds/$count?$deltatoken=1%2101%2F01%2F2024%2000%3A00%3A00'), 400, '0x80072491')
})

test('tracking is switched on by an update of the definition, and never off again', async () => {
  const table = await makeTable(api, 'new_Later')
  const path = `EntityDefinitions(LogicalName='${table.name}')`
  const definition = expectStatus(await api.get(path), 200).body
  assert.equal(definition.ChangeTrackingEnabled, false)
  assert.equal(definition.CanChangeTrackingBeEnabled.Value, true)
  createdId(await api.post(table.set, { new_name: 'before' }))
  expectStatus(await api.put(path, { ...definition, ChangeTrackingEnabled: true }, { 'MSCRM.MergeLabels': 'true' }), 204)
  assert.equal((await api.get(`${path}?$select=ChangeTrackingEnabled`)).body.ChangeTrackingEnabled, true)
  const first = await readAll(api, await api.get(table.set, TRACK))
  assert.equal(first.pages.flat().length, 1)
  createdId(await api.post(table.set, { new_name: 'after' }))
  assert.equal((await changesSince(api, first.deltaLink)).entries.length, 1)
  expectStatus(await api.put(path, { ...definition, ChangeTrackingEnabled: false }, { 'MSCRM.MergeLabels': 'true' }), 400)
  assert.equal((await api.get(`${path}?$select=ChangeTrackingEnabled`)).body.ChangeTrackingEnabled, true)
})

test('which tables are tracked is said by their definitions and by the annotations of $metadata', async () => {
  const tracked = expectStatus(await api.get('EntityDefinitions?$select=LogicalName&$filter=ChangeTrackingEnabled eq true'), 200).body.value
  const names = tracked.map((table: { LogicalName: string }) => table.LogicalName)
  for (const name of ['account', 'contact', books.name]) assert.ok(names.includes(name), name)
  assert.equal(names.includes('territory'), false)
  const impossible = expectStatus(await api.get('EntityDefinitions?$select=LogicalName&$filter=CanChangeTrackingBeEnabled/Value eq false'), 200).body.value
  assert.equal(JSON.stringify(impossible).includes('"account"'), false)
  const { text } = expectStatus(await api.get('$metadata?annotations=true'), 200)
  const set = new RegExp(`<EntitySet Name="${books.set}"[\\s\\S]*?</EntitySet>`).exec(text)?.[0] ?? ''
  assert.match(set, /Org\.OData\.Capabilities\.V1\.ChangeTracking/)
  assert.match(set, /<PropertyValue Property="Supported" Bool="true"\s*\/>/)
})

test('the first read gives every row, and ends in a delta link that repeats its $select', async () => {
  const [a, b] = [await makeBook('a'), await makeBook('b')]
  const { headers, body } = expectStatus(await api.get(`${books.set}?${SELECT}`, TRACK), 200)
  assert.equal(headers['preference-applied'], 'odata.track-changes')
  assert.equal(headers['odata-version'], '4.0')
  assert.equal(body['@odata.context'], `${server.api}/$metadata#${books.set}(new_code,new_pages)`)
  assert.equal(body['@odata.nextLink'], undefined)
  const shape = new RegExp(
    `^${server.api}/${books.set}\\?\\$select=new_code,new_pages&\\$deltatoken=\\d+%21\\d\\d%2[Ff]\\d\\d%2[Ff]\\d{4}%20\\d\\d%3[Aa]\\d\\d%3[Aa]\\d\\d`,
  )
  assert.match(body['@odata.deltaLink'], shape)
  assert.deepEqual(body.value.map((row: Entry) => row[books.id]).sort(), [a, b].sort())
  for (const row of body.value) assert.deepEqual(Object.keys(row).sort(), ['@odata.etag', 'new_code', books.id, 'new_pages'].sort())
})

test('without $select the rows are whole, and so are those of the delta', async () => {
  const deltaLink = await track(api, books.set)
  const id = await makeBook('whole')
  const answer = expectStatus(await api.get(deltaLink), 200)
  assert.equal(answer.body['@odata.context'], `${server.api}/$metadata#${books.set}/$delta`)
  const { '@odata.context': _context, ...row } = (await api.get(at(id))).body
  assert.deepEqual(answer.body.value, [row])
})

test('the first read can be counted', async () => {
  await makeBook('a')
  assert.equal(expectStatus(await api.get(`${books.set}?$count=true`, TRACK), 200).body['@odata.count'], 1)
})

test('a delta has its own context, the changed rows in full, and a new link', async () => {
  const [a] = [await makeBook('a'), await makeBook('b')]
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  expectStatus(await api.patch(at(a), { new_pages: 2 }), 204)
  const answer = expectStatus(await api.get(deltaLink), 200)
  assert.equal(answer.body['@odata.context'], `${server.api}/$metadata#${books.set}(new_code,new_pages)/$delta`)
  const { '@odata.etag': etag } = (await api.get(at(a))).body
  assert.deepEqual(answer.body.value, [{ '@odata.etag': etag, new_code: 'a', new_pages: 2, [books.id]: a }])
  assert.notEqual(answer.body['@odata.deltaLink'], deltaLink)
  assert.ok(answer.body['@odata.deltaLink'].startsWith(`${server.api}/${books.set}?$select=new_code,new_pages&$deltatoken=`))
})

test('a deleted row is told in exactly three members', async () => {
  const id = await makeBook('a')
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  expectStatus(await api.delete(at(id)), 204)
  const { entries } = await changesSince(api, deltaLink)
  assert.deepEqual(entries, [{ '@odata.context': `${server.api}/$metadata#${books.set}/$deletedEntity`, id, reason: 'deleted' }])
})

test('nothing has changed: an empty answer with a new link, which works', async () => {
  await makeBook('a')
  const first = await track(api, `${books.set}?${SELECT}`)
  const second = await changesSince(api, first)
  assert.deepEqual(second.entries, [])
  await makeBook('b')
  assert.deepEqual(codesOf((await changesSince(api, second.deltaLink)).entries), ['b'])
  // An older link is as good as it ever was.
  assert.deepEqual(codesOf((await changesSince(api, first)).entries), ['b'])
})

test('a row that changed often appears once, as it is now', async () => {
  const a = await makeBook('a')
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  for (const pages of [2, 3, 4]) expectStatus(await api.patch(at(a), { new_pages: pages }), 204)
  const b = await makeBook('b')
  expectStatus(await api.patch(at(b), { new_pages: 9 }), 204)
  const { entries } = await changesSince(api, deltaLink)
  assert.deepEqual(
    entries.map((entry) => [entry.new_code, entry.new_pages]),
    [
      ['a', 4],
      ['b', 9],
    ],
  )
})

test('a row that was updated and then deleted appears as deleted, and one created and deleted as well', async () => {
  const a = await makeBook('a')
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  expectStatus(await api.patch(at(a), { new_pages: 2 }), 204)
  expectStatus(await api.delete(at(a)), 204)
  const b = await makeBook('b')
  expectStatus(await api.delete(at(b)), 204)
  assert.deepEqual(codesOf((await changesSince(api, deltaLink)).entries), [`deleted ${a}`, `deleted ${b}`])
})

test('a row that was deleted and made again under its id appears as the live row alone', async () => {
  const a = await makeBook('a')
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  expectStatus(await api.delete(at(a)), 204)
  expectStatus(await api.patch(at(a), { new_code: 'again' }), 204)
  assert.deepEqual(codesOf((await changesSince(api, deltaLink)).entries), ['again'])
  const next = (await changesSince(api, deltaLink)).deltaLink
  expectStatus(await api.delete(at(a)), 204)
  assert.deepEqual(codesOf((await changesSince(api, next)).entries), [`deleted ${a}`])
})

test('a row that took the place of another under its key appears beside the deletion of the other', async () => {
  const a = await makeBook('same')
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  expectStatus(await api.delete(at(a)), 204)
  await makeBook('same')
  assert.deepEqual(codesOf((await changesSince(api, deltaLink)).entries), ['same', `deleted ${a}`])
})

test('annotations are given in first reads and in deltas, where they are asked for', async () => {
  const prefer = 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"'
  await makeBook('a')
  const first = expectStatus(await api.get(`${books.set}?$select=statecode`, { Prefer: `odata.track-changes,${prefer}` }), 200)
  assert.equal(first.headers['preference-applied'], `odata.track-changes,${prefer}`)
  assert.equal(first.body.value[0]['statecode@OData.Community.Display.V1.FormattedValue'], 'Active')
  await makeBook('b')
  const { body } = expectStatus(await api.get(first.body['@odata.deltaLink'], { Prefer: prefer }), 200)
  assert.equal(body.value[0]['statecode@OData.Community.Display.V1.FormattedValue'], 'Active')
  assert.deepEqual(Object.keys((await api.get(first.body['@odata.deltaLink'])).body.value[0]).sort(), ['@odata.etag', books.id, 'statecode'].sort())
})

test('changed rows come in the order of their changes, deletions after them', async () => {
  const [a, b, c] = [await makeBook('a'), await makeBook('b'), await makeBook('c')]
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  expectStatus(await api.delete(at(b)), 204)
  expectStatus(await api.patch(at(c), { new_pages: 2 }), 204)
  await makeBook('d')
  expectStatus(await api.patch(at(a), { new_pages: 2 }), 204)
  assert.deepEqual(codesOf((await changesSince(api, deltaLink)).entries), ['c', 'd', 'a', `deleted ${b}`])
})

test('a change outside $select, and an update with equal values, are changes', async () => {
  const [a, b] = [await makeBook('a'), await makeBook('b')]
  const deltaLink = await track(api, `${books.set}?$select=new_code`)
  expectStatus(await api.patch(at(a), { new_pages: 2 }), 204)
  expectStatus(await api.patch(at(b), { new_code: 'b' }), 204)
  assert.deepEqual(codesOf((await changesSince(api, deltaLink)).entries), ['a', 'b'])
})

test('a change of state, of owner, and of a lookup is a change', async () => {
  const team = await makeOwnerTeam(api, 'Readers')
  const [a, b] = [await makeBook('a'), await makeBook('b')]
  const deltaLink = await track(api, `${books.set}?$select=new_code,statecode,_ownerid_value`)
  expectStatus(await api.patch(at(a), { statecode: 1 }), 204)
  expectStatus(await api.put(`${at(b)}/ownerid/$ref`, { '@odata.id': `teams(${team})` }), 204)
  const { entries } = await changesSince(api, deltaLink)
  assert.deepEqual([entries[0].statecode, entries[1]._ownerid_value, entries.length], [1, team, 2])
})

test('what a cascade deletes or reassigns is a change of its own table', async () => {
  const account = createdId(await api.post('accounts', { name: 'Parent' }))
  const contact = createdId(await api.post('contacts', { lastname: 'Child', 'parentcustomerid_account@odata.bind': `/accounts(${account})` }))
  const user = await makeOwner(api, 'Otto')
  const contacts = await track(api, 'contacts?$select=lastname,_ownerid_value')
  expectStatus(await api.patch(`accounts(${account})`, { 'ownerid@odata.bind': `/systemusers(${user})` }), 204)
  const assigned = await changesSince(api, contacts)
  assert.deepEqual([assigned.entries.length, assigned.entries[0]._ownerid_value], [1, user])
  expectStatus(await api.delete(`accounts(${account})`), 204)
  const deleted = await changesSince(api, assigned.deltaLink)
  assert.deepEqual([deleted.entries.length, deleted.entries[0].id], [1, contact])
})

test('changes are counted, deletions included, and counting moves nothing on', async () => {
  const a = await makeBook('a')
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  assert.equal(await countOf(deltaLink), 0)
  await makeBook('b')
  await makeBook('c')
  expectStatus(await api.delete(at(a)), 204)
  for (let round = 0; round < 2; round++) assert.equal(await countOf(deltaLink), 3)
  assert.equal((await changesSince(api, deltaLink)).entries.length, 3)
  expectStatus(await api.get(`${books.set}/$count`), 200)
})

test('pairs of a many-to-many relationship have changes of their own where both tables are tracked', async () => {
  const shelves = await makeTable(api, 'new_Shelf', [], TRACKED)
  const plain = await makeTable(api, 'new_Plain')
  await makeManyToMany(api, books.name, shelves.name, 'new_book_shelf')
  await makeManyToMany(api, books.name, plain.name, 'new_book_plain')
  const setOf = async (name: string) => (await api.get(`EntityDefinitions(LogicalName='${name}')?$select=EntitySetName`)).body.EntitySetName
  const pairs = await setOf('new_book_shelf')
  const [a, shelf] = [await makeBook('a'), createdId(await api.post(shelves.set, { new_name: 'Top' }))]
  const [ofPairs, ofBooks] = [await track(api, pairs), await track(api, books.set)]
  expectStatus(await api.post(`${at(a)}/new_book_shelf/$ref`, { '@odata.id': `${shelves.set}(${shelf})` }), 204)
  const linked = await changesSince(api, ofPairs)
  assert.equal(linked.entries.length, 1)
  assert.deepEqual([linked.entries[0][books.id], linked.entries[0][shelves.id]], [a, shelf])
  assert.deepEqual((await changesSince(api, ofBooks)).entries, [])
  expectStatus(await api.delete(`${at(a)}/new_book_shelf(${shelf})/$ref`), 204)
  const unlinked = await changesSince(api, linked.deltaLink)
  assert.deepEqual(unlinked.entries.map(isDeleted), [true])
  assert.equal(unlinked.entries[0].id, linked.entries[0].new_book_shelfid)
  expectRefusal(await api.get(await setOf('new_book_plain'), TRACK), 400, '0x80072492', /new_book_plain/)
})

test('a child that is moved is a change of the child, not of its parents', async () => {
  const parent = await makeTable(api, 'new_Author', [], TRACKED)
  const { many } = await makeLookup(api, { from: books.name, to: parent.name, SchemaName: 'new_AuthorId' })
  const [a, author] = [await makeBook('a'), createdId(await api.post(parent.set, {}))]
  const [ofBooks, ofAuthors] = [await track(api, books.set), await track(api, parent.set)]
  expectStatus(await api.post(`${parent.set}(${author})/${many}/$ref`, { '@odata.id': at(a) }), 204)
  assert.equal((await changesSince(api, ofBooks)).entries[0]._new_authorid_value, author)
  assert.deepEqual((await changesSince(api, ofAuthors)).entries, [])
})

test('a read is followed by changes whatever made them: many rows at once, upserts, a batch of deletions', async () => {
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  const ids = await makeRows(api, books, [{ new_code: 'x' }, { new_code: 'y' }])
  expectStatus(await api.patch(at(crypto.randomUUID()), { new_code: 'z' }), 204)
  const first = await changesSince(api, deltaLink)
  assert.deepEqual(codesOf(first.entries), ['x', 'y', 'z'])
  const Targets = ids.map((id) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${books.name}`, [books.id]: id }))
  const answer: Answer = await api.post(`${books.set}/Microsoft.Dynamics.CRM.DeleteMultiple`, { Targets }, { Prefer: 'tidemark.delete-multiple' })
  expectStatus(answer, 204)
  assert.deepEqual(codesOf((await changesSince(api, first.deltaLink)).entries).sort(), ids.map((id) => `deleted ${id}`).sort())
})

test('a table made with tracking on is tracked from its first row', async () => {
  expectStatus(await api.post('EntityDefinitions', tableBody('new_Fresh', [], TRACKED)), 204)
  const deltaLink = await track(api, 'new_freshes')
  const id = createdId(await api.post('new_freshes', { new_name: 'first' }))
  assert.equal((await changesSince(api, deltaLink)).entries[0].new_freshid, id)
})
