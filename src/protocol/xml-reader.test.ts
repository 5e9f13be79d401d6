import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText, readsOrRefuses, record, roundTrips, rubbishOf, staysWithin } from './arbitraries.test.ts'
import { parseXml, type XmlElement } from './xml-reader.ts'
import { escapeXml } from './xml-text.ts'

const element = (name: string, attributes: Record<string, string> = {}, children: readonly XmlElement[] = [], text = ''): XmlElement => ({
  name,
  attributes: new Map(Object.entries(attributes)),
  children,
  text,
})

test('elements have attributes, children and text', () => {
  const text = `<a x="1" y='two "2"'><b/>one<c z = "&lt;&#65;&#x42;&apos;" ></c >two</a>`
  assert.deepEqual(parseXml(text), element('a', { x: '1', y: 'two "2"' }, [element('b'), element('c', { z: "<AB'" })], 'onetwo'))
})

test('what is no element is passed over', () => {
  const text = '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<!-- <x> -->\n<a><!-- & --><?pi <b> ?><![CDATA[<&]]]]></a><!-- end -->\n'
  assert.deepEqual(parseXml(text), element('a', {}, [], '<&]]'))
})

test('a line break is one character in text and a blank in an attribute, unless it is written as a number', () => {
  assert.deepEqual(parseXml('<a b="1\r\n2\t3&#10;4">x\r\ny\rz</a>'), element('a', { b: '1 2 3\n4' }, [], 'x\ny\nz'))
})

test('names may hold letters of any script, digits, dots, hyphens and a prefix', () => {
  assert.equal(parseXml('<ns:größe-1.b xml:lang="de"/>').name, 'ns:größe-1.b')
})

test('what is not well-formed is refused with its place', () => {
  const bad = {
    '': /the root element is missing, at position 0/,
    'x<a/>': /'<' is expected, at position 0/,
    '<a/><b/>': /behind the root element, at position 4/,
    '<a>': /an element is not closed, at position 3/,
    '<a': /a blank must stand before an attribute/,
    '<a><b></a></b>': /the start tag 'b' does not match the end tag 'a'/,
    '<a b="1" b="2"/>': /'b' is a duplicate attribute name/,
    '<a b="1"c="2"/>': /a blank must stand before an attribute/,
    '<a b=1/>': /must stand in quotes/,
    '<a b/>': /'=' is expected/,
    '<a b="1/>': /'"' is missing/,
    '<a b="<"/>': /'<' must not stand in the value of an attribute, at position 6/,
    '<a>&</a>': /begins no entity/,
    '<a b="&nbsp;"/>': /begins no entity/,
    '<a>&#0;</a>': /a character is not allowed/,
    '<a>&#xD800;</a>': /a character is not allowed/,
    '<1/>': /a name is expected/,
    '< a/>': /a name is expected/,
    '<a><![CDATA[</a>': /']]>' is missing/,
    '<!-- x': /'-->' is missing/,
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>': /a DOCTYPE is not allowed/,
  }
  for (const [text, message] of Object.entries(bad)) assert.throws(() => parseXml(text), { name: 'BadRequest', message }, text)
})

test('depth and size are bounded', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
  assert.equal(parseXml(nested(200)).name, 'a')
  assert.throws(() => parseXml(nested(201)), /nested more than 200/)
  assert.throws(() => parseXml('<a>'.repeat(300_000)), /nested more than 200/)
  assert.throws(() => parseXml(`<a>${' '.repeat(1_048_576)}</a>`), /more than 1048576 characters/)
})

test('time is linear in the length of the text', () => {
  const texts = {
    attributes: (size: number) => `<a ${Array.from({ length: size }, (_, index) => `b${index}="1"`).join(' ')}/>`,
    entities: (size: number) => `<a b="${'&amp;'.repeat(size)}">${'&lt;'.repeat(size)}</a>`,
    children: (size: number) => `<a>${'<b/>x'.repeat(size)}</a>`,
    comments: (size: number) => `<a>${'<!---->'.repeat(size)}</a>`,
    sections: (size: number) => `<a>${'<![CDATA[x]]>'.repeat(size)}</a>`,
    'open comments': (size: number) => `<a>${'<!-'.repeat(size)}`,
    blanks: (size: number) => `<a ${' '.repeat(size)}b${' '.repeat(size)}="1"/>`,
  }
  for (const [name, text] of Object.entries(texts)) {
    const [small, large] = [text(5_000), text(40_000)]
    const read = (xml: string) => () => {
      try {
        parseXml(xml)
      } catch {
        // How long a refusal takes counts as well.
      }
    }
    read(small)()
    assert.ok(staysWithin(40, 0.5, read(small), read(large)), name)
  }
})

const anyName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/)
function anyElement(depth: number): fc.Arbitrary<XmlElement> {
  return record({
    name: anyName,
    attributes: fc.array(fc.tuple(anyName, anyText), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    children: depth === 0 ? fc.constant([]) : fc.array(anyElement(depth - 1), { maxLength: 3 }),
    text: anyText,
  })
}

function format({ name, attributes, children, text }: XmlElement): string {
  const head = [...attributes].map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('')
  return `<${name}${head}>${escapeXml(text)}${children.map(format).join('')}</${name}>`
}

test('what is written is read back as the same', () => {
  roundTrips(anyElement(3), format, parseXml)
})

test('rubbish is refused', () => {
  readsOrRefuses(rubbishOf('<a', '</a>', '/>', '>', ' b="1"', "'", '"', '&amp;', '&', '<![CDATA[', ']]>', '<!--', '-->', '<?', '?>', 'x', '='), parseXml)
})
