import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCsv } from './read-csv.ts'

test('fields in quotes hold commas, line breaks and quotes', () => {
  assert.deepEqual(parseCsv('"a","b, c","d\ne","f ""g"""\n'), [['a', 'b, c', 'd\ne', 'f "g"']])
})

test('empty fields stand anywhere, also at the end', () => {
  assert.deepEqual(parseCsv(',1,\r\n"",,x\n2,"y",'), [
    ['', '1', ''],
    ['', '', 'x'],
    ['2', 'y', ''],
  ])
})

test('the last line needs no end', () => {
  assert.deepEqual(parseCsv('a,b\nc,"d"'), [
    ['a', 'b'],
    ['c', 'd'],
  ])
})

test('a quote that is not closed is no CSV', () => {
  assert.throws(() => parseCsv('a,"b\nc'), /no CSV/)
})
