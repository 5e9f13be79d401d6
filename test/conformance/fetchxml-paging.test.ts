/** Pages of FetchXML and of SQL, walked through as clients do (webapi.md 7, 13.1, 13.4). */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DynamicsWebApi } from 'dynamics-web-api'
import { type Answer, type Api, apiOf, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, type MadeTable, makeLookup, makeRows, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

type Row = Readonly<Record<string, unknown>>
type Body = Readonly<Record<string, unknown>> & { readonly value: readonly Row[] }

let server: TestServer
let api: Api
let parts: MadeTable

const COOKIE = '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'
const MORE = '@Microsoft.Dynamics.CRM.morerecords'
const ANNOTATED = { Prefer: `odata.include-annotations="${COOKIE.slice(1)},${MORE.slice(1)}"` }

/** In the order of their labels: 4, 2, 1, 3. */
const KINDS = { 1: 'Maple', 2: 'elm', 3: 'Yew', 4: 'Ash' }

/** Names that XML and URLs would read otherwise, some of them equal, some missing. */
const NAMES = [
  'R&D',
  'R&D',
  '<b>',
  '"quoted"',
  "O'Neil",
  '100%',
  '%26',
  'a+b',
  '{6F0C2B1E-0000-4000-8000-000000000001}',
  'größer 😀',
  'back\\slash',
  'R&D',
  null,
  null,
  '&amp;',
  'plain',
  'x y',
]

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  parts = await makeTable(api, 'new_Part', [column.whole('new_Group'), column.money('new_Price'), column.choice('new_Kind', KINDS)])
  const items = await makeTable(api, 'new_Item', [])
  await makeLookup(api, { from: 'new_item', to: 'new_part', SchemaName: 'new_PartId' })
  const ids = await makeRows(
    api,
    parts,
    NAMES.map((new_name, index) => ({ new_name, new_group: index % 3, new_price: index / 4, new_kind: index % 5 || null })),
  )
  await makeRows(
    api,
    items,
    ids.flatMap((id, index) =>
      Array.from({ length: index % 4 }, (_, item) => ({ new_name: `${index}.${item}`, 'new_PartId@odata.bind': `/new_parts(${id})` })),
    ),
  )
})
after(() => server[Symbol.asyncDispose]())

const fetchPage = (xml: string, headers: Readonly<Record<string, string>> = ANNOTATED): Promise<Answer> =>
  api.get(`${parts.set}?fetchXml=${encodeURIComponent(xml)}`, headers)
const query = (inner: string, attributes = '') => `<fetch ${attributes}><entity name="new_part">${inner}</entity></fetch>`
const body = async (xml: string): Promise<Body> => expectStatus(await fetchPage(xml), 200).body
const ITEMS = '<link-entity name="new_item" from="new_partid" to="new_partid" link-type="outer" alias="i"><attribute name="new_name"/></link-entity>'
const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** `FetchXmlQuery.execute_pages` of Microsoft's Python client, in its words: what it reads, and what it does without. */
async function likePython(inner: string, count: number): Promise<{ readonly rows: readonly Row[]; readonly pages: number }> {
  const rows: Row[] = []
  let page = 1
  let cookie: string | undefined
  for (let pages = 1; ; pages++) {
    const sent = cookie === undefined ? '' : ` paging-cookie="${escapeXml(cookie)}"`
    const data = await body(query(inner, `count="${count}" page="${page}"${sent}`))
    rows.push(...data.value)
    if (data[MORE] !== true) return { rows, pages }
    const outer = /^<cookie pagenumber="(\d+)" pagingcookie="([^"]*)" istracking="False" \/>$/.exec(String(data[COOKIE] ?? ''))
    cookie = outer ? decodeURIComponent(decodeURIComponent(outer[2] ?? '')) : undefined
    page = outer ? Number(outer[1]) : page + 1
    assert.ok(pages < 100, 'pages without an end')
  }
}

