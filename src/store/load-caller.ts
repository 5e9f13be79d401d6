/**
 * Who a request comes from: the user who sent it, or, by `MSCRMCallerID` or `CallerObjectId`, the one they act for. What is allowed then
 * has to be allowed to both, and to act for others takes a privilege.
 */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { Caller } from '../plan/caller.ts'
import { demandOther, type Rights } from '../plan/rights.ts'
import type { Schema } from '../schema/schema.ts'
import { USERS } from './find-caller.ts'
import { loadRights } from './load-rights.ts'
import type { Ask } from './sql/connection.ts'
import { name, sql } from './sql/sql.ts'

/** `actsFor`: a user by `systemuserid`, or by `azureactivedirectoryobjectid`. */
export type AskedCaller = {
  readonly userId: Guid
  readonly actsFor?: { readonly by: 'id' | 'objectId'; readonly id: Guid } | undefined
}

export type CallerSource = { readonly schema: Schema; readonly ask: Ask; readonly organizationId: Guid }

/** A disabled user, or one of a disabled business unit, or none at all, is refused. */
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
  const [row] = await ask(sql`${USERS} where u.${name(column)} = ${id}`)
  if (!row) throw fail('NotAMember')
  const userId = row.id as Guid
  if (row.isdisabled) throw fail('UserDisabled', userId)
  return { userId, businessUnitId: row.unit as Guid, organizationId, rights: await loadRights(userId, schema, ask) }
}
