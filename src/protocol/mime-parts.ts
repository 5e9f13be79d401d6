/**
 * The two cuts of MIME: a multipart body into its parts, and a part into headers and content.
 * Line ends are CRLF or a bare LF, as clients mix them.
 */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'

/** 32,768 characters: as much as the service takes in a header, several times over. */
const MAX_LINE = 32_768

export type MimeHeaders = ReadonlyMap<string, string>

/** What stands between the delimiters, one pass over the text. `tooMany` is thrown as soon as there are more than `limit`. */
export function splitMultipart(text: string, boundary: string, limit: number, tooMany: () => Error): readonly string[] {
  const delimiter = `--${boundary}`
  const parts: string[] = []
  let start = -1
  for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && text.charAt(at - 1) !== '\n') continue
    const lineEnd = endOfLine(text, at)
    const tail = text.slice(at + delimiter.length, lineEnd).trimEnd()
    if (tail !== '' && tail !== '--') continue
    if (start !== -1) parts.push(withoutLineBreak(text.slice(start, Math.max(start, at))))
    if (parts.length > limit) throw tooMany()
    // What stands behind the closing delimiter is nobody's, unless it looks like more parts: then the body was put together wrongly.
    if (tail === '--') {
      if (text.includes(`\n${delimiter}`, lineEnd)) throw fail('BadBatch', `The boundary '${excerpt(boundary)}' is used again behind its end.`)
      return parts
    }
    start = lineEnd + 1
  }
  if (start === -1) throw fail('BadBatch', `The boundary '${excerpt(boundary)}' does not occur in the body.`)
  throw fail('BadBatch', `The body ends before the closing boundary '${excerpt(boundary)}'.`)
}

/** Header lines up to the first blank one, names in lower case, repeated ones joined by commas; and what follows. */
export function splitHead(text: string): { readonly headers: MimeHeaders; readonly content: string } {
  const headers = new Map<string, string>()
  let last = ''
  let at = 0
  while (at < text.length) {
    const lineEnd = endOfLine(text, at)
    const line = text.slice(at, lineEnd).trimEnd()
    at = lineEnd + 1
    if (line === '') break
    if (line.length > MAX_LINE) throw fail('BadBatch', `A header line is longer than ${MAX_LINE} characters.`)
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw fail('BadBatch', `A header line holds a control character: '${excerpt(line)}'.`)
    const isContinuation = last !== '' && /^[ \t]/.test(line)
    const colon = line.indexOf(':')
    if (!isContinuation && colon < 1) throw fail('BadBatch', `'${excerpt(line)}' is not a header line.`)
    const value = isContinuation ? line.trim() : line.slice(colon + 1).trim()
    if (!isContinuation) last = line.slice(0, colon).trim().toLowerCase()
    const earlier = headers.get(last)
    headers.set(last, earlier === undefined ? value : `${earlier}${isContinuation ? ' ' : ', '}${value}`)
  }
  return { headers, content: text.slice(at) }
}

/** The position of the line feed, or of the end of the text. */
export function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at === -1 ? text.length : at
}

/** The line break before a delimiter belongs to the delimiter. */
function withoutLineBreak(text: string): string {
  if (!text.endsWith('\n')) return text
  return text.slice(0, text.endsWith('\r\n') ? -2 : -1)
}
