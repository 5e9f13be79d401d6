import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { bound, concat, escaped } from './json-text.ts'
import { render, sql } from './sql.ts'

test('constants side by side are one, and quotes in them are text', () => {
  const statement = concat(['{"a":', '"it\'s"', ',"b":', sql`${5}`, '}'], sqliteDialect)
  assert.deepEqual(
    render(statement, () => '?'),
    { text: `concat('{"a":"it''s","b":', ?, '}')`, values: [5] },
  )
})

test('thousands of pieces fit the limits of an engine', () => {
  const pieces = Array.from({ length: 4000 }, (_, index) => [`,${index}:`, sql`${index}`]).flat()
  const { text, values } = render(sql`select ${concat(pieces, sqliteDialect)} as json`, () => '?')
  const row = new DatabaseSync(':memory:').prepare(text).get(...(values as number[]))
  assert.match(String(row?.json), /^,0:0(\.0)?,1:1.*,3999:3999/)
})

test('no concat has more arguments than an engine takes', () => {
  const pieces = Array.from({ length: 40 }, (_, index) => sql`${String(index)}`)
  const { text, values } = render(sql`select ${concat(pieces, { ...sqliteDialect, maxArguments: 3 })} as json`, () => '?')
  const calls: number[] = []
  for (const char of text.replaceAll('concat', '')) {
    if (char === '(') calls.push(1)
    else if (char === ',') calls.push((calls.pop() ?? 0) + 1)
    else if (char === ')') assert.ok((calls.pop() ?? 0) <= 3)
  }
  assert.equal(new DatabaseSync(':memory:').prepare(text).get(...(values as string[]))?.json, values.join(''))
})

test('text is escaped as inside a JSON string', () => {
  const { text, values } = render(sql`select ${concat(['"', bound(escaped('a"\n')), '"'], sqliteDialect)} as json`, () => '?')
  assert.equal(new DatabaseSync(':memory:').prepare(text).get(...(values as string[]))?.json, JSON.stringify('a"\n'))
})
