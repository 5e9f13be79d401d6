/** Answers in pages: `odata.maxpagesize`, next links, and the cookie inside them (webapi.md 6.7). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { type Entry, rebuilt } from '../support/follow-changes.ts'
import { column, type MadeTable, makeRows, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let parts: MadeTable
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  parts = await makeTable(api, 'new_Part', [column.whole('new_Group'), column.text('new_Text', { MaxLength: 50 }), column.decimal('new_Rate')])
  const rows = Array.from({ length: 25 }, (_, index) => ({
    new_name: `p${index}`,
    new_group: index % 5 === 4 ? null : index % 5,
    new_text: index % 3 === 0 ? null : `Ä<&"'+%${index % 4}`,
    new_rate: (index % 7) / 4 - 1,
  }))
  await makeRows(api, parts, rows)
})
after(() => server[Symbol.asyncDispose]())

const pageOf = (size: number) => ({ Prefer: `odata.maxpagesize=${size}` })
const get = async (path: string, headers = {}): Promise<Answer['body']> => expectStatus(await api.get(path, headers), 200).body

/** All pages; `follow` may change a link on its way. */
async function pages(path: string, size: number, follow = (link: string) => link, headers = {}): Promise<{ readonly rows: Entry[]; readonly links: string[] }> {
  const links: string[] = []
  const rows: Entry[] = []
  for (let body = await get(path, pageOf(size)); ; body = await get(follow(links.at(-1) ?? ''), headers)) {
    rows.push(...body.value)
    const next = body['@odata.nextLink']
    if (next === undefined) return { rows, links }
    assert.equal(body.value.length, size)
    assert.ok(links.length < 100, 'the next links do not end')
    links.push(next)
  }
}

const namesOf = (rows: readonly Entry[]) => rows.map((row) => row.new_name)
const skipTokenOf = (link: string) => decodeURIComponent(new URL(link).searchParams.get('$skiptoken') ?? '')

test('the page size that is asked for is applied and confirmed', async () => {
  const answer = expectStatus(await api.get(`${parts.set}?$select=new_name`, pageOf(10)), 200)
  assert.equal(answer.headers['preference-applied'], 'odata.maxpagesize=10')
  assert.equal(answer.body.value.length, 10)
  const names = Object.keys(answer.body)
  assert.deepEqual(names, ['@odata.context', 'value', '@odata.nextLink'])
  assert.ok(answer.body['@odata.nextLink'].startsWith(`${server.api}/${parts.set}?$select=new_name&$skiptoken=`), answer.body['@odata.nextLink'])
})

test('pages hold every row once, and the last has no link', async () => {
  for (const size of [1, 7, 24, 25, 26, 5000]) {
    const { rows, links } = await pages(`${parts.set}?$select=new_name`, size)
    assert.equal(rows.length, 25, String(size))
    assert.equal(new Set(namesOf(rows)).size, 25)
    assert.equal(links.length, Math.ceil(25 / size) - 1)
  }
})

test('pages keep the order, the filter and the selection, whatever the values', async () => {
  const orders = ['new_group', 'new_group desc', 'new_text,new_group desc', 'new_text desc', 'new_rate desc,new_text', 'new_name', 'createdon desc,new_rate']
  for (const order of orders) {
    const query = `${parts.set}?$select=new_name&$orderby=${order}&$filter=new_rate ge -0.5`
    const whole = namesOf((await get(query)).value)
    const { rows } = await pages(query, 4)
    assert.deepEqual(namesOf(rows), whole, order)
    assert.deepEqual(Object.keys(rows[20] ?? rows[3]).sort(), ['@odata.etag', 'new_name', parts.id].sort())
  }
})