const QUERIES: readonly (readonly [name: string, inner: string])[] = [
  ['ordered by text that many rows share', '<attribute name="new_name"/><order attribute="new_name"/>'],
  ['ordered the other way round', '<attribute name="new_name"/><order attribute="new_name" descending="true"/>'],
  ['without an order', '<attribute name="new_name"/>'],
  ['ordered by an amount and a number', '<attribute name="new_name"/><order attribute="new_group" descending="true"/><order attribute="new_price"/>'],
  ['ordered by the labels of a choice', '<attribute name="new_kind"/><order attribute="new_kind" descending="true"/>'],
  ['whose links find several rows for one', `<attribute name="new_name"/><order attribute="new_name"/>${ITEMS}`],
  ['ordered by a column of a link', `<attribute name="new_name"/><order entityname="i" attribute="new_name"/>${ITEMS}`],
]

describe('pages', () => {
  for (const [name, inner] of QUERIES) {
    test(`of a query ${name} hold each row once, in the order of the whole`, async () => {
      const whole = (await body(query(inner))).value
      for (const count of [1, 3, 7]) {
        const { rows, pages } = await likePython(inner, count)
        assert.deepEqual(rows, whole)
        assert.equal(pages, Math.ceil(whole.length / count))
      }
    })
  }

  test('a choice orders by its labels, by its numbers where the query says so', async () => {
    const kinds = async (attributes: string) => {
      const { value } = await body(query('<attribute name="new_kind"/><order attribute="new_kind"/>', attributes))
      return [...new Set(value.map((row) => row.new_kind))]
    }
    assert.deepEqual(await kinds(''), [undefined, 4, 2, 1, 3])
    assert.deepEqual(await kinds('useraworderby="true"'), [undefined, 1, 2, 3, 4])
    assert.deepEqual(await kinds('distinct="true"'), [undefined, 4, 2, 1, 3])
  })

  test('of distinct rows and of groups too', async () => {
    for (const [inner, attributes] of [
      ['<attribute name="new_name"/><order attribute="new_name"/>', 'distinct="true"'],
      ['<attribute name="new_name" alias="n" groupby="true"/><attribute name="new_price" alias="s" aggregate="sum"/><order alias="s"/>', 'aggregate="true"'],
    ] as const) {
      const whole = (await body(query(inner, attributes))).value
      const rows: Row[] = []
      for (let page = 1, cookie = ''; ; page++) {
        const data = await body(query(inner, `${attributes} count="4" page="${page}" ${cookie}`))
        rows.push(...data.value)
        if (data[COOKIE] === undefined) break
        const inside = /pagingcookie="([^"]*)"/.exec(String(data[COOKIE]))?.[1] ?? ''
        cookie = `paging-cookie="${escapeXml(decodeURIComponent(decodeURIComponent(inside)))}"`
      }
      assert.deepEqual(rows, whole)
    }
  })

  test('DynamicsWebApi walks through all of them', async () => {
    const client = new DynamicsWebApi({ serverUrl: server.url, dataApi: { version: '9.2' } })
    for (const [name, inner] of QUERIES.slice(0, -1)) {
      const whole = (await body(query(inner))).value
      const { value } = await client.fetchAll({ collection: parts.set, fetchXml: query(inner, 'count="2"'), includeAnnotations: '*' })
      assert.deepEqual(
        value.map((row) => (row as Row).new_partid),
        whole.map((row) => row.new_partid),
        name,
      )
    }
  })

  test('are reached by their numbers alone', async () => {
    const inner = '<attribute name="new_name"/><order attribute="new_name"/>'
    const whole = (await body(query(inner))).value
    assert.deepEqual((await body(query(inner, 'count="4" page="3"'))).value, whole.slice(8, 12))
    assert.deepEqual((await body(query(inner, 'count="4" page="9"'))).value, [])
    expectRefusal(await fetchPage(query(inner, 'count="5000" page="11"')), 400, '0x80040203', /paging cookie/)
  })

  test('begin behind the row that the cookie names, be it there no more', async () => {
    const inner = '<attribute name="new_name"/><order attribute="new_name" descending="true"/>'
    const cookie = escapeXml('<cookie page="1"><new_name last="p" first="z" /><new_partid last="{FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF}" /></cookie>')
    const { value } = await body(query(inner, `count="1" page="2" paging-cookie="${cookie}"`))
    assert.deepEqual(
      value.map((row) => row.new_name),
      ["O'Neil"],
    )
  })
})

