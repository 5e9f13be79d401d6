/** What a row of `audit` says: its numbers, and the JSON of its `changedata`. */
import type { Guid } from '../base/guid.ts'
import type { Reference } from './value.ts'

export type AuditOperation = 'create' | 'update' | 'delete'
export const OPERATIONS: { readonly [operation in AuditOperation]: number } = { create: 1, update: 2, delete: 3 }

export const AUDIT_ACTIONS = {
  create: 1,
  update: 2,
  delete: 3,
  activate: 4,
  deactivate: 5,
  merge: 12,
  assign: 13,
  share: 14,
  associate: 33,
  disassociate: 34,
  addMembers: 35,
  removeMembers: 36,
  setState: 41,
  modifyShare: 48,
  unshare: 49,
  assignRoleToTeam: 53,
  removeRoleFromTeam: 54,
  assignRoleToUser: 55,
  removeRoleFromUser: 56,
  addPrivileges: 57,
  removePrivileges: 58,
  replacePrivileges: 59,
  deleteTable: 100,
  deleteColumn: 101,
  tableStarted: 105,
  columnStarted: 106,
  auditEnabled: 107,
  tableStopped: 108,
  columnStopped: 109,
  auditDisabled: 110,
} as const

export type ChangedAttribute = { readonly logicalName: string; readonly oldValue: string | null; readonly newValue: string | null }

export type AuditData =
  | { readonly changedAttributes: readonly ChangedAttribute[] }
  | { readonly relationshipName: string; readonly targetRecords: readonly Reference[] }
  | { readonly principal: Reference; readonly oldPrivileges: number; readonly newPrivileges: number }
  | { readonly oldRolePrivileges: readonly HeldPrivilege[]; readonly newRolePrivileges: readonly HeldPrivilege[] }

/** What a role holds, or is to hold. `mask`: a depth as it is stored (`privilegedepthmask`). */
export type HeldPrivilege = { readonly id: Guid; readonly mask: number }
