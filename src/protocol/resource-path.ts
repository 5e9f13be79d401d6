/**
 * The path behind the service root, cut into segments: `accounts(accountnumber='A%2F1')/primarycontactid/$ref`.
 * Cut from the raw URL, so that a percent-encoded slash stays inside its key.
 */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { formatKeyPredicate, type KeyPredicate, parseKeyPredicate } from './key-predicate.ts'
import { decodeComponent, encodeMark } from './percent.ts'

export type PathSegment = {
  /** `accounts`, `$count`, `$ref`, `Microsoft.Dynamics.CRM.CreateMultiple`, or `$1` in a batch. */
  readonly name: string
  readonly predicate?: KeyPredicate | undefined
}

/** 32: the longest path that means anything here has six. */
const MAX_SEGMENTS = 32

/** Where a slash may hide: inside quotes, parentheses, or the brackets of a JSON value, each written as itself or percent-encoded. */
const STRUCTURE = /%(?:2[2789Ff]|5[BbCcDd]|7[BbDd])|['"()[\]{}\\/]/g

/** One row by one text: what most requests name, and nothing in it to cut. */
const PLAIN_KEY = /^\w+\(\w+='[^'"%()[\]{}\\/]*'\)$/

/** The raw path, without query; one leading and one trailing slash are tolerated. */
export function parseResourcePath(raw: string): readonly PathSegment[] {
  const path = raw.slice(raw.startsWith('/') ? 1 : 0, raw.length > 1 && raw.endsWith('/') ? -1 : undefined)
  if (path === '') return []
  const texts = PLAIN_KEY.test(path) ? [path] : /['"%[{]/.test(path) ? splitSegments(path) : path.split('/')
  if (texts.length > MAX_SEGMENTS) throw fail('BadUrl', `the path has more than ${MAX_SEGMENTS} segments`)
  return texts.map(parseSegment)
}

/** The inverse: the path percent-encoded, without a leading slash. */
export function formatResourcePath(segments: readonly PathSegment[]): string {
  return segments.map(formatSegment).join('/')
}

function parseSegment(raw: string): PathSegment {
  const text = decodeComponent(raw)
  const open = text.indexOf('(')
  const name = open === -1 ? text : text.slice(0, open)
  if (name === '' || name.includes(')')) throw fail('BadUrl', `'${excerpt(raw)}' is not a path segment`)
  if (open === -1) return { name }
  if (!text.endsWith(')')) throw fail('BadUrl', `'${excerpt(raw)}' is not a path segment`)
  return { name, predicate: parseKeyPredicate(text.slice(open + 1, -1)) }
}

function formatSegment(segment: PathSegment): string {
  const name = encodeURIComponent(segment.name).replaceAll('%24', '$').replace(/[()*]/g, encodeMark)
  if (!segment.predicate) return name
  const predicate = encodeURIComponent(formatKeyPredicate(segment.predicate)).replace(/[()*]/g, encodeMark)
  // `=`, `,` and `@` are structure of the key and legal in a path: clients expect to read them back as they sent them.
  return `${name}(${predicate.replaceAll('%3D', '=').replaceAll('%2C', ',').replaceAll('%40', '@')})`
}

/** Cuts at the slashes that stand outside quotes, parentheses and brackets. A slash counts only unencoded; the others both ways. */
function splitSegments(path: string): string[] {
  const parts: string[] = []
  let start = 0
  let depth = 0
  let json = 0
  let quote = ''
  let escapedAt = -1
  for (const match of path.matchAll(STRUCTURE)) {
    const char = match[0].length === 1 ? match[0] : String.fromCharCode(Number.parseInt(match[0].slice(1), 16))
    if (quote !== '') {
      if (char === '\\' && quote === '"' && match.index !== escapedAt) escapedAt = match.index + match[0].length
      else if (char === quote && match.index !== escapedAt) quote = ''
    } else if (depth === 0) {
      if (match[0] === '/') {
        parts.push(path.slice(start, match.index))
        start = match.index + 1
      } else if (char === '(') depth = 1
    } else if (char === "'" || (char === '"' && json > 0)) quote = char
    else if (char === '[' || char === '{') json++
    else if (char === ']' || char === '}') json--
    else if (char === '(') depth++
    else if (char === ')') depth--
  }
  if (quote !== '') throw fail('BadUrl', `There is an unterminated literal at position ${path.length} in '${excerpt(path)}'.`)
  if (depth > 0) throw fail('BadUrl', `a parenthesis is not closed in '${excerpt(path)}'`)
  parts.push(path.slice(start))
  return parts
}
