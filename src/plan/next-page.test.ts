import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatSkipToken, parseSkipToken } from '../protocol/skip-token.ts'
import { parseQueryOptions } from '../protocol/query-options.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import { nextSkipToken, rowsPage } from './next-page.ts'
import { planRead } from './plan-read.ts'
import type { ReadRows } from './read-plan.ts'
import { ID, ID2, testContext } from './test-schema.ts'

function plan(query: string, prefer?: string): ReadRows {
  const made = planRead(
    { segments: [{ name: 'accounts' }], options: parseQueryOptions(query), preferences: parsePrefer(prefer), precondition: { kind: 'none' } },
    testContext(),
  )
  assert.ok(made.kind === 'read-rows')
  return made
}

const following = (made: ReadRows, last: readonly (string | number | null)[]) =>
  nextSkipToken(made, { kind: 'rows', json: '', rowCount: 1, next: { first: last, last }, count: undefined })

test('the place of a page survives its way through the link', () => {
  const made = plan('$orderby=name,line%20desc,score,revenue,rate,createdon,primarycontactid/fullname', 'odata.maxpagesize=7')
  const whole = fc.option(fc.maxSafeInteger(), { nil: null })
  const text = fc.option(
    fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && value.isWellFormed()),
    { nil: null },
  )
  const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value))
  const values = fc.tuple(text, whole, double, whole, text, fc.constant('2024-05-01T10:00:00Z'), text, fc.constantFrom(ID, ID2))
  fc.assert(
    fc.property(values, (last) => {
      const token = following(made, last)
      assert.ok(token)
      const page = rowsPage(parseSkipToken(formatSkipToken(token)), undefined, undefined, made.order)
      assert.deepEqual(page, { limit: 7, pages: true, after: last, pageNumber: 2 })
    }),
  )
})

test('a whole number beyond a double stays as it came', () => {
  const made = plan('$orderby=versionnumber')
  const token = following(made, ['9007199254740993', ID])
  assert.deepEqual(rowsPage(token, undefined, undefined, made.order).after, ['9007199254740993', ID])
})

test('there is no next page where nothing follows, or where $top has been reached', () => {
  const made = plan('')
  assert.equal(nextSkipToken(made, { kind: 'rows', json: '', rowCount: 1, next: undefined, count: undefined }), undefined)
  assert.equal(following(plan('$top=1'), [ID]), undefined)
})

test('a $top beyond a page is read in pages, the last of them shorter', () => {
  const made = plan('$top=7000')
  const token = following(made, [ID])
  const second = rowsPage(token, 7000, undefined, made.order)
  assert.deepEqual({ limit: second.limit, pages: second.pages }, { limit: 2000, pages: false })
  assert.deepEqual(rowsPage(token && { ...token, page: 9 }, 7000, undefined, made.order).limit, 0)
})

test('the page size rides in the token; a header sent again wins', () => {
  const made = plan('$top=3', 'odata.maxpagesize=7')
  const token = following(made, [ID])
  assert.deepEqual([rowsPage(token, 3, undefined, made.order).limit, rowsPage(token, 3, undefined, made.order).pages], [7, true])
  assert.equal(rowsPage(token, 3, 9, made.order).limit, 9)
})

test('a token of a query in another order is refused, and so are values that are none', () => {
  const token = following(plan('$orderby=name'), ['A', ID])
  for (const query of ['', '$orderby=line', '$orderby=name,line'])
    assert.throws(() => rowsPage(token, undefined, undefined, plan(query).order), { name: 'BadToken' }, query)
  const broken = following(plan('$orderby=line'), ['abc', ID])
  assert.throws(() => rowsPage(broken, undefined, undefined, plan('$orderby=line').order), { name: 'BadToken' })
})
