import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText, readsOrRefuses, rubbishOf, staysWithin } from './arbitraries.test.ts'
import { type BatchItem, type BatchPart, parseBatch } from './multipart.ts'

const TYPE = 'multipart/mixed; boundary=batch_x'
const parse = (text: string, contentType = TYPE) => parseBatch(new TextEncoder().encode(text), contentType)
const part = (method: string, url: string, body = '', headers: Record<string, string> = {}, contentId?: string): BatchPart => ({
  ...(contentId === undefined ? {} : { contentId }),
  method,
  url,
  headers: new Map(Object.entries(headers)),
  body,
})

/** The example of webapi.md 8.1. */
const EXAMPLE = `--batch_x
Content-Type: multipart/mixed; boundary="changeset_y"

--changeset_y
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 1

POST /api/data/v9.2/accounts HTTP/1.1
Content-Type: application/json; type=entry

{"name":"Alder"}
--changeset_y
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 2

PATCH $1 HTTP/1.1
Content-Type: application/json

{"name":"Birke"}
--changeset_y--

--batch_x
Content-Type: application/http
Content-Transfer-Encoding: binary

GET /api/data/v9.2/accounts?$select=name&$top=1 HTTP/1.1


--batch_x--
`

const READ: readonly BatchItem[] = [
  {
    kind: 'change-set',
    parts: [
      part('POST', '/api/data/v9.2/accounts', '{"name":"Alder"}', { 'content-type': 'application/json; type=entry' }, '1'),
      part('PATCH', '$1', '{"name":"Birke"}', { 'content-type': 'application/json' }, '2'),
    ],
  },
  { kind: 'part', part: part('GET', '/api/data/v9.2/accounts?$select=name&$top=1') },
]

test('requests and change sets are read in order', () => {
  assert.deepEqual(parse(EXAMPLE), READ)
})

test('line ends, blank lines around and the final newline do not matter', () => {
  const direct = EXAMPLE.replace('--changeset_y--\n\n', '--changeset_y--\n')
  const spellings = [
    EXAMPLE.replaceAll('\n', '\r\n'),
    `\n${EXAMPLE}`,
    `\r\n\r\n${EXAMPLE}`,
    EXAMPLE.trimEnd(),
    direct,
    direct.replaceAll('\n', '\r\n').trimEnd(),
    `preamble\n${EXAMPLE}epilogue`,
  ]
  for (const text of spellings) assert.deepEqual(parse(text), READ)
})

test('the boundary may be quoted, with or without blanks around', () => {
  for (const type of ['multipart/mixed;boundary=batch_x', 'Multipart/Mixed; Boundary="batch_x"', 'multipart/mixed; charset=utf-8; boundary=batch_x ; a=b']) {
    assert.deepEqual(parse(EXAMPLE, type), READ, type)
  }
  assert.equal(
    parse('--dwa_batch_1=?:\nContent-Type:application/http\n\nGET a HTTP/1.1\n\n--dwa_batch_1=?:--', 'multipart/mixed; boundary="dwa_batch_1=?:"').length,
    1,
  )
})

const single = (head: string, request: string) => parse(`--batch_x\n${head}\n\n${request}\n--batch_x--`)[0]

test('a URL is everything between method and version, raw blanks included', () => {
  const url = "https://org.example/api/data/v9.2/EntityDefinitions?$filter=LogicalName eq 'account'"
  assert.deepEqual(single('content-type: application/http', `GET ${url} HTTP/1.1\naccept: application/json\n`), {
    kind: 'part',
    part: part('GET', url, '', { accept: 'application/json' }),
  })
})

test('the content id stands with the MIME headers, in any order, or with the HTTP headers', () => {
  const wanted = { kind: 'part', part: part('DELETE', 'accounts(1)', '', {}, '7') }
  assert.deepEqual(single('Content-ID: 7\ncontent-type: application/http', 'DELETE accounts(1) HTTP/1.1\n'), wanted)
  const inner = single('Content-Type: application/http', 'DELETE accounts(1) HTTP/1.1\nContent-ID: 7\n')
  assert.equal(inner?.kind === 'part' && inner.part.contentId, '7')
})

