import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anyText, readsOrRefuses, roundTrips, rubbishOf } from './arbitraries.test.ts'
import { decodeComponent, decodeLeniently, decodeQueryComponent, encodeQueryComponent } from './percent.ts'

test('a plus is a blank in a query alone', () => {
  assert.equal(decodeComponent('a+b%2B'), 'a+b+')
  assert.equal(decodeQueryComponent('a+b%2B'), 'a b+')
})

test('strict decoding refuses what is malformed, not UTF-8, or not to be stored', () => {
  for (const text of ['%', '%4', '%gg', '%ff', '%C0%AF', '%00', '\0', '\ud800']) assert.throws(() => decodeComponent(text), { name: 'BadUrl' }, text)
})

test('lenient decoding leaves what is no escape', () => {
  assert.equal(decodeLeniently('50% of %41%2 %ff %C3%A9'), '50% of A%2 %ff é')
})

test('a query value written is read back as the same', () => {
  assert.equal(encodeQueryComponent("919042!08/22/2017 (*')"), '919042%2108%2F22%2F2017%20%28%2A%27%29')
  roundTrips(anyText, encodeQueryComponent, decodeQueryComponent)
})

test('rubbish is refused, never more', () => {
  readsOrRefuses(rubbishOf('%', '4', '1', 'f', '+', '%C3', '%A9'), decodeComponent)
  readsOrRefuses(rubbishOf('%', '4', '1', 'f', '+', '%C3', '%A9'), decodeLeniently)
})
