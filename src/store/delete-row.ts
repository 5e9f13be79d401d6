/**
 * Deletes a row and what its relationships say goes with it. Rows that point at it go first, because references are checked at the end
 * of each statement: `Cascade` deletes them, `RemoveLink` clears their lookups, `Restrict` refuses. Iterative, by pages: a tree of
 * any size takes the memory of its depth. Each deleted row of each table leaves a tombstone.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { DeleteRow } from '../plan/write-plan.ts'
import type { Table } from '../schema/table.ts'
import { cascadeDelete } from './cascade-delete.ts'
import { findRow, readColumns } from './find-row.ts'
import { parentUnitColumn } from './hierarchy.ts'
import { ownerOf } from './owner-columns.ts'
import { name, sql } from './sql/sql.ts'
import { refuseDeletingDefaultTeam } from './unit-rules.ts'
import type { Work } from './write-work.ts'

export async function deleteFound(plan: DeleteRow, work: Work): Promise<WriteOutcome> {
  const { table, address, precondition } = plan
  const found = await findRow(address, work)
  // An item of DeleteMultiple that names a row again finds it gone.
  if (!found) return address.by === 'id' && work.written?.ids.has(address.id) ? { kind: 'deleted' } : { kind: 'missing', address }
  if (precondition.kind === 'version-is' && !precondition.versions.includes(found.version)) throw fail('VersionMismatch')
  await refuseVital(table, found.id, work)
  await cascadeDelete(table, found.id, work)
  work.written?.ids.add(found.id)
  return { kind: 'deleted' }
}

/** What the organization cannot do without, and owners whose rows would belong to nobody. */
async function refuseVital(table: Table, id: Guid, work: Work): Promise<void> {
  const { caller, schema } = work.moment
  if (table.logicalName === 'organization') throw fail('NotSupported', "The method 'Delete' for entities of type 'organization'")
  if (table.logicalName === 'usersettings') throw fail('NotSupported', "The method 'Delete' for entities of type 'usersettings'")
  const parentUnit = parentUnitColumn(table)
  if (parentUnit && (await readColumns(table, id, [parentUnit], work))?.get(parentUnit) === null) throw fail('RootBusinessUnit')
  if (table.logicalName === 'systemuser' && id === caller.userId)
    throw fail('CannotDeleteReferenced', table.logicalName, 'the caller: nobody deletes themselves')
  await refuseDeletingDefaultTeam(table, id, work)
  if (table.logicalName !== 'systemuser' && table.logicalName !== 'team') return
  for (const owned of schema.tables.values()) {
    if (await ownsRows(id, owned, work)) throw fail('CannotDeleteReferenced', table.logicalName, `rows of ${owned.logicalName} that it owns`)
  }
}

async function ownsRows(id: Guid, owned: Table, work: Work): Promise<boolean> {
  const owner = ownerOf(owned)?.owner
  if (!owner) return false
  return (await work.tx.get(sql`select 1 as "one" from ${name(owned.logicalName)} where ${name(owner.logicalName)} = ${id} limit 1`)) !== undefined
}
