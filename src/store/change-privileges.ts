/** What a role lets people do, changed: at its root, by somebody who may do all that they add. */
import { assert } from '../base/assert.ts'
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { HeldPrivilege } from '../plan/audit-data.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { ChangePrivileges } from '../plan/write-plan.ts'
import { DEPTHS } from '../schema/privilege-depth.ts'
import { demandAccess } from './access.ts'
import { auditPrivileges } from './audit-changes.ts'
import { valuesOf } from './bare-rows.ts'
import { findRow } from './find-row.ts'
import { deletePair, intersectOf, pairsIn } from './link-pair.ts'
import { insertRolePrivilege } from './privilege-rows.ts'
import { refuseEditingRole, refuseEscalation } from './role-rules.ts'
import { sql } from './sql/sql.ts'
import { updateRow } from './sql/write-row.ts'
import type { Work } from './write-work.ts'

type Held = { readonly pair: Guid; readonly mask: number }

export async function changePrivileges({ row: address, change, privileges }: ChangePrivileges, work: Work): Promise<WriteOutcome> {
  const role = await findRow(address, work)
  if (!role) return { kind: 'missing', address }
  await demandAccess(address.table, role.id, 'Write', work)
  await refuseEditingRole(address.table, role.id, work)
  const held = await heldBy(role.id, work)
  if (change === 'remove') for (const { id } of privileges) await remove(held.get(id), work)
  else await give(role.id, privileges, held, work)
  if (change === 'replace') {
    const kept = new Set(privileges.map(({ id }) => id))
    for (const [id, pair] of held) if (!kept.has(id)) await remove(pair, work)
  }
  if (work.tx.audits()) await auditPrivileges(role.id, change, listed(held), listed(await heldBy(role.id, work)), work)
  return { kind: 'updated', id: role.id, version: role.version, row: undefined }
}

async function give(role: Guid, privileges: ChangePrivileges['privileges'], held: ReadonlyMap<Guid, Held>, work: Work): Promise<void> {
  // Named twice, the last counts.
  const wanted = new Map(privileges.map(({ id, mask }) => [id, mask]))
  const names = new Map<string, number>()
  for (const [id, mask] of wanted) names.set(await nameAt(id, mask, work), mask)
  await refuseEscalation(names, await unitOf(role, work), work)
  for (const [id, mask] of wanted) {
    const before = held.get(id)
    if (!before) await insertRolePrivilege(role, id, mask, work)
    else if (before.mask !== mask) await setMask(before.pair, mask, work)
  }
}

async function unitOf(role: Guid, work: Work): Promise<Guid> {
  const row = await work.tx.get(sql`select "businessunitid" as "unit" from "role" where "roleid" = ${role}`)
  assert(row, 'a role that was just found is there')
  return row.unit as Guid
}

/** The privilege's name, where it can have this depth. */
async function nameAt(id: Guid, mask: number, work: Work): Promise<string> {
  const row = await work.tx.get(sql`select "name", "canbebasic", "canbelocal", "canbedeep", "canbeglobal" from "privilege" where "privilegeid" = ${id}`)
  if (!row) throw fail('RowNotFound', 'privilege', id)
  const depth = DEPTHS.find((one) => one.mask === mask)
  if (!depth || !row[`canbe${depth.depth}`]) throw fail('PrivilegeDepth', String(row.name), depth?.member ?? '')
  return String(row.name)
}

async function heldBy(role: Guid, work: Work): Promise<ReadonlyMap<Guid, Held>> {
  const rows = await work.tx.all(sql`select "roleprivilegeid", "privilegeid", "privilegedepthmask" from "roleprivileges" where "roleid" = ${role}`)
  return new Map(rows.map((row) => [row.privilegeid as Guid, { pair: row.roleprivilegeid as Guid, mask: Number(row.privilegedepthmask) }]))
}

function listed(held: ReadonlyMap<Guid, Held>): readonly HeldPrivilege[] {
  return [...held].map(([id, { mask }]) => ({ id, mask }))
}

async function setMask(pair: Guid, mask: number, work: Work): Promise<void> {
  const table = work.moment.schema.tables.get('roleprivileges')
  if (table) await updateRow(work.tx, table, pair, valuesOf(table, { privilegedepthmask: mask }))
}

async function remove(held: Held | undefined, work: Work): Promise<void> {
  const relationship = pairsIn('roleprivileges', work)
  if (held && relationship) await deletePair(intersectOf(relationship, work), held.pair, work)
}
