/**
 * The privileges there are on a table's rows: `prvReadAccount`, `prvAssignAccount` … Activities of every kind share one set
 * (`prvReadActivity`), and a few standard tables have names of their own (`prvReadUser`). Rows without an owner have nobody to be
 * assigned to or shared with.
 */
import { Guid } from '../base/guid.ts'
import type { Table } from './table.ts'

export type Right = 'Create' | 'Read' | 'Write' | 'Delete' | 'Append' | 'AppendTo' | 'Assign' | 'Share'

/** From the caller's own rows to those of the whole organization. */
export type Depth = 'basic' | 'local' | 'deep' | 'global'

export type Privilege = { readonly name: string; readonly id: Guid; readonly right: Right; readonly depths: readonly Depth[] }

const ON_ALL = ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo'] as const
const ON_OWNED = ['Create', 'Read', 'Write', 'Delete', 'Assign', 'Share', 'Append', 'AppendTo'] as const

/** Where the privilege's name is not that of the table. */
const NAMES: { readonly [table: string]: string } = {
  systemuser: 'User',
  activitypointer: 'Activity',
  savedquery: 'Query',
  userquery: 'UserQuery',
  usersettings: 'UserSettings',
  transactioncurrency: 'TransactionCurrency',
  bulkdeleteoperation: 'AsyncOperation',
  audit: 'AuditSummary',
}

const DEPTHS: { readonly [ownership in Table['ownership']]: readonly Depth[] } = {
  user: ['basic', 'local', 'deep', 'global'],
  business: ['basic', 'local', 'deep', 'global'],
  organization: ['global'],
  none: ['global'],
}

export function privilegeName(table: Table, right: Right): string {
  return `prv${right}${table.isActivity ? 'Activity' : (NAMES[table.logicalName] ?? table.schemaName)}`
}

/** The same id on every server. */
export function privilegeId(name: string): Guid {
  return Guid.fromName(`privilege:${name}`)
}

/** None on intersect tables: who may read both sides may read the pair. */
export function rightsOn(table: Table): readonly Right[] {
  if (table.isIntersect) return []
  // Nobody writes what has happened.
  if (table.logicalName === 'audit') return ['Read']
  return table.ownership === 'user' ? ON_OWNED : ON_ALL
}

export function privilegesOf(table: Table): readonly Privilege[] {
  return rightsOn(table).map((right) => {
    const name = privilegeName(table, right)
    return { name, id: privilegeId(name), right, depths: DEPTHS[table.ownership] }
  })
}

/** What is not about the rows of one table. */
export const OTHER_PRIVILEGES = [
  'prvActOnBehalfOfAnotherUser',
  'prvBypassCustomPlugins',
  'prvBypassCustomBusinessLogic',
  'prvOverrideCreatedOnCreatedBy',
  'prvReparentUser',
  'prvReparentTeam',
  'prvReparentBusinessUnit',
  'prvDisableUser',
  'prvDisableBusinessUnit',
  'prvAssignRole',
  'prvMerge',
  'prvBulkDelete',
  'prvPublishCustomization',
  'prvReadEntity',
  'prvCreateEntity',
  'prvWriteEntity',
  'prvDeleteEntity',
  'prvCreateAttribute',
  'prvWriteAttribute',
  'prvDeleteAttribute',
  'prvCreateRelationship',
  'prvWriteRelationship',
  'prvDeleteRelationship',
  'prvReadRecordAuditHistory',
  'prvDeleteRecordChangeHistory',
  'prvDeleteAuditData',
  'prvReadSharedPrincipals',
] as const
export type OtherPrivilege = (typeof OTHER_PRIVILEGES)[number]