test('headers may be lower case, folded, repeated, and Content-Length wrong', () => {
  const request = 'POST accounts HTTP/1.1\nprefer: return=minimal\nPREFER: odata.maxpagesize=5\nX: a\n b\nContent-Length: 3\n\n{"name":"é\\n"}\n'
  assert.deepEqual(single('content-type: application/http', request), {
    kind: 'part',
    part: part('POST', 'accounts', '{"name":"é\\n"}', { prefer: 'return=minimal, odata.maxpagesize=5', x: 'a b', 'content-length': '3' }),
  })
})

test('a boundary inside a line, or one that only begins alike, does not cut', () => {
  const body = '{"a":"x --batch_x-- y"}\n--batch_xy\n --batch_x'
  const item = single('Content-Type: application/http', `POST a HTTP/1.1\n\n${body}`)
  assert.equal(item?.kind === 'part' && item.part.body, body)
})

test('a thousand operations may be sent, members of change sets counted', () => {
  const http = '\nContent-Type: application/http\n\nDELETE a(1) HTTP/1.1\n\n'
  const changeSet = (n: number) => `--batch_x\nContent-Type: multipart/mixed; boundary=c\n\n${`--c${http}`.repeat(n)}--c--\n`
  const batch = (parts: number, members: number) => `${`--batch_x${http}`.repeat(parts)}${changeSet(members)}--batch_x--`
  assert.equal(parse(batch(500, 500)).length, 501)
  for (const [parts, members] of [
    [500, 501],
    [0, 1001],
    [1001, 0],
  ] as const)
    assert.throws(() => parse(batch(parts, members)), { name: 'TooManyParts' })
})

test('what is malformed is refused as a whole', () => {
  const http = 'Content-Type: application/http\n\n'
  const inSet = (content: string) => `--batch_x\nContent-Type: multipart/mixed; boundary=c\n\n${content}--c--\n--batch_x--`
  const bad: Record<string, string> = {
    'no boundary in the body': 'rubbish',
    empty: '',
    'no end': EXAMPLE.slice(0, -'--batch_x--\n'.length),
    'cut off within a change set': EXAMPLE.slice(0, 300),
    'parts behind the end': `${EXAMPLE}${EXAMPLE}`,
    'an empty part': '--batch_x\n--batch_x--',
    'no MIME headers': '--batch_x\n\nGET a HTTP/1.1\n\n--batch_x--',
    'another content type': '--batch_x\nContent-Type: text/plain\n\nGET a HTTP/1.1\n\n--batch_x--',
    'a header without colon': `--batch_x\nContent-Type application/http\n\nGET a HTTP/1.1\n\n--batch_x--`,
    'no request line': `--batch_x\n${http}\n--batch_x--`,
    'no version': `--batch_x\n${http}GET a\n\n--batch_x--`,
    'no URL': `--batch_x\n${http}GET HTTP/1.1\n\n--batch_x--`,
    'a control character': `--batch_x\n${http}GET a\u0001b HTTP/1.1\n\n--batch_x--`,
    'a control character in a header': `--batch_x\n${http}GET a HTTP/1.1\nx: \u0001\n\n--batch_x--`,
    'a batch in a batch': `--batch_x\n${http}POST /api/data/v9.2/$batch HTTP/1.1\n\n--batch_x--`,
    'a read in a change set': inSet(`--c\n${http}GET a HTTP/1.1\n\n`),
    'a change set in a change set':
      '--batch_x\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: multipart/mixed; boundary=d\n\n--d--\n--c--\n--batch_x--',
    'a content id twice': inSet(`--c\nContent-ID: 1\n${http}POST a HTTP/1.1\n\n`.repeat(2)),
  }
  for (const [what, text] of Object.entries(bad)) assert.throws(() => parse(text), { name: 'BadBatch' }, what)
  for (const type of ['', 'application/json', 'multipart/mixed', 'multipart/mixed; boundary=', 'multipart/mixed; boundary=""'])
    assert.throws(() => parse(EXAMPLE, type), { name: 'BadBatch' }, type)
  assert.throws(() => parseBatch(Uint8Array.of(0xff, 0xfe), TYPE), { name: 'BadBatch' })
})

