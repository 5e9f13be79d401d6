/** What never becomes a request of the Web API is refused in its form too: over a raw socket, byte by byte, with a dispatcher that only echoes. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { type Listener, listen } from './listen.ts'
import { createMetrics } from './metrics.ts'

let listener: Listener
let port: number
before(async () => {
  listener = await listen({
    host: '127.0.0.1',
    port: 0,
    allowedOrigins: new Set(),
    dopHint: 4,
    metrics: createMetrics([]),
    log: () => undefined,
    logRequest: () => undefined,
    dispatch: async (request) => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: `${request.method} ${request.url}` }),
  })
  port = Number(new URL(listener.url).port)
})
after(() => listener.close())

/** Everything that is answered until the connection is closed. */
function exchange(...parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1')
    const received: Buffer[] = []
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', failed)
    socket.on('close', () => done(Buffer.concat(received).toString('utf8')))
    for (const part of parts) socket.write(part)
  })
}

const request = (line: string, headers: readonly string[] = []) =>
  `${line}\r\n${[`Host: 127.0.0.1:${port}`, 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`
const posted = (type: string, body: string) => request('POST / HTTP/1.1', [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`]) + body

async function expectRefused(status: number, code: string, ...parts: readonly (string | Uint8Array)[]): Promise<void> {
  const [head = '', body = ''] = (await exchange(...parts)).split('\r\n\r\n')
  const sent = String(parts[0]).slice(0, 60)
  assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`), sent)
  assert.match(head, /^content-type: application\/json; odata\.metadata=minimal\r?$/im, sent)
  assert.match(head, new RegExp(`^content-length: ${Buffer.byteLength(body)}\\r?$`, 'im'), sent)
  const { error, ...more } = JSON.parse(body)
  assert.deepEqual([error.code, typeof error.message, more], [code, 'string', {}], sent)
}

test('a request is handed on with its URL as it was sent', async () => {
  assert.match(await exchange(request("GET /a%2fb/../c(d='%25')?$x HTTP/1.1")), /\r\n\r\nGET \/a%2fb\/\.\.\/c\(d='%25'\)\?\$x$/)
  assert.match(await exchange(posted('application/json', '{}')), /\r\n\r\nPOST \/$/)
})

test('the form of the request line that proxies send is taken', async () => {
  assert.match(await exchange(request(`GET http://127.0.0.1:${port}/a?b=http://c/d HTTP/1.1`)), /\r\n\r\nGET \/a\?b=http:\/\/c\/d$/)
  assert.match(await exchange(request('OPTIONS * HTTP/1.1')), /^HTTP\/1\.1 204 /)
})

test('a compressed body is refused by name', async () => {
  const body = '{}'
  const compressed = (encoding: string) =>
    request('POST / HTTP/1.1', ['Content-Type: application/json', `Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`]) + body
  for (const encoding of ['gzip', 'br', 'deflate, gzip']) await expectRefused(400, '0x80060888', compressed(encoding))
  assert.match(await exchange(compressed('Identity')), /\r\n\r\nPOST \/$/)
})

test('a client that resets its connection behind a CONNECT does no harm', async () => {
  for (let wait = 0; wait < 20; wait++) {
    await new Promise<void>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(request('CONNECT a:1 HTTP/1.1') + 'x'.repeat(10_000))
        setTimeout(() => done(void socket.resetAndDestroy()), wait % 4)
      })
      socket.on('error', () => done())
    })
  }
  assert.match(await exchange(request('GET / HTTP/1.1')), /^HTTP\/1\.1 200 /)
})

test('what is not HTTP is refused', async () => {
  const bad = ['hello\r\n\r\n', request('FOO / HTTP/1.1'), request('GET / HTTP/1.1', ['X\u0001: a']), request('POST / HTTP/1.1', ['Content-Length: x'])]
  for (const text of bad) await expectRefused(400, '0x8006088a', text)
  await expectRefused(400, '0x8006088a', request('POST / HTTP/1.1', ['Content-Length: 2', 'Transfer-Encoding: chunked']))
  await expectRefused(400, '0x8006088a', request('POST / HTTP/1.1', ['Content-Type: application/json', 'Transfer-Encoding: chunked']), 'zz\r\n')
})

test('what is too large is refused: headers, URL, body', async () => {
  await expectRefused(431, '0x8006088a', request('GET / HTTP/1.1', [`X: ${'a'.repeat(100_000)}`]))
  await expectRefused(414, '0x8006088a', request(`GET /${'a'.repeat(32_768)} HTTP/1.1`))
  await expectRefused(413, '0x8004418a', request('POST / HTTP/1.1', ['Content-Type: application/json', `Content-Length: ${128 * 1024 * 1024 + 1}`]), '{')
})

test('a body that is not UTF-8 is refused', async () => {
  await expectRefused(400, '0x80048d19', request('POST / HTTP/1.1', ['Content-Type: application/json', 'Content-Length: 3']), Uint8Array.of(0x22, 0xff, 0x22))
})

test('another name of the host, and a write from another origin, is refused', async () => {
  await expectRefused(403, '0x80048405', 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
  await expectRefused(403, '0x80048405', 'GET / HTTP/1.0\r\n\r\n')
  await expectRefused(403, '0x80048405', request('POST / HTTP/1.1', ['Origin: http://evil.example', 'Content-Length: 0']))
  await expectRefused(403, '0x80048405', request('POST / HTTP/1.1', ['Sec-Fetch-Site: cross-site', 'Content-Length: 0']))
})

test('a refused HEAD has the headers of the answer and nothing behind them', async () => {
  const answer = await exchange(request(`HEAD /${'a'.repeat(32_768)} HTTP/1.1`))
  assert.match(answer, /^HTTP\/1\.1 414 URI Too Long\r\n/)
  assert.match(answer, /\r\nContent-Length: [1-9]\d*\r\n/)
  assert.ok(answer.endsWith('\r\n\r\n'))
})
