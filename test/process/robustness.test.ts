/** Bad input of every kind: each gets an error of the catalogue, as JSON, and changes nothing; the server goes on. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { column, makeKey, makeLookup, makeManyToMany, makeTable } from '../support/make-table.ts'
import { sendRaw } from '../support/raw-http.ts'
import { startServer, type TestServer } from '../support/start-server.ts'
import { type Watch, watch } from '../support/unchanged.ts'

let server: TestServer
let api: Api
let host: string
let id: string
let unchanged: Watch

const APP = 'http://app.example:8080'

before(async () => {
  server = await startServer({ args: ['--cors-origins', APP] })
  api = apiOf(server.api)
  host = new URL(server.url).host
  const columns = [
    column.text('new_Number', { MaxLength: 40 }),
    column.whole('new_Stock'),
    column.decimal('new_Price', { Precision: 2 }),
    column.boolean('new_Sold'),
  ]
  await makeTable(api, 'new_Part', [...columns, column.datetime('new_Day', 'DateOnly'), column.choice('new_Grade', { 1: 'Fine' })], {
    ChangeTrackingEnabled: true,
  })
  await makeKey(api, 'new_part', 'new_PartNumber', ['new_number'])
  await makeLookup(api, { from: 'new_part', to: 'account', SchemaName: 'new_MakerId' })
  await makeManyToMany(api, 'new_part', 'contact', 'new_part_contact')
  id = createdId(await api.post('new_parts', { new_number: 'P-1', new_stock: 1 }))
  unchanged = await watch(api, ['new_parts', 'accounts', 'contacts'])
})

after(async () => {
  const bugs = server?.log.filter((line) => line.includes('"bug"'))
  await server?.[Symbol.asyncDispose]()
  assert.deepEqual(bugs ?? [], [])
})

/** An error of the catalogue, as JSON. */
function expectError(answer: Answer, ...statuses: readonly number[]): void {
  assert.ok(statuses.includes(answer.status), `${answer.status} instead of ${statuses.join(' or ')}: ${answer.text.slice(0, 300)}`)
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/, answer.text.slice(0, 300))
  assert.match(answer.body.error.code, /^0x[0-9a-f]+$/i)
  assert.notEqual(answer.body.error.message, '')
  assert.ok(answer.body.error.message.length < 2000, 'a message repeats no huge input')
}

const raw = (method: string, path: string, body: string | Uint8Array, headers = {}) => api.send(method, path, { raw: body, headers })
const deep = (open: string, close: string, depth = 100_000) => open.repeat(depth) + close.repeat(depth)

