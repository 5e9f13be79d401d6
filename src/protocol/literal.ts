/**
 * A literal in a URL: `'O''Neil'`, `5`, `1.25`, `true`, `null`, `2024-05-01T10:00:00Z`, a bare guid, `Microsoft.Dynamics.CRM.X'Member'`.
 * Numbers keep their source text: a decimal is never read through a double.
 */
import { parseDate } from '../base/date-time.ts'
import { Guid } from '../base/guid.ts'
import { isIdentifier } from './identifier.ts'

export type Literal =
  | { readonly kind: 'null' }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'guid'; readonly value: Guid }
  /** `YYYY-MM-DD` */
  | { readonly kind: 'date'; readonly text: string }
  /** ISO 8601; without offset it is UTC. */
  | { readonly kind: 'datetime'; readonly text: string }
  | { readonly kind: 'enum'; readonly type: string; readonly member: string }
  /** An array or object given to a function: `["account"]`. Always valid JSON. */
  | { readonly kind: 'json'; readonly text: string }

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,12})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/

/** The whole text must be one literal; `undefined` where it is not. Percent-decoding is done before. */
export function parseLiteral(text: string): Literal | undefined {
  switch (text.charAt(0)) {
    case "'": {
      const unquoted = unquote(text)
      return unquoted === undefined ? undefined : { kind: 'string', text: unquoted }
    }
    case '[':
      return parseJsonLiteral(text)
    case '{':
      return parseGuid(text) ?? parseJsonLiteral(text)
    default:
      return parseBare(text)
  }
}

/** The inverse; not percent-encoded. */
export function formatLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null'
    case 'string':
      return quote(literal.text)
    case 'boolean':
      return String(literal.value)
    case 'guid':
      return literal.value
    case 'enum':
      return `${literal.type}${quote(literal.member)}`
    case 'number':
    case 'date':
    case 'datetime':
    case 'json':
      return literal.text
  }
}

function parseBare(text: string): Literal | undefined {
  if (text === 'null') return { kind: 'null' }
  if (text === 'true' || text === 'false') return { kind: 'boolean', value: text === 'true' }
  if (text.endsWith("'")) return parseEnum(text)
  if (NUMBER.test(text)) return { kind: 'number', text }
  return parseGuid(text) ?? parseMoment(text)
}

function parseGuid(text: string): Literal | undefined {
  if (text.length !== 36 && text.length !== 38) return undefined
  const value = Guid.parse(text)
  return value === undefined ? undefined : { kind: 'guid', value }
}

/** OData lets `T` and `Z` be lower case; they are kept as capitals. */
function parseMoment(text: string): Literal | undefined {
  if (text.length === 10) return isDate(text) ? { kind: 'date', text } : undefined
  const upper = text.toUpperCase()
  if (upper.charAt(10) !== 'T' || !isDate(upper.slice(0, 10)) || !TIME.test(upper.slice(11))) return undefined
  return { kind: 'datetime', text: upper }
}

/** `text` has ten characters. */
function isDate(text: string): boolean {
  return parseDate(text) !== undefined
}

/** Only qualified type names: `guid'…'` and `datetime'…'` are forms of older versions, which Dataverse refuses. */
function parseEnum(text: string): Literal | undefined {
  const open = text.indexOf("'")
  const type = text.slice(0, open)
  const member = unquote(text.slice(open))
  if (member === undefined || !type.includes('.') || !type.split('.').every(isIdentifier)) return undefined
  return { kind: 'enum', type, member }
}

/** Clients write strings inside in single quotes too, doubled where they are meant: `['account','O''Neil']`. */
function parseJsonLiteral(text: string): Literal | undefined {
  // Either quote may be missing at the end, so that every string is read once: what is cut off so is no JSON.
  const json = text.replace(/"(?:[^"\\]|\\.)*"?|'((?:[^']|'')*)'?/gs, (whole, single?: string) =>
    single === undefined ? whole : JSON.stringify(single.replaceAll("''", "'")),
  )
  try {
    JSON.parse(json)
    return { kind: 'json', text: json }
  } catch {
    return undefined
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function unquote(text: string): string | undefined {
  if (text.length < 2 || !text.endsWith("'")) return undefined
  const inner = text.slice(1, -1)
  if (!inner.includes("'")) return inner
  // A quote that is not one of a pair would have ended the literal.
  return inner.replaceAll("''", '').includes("'") ? undefined : inner.replaceAll("''", "'")
}
