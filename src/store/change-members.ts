/** Users who join or leave a team, all or none. Who is in already, or out already, is no error. */
import { assert } from '../base/assert.ts'
import type { WriteOutcome } from '../plan/outcome.ts'
import type { ChangeMembers } from '../plan/write-plan.ts'
import { demandPairing } from './demand-write.ts'
import { findRow } from './find-row.ts'
import { linkPair, pairsIn, unlinkPair } from './link-pair.ts'
import { refusePair } from './role-rules.ts'
import { sql } from './sql/sql.ts'
import type { Work } from './write-work.ts'

export async function changeMembers({ row: address, change, members }: ChangeMembers, work: Work): Promise<WriteOutcome> {
  const relationship = pairsIn('teammembership', work)
  assert(relationship, 'there is no membership in teams')
  const team = await findRow(address, work, 'forReference')
  if (!team) return { kind: 'missing', address }
  for (const member of members) {
    const user = await findRow(member, work, 'forReference')
    if (!user) return { kind: 'missing', address: member }
    const ids = [team.id, user.id] as const
    await demandPairing(relationship, ids, work)
    await refusePair(relationship, ids, change === 'add' ? 'link' : 'unlink', work)
    const isIn = await work.tx.get(sql`select 1 as "one" from "teammembership" where "teamid" = ${team.id} and "systemuserid" = ${user.id}`)
    if (change === 'add' && !isIn) await linkPair(relationship, 1, team.id, user.id, work)
    if (change === 'remove' && isIn) await unlinkPair(relationship, 1, team.id, user.id, work)
  }
  return { kind: 'updated', id: team.id, version: team.version, row: undefined }
}