describe('bodies', () => {
  const bodies: { readonly [what: string]: string | Uint8Array } = {
    'no JSON': 'new_number=P-2',
    'JSON that is cut off': '{"new_number":"P-2"',
    'JSON with more behind it': '{"new_number":"P-2"} {}',
    'JSON with a trailing comma': '{"new_number":"P-2",}',
    'JSON with single quotes': "{'new_number':'P-2'}",
    'JSON with a comment': '{"new_number":"P-2" /* x */}',
    NaN: '{"new_stock":NaN}',
    'a bare word': 'undefined',
    'a number': '5',
    'a string': '"P-2"',
    null: 'null',
    'an array': '[{"new_number":"P-2"}]',
    'blanks alone': '  \r\n ',
    'one member twice': '{"new_stock":1,"new_stock":"x"}',
    'a control character in a string': '{"new_number":"P\u0001"}',
    'a lone surrogate': '{"new_number":"\\ud800"}',
    'the character U+0000': '{"new_number":"a\\u0000b"}',
    'bytes that are no UTF-8': Buffer.from([0x7b, 0x22, 0x6e, 0x65, 0x77, 0x5f, 0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    'an overlong UTF-8 form': Buffer.from('{"new_number":"À¯"}', 'latin1'),
    'UTF-16': Buffer.from('{"new_number":"P-2"}', 'utf16le'),
    'arrays nested 100,000 deep': deep('[', ']'),
    'objects nested 100,000 deep': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    'a deep value in a column': `{"new_number":${deep('[', ']')}}`,
    'deep inserts without end': `${'{"new_MakerId":{"primarycontactid":'.repeat(2000)}null${'}}'.repeat(2000)}`,
    'prototype tricks': '{"__proto__":{"new_number":"x"},"constructor":{"prototype":{}}}',
    'an unknown column': '{"nothing":1}',
    'a column in another case': '{"New_Number":"x"}',
    'a text for a number': '{"new_stock":"many"}',
    'a fraction for a whole number': '{"new_stock":1.5}',
    'a number that is too large': '{"new_stock":1e400}',
    'a number of a hundred thousand digits': `{"new_price":${'9'.repeat(100_000)}}`,
    'an object for a text': '{"new_number":{"a":1}}',
    'an array for a text': '{"new_number":["a"]}',
    'a text for a boolean': '{"new_sold":"maybe"}',
    'a day that is not': '{"new_day":"2026-02-30"}',
    'a text for a day': '{"new_day":"tomorrow"}',
    'an option that is not': '{"new_grade":7}',
    'a text that is too long': `{"new_number":"${'x'.repeat(41)}"}`,
    'a text of twenty megabytes': `{"new_number":"${'x'.repeat(20_000_000)}"}`,
    'a bind that is no reference': '{"new_MakerId@odata.bind":5}',
    'a bind to a blank': '{"new_MakerId@odata.bind":" "}',
    'a bind to a collection': '{"new_MakerId@odata.bind":"/accounts"}',
    'a bind to another table': `{"new_MakerId@odata.bind":"/contacts(${'0'.repeat(8)}-0000-0000-0000-000000000001)"}`,
    'a bind to another server': '{"new_MakerId@odata.bind":"https://elsewhere.example/api/data/v9.2/accounts(name=\'x\')"}',
    'a bind of a column': '{"new_number@odata.bind":"/accounts(00000000-0000-0000-0000-000000000001)"}',
    'a read-only value': '{"_new_makerid_value":"00000000-0000-0000-0000-000000000001"}',
    'a foreign type': '{"@odata.type":"Microsoft.Dynamics.CRM.account","new_number":"x"}',
    'an id that is none': '{"new_partid":"not a guid"}',
  }
  for (const [what, body] of Object.entries(bodies)) {
    test(`${what} is refused on create, update and upsert`, async () => {
      expectError(await raw('POST', 'new_parts', body), 400, 404)
      expectError(await raw('PATCH', `new_parts(${id})`, body), 400, 404)
      expectError(await raw('PATCH', "new_parts(new_number='P-3')", body), 400, 404)
      await unchanged.expectUnchanged(what)
    })
  }

  test('actions and definitions refuse the same', async () => {
    for (const path of [
      'new_parts/Microsoft.Dynamics.CRM.CreateMultiple',
      'new_parts/Microsoft.Dynamics.CRM.UpsertMultiple',
      'EntityDefinitions',
      'RelationshipDefinitions',
      'GlobalOptionSetDefinitions',
      "EntityDefinitions(LogicalName='new_part')/Attributes",
      "EntityDefinitions(LogicalName='new_part')/Keys",
      'InsertOptionValue',
      'PublishXml',
      'CreateCustomerRelationships',
      'ReactivateEntityKey',
    ]) {
      for (const body of [
        '',
        '{',
        '[]',
        '{}',
        '5',
        'null',
        '{"Targets":5}',
        deep('[', ']'),
        `{"Targets":${deep('[', ']')}}`,
        '{"SchemaName":5,"@odata.type":7,"Attributes":[null],"KeyAttributes":"x","Options":[[]]}',
      ]) {
        expectError(await raw('POST', path, body), 400, 404)
      }
    }
    await unchanged.expectUnchanged('an action')
  })

  test('another content type is refused', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/atom+xml',
      'nonsense',
      'application/jsonx',
    ]) {
      expectError(await raw('POST', 'new_parts', '{"new_number":"P-4"}', { 'Content-Type': type }), 400, 415)
    }
    expectError(await raw('POST', 'new_parts', gzipSync('{"new_number":"P-4"}'), { 'Content-Encoding': 'gzip' }), 400, 415)
    await unchanged.expectUnchanged('another content type')
  })
})

