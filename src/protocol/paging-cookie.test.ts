import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatOuterCookie, formatPagingCookie, type PagingCookie, parseOuterCookie, parsePagingCookie } from './paging-cookie.ts'
import { escapeXml, unescapeXml } from './xml-text.ts'

const cookie: PagingCookie = {
  page: 3,
  keys: [
    { column: 'fullname', first: 'Yvonne McKay (sample)', last: 'Susanna Stubberod (sample)' },
    { column: 'contactid', first: '49b0be2e-d01c-ed11-b83e-000d3a572421', last: '70bf4d48-34cb-ed11-b596-0022481d68cd' },
  ],
  more: new Map(),
}

test('a cookie looks as one of Dataverse', () => {
  const name = '<fullname last="Susanna Stubberod (sample)" first="Yvonne McKay (sample)" />'
  const id = '<contactid last="{70BF4D48-34CB-ED11-B596-0022481D68CD}" first="{49B0BE2E-D01C-ED11-B83E-000D3A572421}" />'
  assert.equal(formatPagingCookie(cookie), `<cookie page="3">${name}${id}</cookie>`)
  assert.match(
    formatOuterCookie(cookie, false),
    /^<cookie pagenumber="4" pagingcookie="%253ccookie%2520page%253d%25223%2522%253e[^"]+" istracking="False" \/>$/,
  )
})

test('a value that XML or a URL would read otherwise is written without such characters', () => {
  const keys = [{ column: 'name', first: 'R&D <"50%">', last: null }]
  const inner = formatPagingCookie({ ...cookie, keys })
  assert.equal(inner, '<cookie page="3"><name kind="escaped" first="R\\u0026D \\u003c\\u002250\\u0025\\u0022\\u003e" /></cookie>')
  assert.deepEqual(parsePagingCookie(inner)?.keys, keys)
})

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'&<>"\'%+\\ {}%26'),
    fc.string({ unit: 'binary', maxLength: 1 }).filter((text) => text.isWellFormed()),
  ),
})
const anyCookie: fc.Arbitrary<PagingCookie> = fc
  .tuple(
    fc.integer({ min: 1, max: 99_999 }),
    fc.array(fc.tuple(fc.oneof(fc.constantFrom('name', 'c.fullname', 'a&b'), anyText), fc.option(anyText), fc.option(anyText)), { maxLength: 4 }),
  )
  .map(([page, keys]) => ({ page, keys: keys.map(([column, first, last]) => ({ column, first, last })), more: new Map() }))

test('a cookie comes back as it was handed out', () => {
  fc.assert(
    fc.property(anyCookie, (one) => {
      assert.deepEqual(parsePagingCookie(formatPagingCookie(one)), one)
      assert.deepEqual(parseOuterCookie(formatOuterCookie(one, false)), { pageNumber: one.page + 1, cookie: one })
    }),
  )
})

test('a cookie survives clients that decode it twice and escape it for XML, be it but in part', () => {
  const encodings: ((text: string) => string)[] = [
    (text) => escapeXml(text),
    // DynamicsWebApi leaves `&` as it is.
    (text) => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  ]
  fc.assert(
    fc.property(anyCookie, fc.constantFrom(...encodings), (one, encode) => {
      const inner = /pagingcookie="([^"]*)"/.exec(formatOuterCookie(one, false))?.[1] ?? ''
      const sent = unescapeXml(encode(decodeURIComponent(decodeURIComponent(inner))))
      assert.deepEqual(parsePagingCookie(sent ?? ''), one)
    }),
  )
})

test('what is no cookie is none', () => {
  for (const text of ['', '<cookie>', '<cookie page="x"></cookie>', '<cookie page="1"><a', '%', '<cookie page="1"><a first=\'1\' /></cookie>']) {
    assert.equal(parsePagingCookie(text), undefined, text)
  }
})
