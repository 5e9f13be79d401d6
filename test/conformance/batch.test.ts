/** `$batch` (webapi.md 8): what is understood of a request, what is done, and the answer byte by byte. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { batchBody, type BatchItem, idOf, onlyPart, type PartAnswer, postBatch, readBatch, runBatch, runChangeSet } from '../support/batch.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { column, makeKey, makeTable, type MadeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let part: MadeTable

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  part = await makeTable(api, 'new_Part', [
    column.text('new_Number', { MaxLength: 100 }),
    column.whole('new_Stock'),
    column.memo('new_Notes', { MaxLength: 2000 }),
  ])
  await makeKey(api, part.name, 'new_PartNumber', ['new_number'])
})

after(async () => {
  await server?.[Symbol.asyncDispose]()
})

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const NOBODY = '00000000-0000-0000-0000-00000000dead'
const MISSING = { method: 'GET', url: `new_parts(${NOBODY})` }
const CONTINUE = 'odata.continue-on-error'

const create = (new_number: string, more: object = {}) => ({ method: 'POST', url: 'new_parts', body: { new_number, ...more } })
const makePart = async (new_number: string, more: object = {}) => createdId(await api.post('new_parts', { new_number, ...more }))

async function numbersThatStartWith(prefix: string): Promise<string[]> {
  const answer = expectStatus(
    await api.get(`new_parts?$select=new_number&$filter=startswith(new_number,'${encodeURIComponent(prefix)}')&$orderby=new_number`),
    200,
  )
  return answer.body.value.map((row: { new_number: string }) => row.new_number)
}

/** A malformed batch: no part has run, and the answer is no multipart. */
function expectNoBatch(answer: Answer, message?: RegExp): void {
  expectRefusal(answer, 400, '0x8006088a', message)
}

