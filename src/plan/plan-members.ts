/** `AddMembersTeam`, `RemoveMembersTeam` on a team → a plan. `{"Members":[{"systemuserid":"6f0c…"}]}` */
import { fail } from '../protocol/errors.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { asObject } from '../schema/metadata/metadata-body.ts'
import type { Schema } from '../schema/schema.ts'
import { actionBody } from './action-body.ts'
import { bindEntity } from './bind-entity.ts'
import type { RowAddress } from './row-address.ts'
import type { ChangeMembers } from './write-plan.ts'

export type MembersAction = 'AddMembersTeam' | 'RemoveMembersTeam'

export function planMembers(team: RowAddress, action: MembersAction, json: JsonValue | undefined, schema: Schema): ChangeMembers {
  const { Members } = actionBody(json, action, ['Members'])
  if (!Array.isArray(Members)) throw fail('BadRequest', 'The parameter \'Members\' must be an array of users: [{"systemuserid":"…"}].')
  return { kind: 'change-members', row: team, change: action === 'AddMembersTeam' ? 'add' : 'remove', members: Members.map((one) => bindUser(one, schema)) }
}

/** What stands in the list can only be a user; typed clients name the id they inherit, `ownerid`. */
function bindUser(json: JsonValue, schema: Schema): RowAddress {
  const { ownerid, ...members } = asObject(json) ?? {}
  const user = bindEntity(
    { '@odata.type': 'Microsoft.Dynamics.CRM.systemuser', ...(ownerid !== undefined && { systemuserid: ownerid }), ...members },
    'Members',
    schema,
  )
  if (user.table.logicalName !== 'systemuser') throw fail('BadRequest', "'Members' holds users alone.")
  return user
}
