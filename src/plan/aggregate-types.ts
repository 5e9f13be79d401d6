/** Which columns an aggregate can be taken of: numbers are summed, numbers and dates have a least and a greatest, anything is counted. */
import { fail } from '../protocol/errors.ts'
import type { Column, ColumnKind } from '../schema/column.ts'
import type { AggregateFunction } from './results-plan.ts'

const NUMBERS: readonly ColumnKind[] = ['integer', 'bigint', 'decimal', 'money', 'double']
const ORDERED: readonly ColumnKind[] = [...NUMBERS, 'datetime']
const TYPES: Partial<Record<AggregateFunction, readonly ColumnKind[]>> = { sum: NUMBERS, avg: NUMBERS, min: ORDERED, max: ORDERED }

/** `column` undefined: rows are to be aggregated, which only counting can. `written`: what the query calls the two. */
export function refuseAggregate(
  aggregate: AggregateFunction,
  column: Column | undefined,
  written: { readonly aggregate: string; readonly column: string },
): void {
  const types = TYPES[aggregate]
  if (types && !(column && types.includes(column.type))) throw fail('AggregateNotForType', written.aggregate, column?.type ?? written.column)
}
