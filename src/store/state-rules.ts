/**
 * State and status: which pairs are valid, what is given when only one of them is, and when a row may no longer be edited.
 * A status alone implies its state. A state alone takes that state's first status, also where the state stays the same: the
 * documentation of updates warns of just that.
 */
import { fail } from '../protocol/errors.ts'
import { type ColumnOf, isStateColumn } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { perTable } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'

type StateColumns = {
  readonly state: ColumnOf<'state'>
  readonly status: ColumnOf<'status'> | undefined
  /** The state a new row has. */
  readonly first: number
}

/** These are no documents: their state says how far they have got. */
const SYSTEM_JOBS: ReadonlySet<string> = new Set(['asyncoperation', 'bulkdeleteoperation'])

/** An appointment in state Scheduled is as editable as an open one. */
const SCHEDULED = 'Scheduled'

export const statesOf = perTable((table): StateColumns | undefined => {
  const state = table.columns.get('statecode')
  const status = table.columns.get('statuscode')
  if (state?.type !== 'state') return undefined
  return { state, status: status?.type === 'status' ? status : undefined, first: Math.min(...state.options.map((option) => option.value)) }
})

/** A row begins in its first state, as in Dataverse, which ignores another one silently; here it is refused. */
export function fillState(table: Table, values: Values): void {
  const columns = statesOf(table)
  if (!columns) return
  const { state, status, first } = columns
  const wanted = values.get(state) ?? first
  const given = status && values.get(status)
  const chosen = given ?? defaultStatus(columns, Number(wanted))
  if (wanted !== first || (status && stateOf(status, chosen) !== first)) throw fail('InvalidStatus', Number(chosen), first, table.logicalName)
  values.set(state, first)
  if (status) values.set(status, chosen)
}

/** Completes the pair where an update gives one of the two. */
export function completeState(table: Table, values: Values): void {
  const columns = statesOf(table)
  if (!columns) return
  const { state, status } = columns
  const wanted = values.get(state)
  const given = status && values.get(status)
  if (status && typeof given === 'number') {
    const implied = stateOf(status, given)
    if (typeof wanted === 'number' && implied !== undefined && implied !== wanted) throw fail('InvalidStatus', given, wanted, table.logicalName)
    values.set(state, implied ?? wanted ?? null)
  } else if (status && typeof wanted === 'number') {
    values.set(status, defaultStatus(columns, wanted))
  }
}

/** Whether `values` make an inactive row one that can be edited. */
export function activates(table: Table, before: number | undefined, values: Values): boolean {
  const columns = statesOf(table)
  const after = columns && values.get(columns.state)
  return columns !== undefined && before !== undefined && typeof after === 'number' && !isEditable(columns, before) && isEditable(columns, after)
}

/** An inactive row takes no ordinary values; nor would it had the same update not activated it before (sync.md 5.2, O-6). */
export function refuseInactive(table: Table, state: number | undefined, values: Values): void {
  const columns = statesOf(table)
  if (!columns || state === undefined || SYSTEM_JOBS.has(table.logicalName) || isEditable(columns, state)) return
  for (const column of values.keys()) {
    if (!isStateColumn(column) && column.type !== 'owner') throw fail('RowInactive', table.logicalName)
  }
}

function isEditable({ state, first }: StateColumns, value: number): boolean {
  return value === first || state.options.some((option) => option.value === value && option.invariantName === SCHEDULED)
}

function stateOf(status: ColumnOf<'status'>, value: unknown): number | undefined {
  return status.options.find((option) => option.value === value)?.state
}

function defaultStatus({ state, status }: StateColumns, value: number): number | null {
  const wanted = state.options.find((option) => option.value === value)?.defaultStatus
  return wanted ?? status?.options.find((option) => option.state === value)?.value ?? null
}
