/** What generated requests are made of: words, and how often which. */
import fc from 'fast-check'

/** Rows that are there. */
export type Ground = { readonly part: string; readonly account: string; readonly contact: string }

export const CRM = 'Microsoft.Dynamics.CRM'
export const NOBODY = '00000000-0000-0000-0000-00000000dead'

/** One of the texts, which stand two blanks apart. `∅` is nothing. */
export function pick(texts: string): fc.Arbitrary<string> {
  const all = texts.split(/\s{2,}/).map((text) => (text === '∅' ? '' : text))
  return fc.constantFrom(...all)
}

/** `weight` times as often the first as the second. */
export function mostly<T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>, weight = 10): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight }, { arbitrary: other, weight: 1 })
}

export function some<T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> {
  return fc.array(item, { maxLength, size: 'max' })
}
