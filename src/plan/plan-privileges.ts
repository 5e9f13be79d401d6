/**
 * `AddPrivilegesRole`, `ReplacePrivilegesRole`, `RemovePrivilegeRole` on a role → a plan: what the role lets people do.
 * `{"Privileges":[{"PrivilegeId":"6f0c…","Depth":"Local"}]}`, `{"PrivilegeId":"6f0c…"}`.
 */
import { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { asObject } from '../schema/metadata/metadata-body.ts'
import { DEPTHS } from '../schema/privilege-depth.ts'
import type { Schema } from '../schema/schema.ts'
import { actionBody } from './action-body.ts'
import type { HeldPrivilege } from './audit-data.ts'
import { bindEntity } from './bind-entity.ts'
import type { RowAddress } from './row-address.ts'
import type { ChangePrivileges } from './write-plan.ts'

/** Of a `RolePrivilege`; the others are what answers hold, and may be sent back. */
const MEMBERS: readonly string[] = ['PrivilegeId', 'Depth', 'BusinessUnitId', 'PrivilegeName', 'RecordFilterId', 'RecordFilterUniqueName']

export function planPrivileges(role: RowAddress, change: 'add' | 'replace', json: JsonValue | undefined): ChangePrivileges {
  const action = change === 'add' ? 'AddPrivilegesRole' : 'ReplacePrivilegesRole'
  const { Privileges } = actionBody(json, action, ['Privileges'])
  if (!Array.isArray(Privileges)) throw fail('BadRequest', 'The parameter \'Privileges\' must be an array: [{"PrivilegeId":"…","Depth":"Basic"}].')
  return { kind: 'change-privileges', row: role, change, privileges: Privileges.map((one) => givenPrivilege(one, action)) }
}

/** The documentation has the id alone, `$metadata` of the original a row: `{"Privilege":{"@odata.id":"privileges(6f0c…)"}}`. */
export function planRemovePrivilege(role: RowAddress, json: JsonValue | undefined, schema: Schema): ChangePrivileges {
  const { PrivilegeId, Privilege } = actionBody(json, 'RemovePrivilegeRole', ['PrivilegeId', 'Privilege'])
  return { kind: 'change-privileges', row: role, change: 'remove', privileges: [{ id: idOf(PrivilegeId, Privilege, schema), mask: 0 }] }
}

function givenPrivilege(json: JsonValue, action: string): HeldPrivilege {
  const given = actionBody(asObject(json), action, MEMBERS)
  const depth = DEPTHS.find(({ member }) => member === given.Depth)
  if (!depth) throw fail('BadRequest', `The member 'Depth' of a privilege must be one of ${DEPTHS.map(({ member }) => `'${member}'`).join(', ')}.`)
  return { id: guidOf(given.PrivilegeId), mask: depth.mask }
}

function idOf(id: JsonValue | undefined, row: JsonValue | undefined, schema: Schema): Guid {
  if (row === undefined || row === null) return guidOf(id)
  const address = bindEntity({ '@odata.type': 'Microsoft.Dynamics.CRM.privilege', ...asObject(row) }, 'Privilege', schema)
  if (address.table.logicalName !== 'privilege' || address.by !== 'id')
    throw fail('BadRequest', "The parameter 'Privilege' must be a privilege, named by its id.")
  return address.id
}

function guidOf(json: JsonValue | undefined): Guid {
  const id = typeof json === 'string' ? Guid.parse(json) : undefined
  if (!id) throw fail('BadRequest', "'PrivilegeId' must be a guid.")
  return id
}