describe('URLs', () => {
  const paths = [
    'new_parts(',
    'new_parts)',
    'new_parts()',
    'new_parts(,)',
    "new_parts(')",
    "new_parts(new_number='P-1",
    'new_parts(new_number=P-1)',
    "new_parts(new_number='a',new_number='b')",
    "new_parts(nothing='a')",
    'new_parts(00000000-0000-0000-0000-00000000000)',
    `new_parts(${'('.repeat(5000)}`,
    'new_parts(@k)',
    'new_parts(new_number=@k)?@k=@k',
    'new_parts/',
    'new_parts//',
    'new_parts/nothing',
    'new_parts/$nothing',
    'new_parts/$ref',
    `new_parts(${'0'.repeat(8)}-0000-0000-0000-000000000001)/new_number/$value/x`,
    '%',
    'new_parts%2',
    'new_parts(new_number=%27%FF%27)',
    'new_parts(new_number=%27%00%27)',
    'new_parts?$filter',
    'new_parts?$filter=%',
    'new_parts?$filter=%ff',
    'new_parts?$filter=',
    'new_parts?$filter=new_number',
    'new_parts?$filter=new_number eq',
    "new_parts?$filter=new_number eq 'a",
    "new_parts?$filter=new_number eq 'a' and",
    "new_parts?$filter=new_number eq 'a')",
    'new_parts?$filter=new_stock eq null eq null',
    'new_parts?$filter=new_stock eq 9999999999999999999999',
    'new_parts?$filter=new_number gt 5 eq true',
    'new_parts?$filter=nothing eq 1',
    'new_parts?$filter=new_MakerId/nothing eq 1',
    'new_parts?$filter=new_part_contact/lastname eq 1',
    `new_parts?$filter=${'('.repeat(4000)}new_stock eq 1${')'.repeat(4000)}`,
    `new_parts?$filter=${'not '.repeat(4000)}new_sold eq true`,
    `new_parts?$filter=new_MakerId/${'parentaccountid/'.repeat(500)}name eq 'x'`,
    `new_parts?$filter=new_stock in (${'1,'.repeat(3000)})`,
    'new_parts?$select=nothing',
    'new_parts?$select=new_number,,new_stock',
    'new_parts?$select=*x',
    `new_parts?$select=${'new_number/'.repeat(100)}`,
    'new_parts?$orderby=nothing',
    'new_parts?$orderby=new_number sideways',
    'new_parts?$top=-1',
    'new_parts?$top=x',
    'new_parts?$top=1e3',
    'new_parts?$top=99999999999999999999',
    'new_parts?$count=maybe',
    'new_parts?$skip=1',
    'new_parts?$expand=nothing',
    'new_parts?$expand=new_MakerId($select=nothing)',
    'new_parts?$expand=new_MakerId($filter=',
    `new_parts?$expand=${'new_MakerId($expand='.repeat(500)}`,
    'new_parts?$expand=new_MakerId,new_MakerId',
    'new_parts?$skiptoken=x',
    'new_parts?$skiptoken=%3Ccookie%3E',
    'new_parts?$deltatoken=x',
    'new_parts?$deltatoken=1!01/01/2026%2000:00:00',
    'new_parts?$deltatoken=',
    'new_parts?$Select=new_number',
    'new_parts?$nothing=1',
    'new_parts?$select=new_number&$select=new_stock',
    'new_parts?$filter=contains(new_number)',
    "new_parts?$filter=contains(new_stock,'1')",
    "new_parts?$filter=tolower(new_number) eq 'x'",
    "new_parts?$filter=Microsoft.Dynamics.CRM.Nothing(PropertyName='x')",
    'new_parts?$filter=new_part_contact/any(o:o/lastname eq 1)',
    'WhoAmI(',
    'WhoAmI(a=1)/b',
    'RetrieveTotalRecordCount',
    'RetrieveTotalRecordCount(EntityNames=@p1)?@p1=[[[[',
    'RetrieveTotalRecordCount(EntityNames=[1])',
    "EntityDefinitions(LogicalName='",
    'EntityDefinitions(1)',
    'EntityDefinitions?$filter=LogicalName eq',
    'EntityDefinitions?$expand=Attributes($select=nothing)',
    `RetrieveMetadataChanges(Query=@p1)?@p1=${encodeURIComponent('{"Criteria":'.repeat(500))}`,
  ]

  test('malformed paths and options are refused, whatever the method', async () => {
    for (const path of paths) {
      const answer = await api.get(path)
      // Some are lenient on purpose: what is answered is then a correct answer.
      if (answer.status !== 200) expectError(answer, 400, 404, 405, 410)
      for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
        const written = await raw(method, path.replace('P-1', 'nobody'), method === 'DELETE' ? '' : '{"nothing":1}')
        expectError(written, 400, 404, 405)
      }
    }
    await unchanged.expectUnchanged('a malformed URL')
  })

  test('most of them are refused for reading too', async () => {
    const lenient: string[] = []
    for (const path of paths) if ((await api.get(path)).status === 200) lenient.push(path)
    assert.deepEqual(lenient, ['new_parts/', 'new_parts/$ref'])
  })

  test('a URL of 32 KiB works, a longer one is refused', async () => {
    const path = new URL(`${server.api}/new_parts`).pathname
    const filter = (length: number) => {
      const start = `${path}?$select=new_number&$filter=new_number%20eq%20'`
      return `${start}${'x'.repeat(length - start.length - 1)}'`
    }
    assert.deepEqual(expectStatus(await api.get(server.url + filter(32_768)), 200).body.value, [])
    expectError(await api.get(server.url + filter(32_769)), 414)
    expectError(await api.get(server.url + filter(60_000)), 414)
    expectError(await api.get(server.url + filter(90_000)), 414, 431)
    expectError(await sendRaw(server.url, `GET ${filter(500_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`), 414, 431)
    expectError(await raw('PATCH', `new_parts(new_number='${'x'.repeat(40_000)}')`, '{}'), 414)
    await unchanged.expectUnchanged('a long URL')
  })

  test('methods that nothing has are refused', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) expectError(await raw(method, 'new_parts', '{}'), 405)
    for (const method of ['POST', 'PUT']) expectError(await raw(method, `new_parts(${id})`, '{}'), 405, 400)
    for (const method of ['TRACE', 'PROPFIND', 'LOCK', 'SEARCH', 'QUERY']) expectError(await api.send(method, 'new_parts'), 405)
    for (const method of ['POST', 'PATCH', 'DELETE']) expectError(await raw(method, '', '{}'), 405)
    await unchanged.expectUnchanged('a method')
  })
})

