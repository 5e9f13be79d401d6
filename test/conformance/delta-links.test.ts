/** Delta and next links: pages, what may stand beside them, clients that rebuild them, tokens that are refused, expiry (sync.md 4.2–4.7, 0). */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { changesSince, type Entry, isDeleted, onlyParameter, readAll, rebuilt, TRACK, tokenOf, track } from '../support/follow-changes.ts'
import { column, type MadeTable, makeRows, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let books: MadeTable
let ids: readonly string[]
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  books = await makeTable(api, 'new_Book', [column.text('new_Code', { MaxLength: 20 }), column.whole('new_Pages')], { ChangeTrackingEnabled: true })
})
after(() => server[Symbol.asyncDispose]())

const at = (id: string | undefined) => `${books.set}(${id})`
const SELECT = '$select=new_code,new_pages'
const paged = (size: number) => ({ Prefer: `odata.track-changes,odata.maxpagesize=${size}` })
const codesOf = (entries: readonly Entry[]) => entries.map((entry) => (isDeleted(entry) ? entry.id : entry.new_code))
const sizesOf = (pages: readonly Entry[][]) => pages.map((page) => page.length)
const countOf = async (token: string) => Number(expectStatus(await api.get(`${books.set}/$count?$deltatoken=${encodeURIComponent(token)}`), 200).text.slice(1))

beforeEach(async () => {
  const { body } = await api.get(`${books.set}?$select=${books.id}`)
  for (const row of body.value) expectStatus(await api.delete(at(row[books.id])), 204)
  ids = await makeRows(
    api,
    books,
    Array.from({ length: 7 }, (_, index) => ({ new_code: `b${index}`, new_pages: 1 })),
  )
})

test('a first read comes in pages, of which the last alone has the delta link', async () => {
  const first = expectStatus(await api.get(`${books.set}?${SELECT}`, paged(3)), 200)
  assert.equal(first.headers['preference-applied'], 'odata.track-changes,odata.maxpagesize=3')
  const { pages } = await readAll(api, first)
  assert.deepEqual(sizesOf(pages), [3, 3, 1])
  assert.deepEqual(new Set(pages.flat().map((row) => row[books.id])), new Set(ids))
})

test('a page that is just full is the last one', async () => {
  assert.deepEqual(sizesOf((await readAll(api, await api.get(books.set, paged(7)))).pages), [7])
})

test('what changes while a client is paging is in the next delta, and nothing is lost', async () => {
  const first = expectStatus(await api.get(`${books.set}?${SELECT}`, paged(3)), 200)
  const [seen, alsoSeen] = first.body.value
  expectStatus(await api.patch(at(seen[books.id]), { new_pages: 2 }), 204)
  expectStatus(await api.delete(at(alsoSeen[books.id])), 204)
  const created = createdId(await api.post(books.set, { new_code: 'new' }))
  const unseen = ids.find((id) => !first.body.value.some((row: Entry) => row[books.id] === id))
  expectStatus(await api.patch(at(unseen), { new_pages: 3 }), 204)
  const { entries, deltaLink } = await changesSince(api, (await readAll(api, first)).deltaLink)
  assert.deepEqual(
    entries.map((entry) => entry.id ?? entry[books.id]),
    [seen[books.id], created, unseen, alsoSeen[books.id]],
  )
  assert.deepEqual(entries.map(isDeleted), [false, false, false, true])
  assert.deepEqual((await changesSince(api, deltaLink)).entries, [])
})

test('a row that vanishes while a client is paging is missed by no page that follows', async () => {
  const first = expectStatus(await api.get(books.set, paged(3)), 200)
  const seen = new Set<string>(first.body.value.map((row: Entry) => row[books.id]))
  const gone = ids.find((id) => !seen.has(id)) ?? ''
  expectStatus(await api.delete(at(gone)), 204)
  const { pages, deltaLink } = await readAll(api, first)
  assert.deepEqual(new Set(pages.flat().map((row) => row[books.id])), new Set(ids.filter((id) => id !== gone)))
  assert.deepEqual(codesOf((await changesSince(api, deltaLink)).entries), [gone])
})

