/**
 * Reads that are most likely short: a page of few rows of one table, with no more below each than the rows its lookups point at. They may be
 * tried where they must not take long, with a budget (`sqlite/budget.ts`): what a budget cannot see is not for it: subqueries, searches for
 * patterns, long texts.
 */
import type { BoundFilter } from '../plan/bound-filter.ts'
import type { ReadPlan } from '../plan/plan.ts'
import type { BoundExpand, RowShape } from '../plan/read-plan.ts'
import { parsePattern } from './sql/text-pattern.ts'

const MAX_ROWS = 100
/** Above this a memo holds documents. */
const LONG_TEXT = 20_000

export function isSmallRead(plan: ReadPlan): boolean {
  if (plan.kind !== 'read-rows' || plan.limit > MAX_ROWS || plan.countLimit !== undefined) return false
  return isSmallShape(plan.shape) && (plan.filter === undefined || isPlain(plan.filter))
}

/** One row by its id or key, or by a path, and nothing below it whose number is not known. */
export function isPointRead(plan: ReadPlan): boolean {
  if (plan.kind === 'read-row') return isOfOneRow(plan.shape.expands)
  return plan.kind === 'read-value' || (plan.kind === 'read-owner' && isOfOneRow([plan.owner]))
}

/** Rows with collections inside them, or texts as long as a document: of a page of those nobody knows the size. */
export function isWide({ columns, expands }: RowShape): boolean {
  if (columns.some((column) => column.type === 'memo' && column.maxLength > LONG_TEXT)) return true
  return expands.some((expand) => expand.kind === 'many' || (expand.kind === 'one' ? [expand] : expand.choices).some((one) => isWide(one.shape)))
}

function isSmallShape(shape: RowShape): boolean {
  return !isWide(shape) && isOfOneRow(shape.expands)
}

function isOfOneRow(expands: readonly BoundExpand[]): boolean {
  return expands.every((expand) => {
    if (expand.kind === 'many') return false
    return expand.kind === 'one' ? isOfOneRow(expand.shape.expands) : isOfOneRow(expand.choices)
  })
}

/** Each row is looked at in a bounded time. */
function isPlain(filter: BoundFilter): boolean {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.terms.every(isPlain)
    case 'not':
      return isPlain(filter.term)
    case 'exists':
    case 'above':
    case 'under':
      return false
    case 'contains':
    case 'startswith':
    case 'endswith':
    case 'like':
      return parsePattern(filter.text).every(({ kind }) => kind === 'text')
    default:
      return true
  }
}
