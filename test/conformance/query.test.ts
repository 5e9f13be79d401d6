/** Reading sets: `$select`, `$filter`, `$orderby`, `$top`, `$count` (webapi.md 6.1–6.4). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { column, type MadeTable, makeLookup, makeRows, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let sites: MadeTable
let parts: MadeTable
let north: string
let ids: readonly string[]

/** Four rows: three with values, `empty` with none but its name. */
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  sites = await makeTable(api, 'new_Site', [column.text('new_Code', { MaxLength: 20 })])
  parts = await makeTable(api, 'new_Part', [
    column.text('new_Text', { MaxLength: 100 }),
    column.whole('new_Number'),
    column.whole('new_Other'),
    column.bigint('new_Big'),
    column.decimal('new_Rate', { Precision: 4 }),
    column.money('new_Price', { Precision: 2, PrecisionSource: 0 }),
    column.double('new_Weight', { Precision: 3 }),
    column.boolean('new_Flag'),
    column.choice('new_Colour', { 1: 'Red', 2: 'Green', 3: 'Blue' }),
    column.choices('new_Tags', { 1: 'One', 2: 'Two' }),
    column.datetime('new_Day', 'DateOnly'),
    column.datetime('new_At', 'UserLocal'),
  ])
  await makeLookup(api, { from: parts.name, to: sites.name, SchemaName: 'new_SiteId' })
  north = createdId(await api.post(sites.set, { new_code: 'N', new_name: 'North' }))
  const site = { 'new_SiteId@odata.bind': `/${sites.set}(${north})` }
  ids = await makeRows(api, parts, [
    {
      new_name: 'a',
      new_text: "O'Neil & Sons",
      new_number: 1,
      new_other: 5,
      new_big: 9007199254740993n.toString(),
      new_rate: 1.1,
      new_price: 10,
      new_weight: 0.5,
      new_flag: true,
      new_colour: 1,
      new_tags: '1,2',
      new_day: '2024-01-01',
      new_at: '2024-01-01T10:00:00Z',
      ...site,
    },
    {
      new_name: 'b',
      new_text: 'Ærø 100% [x]_y',
      new_number: 2,
      new_other: 2,
      new_big: '9007199254740992',
      new_rate: 1.1001,
      new_price: 10.5,
      new_weight: 2,
      new_flag: false,
      new_colour: 3,
      new_tags: '2',
      new_day: '2024-02-01',
      new_at: '2024-02-01T10:00:00Z',
      ...site,
    },
    {
      new_name: 'c',
      new_text: 'straße',
      new_number: 3,
      new_other: 1,
      new_big: '-5',
      new_rate: -2,
      new_price: 0,
      new_weight: -1,
      new_flag: false,
      new_colour: 2,
      new_day: '2024-03-01',
      new_at: '2024-03-01T10:00:00Z',
    },
    { new_name: 'empty', new_flag: null },
  ])
})
after(() => server[Symbol.asyncDispose]())

const rowsOf = async (query: string, headers = {}): Promise<Answer['body']> => expectStatus(await api.get(`${parts.set}?${query}`, headers), 200).body
const namesOf = (body: Answer['body']): string => body.value.map((row: { new_name: string }) => row.new_name).join(' ')
const found = async (filter: string): Promise<string> => namesOf(await rowsOf(`$select=new_name&$orderby=new_name&$filter=${encodeURIComponent(filter)}`))

async function expectFound(cases: Readonly<Record<string, string>>): Promise<void> {
  for (const [filter, names] of Object.entries(cases)) assert.equal(await found(filter), names, filter)
}

test('a set is a context and its rows', async () => {
  const { headers, body } = expectStatus(await api.get(parts.set), 200)
  assert.equal(headers['content-type'], 'application/json; odata.metadata=minimal')
  assert.equal(headers['odata-version'], '4.0')
  assert.deepEqual(Object.keys(body), ['@odata.context', 'value'])
  assert.equal(body['@odata.context'], `${server.api}/$metadata#${parts.set}`)
  assert.equal(body.value.length, 4)
  for (const row of body.value) assert.equal(row['@odata.etag'], `W/"${row.versionnumber}"`)
})

test('$select takes blanks and a trailing comma, and gives id and ETag along', async () => {
  for (const select of ['new_text,new_number', ' new_text , new_number ', 'new_text,new_number,', 'new_text,%20new_number%20', 'new_text%2Cnew_number']) {
    const body = await rowsOf(`$select=${select}&$top=1`)
    assert.equal(body['@odata.context'], `${server.api}/$metadata#${parts.set}(new_text,new_number)`, select)
    assert.deepEqual(Object.keys(body.value[0]).sort(), ['@odata.etag', 'new_number', parts.id, 'new_text'].sort(), select)
  }
})