test('a delta comes in pages as well, rows first, and its count is that of all pages', async () => {
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  for (const id of ids.slice(0, 2)) expectStatus(await api.delete(at(id)), 204)
  for (const id of ids.slice(2)) expectStatus(await api.patch(at(id), { new_pages: 2 }), 204)
  const first = expectStatus(await api.get(deltaLink, { Prefer: 'odata.maxpagesize=3' }), 200)
  assert.equal(first.headers['preference-applied'], 'odata.maxpagesize=3')
  const { pages, deltaLink: next } = await readAll(api, first)
  assert.deepEqual(sizesOf(pages), [3, 3, 1])
  assert.deepEqual(codesOf(pages.flat()), ['b2', 'b3', 'b4', 'b5', 'b6', ids[0], ids[1]])
  assert.equal(await countOf(tokenOf(deltaLink)), 7)
  assert.deepEqual((await changesSince(api, next)).entries, [])
})

test('what changes while a delta is paged is in the delta after it', async () => {
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  for (const id of ids) expectStatus(await api.patch(at(id), { new_pages: 2 }), 204)
  const first = expectStatus(await api.get(deltaLink, { Prefer: 'odata.maxpagesize=3' }), 200)
  expectStatus(await api.patch(at(ids[0]), { new_pages: 3 }), 204)
  expectStatus(await api.patch(at(ids[6]), { new_pages: 3 }), 204)
  expectStatus(await api.delete(at(ids[1])), 204)
  const { pages, deltaLink: next } = await readAll(api, first)
  const after = await changesSince(api, next)
  const seen = new Map([...pages.flat(), ...after.entries].map((entry) => [entry.id ?? entry[books.id], entry]))
  assert.deepEqual([seen.get(ids[0]).new_pages, seen.get(ids[6]).new_pages, isDeleted(seen.get(ids[1]))], [3, 3, true])
  assert.equal(seen.size, 7)
  assert.ok(after.entries.length <= 3)
})

test('a delta link works when only its $deltatoken is sent', async () => {
  const deltaLink = await track(api, `${books.set}?${SELECT}`)
  expectStatus(await api.patch(at(ids[0]), { new_pages: 2 }), 204)
  const { body } = expectStatus(await api.get(onlyParameter(deltaLink, '$deltatoken')), 200)
  assert.equal(body.value.length, 1)
  assert.ok('createdon' in body.value[0])
})

test('links that a form encoder has taken apart and put together again work', async () => {
  const { '@odata.nextLink': next } = (await api.get(`${books.set}?${SELECT}`, paged(3))).body
  const second = expectStatus(await api.get(rebuilt(next)), 200)
  const third = expectStatus(await api.get(rebuilt(second.body['@odata.nextLink'])), 200)
  assert.deepEqual([second.body.value.length, third.body.value.length], [3, 1])
  for (const id of ids) expectStatus(await api.patch(at(id), { new_pages: 2 }), 204)
  const deltaLink = third.body['@odata.deltaLink']
  const delta = expectStatus(await api.get(rebuilt(deltaLink), { Prefer: 'odata.maxpagesize=4' }), 200)
  assert.equal(delta.body.value.length, 4)
  const rest = expectStatus(await api.get(rebuilt(delta.body['@odata.nextLink'])), 200)
  assert.deepEqual(codesOf(rest.body.value), ['b4', 'b5', 'b6'])
  assert.ok(rest.body['@odata.deltaLink'])
})

test('a next link works when only its own $skiptoken is sent, without the preferences of the first request', async () => {
  const first = (await api.get(`${books.set}?${SELECT}`, paged(3))).body
  const second = expectStatus(await api.get(onlyParameter(first['@odata.nextLink'], '$skiptoken')), 200).body
  assert.equal(second.value.length, 3)
  const last = expectStatus(await api.get(onlyParameter(second['@odata.nextLink'], '$skiptoken')), 200).body
  assert.equal(last.value.length, 1)
  for (const id of ids) expectStatus(await api.patch(at(id), { new_pages: 2 }), 204)
  const delta = (await api.get(last['@odata.deltaLink'], { Prefer: 'odata.maxpagesize=4' })).body
  const rest = expectStatus(await api.get(onlyParameter(delta['@odata.nextLink'], '$skiptoken')), 200).body
  assert.deepEqual(codesOf(rest.value), ['b4', 'b5', 'b6'])
})

test('a link is taken with upper or lower case hex digits, and with blanks as plus', async () => {
  const token = tokenOf(await track(api, books.set))
  const encoded = encodeURIComponent(token)
  for (const spelling of [encoded, encoded.replace(/%../g, (hex) => hex.toLowerCase()), encoded.replaceAll('%20', '+'), token.replace(' ', '%20')]) {
    expectStatus(await api.get(`${books.set}?$deltatoken=${spelling}`), 200)
    expectStatus(await api.get(`${books.set}?%24deltatoken=${spelling}`), 200)
  }
})

