/** What any user or team may do, whoever asks. Who is disabled may do nothing. Undefined: there is no such user or team. */
import type { Rights } from '../plan/rights.ts'
import type { Reference } from '../plan/value.ts'
import type { Schema } from '../schema/schema.ts'
import { USERS } from './find-caller.ts'
import { loadRights, loadTeamRights } from './load-rights.ts'
import type { Ask } from './sql/connection.ts'
import { sql } from './sql/sql.ts'

export const NO_RIGHTS: Rights = { isFull: false, reaches: new Map(), principals: [], reports: { direct: [], all: [] }, columns: new Map(), cutBy: undefined }

export async function principalRights({ table, id }: Reference, schema: Schema, ask: Ask): Promise<Rights | undefined> {
  if (table === 'team') {
    const [team] = await ask(sql`select teamid from team where teamid = ${id}`)
    return team && loadTeamRights(id, ask)
  }
  const [user] = await ask(sql`${USERS} where u.systemuserid = ${id}`)
  if (!user) return undefined
  return user.isdisabled ? NO_RIGHTS : loadRights(id, schema, ask)
}
