/** Users and teams that rows can be assigned to: they have the role System Customizer of their unit, which reads every table. */
import { type Api, expectStatus } from './api.ts'
import { makeTeam, makeUser, whoAmI } from './make-people.ts'
import { giveRole } from './make-roles.ts'
import type { Body } from './make-table.ts'

/** The copy of a role that this unit has. */
export async function roleOf(api: Api, unitId: string, name = 'System Customizer'): Promise<string> {
  const { value } = expectStatus(await api.get(`roles?$select=roleid&$filter=name eq '${name}' and _businessunitid_value eq ${unitId}`), 200).body
  return value[0].roleid
}

export async function makeOwner(api: Api, name: string, unitId?: string, more: Body = {}): Promise<string> {
  const unit = unitId ?? (await whoAmI(api)).BusinessUnitId
  const user = await makeUser(api, name, { ...more, 'businessunitid@odata.bind': `/businessunits(${unit})` })
  await giveRole(api, `systemusers(${user})`, await roleOf(api, unit))
  return user
}

export async function makeOwnerTeam(api: Api, name: string, unitId?: string): Promise<string> {
  const unit = unitId ?? (await whoAmI(api)).BusinessUnitId
  const team = await makeTeam(api, name, unit)
  await giveRole(api, `teams(${team})`, await roleOf(api, unit))
  return team
}
