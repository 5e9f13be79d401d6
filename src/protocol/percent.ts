/**
 * Percent-encoding, strict where a URL is read and exact where one is written: `A%2F1` ↔ `A/1`.
 * Malformed escapes, bytes that are not UTF-8, U+0000 and lone surrogates are refused.
 */
import { excerpt } from './excerpt.ts'
import { fail } from './errors.ts'

const ENCODED_MARKS: Record<string, string> = { '!': '%21', "'": '%27', '(': '%28', ')': '%29', '*': '%2A' }

/** One component of a URL. `+` stays `+`: only a query turns it into a blank, see `decodeQueryComponent`. */
export function decodeComponent(text: string): string {
  const decoded = text.includes('%') ? decodeEscapes(text) : text
  if (decoded.includes('\0')) throw fail('BadUrl', `U+0000 in '${excerpt(text)}'`)
  if (!decoded.isWellFormed()) throw fail('BadUrl', `a lone surrogate in '${excerpt(text)}'`)
  return decoded
}

/** Clients that send form-encoded queries (Airbyte, Python's requests) write a blank as `+`. */
export function decodeQueryComponent(text: string): string {
  return decodeComponent(text.includes('+') ? text.replaceAll('+', ' ') : text)
}

/** References in bodies are often written unencoded: what is no escape, or not UTF-8, stays as it stands. */
export function decodeLeniently(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}

/** The value of a query option; only unreserved characters stay, as Dataverse writes its own links (`919042%2108%2F…`). */
export function encodeQueryComponent(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, encodeMark)
}

export function encodeMark(mark: string): string {
  return ENCODED_MARKS[mark] ?? mark
}

function decodeEscapes(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw fail('BadUrl', `'${excerpt(text)}' is not percent-encoded UTF-8`)
  }
}
