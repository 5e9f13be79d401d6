/** Security roles, made and given as a client does it, and shares of rows. */
import { type Api, createdId, expectStatus } from './api.ts'
import { makeUser } from './make-people.ts'

export type Depth = 'basic' | 'local' | 'deep' | 'global'
/** `{ prvReadAccount: 'local' }` */
export type Grants = { readonly [privilege: string]: Depth }

const WIRE_DEPTH: Record<Depth, string> = { basic: 'Basic', local: 'Local', deep: 'Deep', global: 'Global' }

/** A role of this unit, whose users and teams alone can have it. */
export async function makeRole(api: Api, unitId: string, name: string, grants: Grants): Promise<string> {
  const role = createdId(await api.post('roles', { name, 'businessunitid@odata.bind': `/businessunits(${unitId})` }))
  const Privileges = []
  for (const [privilege, depth] of Object.entries(grants)) Privileges.push({ PrivilegeId: await privilegeId(api, privilege), Depth: WIRE_DEPTH[depth] })
  if (Privileges.length > 0) expectStatus(await api.post(`roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges }), 204)
  return role
}

export async function giveRole(api: Api, holder: `systemusers(${string})` | `teams(${string})`, roleId: string): Promise<void> {
  const association = holder.startsWith('teams') ? 'teamroles_association' : 'systemuserroles_association'
  expectStatus(await api.post(`${holder}/${association}/$ref`, { '@odata.id': `${api.root}/roles(${roleId})` }), 204)
}

/** A user of this unit with a role that grants this, and nothing else. */
export async function makeUserWith(api: Api, unitId: string, name: string, grants: Grants): Promise<string> {
  const user = await makeUser(api, name, { 'businessunitid@odata.bind': `/businessunits(${unitId})` })
  await giveRole(api, `systemusers(${user})`, await makeRole(api, unitId, `Role of ${name}`, grants))
  return user
}

export async function joinTeam(api: Api, teamId: string, userId: string): Promise<void> {
  expectStatus(await api.post(`teams(${teamId})/teammembership_association/$ref`, { '@odata.id': `${api.root}/systemusers(${userId})` }), 204)
}

const known = new Map<string, string>()

/** A server names its privileges alike whenever it starts, but another server need not. */
async function privilegeId(api: Api, name: string): Promise<string> {
  const before = known.get(`${api.root} ${name}`)
  if (before) return before
  const { value } = expectStatus(await api.get(`privileges?$select=privilegeid&$filter=name eq '${name}'`), 200).body
  if (value.length !== 1) throw new Error(`there are ${value.length} privileges ${name}`)
  known.set(`${api.root} ${name}`, value[0].privilegeid)
  return value[0].privilegeid
}

export type Principal = { readonly table: 'systemuser' | 'team'; readonly id: string }
export type Target = { readonly table: string; readonly idColumn: string; readonly id: string }

export const principalBody = ({ table, id }: Principal) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${table}`, [`${table}id`]: id })
export const targetBody = ({ table, idColumn, id }: Target) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${table}`, [idColumn]: id })

/** `mask`: `ReadAccess,WriteAccess`. */
export function grant(api: Api, target: Target, principal: Principal, mask: string) {
  return api.post('GrantAccess', { Target: targetBody(target), PrincipalAccess: { AccessMask: mask, Principal: principalBody(principal) } })
}

export function modify(api: Api, target: Target, principal: Principal, mask: string) {
  return api.post('ModifyAccess', { Target: targetBody(target), PrincipalAccess: { AccessMask: mask, Principal: principalBody(principal) } })
}

export function revoke(api: Api, target: Target, principal: Principal) {
  return api.post('RevokeAccess', { Target: targetBody(target), Revokee: principalBody(principal) })
}

/** A standard role as this unit has it. */
export async function standardRole(api: Api, unitId: string, name: 'Basic User' | 'System Customizer' | 'System Administrator'): Promise<string> {
  const { value } = expectStatus(await api.get(`roles?$select=roleid&$filter=name eq '${name}' and _businessunitid_value eq ${unitId}`), 200).body
  if (value.length !== 1) throw new Error(`the unit has ${value.length} roles ${name}`)
  return value[0].roleid
}
