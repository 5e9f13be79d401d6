/**
 * `$batch` by hand: a request is put together as a client would, and the answer is read by a parser that forgives nothing.
 * What it insists on is webapi.md 8.3: every line end, blank and prefix there is what some real client compares with.
 */
import assert from 'node:assert/strict'
import { type Answer, type Api, expectStatus } from './api.ts'

export type PartRequest = {
  readonly method: string
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: unknown
  readonly contentId?: string
}

/** An array is a change set. */
export type BatchItem = PartRequest | readonly PartRequest[]

export type PartAnswer = {
  readonly contentId: string | undefined
  readonly status: number
  readonly reason: string
  /** Names as they were sent. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export type ItemAnswer = { readonly kind: 'part'; readonly part: PartAnswer } | { readonly kind: 'change-set'; readonly parts: readonly PartAnswer[] }

const batchType = (boundary = 'batch_tide'): string => `multipart/mixed; boundary=${boundary}`

export function batchBody(items: readonly BatchItem[], lineEnd = '\r\n', boundary = 'batch_tide'): string {
  const lines = items.flatMap((item, index) => [`--${boundary}`, ...(isChangeSet(item) ? changeSetLines(item, `changeset_${index}`) : partLines(item))])
  return [...lines, `--${boundary}--`, ''].join(lineEnd)
}

function isChangeSet(item: BatchItem): item is readonly PartRequest[] {
  return Array.isArray(item)
}

function changeSetLines(parts: readonly PartRequest[], boundary: string): string[] {
  const members = parts.flatMap((part, index) => [`--${boundary}`, ...partLines({ contentId: String(index + 1), ...part })])
  return [`Content-Type: multipart/mixed; boundary=${boundary}`, '', ...members, `--${boundary}--`, '']
}

function partLines({ method, url, headers = {}, body, contentId }: PartRequest): string[] {
  const own = Object.entries({ ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers }).map(([name, value]) => `${name}: ${value}`)
  const mime = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary', ...(contentId === undefined ? [] : [`Content-ID: ${contentId}`])]
  return [...mime, '', `${method} ${url} HTTP/1.1`, ...own, '', body === undefined ? '' : JSON.stringify(body)]
}

export function postBatch(api: Api, raw: string | Uint8Array, headers: { readonly [name: string]: string } = {}): Promise<Answer> {
  return api.send('POST', '$batch', { raw, headers: { 'Content-Type': batchType(), ...headers } })
}

/** Sent, answered with `status`, and read. */
export async function runBatch(api: Api, items: readonly BatchItem[], { status = 200, prefer }: { readonly status?: number; readonly prefer?: string } = {}) {
  const answer = await postBatch(api, batchBody(items), prefer === undefined ? {} : { Prefer: prefer })
  return readBatch(expectStatus(answer, status))
}

/** The parts of a batch that holds one change set and nothing else. */
export async function runChangeSet(api: Api, parts: readonly PartRequest[]): Promise<readonly PartAnswer[]> {
  const [item] = await runBatch(api, [parts])
  assert.equal(item?.kind, 'change-set')
  return item?.kind === 'change-set' ? item.parts : []
}

export function onlyPart(item: ItemAnswer | undefined): PartAnswer {
  assert.equal(item?.kind, 'part', 'one part, not a change set')
  return (item as Extract<ItemAnswer, { kind: 'part' }>).part
}

export function readBatch({ headers, text }: Answer): readonly ItemAnswer[] {
  assert.equal(headers['odata-version'], '4.0')
  const boundary = /^multipart\/mixed; boundary=(batchresponse_[\w-]+)$/.exec(headers['content-type'] ?? '')?.[1]
  assert.ok(boundary, `content type ${headers['content-type']}`)
  assert.doesNotMatch(text.replaceAll('\r\n', ''), /[\r\n]/, 'every line ends with CRLF')
  return cut(text, boundary).map(readItem)
}

const CHANGE_SET = /^Content-Type: multipart\/mixed; boundary=(changesetresponse_[\w-]+)\r\n\r\n/

function readItem(text: string): ItemAnswer {
  const changeSet = CHANGE_SET.exec(text)
  if (!changeSet) return { kind: 'part', part: readPart(text) }
  return { kind: 'change-set', parts: cut(text.slice(changeSet[0].length), changeSet[1] ?? '').map(readPart) }
}

/** What stands between the delimiters: nothing before the first, nothing behind the last. */
function cut(text: string, boundary: string): string[] {
  const end = `--${boundary}--\r\n`
  assert.ok(text.startsWith(`--${boundary}`), `the text begins with its delimiter: ${text.slice(0, 80)}`)
  assert.ok(text.endsWith(end), `the text ends with its closing delimiter: ${text.slice(-120)}`)
  return text.slice(0, -end.length).split(`--${boundary}\r\n`).slice(1)
}

function readPart(text: string): PartAnswer {
  const [mime = '', head = '', ...rest] = text.split('\r\n\r\n')
  const mimeLines = mime.split('\r\n')
  assert.deepEqual(mimeLines.slice(0, 2), ['Content-Type: application/http', 'Content-Transfer-Encoding: binary'])
  assert.ok(mimeLines.length <= 3, mime)
  const contentId = mimeLines[2] === undefined ? undefined : /^Content-ID: (.+)$/.exec(mimeLines[2])?.[1]
  const [statusLine = '', ...headerLines] = head.split('\r\n')
  const [, status = '', reason = ''] = /^HTTP\/1\.1 (\d{3}) ([\w ]+)$/.exec(statusLine) ?? []
  assert.notEqual(status, '', `a status line with a reason phrase: ${statusLine}`)
  const headers = new Map(headerLines.map(readHeader))
  const body = rest.join('\r\n\r\n')
  assert.ok(body.endsWith('\r\n'), 'a line break before the next delimiter')
  const content = body.slice(0, -2)
  assert.doesNotMatch(content, /[\r\n]/, 'a body stands on one line')
  const isJson = headers.get('Content-Type')?.startsWith('application/json') ?? false
  return { contentId, status: Number(status), reason, headers, text: content, body: isJson ? JSON.parse(content) : undefined }
}

function readHeader(line: string): [string, string] {
  const [, name, value] = /^([\w.-]+): ([^{}]*)$/.exec(line) ?? []
  assert.ok(name !== undefined && value !== undefined, `a header of a part, without braces: ${line}`)
  return [name, value]
}

/** The guid at the end of the part's `OData-EntityId`. */
export function idOf(part: PartAnswer | undefined): string {
  const id = /\(([0-9a-f-]{36})\)$/.exec(part?.headers.get('OData-EntityId') ?? '')?.[1]
  assert.ok(id, `no id in ${part?.headers.get('OData-EntityId')}`)
  return id
}
