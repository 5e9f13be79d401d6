/**
 * What is written into the `fetchxml` of a view has to be a query that can be asked: one that names tables and columns there are.
 * (A column may go later; then whoever asks the view is told.)
 */
import { parseFetchXml } from '../protocol/fetch-xml.ts'
import { bindFetch } from './bind-fetch.ts'
import { tableNamed } from './fetch-row.ts'
import type { WritePlan } from './plan.ts'
import type { QueryContext } from './query-context.ts'
import { NO_ANNOTATIONS } from './row-annotations.ts'
import type { WriteRow } from './write-plan.ts'

export function refuseBrokenQueries(plan: WritePlan, context: QueryContext): void {
  if (plan.kind === 'write-row') refuseBrokenQuery(plan, context)
  else if (plan.kind === 'bulk' && plan.action !== 'delete') for (const row of plan.rows) refuseBrokenQuery(row, context)
}

function refuseBrokenQuery({ table, assignments }: WriteRow, context: QueryContext): void {
  if (table.logicalName !== 'savedquery' && table.logicalName !== 'userquery') return
  for (const assignment of assignments) {
    if (assignment.column.logicalName === 'fetchxml' && 'value' in assignment && typeof assignment.value === 'string') check(assignment.value, context)
  }
}

function check(fetchXml: string, context: QueryContext): void {
  const query = parseFetchXml(fetchXml)
  bindFetch(
    query,
    tableNamed(query.entity.name, context.schema),
    { kind: 'set' },
    { count: false, annotations: NO_ANNOTATIONS, paging: { by: 'link', token: undefined, maxPageSize: undefined } },
    context,
  )
}
