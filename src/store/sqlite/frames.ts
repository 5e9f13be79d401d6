/**
 * What goes between the server and a reader process, over its standard input and output:
 * `<length of head> <length of body> <head> <body>`, lengths as 32-bit little-endian numbers.
 * The head is a small structured clone. The body is the pages' JSON as it came from SQLite: the server passes it on without decoding it.
 * A frame without a head is a piece of the body of an answer to come.
 */
import { deserialize, serialize } from 'node:v8'
import type { EngineFailure, Page } from '../sql/connection.ts'
import type { RenderedQuery } from './driver.ts'

export type ReaderRequest = { readonly queries: readonly RenderedQuery[] }
export type PageHead = Omit<Page, 'json'> & { readonly length: number }
/** `memory`: the process's resident bytes, told with every answer. */
export type ReaderAnswer = { readonly memory: number } & ReaderNews
export type ReaderNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pages'; readonly pages: readonly PageHead[] }
  /** `failure`: where it is one of the engine's three. */
  | { readonly kind: 'failed'; readonly message: string; readonly failure: EngineFailure | undefined }

export const PREFIX_BYTES = 8

export function formatFrame(head: ReaderRequest | ReaderAnswer, body: readonly Uint8Array[] = []): readonly Uint8Array[] {
  const bytes = serialize(head)
  return [formatPrefix(bytes.length, body), bytes, ...body]
}

export function formatPiece(piece: Uint8Array): readonly Uint8Array[] {
  return [formatPrefix(0, [piece]), piece]
}

function formatPrefix(head: number, body: readonly Uint8Array[]): Uint8Array {
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32LE(head, 0)
  prefix.writeUInt32LE(
    body.reduce((sum, part) => sum + part.length, 0),
    4,
  )
  return prefix
}

export function parsePrefix(prefix: Buffer): { readonly head: number; readonly body: number } {
  return { head: prefix.readUInt32LE(0), body: prefix.readUInt32LE(4) }
}

export function parseHead<T extends ReaderRequest | ReaderAnswer>(bytes: Uint8Array): T {
  return deserialize(bytes) as T
}
