/**
 * The place of a page within one answer, as Dataverse's paging cookie has it: the order values of the first and last row on the page.
 * `<cookie page="1"><name last="Z" first="A" /><accountid last="{6F0C…}" first="{1A2B…}" /></cookie>`. In an answer it stands inside
 * another one, percent-encoded twice: `<cookie pagenumber="2" pagingcookie="%253ccookie…" istracking="False" />`.
 *
 * Clients take it out, decode it, and put it into XML again, and not all of them do that well: a value with a character that means
 * something to XML or in a URL is marked `kind="escaped"`, and has `\u0026` for it, which survives whatever they do.
 */
import { Guid } from '../base/guid.ts'
import { escapeXml, unescapeXml } from './xml-text.ts'

export type CookieKey = { readonly column: string; readonly first: string | null; readonly last: string | null }

export type PagingCookie = {
  /** The page it was handed out with, from 1. */
  readonly page: number
  /** Order columns, then what makes the order total. */
  readonly keys: readonly CookieKey[]
  /** `size`, `state`: what is ours alone. */
  readonly more: ReadonlyMap<string, string>
}

/** A query orders by 64 columns at the most, and each table in it adds an id. */
const MAX_KEYS = 100

const INNER = /^<cookie((?:\s+[a-z]+="[^"<]*")*)\s*>([\s\S]*)<\/cookie>\s*$/
const OUTER = /^<cookie\s+pagenumber="(\d{1,9})"\s+pagingcookie="([\s\S]*)"\s+istracking="(?:True|False)"\s*\/>\s*$/i
const KEY = /<([A-Za-z_]\w*)((?:\s+[a-z]+="[^"<]*")*)\s*\/>\s*/y
const ATTRIBUTE = /([a-z]+)="([^"]*)"/g
const PAGE = /^\d{1,9}$/
const BRACED_GUID = /^\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/
const ELEMENT_NAME = /^[A-Za-z_]\w*$/
const MEANINGFUL = /[&<>"'%+\\\p{Cc}\p{Cs}]/u
const EACH_MEANINGFUL = /[&<>"'%+\\\p{Cc}\p{Cs}]/gu

export function formatPagingCookie({ page, keys, more }: PagingCookie): string {
  const attributes = [...more].map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
  return `<cookie page="${page}"${attributes.join('')}>${keys.map(formatKey).join('')}</cookie>`
}

/** Decoded, or still encoded; undefined where it is none. */
export function parsePagingCookie(text: string): PagingCookie | undefined {
  const inner = INNER.exec(decodeUntilCookie(text) ?? '')
  const attributes = inner && readAttributes(inner[1] ?? '')
  const page = attributes?.get('page') ?? ''
  const keys = parseKeys(inner?.[2] ?? '')
  if (!attributes || !keys || !PAGE.test(page)) return undefined
  return { page: Number(page), keys, more: new Map([...attributes].filter(([name]) => name !== 'page')) }
}

/** With the number of the page it leads to; lower-case digits, as Dataverse writes them. */
export function formatOuterCookie(cookie: PagingCookie, isTracking: boolean): string {
  const inner = encode(encode(formatPagingCookie(cookie)))
  return `<cookie pagenumber="${cookie.page + 1}" pagingcookie="${inner}" istracking="${isTracking ? 'True' : 'False'}" />`
}

/** The page it leads to, and what stands in it. */
export function parseOuterCookie(text: string): { readonly pageNumber: number; readonly cookie: PagingCookie } | undefined {
  const outer = OUTER.exec(decodeUntilCookie(text) ?? '')
  const cookie = outer ? parsePagingCookie(outer[2] ?? '') : undefined
  return cookie && { pageNumber: Number(outer?.[1]), cookie }
}

/** A guid stands in braces and capitals, as Dataverse writes it; text that looks so already is marked as text. */
function formatKey(key: CookieKey): string {
  const values = [key.first, key.last].filter((value) => value !== null)
  const isEscaped = [key.column, ...values].some((text) => MEANINGFUL.test(text))
  const isText = values.some((value) => BRACED_GUID.test(value))
  const write = (value: string): string => (isEscaped ? escaped(value) : isText ? value : bracedGuid(value))
  const attribute = (name: string, value: string | null): string => (value === null ? '' : ` ${name}="${write(value)}"`)
  const hasPlainName = ELEMENT_NAME.test(key.column)
  const kind = isEscaped ? ' kind="escaped"' : isText ? ' kind="text"' : ''
  const name = hasPlainName ? '' : ` name="${isEscaped ? escaped(key.column) : key.column}"`
  return `<${hasPlainName ? key.column : 'column'}${name}${kind}${attribute('last', key.last)}${attribute('first', key.first)} />`
}

/** A missing attribute is null. */
function parseKeys(text: string): readonly CookieKey[] | undefined {
  const keys: CookieKey[] = []
  for (let at = 0; at < text.length; at = KEY.lastIndex) {
    KEY.lastIndex = at
    const match = KEY.exec(text)
    const attributes = match && readAttributes(match[2] ?? '')
    if (!attributes || keys.length === MAX_KEYS) return undefined
    const kind = attributes.get('kind')
    const read = kind === 'escaped' ? unescaped : kind === 'text' ? (value: string) => value : bareGuid
    const value = (name: string): string | null => {
      const given = attributes.get(name)
      return given === undefined ? null : read(given)
    }
    const name = attributes.get('name')
    const column = name === undefined ? match[1] : kind === 'escaped' ? unescaped(name) : name
    keys.push({ column: column ?? '', first: value('first'), last: value('last') })
  }
  return keys
}

function readAttributes(text: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>()
  for (const [, name = '', written = ''] of text.matchAll(ATTRIBUTE)) {
    const value = unescapeXml(written)
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

/** `a & b` → `a \u0026 b` */
function escaped(text: string): string {
  return text.replace(EACH_MEANINGFUL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

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
