import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Guid } from '../base/guid.ts'
import { formatBatchResponse } from './multipart.ts'
import { reasonPhrase } from './reason-phrase.ts'

test('the answer is what the strictest parsers want, byte for byte', () => {
  let n = 0
  const newGuid = () => Guid.fromName(String(n++))
  const { contentType, body } = formatBatchResponse(
    [
      {
        kind: 'change-set',
        responses: [
          {
            contentId: '1',
            status: 204,
            headers: [
              ['OData-Version', '4.0'],
              ['Location', 'https://x/a({1})\r\nEvil: 1'],
            ],
          },
        ],
      },
      { kind: 'part', response: { status: 200, headers: [['Content-Type', 'application/json; odata.metadata=minimal']], body: '{"value":[1,\n2]}' } },
      { kind: 'part', response: { status: 200, headers: [['Content-Type', 'text/plain']], body: '\ufeff58' } },
    ],
    newGuid,
  )
  const [outer, inner] = [`batchresponse_${Guid.fromName('0')}`, `changesetresponse_${Guid.fromName('1')}`]
  assert.equal(contentType, `multipart/mixed; boundary=${outer}`)
  assert.deepEqual(body.split('\r\n'), [
    `--${outer}`,
    `Content-Type: multipart/mixed; boundary=${inner}`,
    '',
    `--${inner}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    'Content-ID: 1',
    '',
    'HTTP/1.1 204 No Content',
    'OData-Version: 4.0',
    'Location: https://x/a(%7B1%7D) Evil: 1',
    '',
    '',
    `--${inner}--`,
    `--${outer}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    'HTTP/1.1 200 OK',
    'Content-Type: application/json; odata.metadata=minimal',
    '',
    '{"value":[1, 2]}',
    `--${outer}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    'HTTP/1.1 200 OK',
    'Content-Type: text/plain',
    '',
    '\ufeff58',
    `--${outer}--`,
    '',
  ])
})

test('an answer without parts is still a multipart body', () => {
  const { body } = formatBatchResponse([{ kind: 'change-set', responses: [] }], () => Guid.empty)
  const [outer, inner] = [`batchresponse_${Guid.empty}`, `changesetresponse_${Guid.empty}`]
  assert.deepEqual(body.split('\r\n'), [`--${outer}`, `Content-Type: multipart/mixed; boundary=${inner}`, '', `--${inner}--`, `--${outer}--`, ''])
})

test('every status has words behind it', () => {
  assert.equal(reasonPhrase(412), 'Precondition Failed')
  assert.equal(reasonPhrase(599), 'Unknown')
})