describe('headers', () => {
  test('preferences and preconditions that make no sense', async () => {
    const cases: readonly { readonly [name: string]: string }[] = [
      { 'If-Match': 'nonsense' },
      { 'If-Match': 'W/"x"' },
      { 'If-Match': '"1"', 'If-None-Match': '*' },
      { 'If-Match': '*', 'If-None-Match': '*' },
      { 'If-Match': `W/"${'9'.repeat(1000)}"` },
    ]
    for (const headers of cases) expectError(await api.patch(`new_parts(${id})`, { new_stock: 2 }, headers), 400, 412)
    for (const prefer of [
      'odata.maxpagesize=0',
      'odata.maxpagesize=x',
      'odata.maxpagesize=',
      'return',
      '=',
      ',,,',
      '"',
      'odata.include-annotations="',
      `odata.include-annotations="${'*,'.repeat(5000)}"`,
      'x'.repeat(10_000),
    ]) {
      const answer = await api.get('new_parts', { Prefer: prefer })
      if (answer.status !== 200) expectError(answer, 400)
    }
    await unchanged.expectUnchanged('a header')
  })

  test('headers that are too large get an error as JSON', async () => {
    expectError(await sendRaw(server.url, `GET /api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: ${host}\r\nX-Large: ${'x'.repeat(200_000)}\r\n\r\n`), 431)
    expectError(await sendRaw(server.url, `GET /api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: ${host}\r\n${'X-Many: y\r\n'.repeat(50_000)}\r\n`), 431)
  })
})

