/**
 * What a caller needs for a write, beside the privilege to write at all (sync.md 5.3, «Security roles and privileges»): Assign for a new
 * owner; Read on the unit, manager or parent that a row is moved to; Append on a row and AppendTo on each row that it comes to point at;
 * Append on both rows of a pair. What a cascade does afterwards needs nothing more. Administrators are asked nothing: one `if`.
 */
import type { Guid } from '../base/guid.ts'
import { isReference, type Reference } from '../plan/value.ts'
import { type Column, isLookup } from '../schema/column.ts'
import type { ManyToMany } from '../schema/relationship.ts'
import type { OtherPrivilege } from '../schema/privileges.ts'
import type { Table } from '../schema/table.ts'
import { demandAccess, demandCreate, demandPrivilege } from './access.ts'
import type { FoundRow } from './find-row.ts'
import { switchesOf } from './organization-switches.ts'
import { ownerOf } from './owner-columns.ts'
import type { Values } from './resolve-lookups.ts'
import { type Part, partOf } from './update-parts.ts'
import type { Work } from './write-work.ts'

/** To move these rows takes a privilege of its own. */
const MOVES: { readonly [column: string]: OtherPrivilege } = { parentbusinessunitid: 'prvReparentBusinessUnit' }
/** Roles that are kept reach from where their holder is: whoever may change themselves must not take theirs to the root. */
const KEEPING: { readonly [table: string]: OtherPrivilege } = { systemuser: 'prvReparentUser', team: 'prvReparentTeam' }
const DISABLING: { readonly [table: string]: OtherPrivilege } = { systemuser: 'prvDisableUser', businessunit: 'prvDisableBusinessUnit' }

/** Of whoever is no administrator. `parts`: what the client gives; nothing has been written yet. */
export async function demandUpdate(table: Table, found: FoundRow, parts: readonly Part[], work: Work): Promise<void> {
  for (const part of parts) {
    if (part.kind === 'owner') await demandMove(table, found.id, part.values, work)
    else await demandValues(table, found, part.values, work)
  }
}

async function demandValues(table: Table, found: FoundRow, values: Values, work: Work): Promise<void> {
  const owner = ownerOf(table)?.owner
  const assigned = owner && values.get(owner)
  const isAssigned = assigned !== undefined && assigned !== null && isReference(assigned) && assigned.id !== found.owner?.id
  if (isAssigned) {
    await demandAccess(table, found.id, 'Read', work)
    await demandAccess(table, found.id, 'Assign', work)
  }
  if (!isAssigned || values.size > 1) await demandAccess(table, found.id, 'Write', work)
  const disabling = DISABLING[table.logicalName]
  const isDisabled = disabling && table.columns.get('isdisabled')
  if (disabling && isDisabled && values.has(isDisabled)) demandPrivilege(disabling, work)
  await demandPointing(table, found.id, values, work)
}

async function demandMove(table: Table, id: Guid, values: Values, work: Work): Promise<void> {
  await demandAccess(table, id, 'Read', work)
  await demandAccess(table, id, 'Write', work)
  const keeping = KEEPING[table.logicalName]
  const unit = keeping && table.columns.get('businessunitid')
  if (keeping && unit && values.has(unit) && (await switchesOf(work)).keepsRoles) demandPrivilege(keeping, work)
  for (const [column, value] of values) {
    const privilege = MOVES[column.logicalName]
    if (privilege) demandPrivilege(privilege, work)
    if (value !== null && isReference(value)) await demandOn(value, 'Read', work)
  }
}

/** `given`: by the client; `values`: all that is about to be inserted, owner and unit among them. */
export function demandNewRow(table: Table, given: Values, values: Values, work: Work): void {
  demandCreate(table, values, work)
  const overridden = table.columns.get('overriddencreatedon')
  if (overridden && (given.get(overridden) ?? null) !== null) demandPrivilege('prvOverrideCreatedOnCreatedBy', work)
}

/** Of a row that is there, also one that has just been made, and comes to point at others. Its owner is not pointed at. */
export async function demandPointing(table: Table, id: Guid, values: ReadonlyMap<Column, unknown>, work: Work): Promise<void> {
  if (work.moment.caller.rights.isFull) return
  let isAsked = false
  for (const [column, value] of values) {
    if (!isLookup(column) || column.type === 'owner' || !isPointer(value)) continue
    // A user, a team … is put where it belongs, as when it is moved.
    if (partOf(table, column) === 'owner') {
      await demandOn(value, 'Read', work)
      continue
    }
    if (!isAsked) await demandAccess(table, id, 'Append', work)
    isAsked = true
    await demandOn(value, 'AppendTo', work)
  }
}

function isPointer(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && 'table' in value
}

/** Roles are assigned by a privilege of their own, and members are taken into a team by whoever may change the team. */
export async function demandPairing(relationship: ManyToMany, [id1, id2]: readonly [Guid, Guid], work: Work): Promise<void> {
  if (work.moment.caller.rights.isFull) return
  const rows: readonly Reference[] = [
    { table: relationship.table1, id: id1 },
    { table: relationship.table2, id: id2 },
  ]
  for (const row of rows) {
    if (relationship.intersectTable === 'teammembership') await demandOn(row, row.table === 'team' ? 'Write' : 'Read', work)
    else await demandOn(row, relationship.intersectTable.endsWith('roles') && !relationship.isCustom ? 'Read' : 'Append', work)
  }
}

async function demandOn({ table, id }: Reference, right: 'Read' | 'Write' | 'Append' | 'AppendTo', work: Work): Promise<void> {
  const target = work.moment.schema.tables.get(table)
  if (target) await demandAccess(target, id, right, work)
}
