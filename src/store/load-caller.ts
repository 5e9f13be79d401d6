/**
 * Who a request comes from: the user who sent it, or, by `MSCRMCallerID` or `CallerObjectId`, the one they act for. What is allowed then
 * has to be allowed to both, and to act for others takes a privilege.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Caller } from '../plan/caller.ts'
import { demandOther, type Rights } from '../plan/rights.ts'
import type { Schema } from '../schema/schema.ts'
import { type Ask, loadRights } from './load-rights.ts'
import { sql } from './sql/sql.ts'

/** `actsFor`: a user by `systemuserid`, or by `azureactivedirectoryobjectid`. */
export type AskedCaller = {
  readonly userId: Guid
  readonly actsFor?: { readonly by: 'id' | 'objectId'; readonly id: Guid } | undefined
}

export type CallerSource = { readonly schema: Schema; readonly ask: Ask; readonly organizationId: Guid }

/** A disabled user, or none at all, is refused. */
export async function loadCaller({ userId, actsFor }: AskedCaller, source: CallerSource): Promise<Caller> {
  const sender = await loadUser('systemuserid', userId, source)
  if (!actsFor) return sender
  const caller = await loadUser(actsFor.by === 'id' ? 'systemuserid' : 'azureactivedirectoryobjectid', actsFor.id, source)
  if (caller.userId === sender.userId) return sender
  demandOther(sender.rights, 'prvActOnBehalfOfAnotherUser')
  return { ...caller, rights: cut(caller.rights, sender.rights), onBehalfBy: sender.userId }
}

/** Rights with everything are the others, unchanged. */
function cut(rights: Rights, by: Rights): Rights {
  if (by.isFull) return rights
  return rights.isFull ? by : { ...rights, cutBy: by }
}

async function loadUser(column: 'systemuserid' | 'azureactivedirectoryobjectid', id: Guid, { schema, ask, organizationId }: CallerSource): Promise<Caller> {
  const match = column === 'systemuserid' ? sql`systemuserid = ${id}` : sql`azureactivedirectoryobjectid = ${id}`
  const [row] = await ask(sql`select systemuserid, businessunitid, isdisabled from systemuser where ${match}`)
  if (!row) throw fail('NotAMember')
  const userId = row.systemuserid as Guid
  if (row.isdisabled) throw fail('UserDisabled', userId)
  return { userId, businessUnitId: row.businessunitid as Guid, organizationId, rights: await loadRights(userId, schema, ask) }
}