describe('the answer, byte by byte', () => {
  test('a change set and a read answer exactly as documented', async () => {
    const answer = expectStatus(
      await postBatch(api, batchBody([[create('exact-1')], { method: 'GET', url: "new_parts?$select=new_number&$filter=new_number eq 'exact-1'" }])),
      200,
    )
    const [{ new_partid, '@odata.etag': etag }] = expectStatus(await api.get("new_parts?$filter=new_number eq 'exact-1'"), 200).body.value
    const row = `${api.root}/new_parts(${new_partid})`
    const json = `{"@odata.context":"${api.root}/$metadata#new_parts(new_number)","value":[{"@odata.etag":${JSON.stringify(etag)},"new_number":"exact-1","new_partid":"${new_partid}"}]}`
    const changeSet = [
      'Content-Type: multipart/mixed; boundary=<changeset>',
      '',
      '--<changeset>',
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      'Content-ID: 1',
      '',
      'HTTP/1.1 204 No Content',
      'OData-Version: 4.0',
      `Location: ${row}`,
      `OData-EntityId: ${row}`,
      '',
      '',
      '--<changeset>--',
    ]
    const read = [
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      '',
      'HTTP/1.1 200 OK',
      'Content-Type: application/json; odata.metadata=minimal; odata.streaming=true',
      'OData-Version: 4.0',
      '',
      json,
    ]
    const expected = ['--<batch>', ...changeSet, '--<batch>', ...read, '--<batch>--', ''].join('\r\n')
    const actual = answer.text.replace(new RegExp(`batchresponse_${GUID}`, 'g'), '<batch>').replace(new RegExp(`changesetresponse_${GUID}`, 'g'), '<changeset>')
    // The order of a part's headers is nobody's constraint.
    assert.deepEqual(actual.split('\r\n').toSorted(), expected.split('\r\n').toSorted())
    assert.deepEqual(
      actual.split('\r\n').filter((line) => line === '' || line.startsWith('--') || line.startsWith('HTTP')),
      expected.split('\r\n').filter((line) => line === '' || line.startsWith('--') || line.startsWith('HTTP')),
    )
  })

  test('nothing stands before the first delimiter, and every line ends with CRLF', async () => {
    const answer = await postBatch(api, batchBody([[create('crlf-1'), create('crlf-2')], { method: 'GET', url: 'new_parts/$count' }]))
    const { text, headers } = expectStatus(answer, 200)
    const boundary = headers['content-type']?.replace('multipart/mixed; boundary=', '') ?? ''
    assert.match(boundary, new RegExp(`^batchresponse_${GUID}$`))
    assert.ok(text.startsWith(`--${boundary}\r\n`))
    assert.ok(text.endsWith(`\r\n--${boundary}--\r\n`))
    assert.equal(text.split('\n').length, text.split('\r\n').length)
    assert.equal(text.split('\r').length, text.split('\r\n').length)
  })

  test('the part of a change set has one header line, with an unquoted boundary', async () => {
    const { text } = expectStatus(await postBatch(api, batchBody([[create('line-1')]])), 200)
    const start = new RegExp(
      `^--batchresponse_${GUID}\r\nContent-Type: multipart/mixed; boundary=(changesetresponse_${GUID})\r\n\r\n--(changesetresponse_${GUID})\r\n`,
    )
    const [, announced, used] = start.exec(text) ?? []
    assert.ok(announced, text.slice(0, 300))
    assert.equal(announced, used)
    assert.ok(text.includes(`\r\n--${announced}--\r\n--batchresponse_`), 'the closing delimiter is followed by the next part at once')
  })

  test('every status line has a reason phrase', async () => {
    await makePart('reason-1')
    const parts = await runBatch(
      api,
      [
        { ...create('reason-2'), headers: { Prefer: 'return=representation' } },
        { method: 'DELETE', url: "new_parts(new_number='reason-2')" },
        { method: 'GET', url: "new_parts(new_number='reason-1')" },
        { method: 'PATCH', url: "new_parts(new_number='reason-1')", headers: { 'If-None-Match': '*' }, body: {} },
        { method: 'POST', url: 'new_parts', body: { no_such_column: 1 } },
        MISSING,
        { method: 'PUT', url: 'new_parts', body: {} },
      ],
      { prefer: CONTINUE },
    )
    assert.deepEqual(
      parts.map(onlyPart).map(({ status, reason }) => `${status} ${reason}`),
      ['201 Created', '204 No Content', '200 OK', '412 Precondition Failed', '400 Bad Request', '404 Not Found', '405 Method Not Allowed'],
    )
  })

  test('a JSON body stands on one line, whatever line breaks its values hold', async () => {
    const notes = 'first\nsecond\r\nthird { } "fourth"'
    await makePart('one-line', { new_notes: notes })
    const [item] = await runBatch(api, [{ method: 'GET', url: "new_parts(new_number='one-line')?$select=new_notes" }])
    assert.equal(onlyPart(item).body.new_notes, notes)
  })

  test('the headers of a part hold no braces, even where a key does', async () => {
    const [item] = await runBatch(api, [{ method: 'PATCH', url: "new_parts(new_number='{curly}')", body: { new_stock: 1 } }])
    const { headers, text } = onlyPart(item)
    assert.match(headers.get('OData-EntityId') ?? '', /\/new_parts\(new_number='%7Bcurly%7D'\)$/i)
    assert.equal(text, '')
    assert.deepEqual(await numbersThatStartWith('{curly'), ['{curly}'])
  })

  test('an upsert by alternate key echoes the key, any other write ends in the id', async () => {
    const id = await makePart('echo-1')
    const parts = await runChangeSet(api, [
      { method: 'PATCH', url: "new_parts(new_number='echo-1')", body: { new_stock: 1 } },
      { method: 'PATCH', url: `new_parts(${id})`, body: { new_stock: 2 } },
      create('echo-2'),
    ])
    const ids = parts.map(({ headers }) => headers.get('OData-EntityId')?.replace(`${api.root}/`, ''))
    assert.deepEqual(ids.slice(0, 2), ["new_parts(new_number='echo-1')", `new_parts(${id})`])
    assert.match(ids[2] ?? '', new RegExp(`^new_parts\\(${GUID}\\)$`))
    assert.equal(parts[2]?.headers.get('Location'), parts[2]?.headers.get('OData-EntityId'))
  })

  test('a count is plain text whose digits come last', async () => {
    await makePart('count-1')
    const [item] = await runBatch(api, [{ method: 'GET', url: "new_parts/$count?$filter=new_number eq 'count-1'" }])
    const { headers, text } = onlyPart(item)
    assert.match(headers.get('Content-Type') ?? '', /^text\/plain/)
    assert.match(text, /^\ufeff?1$/)
  })

  test('a Content-ID comes back in the MIME headers of its part', async () => {
    const parts = await runChangeSet(api, [
      { ...create('id-1'), contentId: '100001' },
      { ...create('id-2'), contentId: 'Case-Sensitive.7' },
    ])
    assert.deepEqual(
      parts.map(({ contentId }) => contentId),
      ['100001', 'Case-Sensitive.7'],
    )
  })

  test('an error part has a request id, the minimal content type and the error as JSON', async () => {
    const [item] = await runBatch(api, [MISSING], { status: 404 })
    const { status, reason, headers, body } = onlyPart(item)
    assert.deepEqual([status, reason], [404, 'Not Found'])
    assert.match(headers.get('REQ_ID') ?? '', new RegExp(`^${GUID}$`))
    assert.equal(headers.get('Content-Type'), 'application/json; odata.metadata=minimal')
    assert.equal(headers.get('OData-Version'), '4.0')
    assert.deepEqual(Object.keys(body), ['error'])
    assert.equal(body.error.code, '0x80040217')
    assert.equal(body.error.message, `new_part With Id = ${NOBODY} Does Not Exist`)
  })
})

