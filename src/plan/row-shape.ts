/** What of a row is answered: `$select`, `$expand` and the annotations asked for, bound to its table. Also for what a write gives back. */
import type { ExpandOptions } from '../protocol/query-options.ts'
import type { Table } from '../schema/table.ts'
import { bindExpand, withReferences } from './bind-expand.ts'
import { primaryId } from './find-column.ts'
import type { QueryContext } from './query-context.ts'
import type { BoundExpand, RowShape } from './read-plan.ts'
import { NO_ANNOTATIONS, rowAnnotations } from './row-annotations.ts'
import { selectColumns } from './select-columns.ts'

const NO_EXPANDS: readonly BoundExpand[] = []

/** `includeAnnotations`: the preference's list. `pageSize`: that of the answer, for collections beside its rows. */
export function bindShape(
  table: Table,
  options: Pick<ExpandOptions, 'select' | 'expand'>,
  includeAnnotations: string | undefined,
  context: QueryContext,
  pageSize?: number | undefined,
): RowShape {
  const annotations = rowAnnotations(includeAnnotations, context.calendar.timeZone)
  const expands = options.expand ? bindExpand(options.expand, table, annotations, context, pageSize) : NO_EXPANDS
  return { table, columns: withReferences(selectColumns(table, options.select), expands), expands, annotations }
}

/** Of a reference only the id is needed. */
export function referenceShape(table: Table): RowShape {
  return { table, columns: [primaryId(table)], expands: NO_EXPANDS, annotations: NO_ANNOTATIONS }
}
