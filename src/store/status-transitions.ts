/** Holds rows to the transitions of their status, where their table enforces them. */
import { fail } from '../protocol/errors.ts'
import { leadsTo } from '../schema/status-transitions.ts'
import type { Table } from '../schema/table.ts'
import { type FoundRow, readColumns } from './find-row.ts'
import type { Values } from './resolve-lookups.ts'
import { statesOf } from './state-rules.ts'
import type { Work } from './write-work.ts'

/** `values`: a complete pair of state and status. */
export async function refuseTransition(table: Table, found: FoundRow, values: Values, work: Work): Promise<void> {
  const columns = table.enforcesTransitions ? statesOf(table) : undefined
  const to = columns?.status && values.get(columns.status)
  if (!columns?.status || typeof to !== 'number') return
  const from = (await readColumns(table, found.id, [columns.status], work))?.get(columns.status)
  if (typeof from !== 'number' || leadsTo(table, from, to)) return
  const [before, after] = [found.state, values.get(columns.state)]
  if (before === after) throw fail('StatusTransition', from, to, table.logicalName)
  throw fail(after === columns.first ? 'ActivationTransition' : 'DeactivationTransition', from, to)
}
