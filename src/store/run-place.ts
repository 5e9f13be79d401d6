/** What stands in the way of a path: the row it begins with, or one that a step should lead to, is not there. */
import type { Guid } from '../base/guid.ts'
import type { ReadOutcome } from '../plan/outcome.ts'
import type { RowPlace } from '../plan/read-plan.ts'
import { fail } from '../protocol/errors.ts'
import type { Page } from './sql/connection.ts'

/**
 * Undefined: the path leads to a row. `offset`: where in the page's columns those of `placeSql` begin.
 * `orEmpty`: a lookup without a value at the end is no fault: the answer is empty.
 */
export function lackOf({ address, steps }: RowPlace, page: Page | undefined, offset = 0, orEmpty = false): ReadOutcome | undefined {
  if (!page || page.rowCount === 0) return { kind: 'missing', address }
  for (const [index, step] of steps.entries()) {
    const [pointed, found] = page.first.slice(offset + 2 * index)
    if (found !== null) continue
    if (step.kind === 'child') return { kind: 'missing', address: step.address }
    if (pointed !== null) return { kind: 'missing', address: { by: 'id', table: step.target, id: pointed as Guid } }
    if (orEmpty && index === steps.length - 1) return { kind: 'empty' }
    throw fail('UnknownResource', step.segment)
  }
  return undefined
}
