/**
 * `GrantAccess`, `ModifyAccess`, `RevokeAccess` → a plan: what a user or a team may do with one row.
 * `{"Target":{"accountid":"6f0c…","@odata.type":"Microsoft.Dynamics.CRM.account"},
 *   "PrincipalAccess":{"AccessMask":"ReadAccess,WriteAccess","Principal":{"systemuserid":"…","@odata.type":"Microsoft.Dynamics.CRM.systemuser"}}}`
 */
import { fail } from '../protocol/errors.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { asObject } from '../schema/metadata/metadata-body.ts'
import type { Schema } from '../schema/schema.ts'
import { parseAccessMask } from './access-mask.ts'
import { actionBody } from './action-body.ts'
import { bindEntity } from './bind-entity.ts'
import type { RowAddress } from './row-address.ts'
import type { Share } from './write-plan.ts'
import { isPrincipal } from '../schema/principal.ts'

export type ShareAction = 'GrantAccess' | 'ModifyAccess' | 'RevokeAccess'

export function planShare(action: ShareAction, json: JsonValue | undefined, schema: Schema): Share {
  if (action === 'RevokeAccess') {
    const body = actionBody(json, action, ['Target', 'Revokee'])
    return {
      kind: 'share',
      change: 'revoke',
      row: bindTarget(body.Target, action, schema),
      principal: bindPrincipal(body.Revokee, 'Revokee', schema),
      rights: [],
    }
  }
  const body = actionBody(json, action, ['Target', 'PrincipalAccess'])
  const row = bindTarget(body.Target, action, schema)
  const access = asObject(body.PrincipalAccess)
  if (!access) throw fail('BadRequest', 'The parameter \'PrincipalAccess\' must be an object: {"AccessMask":"ReadAccess","Principal":{…}}.')
  const given = actionBody(access, action, ['AccessMask', 'Principal'])
  const rights = parseAccessMask(given.AccessMask, 'AccessMask')
  const principal = bindPrincipal(given.Principal, 'Principal', schema)
  return { kind: 'share', change: action === 'GrantAccess' ? 'grant' : 'modify', row, principal, rights }
}

/** Rows without an owner belong to all, or to a unit: there is nothing to share. */
export function bindTarget(json: JsonValue | undefined, message: string, schema: Schema): RowAddress {
  const row = bindEntity(json, 'Target', schema)
  if (row.table.ownership !== 'user') throw fail('MessageNotSupported', message, row.table.logicalName)
  return row
}

/** Users and teams are also named by the id they inherit: `{"ownerid":"…","@odata.type":"Microsoft.Dynamics.CRM.team"}`. */
function bindPrincipal(json: JsonValue | undefined, parameter: string, schema: Schema): RowAddress {
  const { ownerid, ...members } = asObject(json) ?? {}
  const type = typeof members['@odata.type'] === 'string' ? /(systemuser|team)$/.exec(members['@odata.type'])?.[1] : undefined
  const named = ownerid === undefined || type === undefined ? json : { [`${type}id`]: ownerid, ...members }
  const principal = bindEntity(named, parameter, schema)
  // The organization, with which the original shares too, is not there (docs/compatibility.md).
  if (!isPrincipal(principal.table)) throw fail('NotSupported', `Sharing with a row of '${principal.table.logicalName}'`)
  return principal
}
