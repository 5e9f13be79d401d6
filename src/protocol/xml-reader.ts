/**
 * XML as a tree of elements, strictly: `<a b="1">x<c/></a>`. Comments, processing instructions and the XML declaration are passed over.
 * A DOCTYPE is refused, so the five entities of XML are all there are. Time is linear in the length of the text; depth and size are bounded.
 */
import { type DataverseError, fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import { unescapeXml } from './xml-text.ts'

export type XmlElement = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** What stands directly in it, between the children: character data and CDATA. */
  readonly text: string
}

/** Longer than any view or chart holds, and far more than a URL takes. */
const MAX_LENGTH = 1_048_576
/** Each level of a query is an element or two; far from what the stack bears. */
const MAX_DEPTH = 200

const BYTE_ORDER_MARK = '\ufeff'
const NAME = /[\p{L}\p{Nl}_:][\p{L}\p{Nl}\p{Nd}\p{M}\p{Pc}:.·-]*/uy
const BLANKS = /[ \t\n]*/y
const CDATA = '<![CDATA['

type Reader = { readonly text: string; at: number }

export function parseXml(source: string): XmlElement {
  if (source.length > MAX_LENGTH) throw fail('BadRequest', `Invalid XML: it has more than ${MAX_LENGTH} characters.`)
  const reader: Reader = { text: withUnixLines(source), at: source.startsWith(BYTE_ORDER_MARK) ? 1 : 0 }
  skipBetween(reader)
  if (reader.at === reader.text.length) throw bad(reader, 'the root element is missing')
  const root = readElement(reader, 1)
  skipBetween(reader)
  if (reader.at < reader.text.length) throw bad(reader, 'there is something behind the root element')
  return root
}

function readElement(reader: Reader, depth: number): XmlElement {
  if (depth > MAX_DEPTH) throw bad(reader, `elements are nested more than ${MAX_DEPTH} levels deep`)
  if (reader.text.startsWith('<!DOCTYPE', reader.at)) throw bad(reader, 'a DOCTYPE is not allowed')
  expect(reader, '<')
  const name = readName(reader)
  const attributes = readAttributes(reader)
  if (take(reader, '/>')) return { name, attributes, children: [], text: '' }
  expect(reader, '>')
  return { name, attributes, ...readContent(reader, name, depth) }
}

/** Up to and with the end tag. */
function readContent(reader: Reader, name: string, depth: number): Pick<XmlElement, 'children' | 'text'> {
  const children: XmlElement[] = []
  let text = ''
  for (;;) {
    text += readText(reader)
    if (take(reader, '</')) break
    if (take(reader, CDATA)) text += readUntil(reader, ']]>')
    else if (!skipUnread(reader)) children.push(readElement(reader, depth + 1))
  }
  const end = readName(reader)
  if (end !== name) throw bad(reader, `the start tag '${excerpt(name)}' does not match the end tag '${excerpt(end)}'`)
  skipBlanks(reader)
  expect(reader, '>')
  return { children, text }
}

function readAttributes(reader: Reader): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (;;) {
    const before = reader.at
    skipBlanks(reader)
    const next = reader.text.charAt(reader.at)
    if (next === '>' || next === '/') return attributes
    if (reader.at === before) throw bad(reader, 'a blank must stand before an attribute')
    const name = readName(reader)
    if (attributes.has(name)) throw bad(reader, `'${excerpt(name)}' is a duplicate attribute name`)
    skipBlanks(reader)
    expect(reader, '=')
    skipBlanks(reader)
    attributes.set(name, readAttributeValue(reader))
  }
}

/** Either quote; a line break or tab counts as a blank, as XML has it. */
function readAttributeValue(reader: Reader): string {
  const quote = reader.text.charAt(reader.at)
  if (quote !== '"' && quote !== "'") throw bad(reader, 'the value of an attribute must stand in quotes')
  reader.at++
  const start = reader.at
  const raw = readUntil(reader, quote)
  if (raw.includes('<')) throw bad({ ...reader, at: start + raw.indexOf('<') }, "'<' must not stand in the value of an attribute")
  return unescaped(reader, raw.replace(/[\t\n]/g, ' '), start)
}

/** Up to the next markup. */
function readText(reader: Reader): string {
  const start = reader.at
  const end = reader.text.indexOf('<', start)
  if (end === -1) throw bad({ ...reader, at: reader.text.length }, 'an element is not closed')
  reader.at = end
  return unescaped(reader, reader.text.slice(start, end), start)
}

/** No store keeps U+0000 or half a surrogate pair, and they could come in as character references. */
function unescaped(reader: Reader, raw: string, at: number): string {
  const text = unescapeXml(raw)
  if (text === undefined) throw bad({ ...reader, at }, "an '&' begins no entity that is known; write '&amp;'")
  if (text.includes('\0') || !text.isWellFormed()) throw bad({ ...reader, at }, 'a character is not allowed')
  return text
}

// The reader

function skipBetween(reader: Reader): void {
  do skipBlanks(reader)
  while (skipUnread(reader))
}

/** A comment or a processing instruction; `false` where neither stands. */
function skipUnread(reader: Reader): boolean {
  if (take(reader, '<!--')) readUntil(reader, '-->')
  else if (take(reader, '<?')) readUntil(reader, '?>')
  else return false
  return true
}

function skipBlanks(reader: Reader): void {
  BLANKS.lastIndex = reader.at
  BLANKS.test(reader.text)
  reader.at = BLANKS.lastIndex
}

function readName(reader: Reader): string {
  NAME.lastIndex = reader.at
  if (!NAME.test(reader.text)) throw bad(reader, 'a name is expected')
  const name = reader.text.slice(reader.at, NAME.lastIndex)
  reader.at = NAME.lastIndex
  return name
}

function readUntil(reader: Reader, end: string): string {
  const at = reader.text.indexOf(end, reader.at)
  if (at === -1) throw bad(reader, `'${end}' is missing`)
  const text = reader.text.slice(reader.at, at)
  reader.at = at + end.length
  return text
}

function take(reader: Reader, mark: string): boolean {
  if (!reader.text.startsWith(mark, reader.at)) return false
  reader.at += mark.length
  return true
}

function expect(reader: Reader, mark: string): void {
  if (!take(reader, mark)) throw bad(reader, `'${mark}' is expected`)
}

/** Every line break is one U+000A, as XML has it. */
function withUnixLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

function bad(reader: Reader, why: string): DataverseError {
  return fail('BadRequest', `Invalid XML: ${why}, at position ${reader.at} in '${excerpt(reader.text)}'.`)
}
