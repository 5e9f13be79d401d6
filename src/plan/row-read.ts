/** A read of one row that no URL asked for: what a write gives back, the row that a function is about. Planned as a GET of it would be. */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { parsePrefer } from '../protocol/prefer.ts'
import { parseQueryOptions, type QueryOptions } from '../protocol/query-options.ts'
import type { Table } from '../schema/table.ts'
import { planRead } from './plan-read.ts'
import type { QueryContext } from './query-context.ts'
import type { BoundExpand, ReadRow } from './read-plan.ts'
import type { RowAddress } from './row-address.ts'

const NONE = parseQueryOptions('')

/** `includeAnnotations`: as in the preference. The row's address is put in later. */
export function planRowRead(
  table: Table,
  options: Pick<QueryOptions, 'select' | 'expand' | 'aliases'>,
  includeAnnotations: string | undefined,
  context: QueryContext,
): ReadRow {
  const segments = [{ name: table.entitySetName, predicate: { kind: 'id', value: { kind: 'guid', value: Guid.empty } } }] as const
  const { select, expand, aliases } = options
  const preferences = { ...parsePrefer(undefined), includeAnnotations }
  const read = planRead({ segments, options: { ...NONE, select, expand, aliases }, preferences, precondition: { kind: 'none' } }, context) as ReadRow
  // It is read inside the write, where nothing can stop it and others wait: 5,000 rows a collection, and not 5,000 in each of those.
  if (hasCollectionInside(read.shape.expands, false)) throw fail('NotSupported', 'A collection inside a collection in the answer of a write')
  return read
}

function hasCollectionInside(expands: readonly BoundExpand[], isInside: boolean): boolean {
  return expands.some((expand) => {
    if (expand.kind === 'many') return isInside || hasCollectionInside(expand.shape.expands, true)
    return expand.kind === 'one' ? hasCollectionInside(expand.shape.expands, isInside) : hasCollectionInside(expand.choices, isInside)
  })
}

export function planRowSelect(address: RowAddress, select: readonly string[], includeAnnotations: string | undefined, context: QueryContext): ReadRow {
  return { ...planRowRead(address.table, { select, expand: undefined, aliases: NONE.aliases }, includeAnnotations, context), address }
}