test('tracked reads and deltas refuse by name what they do not go with', async () => {
  const token = encodeURIComponent(tokenOf(await track(api, books.set)))
  const options = { filter: "new_code eq 'a'", orderby: 'new_code', expand: 'createdby', top: '1' }
  for (const [name, value] of Object.entries(options)) {
    const message = new RegExp(`^The .*${name}.* query parameter isn't supported when Change Tracking is enabled\\.$`)
    expectRefusal(await api.get(`${books.set}?$${name}=${value}`, TRACK), 400, '0x80060888', message)
    expectRefusal(await api.get(`${books.set}?$${name}=${value}&$deltatoken=${token}`), 400, '0x80060888', message)
  }
  for (const option of ['$apply=aggregate($count as n)', '$skip=1', 'fetchXml=<fetch/>', `savedQuery=${ids[0]}`, `userQuery=${ids[0]}`]) {
    assert.equal((await api.get(`${books.set}?${option}`, TRACK)).status, 400, option)
    assert.equal((await api.get(`${books.set}?${option}&$deltatoken=${token}`)).status, 400, option)
  }
})

test('a token that is none, or of another table, is refused', async () => {
  const ofAccounts = encodeURIComponent(tokenOf(await track(api, 'accounts')))
  const tokens = ['abc', '', '1', '12!', '1!13/45/2024 00:00:00', "'; drop table", '%00', '-1!01/01/2024 00:00:00', ofAccounts]
  for (const token of tokens) {
    for (const path of [`${books.set}?$deltatoken=${token}`, `${books.set}/$count?$deltatoken=${token}`]) {
      const answer = await api.get(path)
      assert.equal(answer.status, 400, `${path}: ${answer.status} ${answer.text.slice(0, 200)}`)
      if (token !== '%00') assert.equal(answer.body.error.code, '0x80040203', path)
    }
  }
  const skiptoken = encodeURIComponent('<cookie pagenumber="2" pagingcookie="x" istracking="True" />')
  assert.equal((await api.get(`${books.set}?$skiptoken=${skiptoken}`, TRACK)).status, 400)
})

test('a token of another database, or of a genuine Dataverse, asks for a full read', async () => {
  await using other = await startServer()
  const foreign = encodeURIComponent(tokenOf(await track(apiOf(other.api), 'accounts')))
  for (const token of [foreign, '919042%2108%2F22%2F2017%2008%3A10%3A44']) {
    expectRefusal(await api.get(`accounts?$deltatoken=${token}`), 410, '0x80044352')
    expectRefusal(await api.get(`accounts/$count?$deltatoken=${token}`), 410, '0x80044352')
  }
})

test('a delta over a column that is gone says which', async () => {
  const table = await makeTable(api, 'new_Shrinking', [column.text('new_Extra', { MaxLength: 10 })], { ChangeTrackingEnabled: true })
  const deltaLink = await track(api, `${table.set}?$select=new_name,new_extra`)
  expectStatus(await api.delete(`EntityDefinitions(LogicalName='${table.name}')/Attributes(LogicalName='new_extra')`), 204)
  const answer = expectStatus(await api.get(deltaLink), 400)
  assert.match(answer.body.error.message, /new_extra/)
  expectStatus(await api.get(onlyParameter(deltaLink, '$deltatoken')), 200)
})

test('with no days of retention a token with changes waiting is expired, and a full read helps', async () => {
  const { OrganizationId } = (await api.get('WhoAmI')).body
  const keepFor = async (days: number) => expectStatus(await api.patch(`organizations(${OrganizationId})`, { expirechangetrackingindays: days }), 204)
  const [idle, stale] = [await track(api, 'accounts'), await track(api, `${books.set}?${SELECT}`)]
  expectStatus(await api.delete(at(ids[0])), 204)
  expectStatus(await api.patch(at(ids[1]), { new_pages: 2 }), 204)
  try {
    await keepFor(0)
    expectRefusal(await api.get(stale), 410, '0x80044352')
    expectRefusal(await api.get(`${books.set}/$count?$deltatoken=${encodeURIComponent(tokenOf(stale))}`), 410, '0x80044352')
    // Nothing is waiting here, so nothing can have been lost.
    expectStatus(await api.get(idle), 200)
    assert.equal((await readAll(api, await api.get(books.set, TRACK))).pages.flat().length, 6)
  } finally {
    await keepFor(7)
  }
  const fresh = await track(api, books.set)
  expectStatus(await api.patch(at(ids[1]), { new_pages: 3 }), 204)
  assert.deepEqual(codesOf((await changesSince(api, fresh)).entries), ['b1'])
})
