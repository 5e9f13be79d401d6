/**
 * The rows of column-level security that the server looks after: the profile «System Administrator» with a permission for each secured
 * column. A permission, whichever profile's, goes when its column is secured no more.
 */
import { assert } from '../base/assert.ts'
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { mayUse } from '../plan/column-rights.ts'
import type { Value } from '../plan/value.ts'
import type { Column } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import { securabilityOf, securedColumns } from '../schema/secured-columns.ts'
import type { Table } from '../schema/table.ts'
import { ALLOWED } from './column-rights.ts'
import { cascadeDelete } from './cascade-delete.ts'
import { ADMIN_PROFILE, PERMISSIONS } from './column-permission-rules.ts'
import { linkPair } from './link-pair.ts'
import { insertOwnRow } from './servers-rows.ts'
import { sql } from './sql/sql.ts'
import { type Moment, startWork } from './write-work.ts'
import type { Transaction } from './sql/connection.ts'

/** On an empty server, or one that had no profiles yet. */
export async function insertAdminProfile(tx: Transaction, moment: Moment): Promise<void> {
  const { schema, caller } = moment
  await insertOwnRow(tx, moment, 'fieldsecurityprofile', ADMIN_PROFILE, {
    name: 'System Administrator',
    description: 'Reads and changes every secured column.',
    organizationid: { table: 'organization', id: caller.organizationId },
  })
  const holders = schema.relationships.get('systemuserprofiles_association')
  if (holders?.kind === 'many-to-many') await linkPair(holders, 1, caller.userId, ADMIN_PROFILE, startWork(tx, moment))
  await insertAdminPermissions(tx, schema.tables.values(), moment)
}

/** For columns that are secured from the start. */
export async function insertAdminPermissions(tx: Transaction, tables: Iterable<Table>, moment: Moment): Promise<void> {
  for (const table of tables) for (const column of securedColumns(table)) await insertAdminPermission(tx, table, column, moment)
}

export async function insertAdminPermission(tx: Transaction, table: Table, column: Column, moment: Moment): Promise<void> {
  const securable = securabilityOf(table, column)
  await insertOwnRow(tx, moment, 'fieldpermission', Guid.fromName(`fieldpermission:${table.metadataId}:${column.metadataId}`), {
    fieldsecurityprofileid: { table: 'fieldsecurityprofile', id: ADMIN_PROFILE },
    entityname: table.logicalName,
    attributelogicalname: column.logicalName,
    ...Object.fromEntries(PERMISSIONS.map(([name, right]): [string, Value] => [name, securable[right] ? ALLOWED : 0])),
  })
}

/** Those of every profile go; whoever makes readable what others may not read has to be allowed to do all of it. */
export async function deletePermissionsOn(tx: Transaction, table: Table, column: Column, moment: Moment): Promise<void> {
  const isStillThere = moment.schema.tables.get(table.logicalName)?.columns.has(column.logicalName) === true
  if (isStillThere) demandAll(table, column, moment)
  const permissions = permissionTable(moment.schema)
  const rows = await tx.all(
    sql`select fieldpermissionid from fieldpermission where entityname = ${table.logicalName} and attributelogicalname = ${column.logicalName}`,
  )
  const work = startWork(tx, moment)
  for (const row of rows) await cascadeDelete(permissions, row.fieldpermissionid as Guid, work)
}

function demandAll(table: Table, column: Column, { caller }: Moment): void {
  const securable = securabilityOf(table, column)
  const isAllowed = PERMISSIONS.every(([, right]) => !securable[right] || mayUse(caller.rights, table, column, right))
  if (!isAllowed) throw fail('UnsecureColumn', column.logicalName, table.logicalName)
}

function permissionTable(schema: Schema): Table {
  const table = schema.tables.get('fieldpermission')
  assert(table, 'there is no table fieldpermission')
  return table
}
