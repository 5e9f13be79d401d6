/** Small makers of answers, so that every answer carries the same headers in the same form. */
import { CONTENT_TYPE, ODATA_VERSION } from '../protocol/names.ts'
import type { JsonText } from '../plan/outcome.ts'
import type { HttpResponse } from './http-message.ts'

const ODATA = { 'OData-Version': ODATA_VERSION } as const

export function jsonResponse(status: number, body: JsonText, more: { readonly [name: string]: string | undefined } = {}): HttpResponse {
  return { status, headers: { 'Content-Type': CONTENT_TYPE.json, ...ODATA, ...defined(more) }, body }
}

export function textResponse(text: string, contentType: string = CONTENT_TYPE.text): HttpResponse {
  return { status: 200, headers: { 'Content-Type': contentType, ...ODATA }, body: text }
}

export function emptyResponse(status: 204 | 304, more: { readonly [name: string]: string | undefined } = {}): HttpResponse {
  return { status, headers: { ...ODATA, ...defined(more) }, body: undefined }
}

function defined(headers: { readonly [name: string]: string | undefined }): { [name: string]: string } {
  const kept: { [name: string]: string } = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) kept[name] = value
  }
  return kept
}

/** Rows come from the store as bytes where a reader process made them: they are joined, never decoded. */
export function concat(parts: readonly JsonText[]): JsonText {
  if (parts.every((part) => typeof part === 'string')) return parts.join('')
  return parts.flatMap((part) => (typeof part === 'string' ? [Buffer.from(part)] : part))
}