describe('the annotations', () => {
  const inner = '<attribute name="new_name"/><order attribute="new_name"/>'

  test('name the next page outside and this one inside', async () => {
    const data = await body(query(inner, 'count="2" page="2"'))
    assert.equal(data[MORE], true)
    const outer = /^<cookie pagenumber="3" pagingcookie="(%253ccookie%2520page%253d%25222%2522%253e[^"]+)" istracking="False" \/>$/.exec(String(data[COOKIE]))
    assert.match(
      decodeURIComponent(decodeURIComponent(outer?.[1] ?? '')),
      /^<cookie page="2"><new_name .*\/><new_partid last="\{[0-9A-F-]{36}\}" first="\{[0-9A-F-]{36}\}" \/><\/cookie>$/,
    )
  })

  test('are left out on the last page, with top, and where they are not asked for', async () => {
    const shown = (data: Body) => Object.keys(data).filter((name) => name.startsWith('@Microsoft'))
    assert.deepEqual(shown(await body(query(inner, 'count="2" page="2"'))), [COOKIE, MORE])
    assert.deepEqual(shown(await body(query(inner, `count="${NAMES.length}"`))), [])
    assert.deepEqual(shown(await body(query(inner, 'top="2"'))), [])
    assert.deepEqual(shown(expectStatus(await fetchPage(query(inner, 'count="2"'), {}), 200).body), [])
    assert.equal(expectStatus(await fetchPage(query(inner, 'count="2"'), {}), 200).body['@odata.nextLink'], undefined)
  })

  test('hold no cookie where a column of a link orders', async () => {
    const data = await body(query(`<order entityname="i" attribute="new_name"/>${ITEMS}`, 'count="2"'))
    assert.deepEqual([data[COOKIE], data[MORE]], [undefined, true])
  })

  test('a cookie of another order, and what is no cookie, are refused', async () => {
    const cookie = escapeXml('<cookie page="1"><new_group last="1" first="1" /></cookie>')
    expectRefusal(await fetchPage(query(inner, `count="2" page="2" paging-cookie="${cookie}"`)), 400, '0x80041129')
    for (const bad of ['x', escapeXml('<cookie page="0"></cookie>'), escapeXml('<cookie page="1"><new_name last="1"')]) {
      expectRefusal(await fetchPage(query(inner, `count="2" page="2" paging-cookie="${bad}"`)), 400, '0x8004112a')
    }
  })
})

describe('SQL', () => {
  const STATEMENTS = [
    'SELECT new_name, new_price FROM new_part ORDER BY new_name DESC',
    'SELECT p.new_name, i.new_name AS item FROM new_part AS p LEFT JOIN new_item AS i ON p.new_partid = i.new_partid ORDER BY i.new_name',
    'SELECT DISTINCT new_name FROM new_part',
    'SELECT new_group, COUNT(*) AS n FROM new_part GROUP BY new_group',
  ]
  const ask = (path: string, size?: number) => api.get(path, size === undefined ? {} : { Prefer: `odata.maxpagesize=${size}` })

  for (const statement of STATEMENTS) {
    test(`pages follow next links: ${statement}`, async () => {
      const path = `${parts.set}?sql=${encodeURIComponent(statement)}`
      const whole = expectStatus(await ask(path), 200).body.value
      const rows: Row[] = []
      const cookies = new Set<string>()
      for (let link: string | undefined = path; link !== undefined; ) {
        // The header is sent once: a next link works alone.
        const data: Body = expectStatus(await ask(link, link === path ? 2 : undefined), 200).body
        rows.push(...data.value)
        const next = data['@odata.nextLink'] as string | undefined
        if (next !== undefined) {
          assert.ok(next.startsWith(`${api.root}/${path}&$skiptoken=`), next)
          const cookie = /pagingcookie="([^"]+)"/.exec(new URL(next).searchParams.get('$skiptoken') ?? '')?.[1] ?? ''
          assert.ok(cookie !== '' && !cookies.has(cookie), 'the Python client stops where a cookie comes twice')
          cookies.add(cookie)
        }
        link = next
      }
      assert.deepEqual(rows, whole)
      assert.equal(cookies.size, Math.ceil(whole.length / 2) - 1)
    })
  }

  test('a statement about another table than the addressed one is refused', async () => {
    expectRefusal(await ask('accounts?sql=SELECT new_name FROM new_part'), 400, '0x80041128')
    expectRefusal(await ask(`${parts.set}?sql=SELECT new_name FROM new_part&$filter=new_group eq 1`), 400, '0x8006088a', /\$filter/)
  })
})
