import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyName, anyText, readsOrRefuses, rubbishOf } from './arbitraries.test.ts'
import { formatExpand, parseExpand } from './expand.ts'
import type { ExpandItem, ExpandOptions } from './query-options.ts'

type Options = ExpandOptions['expand']
const path = fc.array(anyName, { minLength: 1, maxLength: 3 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const { items } = fc.letrec<{ item: ExpandItem; items: NonNullable<Options> }>((tie) => ({
  item: fc
    .record({
      navigation: anyName,
      cast: maybe(anyName),
      references: fc.boolean(),
      select: maybe(fc.array(anyName, { minLength: 1, maxLength: 3 })),
      text: maybe(fc.tuple(path, anyText)),
      orderby: maybe(fc.array(fc.record({ path, descending: fc.boolean() }, { noNullPrototype: true }), { minLength: 1, maxLength: 2 })),
      top: maybe(fc.nat()),
      expand: fc.option(tie('items'), { nil: undefined, maxDepth: 3 }),
    })
    .map(({ navigation, cast, references, select, text, orderby, top, expand }): ExpandItem => {
      const filter =
        text && ({ op: 'eq', left: { kind: 'path', path: text[0] }, right: { kind: 'literal', literal: { kind: 'string', text: text[1] } } } as const)
      const all = { select, filter, orderby, top, expand }
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
      return { navigation, ...(cast !== undefined && { cast }), references, options: references ? {} : given }
    }),
  items: fc.array(tie('item'), { minLength: 1, maxLength: 3, depthIdentifier: 'items' }),
}))

const countOf = (expand: readonly ExpandItem[]): number => expand.reduce((sum, one) => sum + 1 + countOf(one.options.expand ?? []), 0)

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      items.filter((one) => countOf(one) <= 15),
      (one) => assert.deepEqual(parseExpand(formatExpand(one)), one),
    ),
  )
})

test('a cast names the table of the rows', () => {
  const cast = 'ownerid/Microsoft.Dynamics.CRM.systemuser'
  assert.deepEqual(parseExpand(`${cast}($select=fullname)`), [
    { navigation: 'ownerid', cast: 'systemuser', references: false, options: { select: ['fullname'] } },
  ])
  assert.deepEqual(parseExpand(`${cast}/$ref`), [{ navigation: 'ownerid', cast: 'systemuser', references: true, options: {} }])
  assert.throws(() => parseExpand(`${cast}/x/$ref`), { name: 'BadRequest' })
  assert.throws(() => parseExpand('a/Microsoft.Dynamics.CRM.'), { status: 400 })
})

test('fifteen deep is the deepest', () => {
  const nested = (depth: number): string => (depth === 1 ? 'a' : `a($expand=${nested(depth - 1)})`)
  assert.equal(countOf(parseExpand(nested(15)) ?? []), 15)
  assert.throws(() => parseExpand(nested(16)), { name: 'BadRequest', message: /limit of 15/ })
  assert.throws(() => parseExpand(nested(5000)), { name: 'BadRequest' })
})

test('rubbish is refused', () => {
  const pieces = ['a', '(', ')', ';', ',', '$select=', '$filter=', '$expand=', '$top=', '/$ref', '/Microsoft.Dynamics.CRM.x', "'", ' eq ', '1', '=']
  readsOrRefuses(rubbishOf(...pieces), parseExpand)
})
