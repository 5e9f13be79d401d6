/**
 * Keeps who changed what, when, and from which value: rows of `audit`, written in the transaction of the change by whatever writes rows
 * (a client's request, a cascade, a merge, a step). One Update that assigns, deactivates and edits gives three, as three messages did.
 */
import { Guid } from '../base/guid.ts'
import type { Reference, Value } from '../plan/value.ts'
import { auditedColumns } from '../schema/auditing.ts'
import type { Column } from '../schema/column.ts'
import type { ManyToMany } from '../schema/relationship.ts'
import type { Table } from '../schema/table.ts'
import { AUDIT_ACTIONS as ACTIONS, type AuditData, type AuditOperation, type HeldPrivilege, OPERATIONS } from '../plan/audit-data.ts'
import { byAction, type Change, linkAction } from './audit-actions.ts'
import { auditText, isSameValue } from './audit-text.ts'
import { readColumns } from './find-row.ts'
import { namedColumns } from './per-table.ts'
import type { Values } from './resolve-lookups.ts'
import { insertRow } from './sql/write-row.ts'
import type { Work } from './write-work.ts'

type Before = ReadonlyMap<Column, Value>
type Held = readonly HeldPrivilege[]

/** All that a write asks where nothing is kept. The organization says itself whether anything is, so its own row is always looked at. */
export function isAuditing(table: Table, work: Work): boolean {
  return (table.isAudited === true && work.tx.audits()) || table.logicalName === 'organization'
}

export async function auditCreate(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  if (!work.tx.audits()) return
  const changes = auditedColumns(table).map((column): Change => ({ column, before: null, after: values.get(column) ?? null }))
  await keepChanges(table, id, 'create', ACTIONS.create, changes, work)
}

/** What the row holds of what is about to be written. */
export async function beforeChange(table: Table, id: Guid, values: Values, work: Work): Promise<Before | undefined> {
  const columns = auditedColumns(table).filter((column) => values.has(column))
  return columns.length === 0 ? undefined : readColumns(table, id, columns, work)
}

export async function auditChange(table: Table, id: Guid, before: Before, values: Values, work: Work): Promise<void> {
  const changes = [...before]
    .map(([column, value]): Change => ({ column, before: value, after: values.get(column) ?? null }))
    .filter((change) => !isSameValue(change.before, change.after))
  const isOn = switchedTo(table, changes)
  if (isOn) work.tx.setAudits(true)
  if (work.tx.audits()) {
    for (const [action, some] of byAction(table, changes, values)) {
      const isSwitch = action === ACTIONS.auditEnabled || action === ACTIONS.auditDisabled
      if (table.isAudited || isSwitch) await keepChanges(table, id, 'update', action, some, work)
    }
  }
  if (isOn === false) work.tx.setAudits(false)
}

/** To be asked for before the row is gone. */
export function beforeDelete(table: Table, id: Guid, work: Work): Promise<Before | undefined> {
  return readColumns(table, id, auditedColumns(table), work)
}

export async function auditDelete(table: Table, id: Guid, before: Before, work: Work): Promise<void> {
  const changes = [...before].map(([column, value]): Change => ({ column, before: value, after: null }))
  await keepChanges(table, id, 'delete', ACTIONS.delete, changes, work)
}

/** On both rows, where changes of their tables are kept. */
export async function auditLink(relationship: ManyToMany, verb: 'link' | 'unlink', [one, two]: readonly [Guid, Guid], work: Work): Promise<void> {
  // Of a role's privileges the whole is kept (`auditPrivileges`).
  if (!work.tx.audits() || relationship.intersectTable === 'roleprivileges') return
  const first = { table: relationship.table1, id: one }
  const second = { table: relationship.table2, id: two }
  const action = linkAction(relationship.intersectTable, verb)
  for (const [object, target] of [
    [first, second],
    [second, first],
  ] as const) {
    if (!work.moment.schema.tables.get(object.table)?.isAudited) continue
    await keepEntry({ object, operation: 'update', action, columns: [], data: { relationshipName: relationship.schemaName, targetRecords: [target] } }, work)
  }
}

/** `before`, `after`: masks of what was given on the row itself. */
export async function auditShare(object: Reference, principal: Reference, before: number, after: number, work: Work): Promise<void> {
  if (before === after || !work.tx.audits() || !work.moment.schema.tables.get(object.table)?.isAudited) return
  const action = before === 0 ? ACTIONS.share : after === 0 ? ACTIONS.unshare : ACTIONS.modifyShare
  await keepEntry({ object, operation: 'update', action, columns: [], data: { principal, oldPrivileges: before, newPrivileges: after } }, work)
}

/** A role's privileges, before and after. */
export async function auditPrivileges(role: Guid, change: 'add' | 'remove' | 'replace', before: Held, after: Held, work: Work): Promise<void> {
  if (!work.tx.audits() || !work.moment.schema.tables.get('role')?.isAudited) return
  const action = change === 'add' ? ACTIONS.addPrivileges : change === 'remove' ? ACTIONS.removePrivileges : ACTIONS.replacePrivileges
  const data = { oldRolePrivileges: before, newRolePrivileges: after }
  await keepEntry({ object: { table: 'role', id: role }, operation: 'update', action, columns: [], data }, work)
}

/** Undefined: the organization's switch stays as it is. */
function switchedTo(table: Table, changes: readonly Change[]): boolean | undefined {
  const change = table.logicalName === 'organization' ? changes.find(({ column }) => column.logicalName === 'isauditenabled') : undefined
  return change && change.after === true
}

async function keepChanges(table: Table, id: Guid, operation: AuditOperation, action: number, changes: readonly Change[], work: Work): Promise<void> {
  const changedAttributes = changes
    .filter(({ before, after }) => before !== null || after !== null)
    .map(({ column, before, after }) => ({ logicalName: column.logicalName, oldValue: auditText(column, before), newValue: auditText(column, after) }))
  if (changedAttributes.length === 0 && operation === 'update') return
  const named = new Set(changedAttributes.map(({ logicalName }) => logicalName))
  const columns = changes.map(({ column }) => column).filter(({ logicalName }) => named.has(logicalName))
  await keepEntry({ object: { table: table.logicalName, id }, operation, action, columns, data: { changedAttributes } }, work)
}

type Entry = {
  readonly object: Reference
  readonly operation: AuditOperation
  readonly action: number
  readonly columns: readonly Column[]
  readonly data: AuditData
}

export async function keepEntry({ object, operation, action, columns, data }: Entry, { tx, moment }: Work): Promise<void> {
  const table = moment.schema.tables.get('audit')
  if (!table) return
  const { caller, now } = moment
  const of = columnsOf(table)
  const values = new Map<Column, Value>([
    [of.auditid, Guid.next()],
    [of.action, action],
    [of.operation, OPERATIONS[operation]],
    [of.objectid, object],
    [of.objecttypecode, object.table],
    [of.userid, { table: 'systemuser', id: caller.userId }],
    [of.callinguserid, caller.onBehalfBy ? { table: 'systemuser', id: caller.onBehalfBy } : null],
    [of.createdon, now],
    [of.transactionid, tx.jobId()],
    [of.attributemask, columns.length > 0 ? columns.map((column) => column.columnNumber).join(',') : null],
    [of.changedata, JSON.stringify(data)],
  ])
  await insertRow(tx, table, values)
}

const columnsOf = namedColumns([
  'auditid',
  'action',
  'operation',
  'objectid',
  'objecttypecode',
  'userid',
  'callinguserid',
  'createdon',
  'transactionid',
  'attributemask',
  'changedata',
])