test('the cookie is of the documented form, and another on every page', async () => {
  const { links } = await pages(`${parts.set}?$select=new_name`, 5)
  const tokens = links.map(skipTokenOf)
  const cookies = tokens.map((token, index) => {
    const match = /^<cookie pagenumber="(\d+)" pagingcookie="([^"]+)" istracking="False"/.exec(token)
    assert.ok(match, token)
    assert.equal(match[1], String(index + 2))
    return match[2] ?? ''
  })
  assert.equal(new Set(cookies).size, links.length)
  let inner = cookies[0] ?? ''
  while (inner.startsWith('%')) inner = decodeURIComponent(inner)
  assert.match(inner, new RegExp(`^<cookie page="1"[^>]*><${parts.id} last="\\{[0-9A-F-]{36}\\}" first="\\{[0-9A-F-]{36}\\}" ?/></cookie>$`))
})

test('links work after a form encoder has rebuilt them, and without the header', async () => {
  const query = `${parts.set}?$select=new_name&$orderby=new_text desc,new_group`
  const whole = namesOf((await get(query)).value)
  assert.deepEqual(namesOf((await pages(query, 4, rebuilt)).rows), whole)
  assert.deepEqual(namesOf((await pages(query, 4, (link) => link, pageOf(4))).rows), whole)
})

test('a row that comes or goes between pages shifts no other', async () => {
  const query = `${parts.set}?$select=new_name&$orderby=new_name`
  const first = await get(query, pageOf(5))
  const early = createdId(await api.post(parts.set, { new_name: '!first' }))
  const removed = first.value[0]
  const { '@odata.etag': _etag, ...again } = (await get(`${parts.set}(${removed[parts.id]})?$select=new_name,new_group,new_text,new_rate`)) as Entry
  expectStatus(await api.delete(`${parts.set}(${removed[parts.id]})`), 204)
  const second = await get(first['@odata.nextLink'])
  const whole = namesOf((await get(query)).value)
  assert.deepEqual([...namesOf(first.value).slice(1), ...namesOf(second.value)], whole.slice(1, 10))
  expectStatus(await api.delete(`${parts.set}(${early})`), 204)
  const { '@odata.context': _context, ...row } = again
  createdId(await api.post(parts.set, row))
})

test('$top has no say where a page size is given', async () => {
  const body = await get(`${parts.set}?$top=3`, pageOf(10))
  assert.equal(body.value.length, 10)
  assert.ok(body['@odata.nextLink'])
})

test('the count of a paged answer is that of the whole', async () => {
  const first = await get(`${parts.set}?$count=true`, pageOf(10))
  assert.equal(first['@odata.count'], 25)
  assert.equal((await get(first['@odata.nextLink']))['@odata.count'], 25)
})

test('a token that is none, or of another query, is refused', async () => {
  const { '@odata.nextLink': link } = await get(`${parts.set}?$orderby=new_text`, pageOf(5))
  const token = new URL(link).searchParams.get('$skiptoken') ?? ''
  for (const wrong of ['x', '', '<cookie/>', '%', token.slice(0, 40), token.replace('pagenumber="2"', 'pagenumber="x"')]) {
    const answer = await api.get(`${parts.set}?$orderby=new_text&$skiptoken=${encodeURIComponent(wrong)}`)
    assert.equal(answer.status, 400, wrong)
  }
  assert.equal((await api.get(`${parts.set}?$orderby=new_group&$skiptoken=${encodeURIComponent(token)}`)).status, 400)
})

