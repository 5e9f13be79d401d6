/** What a change is called in the audit (`audit.action`): an assignment, a change of state, a new member of a team … */
import { AUDIT_ACTIONS as ACTIONS } from '../plan/audit-data.ts'
import type { Value } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import type { Values } from './resolve-lookups.ts'
import { statesOf } from './state-rules.ts'

export type Change = { readonly column: Column; readonly before: Value; readonly after: Value }

/** One Update may assign, deactivate and edit: each is an action of its own. */
export function byAction(table: Table, changes: readonly Change[], values: Values): ReadonlyMap<number, readonly Change[]> {
  const groups = new Map<number, Change[]>()
  for (const change of changes) {
    const action = actionOf(table, change, changes, values)
    groups.set(action, [...(groups.get(action) ?? []), change])
  }
  return groups
}

function actionOf(table: Table, { column, after }: Change, changes: readonly Change[], values: Values): number {
  const merged = table.columns.get('merged')
  if (merged && values.get(merged) === true) return ACTIONS.merge
  if (column.type === 'owner') return ACTIONS.assign
  if (table.logicalName === 'organization' && column.logicalName === 'isauditenabled') return after === true ? ACTIONS.auditEnabled : ACTIONS.auditDisabled
  const state = column.type === 'state' || column.type === 'status' ? changes.find((one) => one.column.type === 'state') : undefined
  return state ? stateAction(table, state.after) : ACTIONS.update
}

/** `statecode` 1, the second of the two states that most tables have. */
const INACTIVE = 1

function stateAction(table: Table, after: Value): number {
  if (after === statesOf(table)?.first) return ACTIONS.activate
  return after === INACTIVE ? ACTIONS.deactivate : ACTIONS.setState
}

/** `intersect`: the table of the pairs. */
export function linkAction(intersect: string, verb: 'link' | 'unlink'): number {
  const isLink = verb === 'link'
  if (intersect === 'systemuserroles') return isLink ? ACTIONS.assignRoleToUser : ACTIONS.removeRoleFromUser
  if (intersect === 'teamroles') return isLink ? ACTIONS.assignRoleToTeam : ACTIONS.removeRoleFromTeam
  if (intersect === 'teammembership') return isLink ? ACTIONS.addMembers : ACTIONS.removeMembers
  return isLink ? ACTIONS.associate : ACTIONS.disassociate
}
