/** Bytes on a socket, and what comes back: for requests that no HTTP client would send. */
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from './api.ts'

/** The first answer. The connection is given up once its body is whole, when it ends, or when nothing comes for `patience` milliseconds. */
export async function sendRaw(url: string, bytes: string | Uint8Array, patience = 5000): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let received = Buffer.alloc(0)
  const isAnswered = new Promise<void>((done) => {
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (isWhole(received.toString('utf8'))) done()
    })
    socket.on('close', () => done())
    // A server that has answered may close before it has read everything.
    socket.on('error', () => done())
  })
  socket.write(bytes)
  await Promise.race([isAnswered, wait(patience, undefined, { ref: false })])
  socket.destroy()
  return parse(received.toString('utf8'))
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  const length = /^content-length: (\d+)$/im.exec(text.slice(0, Math.max(end, 0)))?.[1]
  return end !== -1 && (length === undefined || Buffer.byteLength(text.slice(end + 4)) >= Number(length))
}

function parse(text: string): Answer {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  const content = end === -1 ? '' : text.slice(end + 4)
  const isJson = headers['content-type']?.startsWith('application/json') && content !== ''
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0), headers, text: content, body: isJson ? JSON.parse(content) : undefined }
}
