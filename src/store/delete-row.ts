/**
 * Deletes a row and what its relationships say goes with it. Rows that point at it go first, because references are checked at the end
 * of each statement: `Cascade` deletes them, `RemoveLink` clears their lookups, `Restrict` refuses. Iterative, by pages: a tree of
 * any size takes the memory of its depth. Each deleted row of each table leaves a tombstone.
 */
import { fail } from '../protocol/errors.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { DeleteRow } from '../plan/write-plan.ts'
import { demandAccess } from './access.ts'
import { cascadeDelete } from './cascade-delete.ts'
import { deleteDefaultTeam } from './default-team.ts'
import { findRow } from './find-row.ts'
import { refuseDeletingRole } from './role-rules.ts'
import { refuseDeletingVital } from './vital-rows.ts'
import type { Work } from './write-work.ts'

export async function deleteFound(plan: DeleteRow, work: Work): Promise<WriteOutcome> {
  const { table, address, precondition } = plan
  const found = await findRow(address, work, 'forDelete')
  // An item of DeleteMultiple that names a row again finds it gone.
  if (!found) return address.by === 'id' && work.written?.ids.has(address.id) ? { kind: 'deleted' } : { kind: 'missing', address }
  await demandAccess(table, found.id, 'Delete', work)
  if (precondition.kind === 'version-is' && !precondition.versions.includes(found.version)) throw fail('VersionMismatch')
  await refuseDeletingVital(table, found.id, work)
  await refuseDeletingRole(table, found.id, work)
  if (table.logicalName === 'businessunit') await deleteDefaultTeam(found.id, work)
  await cascadeDelete(table, found.id, work)
  work.written?.ids.add(found.id)
  return { kind: 'deleted' }
}