describe('what runs, and what is undone', () => {
  test('items run in order and answer in order', async () => {
    const answers = await runBatch(api, [
      { method: 'GET', url: "new_parts/$count?$filter=new_number eq 'order-1'" },
      create('order-1'),
      { method: 'GET', url: "new_parts/$count?$filter=new_number eq 'order-1'" },
      { method: 'DELETE', url: "new_parts(new_number='order-1')" },
      { method: 'GET', url: "new_parts/$count?$filter=new_number eq 'order-1'" },
    ])
    assert.deepEqual(
      answers.map((item) => onlyPart(item).text.replace('\ufeff', '')),
      ['0', '', '1', '', '0'],
    )
  })

  test('a change set is applied whole', async () => {
    const parts = await runChangeSet(api, [create('whole-1'), create('whole-2'), create('whole-3')])
    assert.deepEqual(
      parts.map(({ status }) => status),
      [204, 204, 204],
    )
    assert.deepEqual(await numbersThatStartWith('whole-'), ['whole-1', 'whole-2', 'whole-3'])
  })

  test('a change set is undone as a whole when a member fails, and answers with one part', async () => {
    const id = await makePart('undone-0', { new_stock: 1 })
    const changeSet = [
      create('undone-1'),
      { method: 'PATCH', url: `new_parts(${id})`, body: { new_stock: 99 } },
      { method: 'DELETE', url: `new_parts(${id})` },
      create('undone-2', { new_stock: 'not a number' }),
      create('undone-3'),
    ]
    const items = await runBatch(api, [changeSet], { status: 400 })
    assert.equal(items.length, 1)
    assert.equal(onlyPart(items[0]).status, 400)
    assert.deepEqual(await numbersThatStartWith('undone-'), ['undone-0'])
    assert.equal(expectStatus(await api.get(`new_parts(${id})?$select=new_stock`), 200).body.new_stock, 1)
  })

  test('a change set undone leaves no trace in a delta', async () => {
    const books = await makeTable(api, 'new_Book', [column.text('new_Code', { MaxLength: 100 })], { ChangeTrackingEnabled: true })
    const first = expectStatus(await api.get(books.set, { Prefer: 'odata.track-changes' }), 200).body
    await runBatch(
      api,
      [
        [
          { method: 'POST', url: books.set, body: { new_code: 'a' } },
          { method: 'DELETE', url: `${books.set}(${NOBODY})` },
        ],
      ],
      { status: 404 },
    )
    assert.deepEqual(expectStatus(await api.get(first['@odata.deltaLink']), 200).body.value, [])
  })

  test('a violated key inside a change set undoes it', async () => {
    await makePart('taken-1')
    const [item] = await runBatch(api, [[create('taken-0'), create('TAKEN-1')]], { status: 412 })
    assert.equal(onlyPart(item).body.error.code, '0x80060892')
    assert.deepEqual(await numbersThatStartWith('taken-'), ['taken-1'])
  })

  test('the first failure ends the batch, and its status is the answer’s', async () => {
    const items = await runBatch(api, [create('stop-1'), MISSING, create('stop-2')], { status: 404 })
    assert.deepEqual(
      items.map((item) => onlyPart(item).status),
      [204, 404],
    )
    assert.deepEqual(await numbersThatStartWith('stop-'), ['stop-1'])
  })

  test('with continue-on-error everything runs and the whole is 200', async () => {
    const items = await runBatch(api, [create('go-1'), MISSING, [create('go-2'), create('go-2')], create('go-3'), [create('go-4')]], { prefer: CONTINUE })
    assert.deepEqual(
      items.map((item) => (item.kind === 'part' ? item.part.status : item.parts.map(({ status }) => status))),
      [204, 404, 412, 204, [204]],
    )
    assert.deepEqual(await numbersThatStartWith('go-'), ['go-1', 'go-3', 'go-4'])
  })

  test('a part that changes the schema is seen by the parts behind it', async () => {
    const newColumn = column.text('new_Added', { MaxLength: 10 })
    const items = await runBatch(api, [
      { method: 'POST', url: "EntityDefinitions(LogicalName='new_part')/Attributes", body: newColumn },
      create('schema-1', { new_added: 'here' }),
      { method: 'GET', url: "new_parts(new_number='schema-1')?$select=new_added" },
    ])
    assert.equal(onlyPart(items[2]).body.new_added, 'here')
  })

  test('a thousand operations are done, one more is refused before any runs', async () => {
    const many = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => create(`${prefix}-${index}`))
    assert.equal((await runChangeSet(api, many(1000, 'many'))).length, 1000)
    const over: BatchItem[] = [many(999, 'over'), ...many(2, 'more')]
    expectNoBatch(await postBatch(api, batchBody(over)), /1,?000/)
    expectNoBatch(await postBatch(api, batchBody(many(1001, 'over'))), /1,?000/)
    assert.deepEqual(await numbersThatStartWith('over'), [])
    assert.deepEqual(await numbersThatStartWith('more'), [])
  })
})

