/** What the properties of this folder draw from, and the one question they ask of rubbish. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Guid } from '../base/guid.ts'
import { DataverseError } from './errors.ts'
import type { Alias, KeyPredicate } from './key-predicate.ts'
import type { Literal } from './literal.ts'

const KEYWORDS = new Set(['null', 'true', 'false', 'not'])

/** A record as a literal makes it: with the ordinary prototype. */
export function record<T>(fields: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}

/** Any Unicode that may be stored. */
export const anyText: fc.Arbitrary<string> = fc
  .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'\'"()[]{}<>&%+/\\#?:;,=@$ aé😀\n') }))
  .map((text) => text.replaceAll('\0', ''))
export const anyName: fc.Arbitrary<string> = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/).filter((name) => !KEYWORDS.has(name))
export const anyGuid: fc.Arbitrary<Guid> = fc.uuid().map((text) => Guid.parse(text) ?? Guid.empty)
export const anyAlias: fc.Arbitrary<Alias> = anyName.map((name) => ({ kind: 'alias', name }))

const anyMoment = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

export const anyLiteral: fc.Arbitrary<Literal> = fc.oneof(
  fc.constant<Literal>({ kind: 'null' }),
  anyText.map((text): Literal => ({ kind: 'string', text })),
  fc.stringMatching(/^-?\d{1,20}(\.\d{1,10})?([eE][+-]?\d{1,3})?$/).map((text): Literal => ({ kind: 'number', text })),
  fc.boolean().map((value): Literal => ({ kind: 'boolean', value })),
  anyGuid.map((value): Literal => ({ kind: 'guid', value })),
  anyMoment.map((text): Literal => ({ kind: 'date', text: text.slice(0, 10) })),
  anyMoment.map((text): Literal => ({ kind: 'datetime', text })),
  record({ kind: fc.constant('enum' as const), type: fc.constantFrom('Microsoft.Dynamics.CRM.OwnershipTypes', 'a.b'), member: anyText }),
)

export const anyValue: fc.Arbitrary<Literal | Alias> = fc.oneof(
  anyLiteral,
  anyAlias,
  fc.json().map((text): Literal | Alias => ({ kind: 'json', text: `[${text.replaceAll('\\u0000', '')}]` })),
)

export const anyPredicate: fc.Arbitrary<KeyPredicate> = fc.oneof(
  anyValue.map((value): KeyPredicate => ({ kind: 'id', value })),
  fc
    .uniqueArray(record({ name: anyName, value: anyValue }), { maxLength: 4, selector: (part) => part.name })
    .map((parts): KeyPredicate => ({ kind: 'named', parts })),
)

/** Text made of a grammar's own pieces: it goes deeper into a parser than noise does. */
export function rubbishOf(...pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) })
  return fc.array(piece, { maxLength: 24 }).map((all) => all.join(''))
}

/** Whatever comes in, a parser answers or refuses by the catalogue; anything else thrown is a bug. */
export function readsOrRefuses<T>(inputs: fc.Arbitrary<T>, parse: (input: T) => unknown): void {
  fc.assert(
    fc.property(inputs, (input) => {
      try {
        parse(input)
      } catch (error) {
        assert.ok(error instanceof DataverseError, String(error))
      }
    }),
    { numRuns: 1000 },
  )
}

/** `parse(format(x))` is `x`. */
export function roundTrips<T>(inputs: fc.Arbitrary<T>, format: (input: T) => string, parse: (text: string) => unknown): void {
  fc.assert(
    fc.property(inputs, (input) => assert.deepEqual(parse(format(input)), input)),
    { numRuns: 500 },
  )
}

/**
 * Whether the large one takes no longer than so many times the small one, or the small one's `floor` in milliseconds. The machine may have been elsewhere:
 * what grows too fast does so each time.
 */
export function staysWithin(factor: number, floor: number, small: () => void, large: () => void): boolean {
  for (let attempt = 0; attempt < 5; attempt++) if (timeOf(large) < factor * Math.max(timeOf(small), floor)) return true
  return false
}

/** The best of a few runs, in milliseconds. */
function timeOf(run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}