describe('bodies over the limit', () => {
  const head = (more: string) => `POST /api/data/v9.2/new_parts HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${more}\r\n\r\n`

  test('an announced length of 129 MiB is refused before it is sent', async () => {
    const started = performance.now()
    const answer = await sendRaw(server.url, `${head(`Content-Length: ${129 * 1024 * 1024}`)}{"new_number":"`)
    expectError(answer, 413)
    assert.equal(answer.body.error.code.toLowerCase(), '0x8004418a')
    assert.ok(performance.now() - started < 3000)
  })

  test('so is a chunked body once it is over', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const body = Buffer.concat(Array.from({ length: 130 }, () => Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')])))
    expectError(await sendRaw(server.url, Buffer.concat([Buffer.from(head('Transfer-Encoding: chunked')), body, Buffer.from('0\r\n\r\n')]), 20_000), 413)
    await unchanged.expectUnchanged('a huge body')
  })

  test('a client that goes away in the middle leaves no trace', async () => {
    await Promise.all(Array.from({ length: 20 }, () => sendRaw(server.url, `${head('Content-Length: 30')}{"new_number":"`, 50)))
    await unchanged.expectUnchanged('half a body')
  })
})

describe('bytes that are no HTTP', () => {
  const requests: { readonly [what: string]: string | Uint8Array } = {
    garbage: 'GARBAGE\r\n\r\n',
    'a line that never ends': `${'A'.repeat(300_000)}`,
    zeros: Buffer.alloc(1000),
    'the beginning of TLS': Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, ...Array(32).fill(7)]),
    'an unknown version': 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n',
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'no Host': 'GET /api/data/v9.2/WhoAmI HTTP/1.1\r\n\r\n',
    'a header without a colon': 'GET /api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n',
    'a header name with a blank': 'GET /api/data/v9.2/WhoAmI HTTP/1.1\r\nHost : localhost\r\n\r\n',
    'a control character in a header': 'GET /api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: localhost\r\nX: a\u0001b\r\n\r\n',
    'two lengths': 'POST /api/data/v9.2/new_parts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    'a length and chunks':
      'POST /api/data/v9.2/new_parts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    'a negative length': 'POST /api/data/v9.2/new_parts HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
    'chunks that are none': 'POST /api/data/v9.2/new_parts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
    'an expectation that cannot be met': 'POST /api/data/v9.2/new_parts HTTP/1.1\r\nHost: localhost\r\nExpect: something\r\nContent-Length: 2\r\n\r\n{}',
    'a raw byte in the URL': Buffer.from("GET /api/data/v9.2/new_parts?$filter=new_number%20eq%20'\xe4' HTTP/1.1\r\nHost: localhost\r\n\r\n", 'latin1'),
    CONNECT: 'CONNECT example.org:443 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'an absolute URL of another server': 'GET http://elsewhere.example/api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n',
    'a star': 'GET * HTTP/1.1\r\nHost: localhost\r\n\r\n',
  }
  for (const [what, bytes] of Object.entries(requests)) {
    test(`${what} gets an error as JSON`, async () => {
      expectError(await sendRaw(server.url, bytes), 400, 403, 404, 405, 417, 431)
      expectStatus(await api.get('WhoAmI'), 200)
    })
  }

  test('an expectation that can be met is', async () => {
    const answer = await sendRaw(server.url, `GET /api/data/v9.2/WhoAmI HTTP/1.0\r\nHost: ${host}\r\n\r\n`)
    assert.equal(answer.status, 200)
  })
})