/** A request writer of the plainest kind: what is read must be what was written. */
function write(items: readonly BatchItem[], lineEnd: string): string {
  const request = (one: BatchPart) =>
    [
      'Content-Type: application/http',
      ...(one.contentId === undefined ? [] : [`Content-ID: ${one.contentId}`]),
      '',
      `${one.method} ${one.url} HTTP/1.1`,
      ...[...one.headers].map(([name, value]) => `${name}: ${value}`),
      '',
      one.body,
      '',
    ].join(lineEnd)
  const item = (one: BatchItem) =>
    one.kind === 'part'
      ? request(one.part)
      : `Content-Type: multipart/mixed; boundary=cs${lineEnd}${lineEnd}${one.parts.map((each) => `--cs${lineEnd}${request(each)}`).join('')}--cs--${lineEnd}`
  return `${items.map((one) => `--batch_x${lineEnd}${item(one)}`).join('')}--batch_x--`
}

test('a batch written is read back as the same', () => {
  const line = anyText.map((text) => text.replace(/\p{Cc}/gu, '').trim())
  const url = line.map((text) => `a${text.trimEnd()}`).filter((text) => !/batch/.test(text))
  const body = anyText.map((text) => `{${text}}`.replaceAll('\n--', ''))
  const request = (methods: readonly string[]) =>
    fc
      .tuple(fc.constantFrom(...methods), url, body, fc.dictionary(fc.stringMatching(/^[a-z-]{1,8}$/), line, { maxKeys: 3 }))
      .map(([method, target, content, headers]) =>
        part(method, target, content, Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-id'))),
      )
  const item: fc.Arbitrary<BatchItem> = fc.oneof(
    request(['GET', 'POST', 'PATCH', 'DELETE', 'PUT']).map((one): BatchItem => ({ kind: 'part', part: one })),
    fc.array(request(['POST', 'PATCH', 'DELETE']), { maxLength: 3 }).map(
      (parts): BatchItem => ({
        kind: 'change-set',
        parts: parts.map((one, index) => ({ contentId: String(index), ...one })),
      }),
    ),
  )
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n'), (items, lineEnd) => {
      const readable = items.map(
        (one): BatchItem => (one.kind === 'change-set' && one.parts.length === 0 ? { kind: 'part', part: part('GET', 'a', '{}') } : one),
      )
      assert.deepEqual(parse(write(readable, lineEnd)), readable)
    }),
  )
})

test('rubbish is refused, never more', () => {
  const pieces = [
    '--batch_x',
    '--c',
    '--',
    '\n',
    '\r\n',
    'Content-Type: application/http',
    'Content-Type: multipart/mixed; boundary=c',
    'Content-ID: 1',
    'GET a HTTP/1.1',
    'POST $batch HTTP/1.1',
    ': ',
    ' ',
    '{}',
    '"',
  ]
  readsOrRefuses(rubbishOf(...pieces), (text) => parse(text))
  readsOrRefuses(fc.uint8Array(), (bytes) => parseBatch(bytes, TYPE))
  readsOrRefuses(rubbishOf('multipart/mixed', ';', ' boundary', '=', '"', '\\', 'batch_x', ' '), (type) => parse(EXAMPLE, type))
})

test('eight times the text takes about eight times the time', () => {
  const frame = (content: string) => `--batch_x\nContent-Type: application/http\n\n${content}\n--batch_x--`
  const shapes: ((n: number) => string)[] = [
    (n) => frame(`POST a HTTP/1.1\n\n${'--batch_\n'.repeat(n)}`),
    (n) => frame(`POST a HTTP/1.1\n\n${'--batch_xx\n'.repeat(n)}`),
    (n) => frame(`POST a HTTP/1.1\n\n${'--batch_x'.repeat(n)}`),
    (n) => frame(`POST a HTTP/1.1\n${'a: b\n'.repeat(n)}`),
    (n) => frame(`POST ${' a'.repeat(n)} HTTP/1.1\n`),
    (n) => frame(`POST ${' '.repeat(n)}a HTTP/1.1\n`),
    (n) => `${'\n'.repeat(n)}${frame(`${'\n'.repeat(n)}POST a HTTP/1.1\n\n${'\n'.repeat(n)}`)}`,
  ]
  for (const shape of shapes) {
    const [small, large] = [shape(50_000), shape(400_000)]
    const isLinear = staysWithin(
      32,
      1,
      () => parse(small),
      () => parse(large),
    )
    assert.ok(isLinear, shape(1))
  }
})
