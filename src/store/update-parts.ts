/**
 * An update cut into the parts it is carried out in (sync.md 5.2): ordinary columns, then on tables that belong to a business unit their
 * "owner fields" (unit, parent unit, manager), then state and status. Each part is a write of its own, all in one transaction, so that
 * whatever runs on updates runs once for each. A row that the update activates takes the state first: inactive it takes nothing else.
 */
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { perTable } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import { activates, completeState, statesOf } from './state-rules.ts'

export type PartKind = 'ordinary' | 'owner' | 'state'
export type Part = { readonly kind: PartKind; readonly values: Values }

/** The tables of the organization itself: to move such a row is a thing of its own. An `ownerid` goes with the ordinary columns. */
const MOVING: { readonly [table: string]: readonly string[] } = {
  systemuser: ['businessunitid', 'parentsystemuserid'],
  team: ['businessunitid'],
  equipment: ['businessunitid'],
  businessunit: ['parentbusinessunitid'],
}

/** The columns that are not ordinary. */
const specialOf = perTable((table): ReadonlyMap<Column, PartKind> => {
  const states = statesOf(table)
  const moving = (MOVING[table.logicalName] ?? []).flatMap((one) => table.columns.get(one) ?? [])
  return new Map<Column, PartKind>([
    ...(states ? [[states.state, 'state'] as const] : []),
    ...(states?.status ? [[states.status, 'state'] as const] : []),
    ...moving.map((column) => [column, 'owner'] as const),
  ])
})

/** The part that a column belongs to. */
export function partOf(table: Table, column: Column): PartKind {
  return specialOf(table).get(column) ?? 'ordinary'
}

/** `before`: the state the row is in. Never none: an update of nothing is one of ordinary columns. */
export function partsOf(table: Table, values: Values, before: number | undefined): readonly Part[] {
  const special = specialOf(table)
  const kinds = kindsAmong(special, values)
  // Most updates: nothing is copied.
  if (kinds === undefined) return [{ kind: 'ordinary', values }]
  if (kinds.has('state')) completeState(table, values)
  const ordinary: Part = { kind: 'ordinary', values: new Map() }
  const owner: Part = { kind: 'owner', values: new Map() }
  const state: Part = { kind: 'state', values: new Map() }
  const parts = { ordinary, owner, state }
  for (const [column, value] of values) parts[special.get(column) ?? 'ordinary'].values.set(column, value)
  const inOrder = activates(table, before, values) ? [state, ordinary, owner] : [ordinary, owner, state]
  return inOrder.filter((part) => part.values.size > 0)
}

function kindsAmong(special: ReadonlyMap<Column, PartKind>, values: Values): ReadonlySet<PartKind> | undefined {
  let kinds: Set<PartKind> | undefined
  for (const [column, kind] of special) {
    if (!values.has(column)) continue
    kinds ??= new Set()
    kinds.add(kind)
  }
  return kinds
}