describe('other origins', () => {
  test('a Host that is not this machine is refused', async () => {
    for (const name of [
      'tidemark.example',
      'evil.example:4000',
      '10.0.0.1',
      '192.168.1.5:4000',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '[::2]',
      '0.0.0.0',
      'a@localhost',
      '',
    ]) {
      expectError(await sendRaw(server.url, `GET /api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: ${name}\r\n\r\n`), 400, 403)
      expectError(
        await sendRaw(server.url, `POST /api/data/v9.2/new_parts HTTP/1.1\r\nHost: ${name}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`),
        400,
        403,
      )
    }
    for (const name of [host, 'localhost', 'LOCALHOST:4000', '127.0.0.1', '127.0.0.2:1', '[::1]:4000'])
      assert.equal((await sendRaw(server.url, `GET /api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: ${name}\r\n\r\n`)).status, 200, name)
    await unchanged.expectUnchanged('another Host')
  })

  test('a write from another origin is refused, whatever it pretends to be', async () => {
    const foreign: readonly { readonly [name: string]: string }[] = [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: `https://${host}` },
      { Origin: 'http://localhost:1' },
      { Origin: 'http://evil.example', 'Content-Type': 'text/plain' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ]
    for (const headers of foreign) {
      expectError(await raw('POST', 'new_parts', '{"new_number":"evil"}', headers), 403)
      expectError(await raw('PATCH', `new_parts(${id})`, '{"new_stock":666}', headers), 403)
      expectError(await raw('DELETE', `new_parts(${id})`, '', headers), 403)
      expectError(await raw('POST', '$batch', '--b--', { 'Content-Type': 'multipart/mixed; boundary=b', ...headers }), 403)
    }
    await unchanged.expectUnchanged('another origin')
  })

  test('a page of another origin gets no permission to read either', async () => {
    const answer = await api.get('new_parts', { Origin: 'http://evil.example' })
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
    const preflight = await api.send('OPTIONS', 'new_parts', { headers: { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' } })
    assert.equal(preflight.headers['access-control-allow-origin'], undefined)
  })

  test('a configured origin may read and write, and so may the server’s own', async () => {
    const preflight = await api.send('OPTIONS', 'new_parts', {
      headers: { Origin: APP, 'Access-Control-Request-Method': 'PATCH', 'Access-Control-Request-Headers': 'authorization,if-match,prefer' },
    })
    assert.equal(preflight.headers['access-control-allow-origin'], APP)
    assert.match(preflight.headers['access-control-allow-methods'] ?? '', /PATCH/)
    assert.match(preflight.headers['access-control-allow-headers'] ?? '', /if-match/i)
    for (const Origin of [APP, server.url]) {
      const created = await api.post('tasks', { subject: 'x' }, { Origin })
      expectStatus(created, 204)
      if (Origin === APP) {
        assert.equal(created.headers['access-control-allow-origin'], APP)
        for (const name of ['OData-EntityId', 'Location', 'ETag', 'Preference-Applied', 'OData-Version', 'Retry-After'])
          assert.match(created.headers['access-control-expose-headers'] ?? '', new RegExp(name, 'i'))
      }
    }
  })
})

describe('the command line', () => {
  test('an address that others can reach is refused at the start', async () => {
    for (const address of ['0.0.0.0', '::', '192.168.1.5', 'tidemark.example']) {
      await assert.rejects(
        startServer({ args: ['--host', address] }),
        (error: Error) => /ended with [1-9]/.test(error.message) && /loopback/.test(error.message) && error.message.includes(address),
      )
    }
  })

  test('flags that make no sense are refused by name', async () => {
    for (const [flag, value] of [
      ['--port', '99999'],
      ['--port', 'x'],
      ['--query-seconds', '0'],
      ['--durability', 'maybe'],
      ['--readers', '-1'],
    ] as const) {
      await assert.rejects(startServer({ args: [flag, value] }), (error: Error) => /ended with [1-9]/.test(error.message) && error.message.includes(flag))
    }
    await assert.rejects(startServer({ args: ['--nothing'] }), /--nothing/)
  })
})