describe('content-id references', () => {
  test('$1 stands for the row as URL, in a bind and in @odata.id', async () => {
    const parts = await runChangeSet(api, [
      { method: 'POST', url: 'contacts', body: { lastname: 'Alder' } },
      { method: 'POST', url: 'accounts', body: { name: 'Bound', 'primarycontactid@odata.bind': '$1' } },
      { method: 'PATCH', url: '$1', body: { firstname: 'Ann' } },
      { method: 'PUT', url: '$1/lastname', body: { value: 'Elder' } },
      { method: 'POST', url: 'accounts', body: { name: 'Linked' } },
      { method: 'PUT', url: '$5/primarycontactid/$ref', body: { '@odata.id': '$1' } },
    ])
    const contact = idOf(parts[0])
    const read = expectStatus(await api.get(`contacts(${contact})?$select=firstname,lastname`), 200).body
    assert.deepEqual([read.firstname, read.lastname], ['Ann', 'Elder'])
    for (const member of [parts[1], parts[4]]) {
      const account = expectStatus(await api.get(`accounts(${idOf(member)})?$select=_primarycontactid_value`), 200).body
      assert.equal(account._primarycontactid_value, contact)
    }
  })

  test('a reference also stands for a row that was updated, by whatever key', async () => {
    const id = await makePart('ref-1')
    await runChangeSet(api, [
      { method: 'PATCH', url: "new_parts(new_number='ref-1')", body: { new_stock: 1 }, contentId: 'first' },
      { method: 'PATCH', url: '$first', body: { new_notes: 'through the reference' } },
    ])
    assert.equal(expectStatus(await api.get(`new_parts(${id})`), 200).body.new_notes, 'through the reference')
  })

  test('a reference works in an array of binds', async () => {
    const manager = { method: 'POST', url: 'contacts', body: { lastname: 'Nested' } }
    const parts = await runChangeSet(api, [
      manager,
      { method: 'POST', url: 'accounts', body: { name: 'Parent', 'contact_customer_accounts@odata.bind': ['$1'] } },
    ])
    const contact = expectStatus(await api.get(`contacts(${idOf(parts[0])})?$select=_parentcustomerid_value`), 200).body
    assert.equal(contact._parentcustomerid_value, idOf(parts[1]))
  })

  for (const [where, member] of [
    ['a URL', { method: 'PATCH', url: '$2', body: { new_stock: 1 } }],
    ['a bind', { method: 'POST', url: 'accounts', body: { name: 'x', 'primarycontactid@odata.bind': '$2' } }],
  ] as const) {
    test(`a reference forward in ${where} is refused and undoes the change set`, async () => {
      const number = `forward-${where.at(-1)}`
      const [item] = await runBatch(
        api,
        [
          [
            { ...create(number), contentId: '9' },
            { ...member, contentId: '1' },
            { ...create(`${number}-2`), contentId: '2' },
          ],
        ],
        { status: 400 },
      )
      assert.equal(onlyPart(item).body.error.message, "Content-ID Reference: '$2' does not exist in the batch context.")
      assert.deepEqual(await numbersThatStartWith(number), [])
    })
  }

  test('a reference does not reach into another change set', async () => {
    const items = await runBatch(api, [[{ ...create('across-1'), contentId: 'a' }], [{ method: 'PATCH', url: '$a', body: { new_stock: 1 }, contentId: 'b' }]], {
      status: 400,
    })
    assert.match(onlyPart(items[1]).body.error.message, /'\$a' does not exist in the batch context/)
    assert.deepEqual(await numbersThatStartWith('across-'), ['across-1'])
  })
})

