/**
 * `$batch`: a multipart body of requests, some of them gathered in change sets, and the multipart answer.
 * What real clients send is read leniently (bare LF, raw blanks in URLs, Content-ID in either place); what they parse is written strictly.
 */
import type { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { parseMediaType } from './media-type.ts'
import { endOfLine, splitHead, splitMultipart } from './mime-parts.ts'
import { reasonPhrase } from './reason-phrase.ts'

export type BatchPart = {
  readonly contentId?: string | undefined
  readonly method: string
  /** As sent: absolute, host-relative, service-relative or `$1/…`; it may hold raw blanks. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export type BatchItem = { readonly kind: 'part'; readonly part: BatchPart } | { readonly kind: 'change-set'; readonly parts: readonly BatchPart[] }

export type PartResponse = {
  readonly contentId?: string | undefined
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string | undefined
}

export type BatchResponseItem =
  | { readonly kind: 'part'; readonly response: PartResponse }
  | { readonly kind: 'change-set'; readonly responses: readonly PartResponse[] }

/** The documented limit; the members of change sets count. */
const MAX_PARTS = 1000

const BOUNDARY = /^[^\s\u0000-\u001f\u007f]{1,200}$/
const CRLF = '\r\n'

export function parseBatch(body: Uint8Array, contentType: string): readonly BatchItem[] {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) throw fail('BadBatch', 'A batch must be sent as multipart/mixed with a boundary.')
  const texts = splitMultipart(decodeUtf8(body), boundary, MAX_PARTS, tooManyParts)
  let count = 0
  return texts.map((text) => {
    const item = parseItem(text)
    count += item.kind === 'part' ? 1 : item.parts.length
    if (count > MAX_PARTS) throw tooManyParts()
    return item
  })
}

/** Chance comes in as `newGuid`: the boundaries are made from it. */
export function formatBatchResponse(items: readonly BatchResponseItem[], newGuid: () => Guid): { readonly contentType: string; readonly body: string } {
  const boundary = `batchresponse_${newGuid()}`
  const parts = items.map((item) => (item.kind === 'part' ? formatPart(item.response) : formatChangeSet(item.responses, newGuid)))
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: joinParts(parts, boundary) }
}

// Reading

function boundaryOf(contentType: string): string | undefined {
  const { type, parameters } = parseMediaType(contentType)
  const boundary = parameters.get('boundary') ?? ''
  return type === 'multipart/mixed' && BOUNDARY.test(boundary) ? boundary : undefined
}

function decodeUtf8(body: Uint8Array): string {
  try {
    // Fatal: a replacement character would be stored as if the client had sent it.
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw fail('BadBatch', 'The batch is not UTF-8.')
  }
}

function parseItem(text: string): BatchItem {
  const { headers, content } = splitHead(text)
  const contentType = headers.get('content-type') ?? ''
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return { kind: 'part', part: parsePart(contentType, headers, content) }
  return { kind: 'change-set', parts: parseChangeSet(content, boundary) }
}

function parseChangeSet(text: string, boundary: string): readonly BatchPart[] {
  const seen = new Set<string>()
  return splitMultipart(text, boundary, MAX_PARTS, tooManyParts).map((partText) => {
    const { headers, content } = splitHead(partText)
    const part = parsePart(headers.get('content-type') ?? '', headers, content)
    if (part.method === 'GET' || part.method === 'HEAD') throw fail('BadBatch', `A change set must not contain ${part.method} requests.`)
    if (part.contentId !== undefined && seen.has(part.contentId)) {
      throw fail('BadBatch', `The Content-ID '${excerpt(part.contentId)}' is given twice in one change set.`)
    }
    if (part.contentId !== undefined) seen.add(part.contentId)
    return part
  })
}

function parsePart(contentType: string, mimeHeaders: ReadonlyMap<string, string>, content: string): BatchPart {
  const { type } = parseMediaType(contentType)
  if (type !== 'application/http') throw fail('BadBatch', `A part's content type must be application/http; it is '${excerpt(contentType)}'.`)
  const request = content.replace(/^[\r\n]+/, '')
  const lineEnd = endOfLine(request, 0)
  const { method, url } = parseRequestLine(request.slice(0, lineEnd).trim())
  if (/(?:^|\/)(?:\$|%24)batch(?:[?#]|$)/i.test(url)) throw fail('BadBatch', 'A batch must not contain a batch.')
  const { headers, content: body } = splitHead(request.slice(lineEnd + 1))
  const contentId = mimeHeaders.get('content-id') ?? headers.get('content-id')
  const part = { method, url, headers, body: withoutBlankEnd(body) }
  return contentId === undefined ? part : { contentId, ...part }
}

/** `GET accounts?$filter=name eq 'A' HTTP/1.1`: the URL is everything between the first word and the last, raw blanks included. */
function parseRequestLine(line: string): { readonly method: string; readonly url: string } {
  const first = line.indexOf(' ')
  const last = line.lastIndexOf(' ')
  const method = line.slice(0, Math.max(first, 0))
  const url = line.slice(first, last).trim()
  if (!/^[A-Za-z]{1,20}$/.test(method) || url === '' || !/^HTTP\/\d(?:\.\d)?$/.test(line.slice(last + 1)) || /[\u0000-\u001f\u007f]/.test(url)) {
    throw fail('BadBatch', `'${excerpt(line)}' is not a request line.`)
  }
  return { method: method.toUpperCase(), url }
}

/** The line breaks before the delimiter; clients add one or two. `Content-Length` is not looked at: some count characters. */
function withoutBlankEnd(text: string): string {
  let end = text.length
  while (end > 0 && (text.charAt(end - 1) === '\n' || text.charAt(end - 1) === '\r')) end--
  return text.slice(0, end)
}

function tooManyParts(): DataverseError {
  return fail('TooManyParts', MAX_PARTS)
}

// Writing. Each line end, blank and prefix is what some client's parser compares with: webapi.md 8.3.

function formatChangeSet(responses: readonly PartResponse[], newGuid: () => Guid): string {
  const boundary = `changesetresponse_${newGuid()}`
  return `Content-Type: multipart/mixed; boundary=${boundary}${CRLF}${CRLF}${joinParts(responses.map(formatPart), boundary)}`
}

function joinParts(parts: readonly string[], boundary: string): string {
  return `${parts.map((part) => `--${boundary}${CRLF}${part}`).join('')}--${boundary}--${CRLF}`
}

function formatPart(response: PartResponse): string {
  const lines = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary']
  if (response.contentId !== undefined) lines.push(`Content-ID: ${headerText(response.contentId)}`)
  lines.push('', `HTTP/1.1 ${response.status} ${reasonPhrase(response.status)}`)
  for (const [name, value] of response.headers) lines.push(`${name}: ${headerText(value)}`)
  lines.push('', onOneLine(response), '')
  return lines.join(CRLF)
}

/** One client finds a body by its braces, so headers have none; a line break would begin another header. */
function headerText(value: string): string {
  return value
    .replaceAll('{', '%7B')
    .replaceAll('}', '%7D')
    .replace(/[\r\n]+/g, ' ')
}

/** One client parses line by line. In valid JSON a raw line break is only a blank. */
function onOneLine(response: PartResponse): string {
  const body = response.body ?? ''
  if (!/[\r\n]/.test(body)) return body
  const isJson = response.headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value.includes('json'))
  return isJson ? body.replace(/[\r\n]+/g, ' ') : body
}
