import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Guid } from '../base/guid.ts'
import { type BatchRunner, handleBatch } from './handle-batch.ts'

const MIB = 1024 * 1024

test('a batch holds as much as an answer may: the part that is too much is refused in its place', async () => {
  const sizes = [150, 120, 100]
  const runner: BatchRunner = {
    newId: () => Guid.empty,
    runPart: async () => ({ status: 200, headers: {}, body: [new Uint8Array((sizes.shift() ?? 0) * MIB).fill(0x20)] }),
    runChangeSet: () => assert.fail('there is no change set'),
  }
  const part = '--b\r\nContent-Type: application/http\r\n\r\nGET contacts HTTP/1.1\r\n\r\n\r\n'
  const headers = { 'content-type': 'multipart/mixed; boundary=b', prefer: 'odata.continue-on-error' }
  const request = { method: 'POST', url: '/api/data/v9.2/$batch', headers, origin: '', body: `${part.repeat(3)}--b--\r\n`, requestId: Guid.empty }
  const { status, body } = await handleBatch(runner, request)
  assert.equal(status, 200)
  assert.ok(typeof body === 'string')
  const lines = body.split('\r\n').map((line) => (line.length > MIB ? `${line.length / MIB} MiB` : line))
  assert.deepEqual(
    lines.filter((line) => /MiB$|^HTTP|"error"/.test(line)),
    [
      'HTTP/1.1 200 OK',
      '150 MiB',
      'HTTP/1.1 400 Bad Request',
      '{"error":{"code":"0x8006088a","message":"The answer is larger than 268435456 bytes. Ask for fewer rows, columns or expanded rows."}}',
      'HTTP/1.1 200 OK',
      '100 MiB',
    ],
  )
})