test('a lookup is selected by its value property or by its bare name', async () => {
  for (const select of ['_new_siteid_value', 'new_siteid']) {
    const body = await rowsOf(`$select=${select}&$filter=new_name eq 'a'`)
    assert.deepEqual(Object.keys(body.value[0]).sort(), ['@odata.etag', '_new_siteid_value', parts.id].sort(), select)
    assert.equal(body.value[0]._new_siteid_value, north)
  }
  assert.deepEqual(Object.keys((await rowsOf('$select=*&$top=1')).value[0]), Object.keys((await rowsOf('$top=1')).value[0]))
})

test('numbers of every type compare exactly', async () => {
  await expectFound({
    'new_number eq 2': 'b',
    'new_number ge 2': 'b c',
    'new_number lt 2': 'a',
    'new_number le 2 and new_number gt 1': 'b',
    'new_big eq 9007199254740993': 'a',
    'new_big gt 9007199254740992': 'a',
    'new_rate eq 1.1': 'a',
    'new_rate eq 1.1000': 'a',
    'new_rate gt 1.1': 'b',
    'new_rate lt 0': 'c',
    'new_price eq 10.50': 'b',
    'new_price ge 10': 'a b',
    'new_weight eq 0.5': 'a',
    'new_weight lt 1e0': 'a c',
    "new_number eq '2'": 'b',
  })
})

test('text compares without regard to case, and with regard to accents', async () => {
  await expectFound({
    "new_text eq 'o''neil & sons'": 'a',
    "new_text eq 'STRASSE'": '',
    "new_text eq 'STRAßE'": 'c',
    "new_text eq 'straße'": 'c',
    "new_name ge 'b'": 'b c empty',
    "startswith(new_text,'æRØ')": 'b',
    "startswith(new_text,'Aro')": '',
  })
})

test('contains, startswith and endswith look into text, and know the wildcards of SQL', async () => {
  await expectFound({
    "contains(new_text,'neil')": 'a',
    "contains(new_text,'&')": 'a',
    "startswith(new_text,'O''')": 'a',
    "endswith(new_text,'SONS')": 'a',
    "endswith(new_text,'ße')": 'c',
    "not contains(new_text,'neil')": 'b c empty',
    "contains(new_text,'e%s')": 'a',
    "startswith(new_text,'str__e')": 'c',
    "contains(new_text,'[xyz]__y')": 'b',
    "contains(new_text,'[%]')": 'b',
    "startswith(new_text,'[^a-o]')": 'b c',
  })
})

test('null is compared with eq and ne; what is not equal includes what is null', async () => {
  await expectFound({
    'new_text eq null': 'empty',
    'new_text ne null': 'a b c',
    'new_number ne 2': 'a c empty',
    "new_text ne 'straße'": 'a b empty',
    'new_number gt null': '',
    '_new_siteid_value eq null': 'c empty',
    'not (new_number eq 2)': 'a c empty',
  })
})

test('conditions are joined with and, or, not and parentheses', async () => {
  await expectFound({
    'new_number eq 1 or new_number eq 2 and new_flag eq true': 'a',
    '(new_number eq 1 or new_number eq 2) and new_flag eq false': 'b',
    'not (new_number eq 1 or new_number eq 2)': 'c empty',
    'not new_flag': 'b c empty',
    new_flag: 'a',
    'new_flag eq true': 'a',
    '((((new_number eq 3))))': 'c',
  })
})

test('in takes a list', async () => {
  await expectFound({
    'new_number in (1,3,7)': 'a c',
    "new_text in ('straße','x')": 'c',
    'new_colour in (2)': 'c',
    [`${parts.id} in (${ids[0]},${ids[1]})`]: 'a b',
    'not (new_number in (1,3))': 'b empty',
  })
})

test('choices, multi-select choices and booleans compare by value', async () => {
  await expectFound({ 'new_colour eq 1': 'a', 'new_colour gt 1': 'b c', "new_tags eq '1,2'": 'a', "new_tags eq '2'": 'b', 'statecode eq 0': 'a b c empty' })
})

test('days and moments compare as time', async () => {
  await expectFound({
    'new_day eq 2024-02-01': 'b',
    'new_day ge 2024-02-01': 'b c',
    'new_at eq 2024-02-01T10:00:00Z': 'b',
    'new_at gt 2024-02-01T11:30:00+02:00': 'b c',
    'new_at lt 2024-02-01T10:00:00.000Z': 'a',
    'new_at ge 2024-02-01': 'b c',
    'createdon gt 2020-01-01T00:00:00Z': 'a b c empty',
  })
})

test('ids and lookups compare with guids, bare or quoted', async () => {
  await expectFound({
    [`_new_siteid_value eq ${north}`]: 'a b',
    [`_new_siteid_value eq '${north}'`]: 'a b',
    [`_new_siteid_value eq ${north.toUpperCase()}`]: 'a b',
    [`_new_siteid_value ne ${north}`]: 'c empty',
    [`${parts.id} eq ${ids[2]}`]: 'c',
  })
})

test('paths lead over lookups, also over more than one', async () => {
  await expectFound({
    "new_SiteId/new_code eq 'n'": 'a b',
    "new_SiteId/new_code eq 'N' and new_number gt 1": 'b',
    [`new_SiteId/${sites.id} eq ${north}`]: 'a b',
    'new_SiteId/createdby/fullname ne null': 'a b',
    'new_SiteId/new_code eq null': 'c empty',
    "contains(new_SiteId/new_name,'ort')": 'a b',
  })
})

