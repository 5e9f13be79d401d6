/**
 * What clients may do with profiles and their permissions: that of the administrators stays as it is, and a permission is for a column
 * that is secured, and for an operation that it can be secured for.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { isReference, type Value } from '../plan/value.ts'
import { securabilityOf } from '../schema/secured-columns.ts'
import type { Table } from '../schema/table.ts'
import { ALLOWED } from './column-rights.ts'
import { readColumns } from './find-row.ts'
import type { Values } from './resolve-lookups.ts'
import type { Work } from './write-work.ts'
import { knownColumn } from '../plan/find-column.ts'

/** The same in every organization («Column-level security with code»). */
export const ADMIN_PROFILE = '572329c1-a042-4e22-be47-367c6374ea45' as Guid

export const PERMISSIONS = [
  ['canread', 'read'],
  ['cancreate', 'create'],
  ['canupdate', 'update'],
] as const

/** `id`: of the row that is changed, undefined for a new one. */
export async function checkColumnSecurity(table: Table, id: Guid | undefined, values: Values, work: Work): Promise<void> {
  if (table.logicalName === 'fieldsecurityprofile' && id === ADMIN_PROFILE) throw fail('AdminProfileFixed')
  if (table.logicalName === 'fieldpermission') await checkPermission(table, id, values, work)
}

export async function refuseDeletingPermission(table: Table, id: Guid, work: Work): Promise<void> {
  if (table.logicalName === 'fieldsecurityprofile' && id === ADMIN_PROFILE) throw fail('AdminProfileFixed')
  if (table.logicalName !== 'fieldpermission') return
  const profile = knownColumn(table, 'fieldsecurityprofileid')
  refuseAdminProfile((await readColumns(table, id, [profile], work))?.get(profile))
}

async function checkPermission(table: Table, id: Guid | undefined, values: Values, work: Work): Promise<void> {
  const columns = ['fieldsecurityprofileid', 'entityname', 'attributelogicalname'].map((name) => knownColumn(table, name))
  const stored = id === undefined ? undefined : await readColumns(table, id, columns, work)
  const [profile, tableName, columnName] = columns.map((column) => values.get(column) ?? stored?.get(column))
  refuseAdminProfile(profile)
  const secured = work.moment.schema.tables.get(textOf(tableName))
  if (!secured) throw fail('TableNotFound', textOf(tableName))
  const column = secured.columns.get(textOf(columnName))
  if (!column) throw fail('UnknownProperty', secured.logicalName, textOf(columnName))
  if (!column.isSecured) throw fail('ColumnNotSecured', column.logicalName, secured.logicalName)
  const securable = securabilityOf(secured, column)
  const invalid = PERMISSIONS.find(([name, right]) => values.get(knownColumn(table, name)) === ALLOWED && !securable[right])
  if (invalid) throw fail('ColumnPermissionInvalid', invalid[0], column.logicalName, secured.logicalName)
}

function refuseAdminProfile(profile: Value | undefined): void {
  if (profile !== undefined && isReference(profile) && profile.id === ADMIN_PROFILE) throw fail('AdminProfileFixed')
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}
