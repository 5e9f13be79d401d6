/**
 * The limit of what Node's HTTP can do: reads the request's body and answers the same bytes to everyone.
 * Runs as a process of its own: takes the answer as JSON on standard input and prints its port.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** `headers`: all but those that Node writes by itself. */
export type BareAnswer = { readonly status: number; readonly headers: { readonly [name: string]: string }; readonly body: string }

const { status, headers, body } = JSON.parse(await text(process.stdin)) as BareAnswer

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    Buffer.concat(chunks)
    response.writeHead(status, headers)
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
