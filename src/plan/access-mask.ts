/**
 * What is allowed on one row, as the wire writes it: `ReadAccess, WriteAccess`, `None`. In a share it is a number, the sum of `SHARE_BITS`.
 */
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import type { Right } from '../schema/privileges.ts'
import { SHARE_BITS } from './rights.ts'

const NONE = 'None'

/** In the order of their bits, which is that in which the original lists them. */
export const ALL_RIGHTS: readonly Right[] = (Object.keys(SHARE_BITS) as Right[]).sort((one, other) => SHARE_BITS[one] - SHARE_BITS[other])

const BY_NAME: ReadonlyMap<string, Right> = new Map(ALL_RIGHTS.map((right) => [`${right}Access`, right]))

/** `ReadAccess,WriteAccess`, with or without blanks. */
export function parseAccessMask(value: JsonValue | undefined, parameter: string): readonly Right[] {
  if (typeof value !== 'string' || value.trim() === '') throw fail('BadRequest', `'${parameter}' must be a list of access rights: 'ReadAccess,WriteAccess'.`)
  const names = value.split(',').map((name) => name.trim())
  const rights = names.filter((name) => name !== NONE).map(rightNamed)
  return ALL_RIGHTS.filter((right) => rights.includes(right))

  function rightNamed(name: string): Right {
    const right = BY_NAME.get(name)
    if (!right) throw fail('BadRequest', `'${excerpt(name)}' in '${parameter}' is not an access right: each is one of ${[...BY_NAME.keys(), NONE].join(', ')}.`)
    return right
  }
}

export function formatAccessMask(rights: readonly Right[]): string {
  const names = ALL_RIGHTS.filter((right) => rights.includes(right)).map((right) => `${right}Access`)
  return names.length === 0 ? NONE : names.join(', ')
}

export function maskOf(rights: readonly Right[]): number {
  return rights.reduce((mask, right) => mask | SHARE_BITS[right], 0)
}

export function rightsIn(mask: number): readonly Right[] {
  return ALL_RIGHTS.filter((right) => (mask & SHARE_BITS[right]) !== 0)
}
