import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { roundTrips } from './arbitraries.test.ts'
import { escapeXml, unescapeXml } from './xml-text.ts'

test('what XML reserves or forbids is written as an entity', () => {
  assert.equal(escapeXml('a<b>&"\'\n\u0001é😀\ud800'), 'a&lt;b&gt;&amp;&quot;&apos;&#xa;&#x1;é😀&#xd800;')
})

test('an ampersand that begins no entity makes the text invalid', () => {
  for (const text of ['&', '&x;', '&amp', '&#;', '&#x110000;', '&#9999999;', '&__proto__;']) assert.equal(unescapeXml(text), undefined, text)
  assert.equal(unescapeXml('&#65;&#x42;'), 'AB')
})

test('any text written is read back as the same', () => {
  roundTrips(
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }).filter((text) => text.isWellFormed()),
    escapeXml,
    unescapeXml,
  )
  roundTrips(fc.string({ unit: 'binary' }), escapeXml, unescapeXml)
})
