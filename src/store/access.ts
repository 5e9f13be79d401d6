/**
 * Whether a caller may do something to a row that is written: the privilege, and, where it does not reach every row, whether it reaches
 * this one. Administrators are asked nothing.
 */
import type { Guid } from '../base/guid.ts'
import { type Access, accessDenied, accessTo, demandOther, missingPrivilege, type Rights } from '../plan/rights.ts'
import { isReference } from '../plan/value.ts'
import type { OtherPrivilege, Right } from '../schema/privileges.ts'
import type { Table } from '../schema/table.ts'
import type { Values } from './resolve-lookups.ts'
import { accessSql } from './sql/access-sql.ts'
import { name, sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'

/** Of a row that is there. */
export async function demandAccess(table: Table, id: Guid, right: Right, work: Work): Promise<void> {
  const { rights } = work.moment.caller
  if (rights.isFull) return
  const access = demandRight(table, right, rights)
  if (access !== 'all' && !(await reaches(table, id, access, work))) throw accessDenied(rights, table, right)
}

/** The privilege alone, at whatever depth. */
export function demandRight(table: Table, right: Right, rights: Rights): Access {
  const access = accessTo(rights, table, right)
  if (access === undefined) throw missingPrivilege(rights, table, right)
  return access
}

export function demandPrivilege(privilege: OtherPrivilege, work: Work): void {
  demandOther(work.moment.caller.rights, privilege)
}

/** Of a row that is about to be inserted with these values, owner and unit among them. */
export function demandCreate(table: Table, values: Values, work: Work): void {
  const { rights } = work.moment.caller
  if (rights.isFull) return
  const access = demandRight(table, 'Create', rights)
  if (access === 'all') return
  const owner = idIn(table, values, 'ownerid')
  const unit = idIn(table, values, table.ownership === 'user' ? 'owningbusinessunit' : 'businessunitid')
  const isReached = access.every.every(({ owners, units }) => (owner !== undefined && owners.includes(owner)) || (unit !== undefined && units.includes(unit)))
  if (!isReached) throw accessDenied(rights, table, 'Create')
}

/** Whether the row is one of those that the access reaches. */
async function reaches(table: Table, id: Guid, access: Exclude<Access, 'all'>, { tx }: Pick<Work, 'tx'>): Promise<boolean> {
  const isRow = sql`${name('s')}.${name(table.primaryIdColumn)} = ${id}`
  const found = await tx.get(sql`select 1 as "one" from ${name(table.logicalName)} as s where ${isRow} and ${accessSql(access, table, 's', tx.dialect)}`)
  return found !== undefined
}

function idIn(table: Table, values: Values, column: string): Guid | undefined {
  const found = table.columns.get(column)
  const value = found && values.get(found)
  return value && isReference(value) ? value.id : undefined
}