test('a page has 5,000 rows at the most, and a count ends there', async () => {
  const big = await makeTable(api, 'new_Big')
  for (let from = 0; from < 5_003; from += 1_000) {
    await makeRows(
      api,
      big,
      Array.from({ length: Math.min(1_000, 5_003 - from) }, (_, index) => ({ new_name: `r${from + index}` })),
    )
  }
  const prefer = { Prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.*"' }
  const first = await get(`${big.set}?$select=new_name&$count=true`, prefer)
  assert.equal(first.value.length, 5_000)
  assert.equal(first['@odata.count'], 5_000)
  assert.equal(first['@Microsoft.Dynamics.CRM.totalrecordcount'], 5_000)
  assert.equal(first['@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded'], true)
  const second = await get(first['@odata.nextLink'])
  assert.equal(second.value.length, 3)
  assert.equal(second['@odata.nextLink'], undefined)
  assert.equal((await get(`${big.set}?$select=new_name`, pageOf(9_999))).value.length, 5_000)
  assert.equal((await api.get(`${big.set}/$count`)).text, '\ufeff5000')
  const top = await get(`${big.set}?$select=new_name&$top=5002`)
  assert.equal(top.value.length, 5_000)
  assert.equal((await get(top['@odata.nextLink'])).value.length, 2)
})

test('what is equal in the last column of the order follows by id, in the same direction', async () => {
  const ids = [...(await pages(`${parts.set}?$select=new_name`, 5000)).rows.map((row) => String(row[parts.id]))].sort()
  const ordered = async (order: string) => (await pages(`${parts.set}?$select=new_name&$orderby=${order}`, 7)).rows.map((row) => row[parts.id])
  // All rows have one state.
  assert.deepEqual(await ordered('statecode'), ids)
  assert.deepEqual(await ordered('statecode desc'), [...ids].reverse())
})

test('a lookup orders by the name of the row that it points at, page by page', async () => {
  const contacts: Record<string, string> = {}
  for (const lastname of ['Zoe', 'adam', 'Mia']) contacts[lastname] = createdId(await api.post('contacts', { lastname }))
  const parent = createdId(await api.post('accounts', { name: 'parent' }))
  const people = ['Mia', 'Zoe', undefined, 'adam', 'Mia', undefined, 'Zoe']
  for (const [index, person] of people.entries()) {
    const contact = person === undefined ? {} : { 'primarycontactid@odata.bind': `/contacts(${contacts[person]})` }
    createdId(await api.post('accounts', { name: `${person ?? 'nobody'} ${index}`, 'parentaccountid@odata.bind': `/accounts(${parent})`, ...contact }))
  }
  const children = `accounts?$select=name&$filter=_parentaccountid_value eq ${parent}`
  const up = ['nobody 2', 'nobody 5', 'adam 3', 'Mia 0', 'Mia 4', 'Zoe 1', 'Zoe 6']
  for (const lookup of ['_primarycontactid_value', 'primarycontactid']) {
    for (const size of [1, 2, 3]) {
      const rows = (await pages(`${children}&$orderby=${lookup}`, size)).rows
      assert.deepEqual(
        rows.map(({ name }) => name),
        up,
      )
    }
    const down = (await get(`${children}&$orderby=${lookup} desc,accountid asc`)).value
    assert.deepEqual(
      down.map(({ name }: Entry) => name),
      ['Zoe 1', 'Zoe 6', 'Mia 0', 'Mia 4', 'adam 3', 'nobody 2', 'nobody 5'],
    )
  }
  const expanded = await get(`accounts(${parent})?$select=name&$expand=account_parent_account($select=name;$orderby=_primarycontactid_value)`)
  assert.deepEqual(
    expanded.account_parent_account.map(({ name }: Entry) => name),
    up,
  )
  // An owner has columns by a cast, in the order as in the filter.
  const byOwner = `${children}&$orderby=ownerid/Microsoft.Dynamics.CRM.systemuser/fullname desc,_primarycontactid_value,accountid`
  assert.deepEqual(
    (await pages(byOwner, 3)).rows.map(({ name }) => name),
    up,
  )
  // Over a lookup too; and its id where it is the id that is asked for.
  const over = (await get(`${children}&$orderby=parentaccountid/primarycontactid,primarycontactid/contactid,name`)).value
  assert.deepEqual(
    over.map(({ name }: Entry) => name),
    ['nobody 2', 'nobody 5', 'Zoe 1', 'Zoe 6', 'adam 3', 'Mia 0', 'Mia 4'],
  )
})
