import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyGuid, anyName, anyText, readsOrRefuses, record, roundTrips, rubbishOf } from './arbitraries.test.ts'
import { parseQueryOptions, withOption } from './query-options.ts'
import { formatSkipToken, parseSkipToken, type SkipToken } from './skip-token.ts'

const token: SkipToken = {
  page: 2,
  pageSize: 50,
  keys: [
    { column: 'name', first: 'A "b" <c> & 100%+', last: null },
    { column: 'accountid', first: '1a2b0000-0000-0000-0000-00000000000a', last: '6f0c0000-0000-0000-0000-00000000000b' },
  ],
}

test('a token looks as a paging cookie of Dataverse', () => {
  const keys = token.keys.slice(1)
  const text = formatSkipToken({ ...token, keys })
  const [, inner = ''] = /^<cookie pagenumber="2" pagingcookie="(%253ccookie%2520page%253d%25221%2522[^"<]*)" istracking="False" \/>$/.exec(text) ?? []
  const guids = 'last="{6F0C0000-0000-0000-0000-00000000000B}" first="{1A2B0000-0000-0000-0000-00000000000A}"'
  assert.equal(decodeURIComponent(decodeURIComponent(inner)), `<cookie page="1" size="50"><accountid ${guids} /></cookie>`)
})

test('a token with a state is one that tracks', () => {
  assert.match(formatSkipToken({ ...token, state: '5!a' }), /istracking="True" \/>$/)
  assert.equal(parseSkipToken(formatSkipToken({ ...token, state: '' })).state, '')
})

test('text that looks like a guid of ours stays text', () => {
  const keys = [{ column: 'name', first: '{6F0C0000-0000-0000-0000-00000000000B}', last: '6f0c0000-0000-0000-0000-00000000000b' }]
  assert.deepEqual(parseSkipToken(formatSkipToken({ ...token, keys })).keys, keys)
})

test('every page has another token', () => {
  assert.notEqual(formatSkipToken(token), formatSkipToken({ ...token, page: 3 }))
})

const anyToken: fc.Arbitrary<SkipToken> = fc
  .tuple(
    record({
      page: fc.integer({ min: 1, max: 999_999_999 }),
      pageSize: fc.integer({ min: 1, max: 5000 }),
      keys: fc.array(
        fc.tuple(
          fc.oneof(anyName, fc.constantFrom('primarycontactid/fullname', 'cookie', 'column', 'é"<')),
          fc.option(fc.oneof(anyText, anyGuid)),
          fc.option(fc.oneof(anyText, anyGuid)),
        ),
        { maxLength: 4 },
      ),
    }),
    fc.option(anyText, { nil: undefined }),
  )
  .map(([{ keys, ...rest }, state]) => ({
    ...rest,
    keys: keys.map(([column, first, last]) => ({ column, first, last })),
    ...(state === undefined ? {} : { state }),
  }))

test('a token written is read back as the same', () => {
  roundTrips(anyToken, formatSkipToken, parseSkipToken)
})

test('a token survives the link it stands in', () => {
  roundTrips(
    anyToken,
    (any) => withOption('$select=a', '$skiptoken', formatSkipToken(any)),
    (query) => parseSkipToken(parseQueryOptions(query).skiptoken ?? ''),
  )
})

test('a token survives clients that take links apart and rebuild them', () => {
  const formEncode = (text: string) => new URLSearchParams({ t: text }).toString().slice(2)
  const journeys: ((text: string) => string)[] = [
    (text) => decodeURIComponent(formEncode(text).replaceAll('+', ' ')),
    encodeURIComponent,
    formEncode,
    (text) => formEncode(formEncode(text)),
    decodeURIComponent,
    (text) => decodeURIComponent(decodeURIComponent(text)),
  ]
  for (const journey of journeys) roundTrips(anyToken, (any) => journey(formatSkipToken(any)), parseSkipToken)
})

test('a malformed token is refused', () => {
  const good = formatSkipToken(token)
  const wrap = (inner: string) => `<cookie pagenumber="2" pagingcookie="${encodeURIComponent(inner)}" istracking="False" />`
  const bad = [
    '',
    'x',
    '<cookie/>',
    '<cookie pagenumber="2" pagingcookie="" istracking="False" />',
    good.slice(0, -5),
    good.replace('"2"', '"x"'),
    good.replace('"2"', '"0"'),
    good.replaceAll('%25', '%'),
  ]
  const inner = [
    '<cookie page="1"><a last="1" /></cookie>',
    '<cookie page="1" size="0"></cookie>',
    '<cookie page="1" size="5001"></cookie>',
    '<cookie page="1" size="1.5"></cookie>',
    '<cookie page="1" size="5"><a last="&x;" /></cookie>',
    '<cookie page="1" size="5"><a last="&#xffffff;" /></cookie>',
    '<cookie page="1" size="5"><a last="1"></cookie>',
    '<cookie page="1" size="5">text</cookie>',
    `<cookie page="1" size="5">${'<a />'.repeat(101)}</cookie>`,
  ]
  for (const text of [...bad.slice(0, -1), ...inner.map(wrap), 'x'.repeat(100_000)])
    assert.throws(() => parseSkipToken(text), { name: 'BadToken' }, text.slice(0, 300))
  assert.deepEqual(parseSkipToken(bad.at(-1) ?? ''), token)
})

test('rubbish is refused, never more', () => {
  const pieces = [
    '<cookie pagenumber="2" pagingcookie="',
    '<cookie page="1" size="5"',
    '>',
    '<a last="',
    '" />',
    '</cookie>',
    '" istracking="False" />',
    '&',
    '&amp;',
    '&#x1;',
    '%',
    '%25',
    '%3c',
    '+',
    ' ',
    '"',
  ]
  readsOrRefuses(rubbishOf(...pieces), parseSkipToken)
})