test('a column can be compared with a column, and a value with a column', async () => {
  await expectFound({
    'new_number eq new_other and new_number ne null': 'b',
    'new_number lt new_other': 'a',
    '2 lt new_number': 'c',
    'null ne new_text': 'a b c',
  })
})

test('aliases stand for values', async () => {
  const body = await rowsOf("$filter=new_text eq @t and new_number eq @n&@t='O''Neil %26 Sons'&@n=1")
  assert.equal(namesOf(body), 'a')
  assert.equal(namesOf(await rowsOf('$filter=new_text eq @unset&$orderby=new_name')), 'empty')
})

test('aliases stand for columns', async () => {
  // As Microsoft's page on query options and its query samples have them.
  const query = '$filter=@p1 ne @p3 and contains(@p4,@p5) eq false&$orderby=@p1 desc,@p2 asc&@p1=new_number&@p2=new_name&@p4=new_text&@p5=%27zzz%27'
  assert.equal(namesOf(await rowsOf(query)), 'c b a')
  const page = expectStatus(await api.get(`${parts.set}?${query}`, { Prefer: 'odata.maxpagesize=2' }), 200).body
  assert.equal(namesOf(page), 'c b')
  assert.equal(namesOf(expectStatus(await api.get(page['@odata.nextLink'], { Prefer: 'odata.maxpagesize=2' }), 200).body), 'a')
  for (const bad of ['$orderby=@p1', '$orderby=@p1&@p1=5', '$orderby=@p1&@p1=nothing', '$filter=@p1 eq 1&@p1=nothing', '$filter=contains(@p1,%27a%27)&@p1=5']) {
    expectStatus(await api.get(`${parts.set}?${bad}`), 400)
  }
})

test('a query is form-decoded: plus is a blank, %2B a plus, %24 a dollar', async () => {
  createdId(await api.post(parts.set, { new_name: 'plus', new_text: 'a+b c' }))
  try {
    assert.equal(namesOf(await rowsOf("%24filter=new_text+eq+'a%2Bb+c'&%24select=new_name")), 'plus')
    assert.equal(namesOf(await rowsOf("$filter=new_text eq 'a%2Bb%20c'")), 'plus')
  } finally {
    for (const row of (await rowsOf("$filter=new_name eq 'plus'")).value) expectStatus(await api.delete(`${parts.set}(${row[parts.id]})`), 204)
  }
})

test('$orderby sorts up and down, by several columns, over lookups; choices by value', async () => {
  const ordered = async (order: string) => namesOf(await rowsOf(`$select=new_name&$filter=new_number ne null&$orderby=${order}`))
  assert.equal(await ordered('new_number desc'), 'c b a')
  assert.equal(await ordered('new_flag,new_number desc'), 'c b a')
  assert.equal(await ordered('new_flag desc,new_number asc'), 'a b c')
  assert.equal(await ordered('new_colour'), 'a c b')
  assert.equal(await ordered('new_rate'), 'c a b')
  assert.equal(await ordered('new_text desc'), 'b c a')
  assert.equal((await ordered('new_SiteId/new_code desc,new_number desc')).slice(0, 3), 'b a')
  assert.deepEqual(
    (await rowsOf(`$select=${parts.id}`)).value.map((row: Record<string, string>) => row[parts.id]),
    [...ids].sort(),
  )
})

test('$top takes the first rows and promises no more', async () => {
  const body = await rowsOf('$top=2&$orderby=new_number desc&$filter=new_number ne null')
  assert.equal(namesOf(body), 'c b')
  assert.equal(body['@odata.nextLink'], undefined)
  assert.equal(namesOf(await rowsOf('$top=0')), '')
  assert.equal((await rowsOf('$top=5000')).value.length, 4)
})

test('$count=true counts what the filter lets through, not what the page shows', async () => {
  const body = await rowsOf('$count=true&$top=1&$filter=new_number ne null&$select=new_name')
  assert.equal(body['@odata.count'], 3)
  assert.equal(body.value.length, 1)
  assert.equal((await rowsOf('$count=false'))['@odata.count'], undefined)
})

test('/$count is digits behind a byte order mark', async () => {
  const answer = expectStatus(await api.get(`${parts.set}/$count`), 200)
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain/)
  assert.equal(answer.text, '\ufeff4')
  assert.equal((await api.get(`${parts.set}/$count?$filter=new_number gt 1`)).text, '\ufeff2')
})

test('a row named by its key below a set is found in no other', async () => {
  const { body } = expectStatus(await api.get(`${parts.set}(${ids[0]})/new_SiteId?$select=new_code`), 200)
  assert.equal(body.new_code, 'N')
  assert.deepEqual(Object.keys(body).sort(), ['@odata.context', '@odata.etag', 'new_code', sites.id].sort())
})
