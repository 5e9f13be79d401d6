/**
 * Two literals compared, without any row: `null eq null`, `1 eq 1` (which generated queries carry), `@p eq null` with `@p` unset.
 * Null equals null alone and is in no order. Text ignores case, as columns do.
 */
import { Decimal } from '../base/decimal.ts'
import { compareByCodePoint, fold } from '../base/fold.ts'
import type { Comparison } from '../protocol/comparison.ts'
import { fail } from '../protocol/errors.ts'
import { excerpt } from '../protocol/excerpt.ts'
import { formatLiteral, type Literal } from '../protocol/literal.ts'

export function compareLiterals(op: Comparison, left: Literal, right: Literal): boolean {
  if (left.kind === 'null' || right.kind === 'null') {
    if (op !== 'eq' && op !== 'ne') return false
    return (left.kind === right.kind) === (op === 'eq')
  }
  return holds(op, order(left, right))
}

function holds(op: Comparison, order: number): boolean {
  switch (op) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
  }
}

function order(left: Literal, right: Literal): number {
  if (left.kind === 'number' && right.kind === 'number') {
    const [a, b] = [Decimal.parse(left.text), Decimal.parse(right.text)]
    if (a !== undefined && b !== undefined) return Decimal.compare(a, b)
  }
  if (left.kind === 'string' && right.kind === 'string') return compareByCodePoint(fold(left.text), fold(right.text))
  if (left.kind === 'boolean' && right.kind === 'boolean') return Number(left.value) - Number(right.value)
  if (left.kind === 'guid' && right.kind === 'guid') return compareByCodePoint(left.value, right.value)
  throw fail('NotSupported', `Comparing ${excerpt(formatLiteral(left))} with ${excerpt(formatLiteral(right))}`)
}
