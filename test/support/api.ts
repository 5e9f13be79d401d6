/** HTTP by hand, as short as a test wants it. Bodies are parsed where they are JSON. */
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'

export type Answer = {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  /** Parsed JSON, or undefined. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
  readonly text: string
}

export type Send = { readonly headers?: { readonly [name: string]: string }; readonly body?: unknown; readonly raw?: string | Uint8Array }

export type Api = {
  readonly root: string
  readonly send: (method: string, path: string, options?: Send) => Promise<Answer>
  readonly get: (path: string, headers?: Send['headers']) => Promise<Answer>
  readonly post: (path: string, body?: unknown, headers?: Send['headers']) => Promise<Answer>
  readonly patch: (path: string, body?: unknown, headers?: Send['headers']) => Promise<Answer>
  readonly put: (path: string, body?: unknown, headers?: Send['headers']) => Promise<Answer>
  readonly delete: (path: string, headers?: Send['headers']) => Promise<Answer>
}

/** `path`: behind the service root, or a whole URL (a next or delta link). Raw: nothing is encoded for the test. */
export function apiOf(root: string): Api {
  const send: Api['send'] = (method, path, options = {}) => exchange(method, path.startsWith('http') ? path : `${root}/${path}`, options)
  return {
    root,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, headers = {}) => send('POST', path, { body, headers }),
    patch: (path, body, headers = {}) => send('PATCH', path, { body, headers }),
    put: (path, body, headers = {}) => send('PUT', path, { body, headers }),
    delete: (path, headers = {}) => send('DELETE', path, { headers }),
  }
}

export function exchange(method: string, url: string, { headers = {}, body, raw }: Send): Promise<Answer> {
  const [, host = '', port = '80', path = '/'] = /^http:\/\/([^:/]+|\[[^\]]+\])(?::(\d+))?(\/.*)?$/s.exec(url) ?? []
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  return new Promise((done, failed) => {
    const outgoing = httpRequest(
      {
        host: host.replace(/^\[|\]$/g, ''),
        port,
        // The client refuses some characters that the raw path of a test may hold; spaces are what it forgives least.
        path: path.replaceAll(' ', '%20'),
        method,
        headers: { ...(payload !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }), ...headers },
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', failed)
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          const isJson = String(incoming.headers['content-type']).startsWith('application/json')
          done({ status: incoming.statusCode ?? 0, headers: incoming.headers as Answer['headers'], body: isJson && text ? JSON.parse(text) : undefined, text })
        })
      },
    )
    outgoing.on('error', failed)
    outgoing.end(payload)
  })
}

/** Fails with the answer's text where the status is another. */
export function expectStatus(answer: Answer, status: number): Answer {
  assert.equal(answer.status, status, `${answer.status} instead of ${status}: ${answer.text.slice(0, 500)}`)
  return answer
}

/** The guid at the end of `OData-EntityId`. */
export function createdId(answer: Answer): string {
  expectStatus(answer, 204)
  const id = /\(([0-9a-f-]{36})\)$/.exec(answer.headers['odata-entityid'] ?? '')?.[1]
  assert.ok(id, `no id in ${answer.headers['odata-entityid']}`)
  return id
}