/** Each was seen from a real client. */
describe('what clients send', () => {
  const expectBothDone = async (answer: Answer, prefix: string) => {
    const items = readBatch(expectStatus(answer, 200))
    assert.deepEqual(
      items.map((item) => (item.kind === 'part' ? item.part.status : item.parts.map(({ status }) => status))),
      [[204, 204], 200],
    )
    assert.deepEqual(await numbersThatStartWith(prefix), [`${prefix}1`, `${prefix}2`])
    return items
  }
  const bothOf = (prefix: string): BatchItem[] => [[create(`${prefix}1`), create(`${prefix}2`)], { method: 'GET', url: 'new_parts?$top=1' }]

  test('bare line feeds', async () => {
    await expectBothDone(await postBatch(api, batchBody(bothOf('lf-'), '\n')), 'lf-')
  })

  test('a blank line before the first boundary and no line end behind the last', async () => {
    await expectBothDone(await postBatch(api, `\r\n${batchBody(bothOf('blank-')).trimEnd()}`), 'blank-')
    await expectBothDone(await postBatch(api, `\n${batchBody(bothOf('blank2-'), '\n').trimEnd()}`), 'blank2-')
  })

  test('a closing change-set boundary that the next boundary follows at once', async () => {
    const raw = batchBody(bothOf('close-')).replace(/(--changeset_0--)\r\n\r\n/, '$1\r\n')
    await expectBothDone(await postBatch(api, raw), 'close-')
  })

  test('a boundary with or without quotes, with or without a blank', async () => {
    const types = [
      'multipart/mixed;boundary=batch_tide',
      'multipart/mixed; boundary="batch_tide"',
      'multipart/mixed;  BOUNDARY=batch_tide',
      'Multipart/Mixed; charset=utf-8; boundary=batch_tide',
    ]
    for (const [index, type] of types.entries()) {
      const prefix = `type${index}-`
      await expectBothDone(await postBatch(api, batchBody(bothOf(prefix)), { 'Content-Type': type }), prefix)
    }
  })

  test('a change set whose boundary is quoted or follows without a blank', async () => {
    for (const [index, header] of ['Content-Type: multipart/mixed; boundary="changeset_0"', 'Content-Type: multipart/mixed;boundary=changeset_0'].entries()) {
      const prefix = `quoted${index}-`
      const raw = batchBody(bothOf(prefix)).replace('Content-Type: multipart/mixed; boundary=changeset_0', header)
      await expectBothDone(await postBatch(api, raw), prefix)
    }
  })

  test('header names in lower case', async () => {
    const raw = batchBody(bothOf('lower-')).replace(/^(Content-[\w-]+):/gim, (name) => name.toLowerCase())
    await expectBothDone(await postBatch(api, raw), 'lower-')
  })

  test('MIME headers in any order, without a transfer encoding, the Content-ID among the part’s own headers', async () => {
    const member = (lines: string[], number: string, own = '') =>
      `--cs\r\n${lines.join('\r\n')}\r\n\r\nPOST new_parts HTTP/1.1\r\n${own}Content-Type: application/json\r\n\r\n{"new_number":"${number}"}\r\n`
    const raw = [
      '--batch_tide\r\nContent-Type: multipart/mixed; boundary=cs\r\n\r\n',
      member(['Content-ID: 1', 'Content-Type: application/http'], 'mime-1'),
      member(['Content-Transfer-Encoding: binary', 'Content-Type: application/http'], 'mime-2', 'Content-ID: 2\r\n'),
      '--cs\r\nContent-Type: application/http\r\n\r\nPATCH $2 HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"new_stock":7}\r\n--cs--\r\n--batch_tide--\r\n',
    ].join('')
    const [item] = readBatch(expectStatus(await postBatch(api, raw), 200))
    assert.deepEqual(item?.kind === 'change-set' && item.parts.map(({ contentId }) => contentId), ['1', '2', undefined])
    assert.equal(expectStatus(await api.get("new_parts(new_number='mime-2')"), 200).body.new_stock, 7)
  })

  test('raw blanks in a URL', async () => {
    await makePart('a b c')
    const items = await runBatch(api, [
      { method: 'GET', url: `${api.root}/new_parts?$select=new_number&$filter=new_number eq 'a b c' and  statecode eq 0` },
      { method: 'GET', url: "new_parts(new_number='a b c')?$select=new_number , new_stock" },
      { method: 'GET', url: "EntityDefinitions?$select=LogicalName,EntitySetName&$filter=LogicalName eq 'new_part'" },
    ])
    assert.equal(onlyPart(items[0]).body.value[0].new_number, 'a b c')
    assert.equal(onlyPart(items[1]).body.new_number, 'a b c')
    assert.equal(onlyPart(items[2]).body.value[0].EntitySetName, 'new_parts')
  })

  test('URLs that are absolute, relative to the host, and relative to the service', async () => {
    const id = await makePart('urls-1')
    const items = await runBatch(api, [
      { method: 'GET', url: `${api.root}/new_parts(${id})?$select=new_number` },
      { method: 'GET', url: `/api/data/v9.2/new_parts(${id})?$select=new_number` },
      { method: 'GET', url: `new_parts(${id})?$select=new_number` },
      { method: 'GET', url: `/new_parts(${id})?$select=new_number` },
    ])
    for (const item of items) {
      const { status, body } = onlyPart(item)
      assert.equal(status, 200)
      assert.equal(body['@odata.context'], `${api.root}/$metadata#new_parts(new_number)/$entity`)
    }
  })

  test('a part answers in the version of its own URL, a short one in the batch’s', async () => {
    const old = apiOf(`${server.url}/api/data/v9.0`)
    const items = await runBatch(old, [create('version-1'), { ...create('version-2'), url: '/api/data/v9.1/new_parts' }])
    assert.match(onlyPart(items[0]).headers.get('OData-EntityId') ?? '', /\/v9\.0\/new_parts\(/)
    assert.match(onlyPart(items[1]).headers.get('OData-EntityId') ?? '', /\/v9\.1\/new_parts\(/)
  })

  test('headers of a part are that part’s alone', async () => {
    const id = await makePart('own-1')
    const etag = expectStatus(await api.get(`new_parts(${id})`), 200).headers.etag ?? ''
    const items = await runBatch(
      api,
      [
        { method: 'PATCH', url: `new_parts(${id})?$select=new_stock`, headers: { 'If-Match': etag, Prefer: 'return=representation' }, body: { new_stock: 5 } },
        { method: 'PATCH', url: `new_parts(${id})`, headers: { 'if-match': etag }, body: { new_stock: 6 } },
        { method: 'PATCH', url: `new_parts(${NOBODY})`, headers: { 'If-Match': '*' }, body: { new_stock: 6 } },
        { method: 'GET', url: 'new_parts?$select=new_number', headers: { Prefer: 'odata.maxpagesize=2' } },
        { method: 'GET', url: `new_parts(${id})?$select=new_stock`, headers: { Accept: 'application/json', 'Content-Length': '0' } },
      ],
      { prefer: CONTINUE },
    )
    const parts = items.map(onlyPart)
    assert.deepEqual(
      parts.map(({ status }) => status),
      [200, 412, 404, 200, 200],
    )
    assert.equal(parts[0]?.headers.get('Preference-Applied'), 'return=representation')
    assert.match(parts[0]?.headers.get('ETag') ?? '', /^W\/"\d+"$/)
    assert.equal(parts[1]?.body.error.code, '0x80060882')
    assert.equal(parts[3]?.body.value.length, 2)
    assert.ok(parts[3]?.body['@odata.nextLink'])
    assert.equal(parts[4]?.body.new_stock, 5)
  })

  test('a body with its length and a content type with parameters', async () => {
    const body = JSON.stringify({ new_number: 'länge-1' })
    const raw = `--batch_tide\r\nContent-Type: application/http\r\nContent-Length: 400\r\n\r\nPOST new_parts HTTP/1.1\r\nContent-Type: application/json; type=entry; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}\r\n--batch_tide--`
    assert.equal(onlyPart(readBatch(expectStatus(await postBatch(api, raw), 200))[0]).status, 204)
    assert.deepEqual(await numbersThatStartWith('länge'), ['länge-1'])
  })

  test('a URL of more than 64 KiB is refused in its part', async () => {
    const long = { method: 'GET', url: `new_parts?$filter=new_number eq '${'a'.repeat(65 * 1024)}'` }
    const [refused, read] = (await runBatch(api, [long, { method: 'GET', url: 'new_parts?$top=1' }], { prefer: CONTINUE })).map(onlyPart)
    assert.deepEqual([refused?.status, read?.status], [414, 200])
  })

  test('a URL of 60 KiB', async () => {
    const items = await runBatch(api, [{ method: 'GET', url: `new_parts?$select=new_number&$filter=new_number eq '${'x'.repeat(60 * 1024)}'` }])
    assert.deepEqual(onlyPart(items[0]).body.value, [])
  })

  test('every kind of write in one change set', async () => {
    const id = await makePart('kinds-0', { new_stock: 1, new_notes: 'gone soon' })
    const parts: readonly PartAnswer[] = await runChangeSet(api, [
      { ...create('kinds-1'), headers: { Prefer: 'return=representation' } },
      { method: 'PUT', url: `new_parts(${id})/new_stock`, body: { value: 2 } },
      { method: 'DELETE', url: `new_parts(${id})/new_notes` },
      { method: 'PATCH', url: "new_parts(new_number='kinds-2')", body: { new_stock: 3 } },
      {
        method: 'POST',
        url: 'new_parts/Microsoft.Dynamics.CRM.CreateMultiple',
        body: { Targets: [{ '@odata.type': 'Microsoft.Dynamics.CRM.new_part', new_number: 'kinds-3' }] },
      },
      { method: 'DELETE', url: '$1' },
    ])
    assert.deepEqual(
      parts.map(({ status }) => status),
      [201, 204, 204, 204, 200, 204],
    )
    assert.deepEqual(await numbersThatStartWith('kinds-'), ['kinds-0', 'kinds-2', 'kinds-3'])
    const kept = expectStatus(await api.get(`new_parts(${id})?$select=new_stock,new_notes`), 200).body
    assert.deepEqual([kept.new_stock, kept.new_notes], [2, null])
  })
})

describe('what is no batch', () => {
  test('a change set with a read is refused before anything runs', async () => {
    expectNoBatch(await postBatch(api, batchBody([create('get-0'), [create('get-1'), { method: 'GET', url: 'new_parts' }]])), /GET/)
    assert.deepEqual(await numbersThatStartWith('get-'), [])
  })

  test('a batch inside a batch is refused', async () => {
    for (const url of ['$batch', '/api/data/v9.2/$batch', `${api.root}/$batch`]) {
      expectNoBatch(await postBatch(api, batchBody([{ method: 'POST', url, body: {} }])), /batch/)
    }
  })

  const whole = batchBody([create('bad-1'), create('bad-2')])
  const cases: { readonly [what: string]: string | Uint8Array } = {
    'an empty body': '',
    'a body without its boundary': whole.replaceAll('batch_tide', 'batch_other'),
    'a body that was cut off': whole.slice(0, whole.lastIndexOf('--batch_tide')),
    'no request line': whole.replace('POST new_parts HTTP/1.1', 'new_parts'),
    'a request line without a version': whole.replaceAll(' HTTP/1.1', ''),
    'a part of another type': whole.replace('Content-Type: application/http', 'Content-Type: text/plain'),
    'a part without a type': whole.replace('Content-Type: application/http\r\n', ''),
    'a header without a colon': whole.replace('Content-Type: application/json', 'Content-Type application/json'),
    'bytes that are no UTF-8': Buffer.concat([Buffer.from(whole.slice(0, 200)), Buffer.from([0xff, 0xfe]), Buffer.from(whole.slice(200))]),
    'one Content-ID twice': batchBody([
      [
        { ...create('bad-1'), contentId: '1' },
        { ...create('bad-2'), contentId: '1' },
      ],
    ]),
  }
  for (const [what, raw] of Object.entries(cases)) {
    test(`${what} is answered with a plain JSON error, and nothing runs`, async () => {
      expectNoBatch(await postBatch(api, raw))
      assert.deepEqual(await numbersThatStartWith('bad-'), [])
    })
  }

  test('a batch that is sent as something else, or without a boundary, gets a plain JSON error', async () => {
    for (const type of ['application/json', 'text/plain', 'application/http', 'multipart/form-data; boundary=batch_tide']) {
      const answer = await postBatch(api, batchBody([create('bad-1')]), { 'Content-Type': type })
      assert.ok(answer.status === 400 || answer.status === 415, `${answer.status}`)
      assert.match(answer.body.error.code, /^0x[0-9a-f]{8}$/i)
      if (answer.status === 415) assert.match(answer.body.error.message, /send multipart\/mixed/)
    }
    expectNoBatch(await postBatch(api, whole, { 'Content-Type': 'multipart/mixed' }))
    expectNoBatch(await postBatch(api, whole, { 'Content-Type': 'multipart/mixed; boundary=' }))
    assert.deepEqual(await numbersThatStartWith('bad-'), [])
  })

  test('reading $batch is refused', async () => {
    const answer = expectStatus(await api.get('$batch'), 405)
    assert.match(answer.body.error.code, /^0x[0-9a-f]{8}$/i)
  })
})
