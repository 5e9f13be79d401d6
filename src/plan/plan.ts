/** Request + Schema + Caller → Plan: all that can be decided without data is decided here. What can come of it is `Outcome`. */
import type { CountChanges, ReadChanges, ReadTracked } from './change-plan.ts'
import type {
  CountRows,
  CountTables,
  ReadAccess,
  ReadAuditDetail,
  ReadHistory,
  ReadOwner,
  ReadPrivileges,
  ReadRow,
  ReadRows,
  ReadShares,
  ReadValue,
} from './read-plan.ts'
import type { ReadResults } from './results-plan.ts'
import type { Bulk, ChangeMembers, ChangePrivileges, DeleteHistory, DeleteRow, Link, Merge, Share, StartBulkDelete, WriteRow } from './write-plan.ts'

export type ReadPlan =
  | ReadRow
  | ReadOwner
  | ReadRows
  | ReadResults
  | ReadValue
  | CountRows
  | CountTables
  | ReadShares
  | ReadAccess
  | ReadPrivileges
  | ReadHistory
  | ReadAuditDetail
  | ReadTracked
  | ReadChanges
  | CountChanges
export type WritePlan = WriteRow | DeleteRow | Link | Merge | Share | ChangePrivileges | ChangeMembers | DeleteHistory | Bulk | StartBulkDelete
