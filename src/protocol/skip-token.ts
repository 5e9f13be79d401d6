/**
 * A skip token is the place of a page within one answer, in the form of Dataverse's paging cookie:
 * `<cookie pagenumber="2" pagingcookie="%253ccookie…" istracking="False" />`, where the inner cookie, percent-encoded twice, is
 * `<cookie page="1" size="50"><name last="Z" first="A" /><accountid last="{6F0C…}" first="{1A2B…}" /></cookie>`.
 */
import { Guid } from '../base/guid.ts'
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { MAX_PAGE_SIZE } from './prefer.ts'
import { escapeXml, unescapeXml } from './xml-text.ts'

export type SkipKey = { readonly column: string; readonly first: string | null; readonly last: string | null }

export type SkipToken = {
  /** The page it leads to: 2 and above. */
  readonly page: number
  /** Order columns, then the primary key. */
  readonly keys: readonly SkipKey[]
  readonly pageSize: number
  /** What must survive paging while changes are tracked: the position of page one. `undefined` otherwise. */
  readonly state?: string | undefined
}

/** The documented limit of columns in an order is far below. */
const MAX_KEYS = 100

/** A token stands in a URL, and those end at 64 KiB. */
const MAX_LENGTH = 65_536

const OUTER = /^\s*<cookie\s+pagenumber="(\d{1,9})"\s+pagingcookie="([\s\S]*)"\s+istracking="(True|False)"\s*\/>\s*$/i
const INNER = /^<cookie((?:\s+[a-z]+="[^"<]*")*)\s*>([\s\S]*)<\/cookie>$/
const KEY = /<([A-Za-z_]\w*)((?:\s+[a-z]+="[^"<]*")*)\s*\/>/y
const ATTRIBUTE = /([a-z]+)="([^"]*)"/g
const BRACED_GUID = /^\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/
const ELEMENT_NAME = /^[A-Za-z_]\w*$/

/** The XML text, not percent-encoded for the URL. */
export function formatSkipToken(token: SkipToken): string {
  const state = token.state === undefined ? '' : ` state="${escapeXml(token.state)}"`
  const inner = `<cookie page="${token.page - 1}" size="${token.pageSize}"${state}>${token.keys.map(formatKey).join('')}</cookie>`
  return `<cookie pagenumber="${token.page}" pagingcookie="${encode(encode(inner))}" istracking="${token.state === undefined ? 'False' : 'True'}" />`
}

/** The option's value, decoded once from the URL. Values encoded or decoded once or twice too often on their way are understood. */
export function parseSkipToken(text: string): SkipToken {
  if (text.length > MAX_LENGTH) throw malformed(text)
  const outer = OUTER.exec(decodeUntilCookie(text) ?? '')
  const inner = INNER.exec(decodeUntilCookie(outer?.[2] ?? '') ?? '')
  if (!outer || !inner) throw malformed(text)
  const attributes = readAttributes(inner[1] ?? '')
  const page = Number(outer[1])
  const pageSize = Number(attributes?.get('size') ?? 'none')
  const keys = parseKeys(inner[2] ?? '')
  if (!attributes || !keys || page < 1 || !(pageSize >= 1 && pageSize <= MAX_PAGE_SIZE) || !Number.isInteger(pageSize)) throw malformed(text)
  const state = attributes.get('state')
  return state === undefined ? { page, keys, pageSize } : { page, keys, pageSize, state }
}

/** A guid stands in braces and capitals, as Dataverse writes it; text that looks so already is marked as text. */
function formatKey(key: SkipKey): string {
  const isText = [key.first, key.last].some((value) => value !== null && BRACED_GUID.test(value))
  const attribute = (name: string, value: string | null): string => (value === null ? '' : ` ${name}="${escapeXml(isText ? value : bracedGuid(value))}"`)
  const hasPlainName = ELEMENT_NAME.test(key.column)
  const marks = `${hasPlainName ? '' : ` name="${escapeXml(key.column)}"`}${isText ? ' kind="text"' : ''}`
  return `<${hasPlainName ? key.column : 'column'}${marks}${attribute('last', key.last)}${attribute('first', key.first)} />`
}

/** A missing attribute is null. */
function parseKeys(text: string): readonly SkipKey[] | undefined {
  const keys: SkipKey[] = []
  for (let at = 0; at < text.length; at = KEY.lastIndex) {
    KEY.lastIndex = at
    const match = KEY.exec(text)
    const attributes = match && readAttributes(match[2] ?? '')
    if (!attributes || keys.length === MAX_KEYS) return undefined
    const read = attributes.get('kind') === 'text' ? (value: string) => value : bareGuid
    const keyValue = (name: string): string | null => {
      const value = attributes.get(name)
      return value === undefined ? null : read(value)
    }
    keys.push({ column: attributes.get('name') ?? match[1] ?? '', first: keyValue('first'), last: keyValue('last') })
  }
  return keys
}

function readAttributes(text: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>()
  for (const [, name = '', escaped = ''] of text.matchAll(ATTRIBUTE)) {
    const value = unescapeXml(escaped)
    if (value === undefined) return undefined
    attributes.set(name, value)
  }
  return attributes
}

function bracedGuid(text: string): string {
  return text.length === 36 && Guid.parse(text) === text ? `{${text.toUpperCase()}}` : text
}

function bareGuid(text: string): string {
  return BRACED_GUID.test(text) ? text.slice(1, -1).toLowerCase() : text
}

/** Lower-case digits, as Dataverse writes them; a token is only ASCII once encoded. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase())
}

/**
 * How often a text was encoded shows in how its first character is written, so it can be undone exactly.
 * A form-encoder's blank is a `+`; a real plus is always encoded at that level.
 */
function decodeUntilCookie(text: string): string | undefined {
  let decoded = text.trim()
  for (let round = 0; round < 4 && decoded.startsWith('%'); round++) {
    try {
      decoded = decodeURIComponent(decoded.replaceAll('+', ' '))
    } catch {
      return undefined
    }
  }
  return decoded.startsWith('<') ? decoded : undefined
}

function malformed(text: string): DataverseError {
  return fail('BadToken', `The skip token '${excerpt(text)}' is not valid.`)
}
