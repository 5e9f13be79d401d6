/** Users, teams and business units, with what their tables demand of a new row. */
import { type Api, createdId, expectStatus } from './api.ts'
import type { Body } from './make-table.ts'

export type WhoAmI = { readonly UserId: string; readonly BusinessUnitId: string; readonly OrganizationId: string }

export async function whoAmI(api: Api): Promise<WhoAmI> {
  return expectStatus(await api.get('WhoAmI'), 200).body
}

/** In the root unit, unless `more` binds another. */
export async function makeUser(api: Api, name: string, more: Body = {}): Promise<string> {
  const { BusinessUnitId } = await whoAmI(api)
  const body = {
    firstname: name,
    lastname: 'Tester',
    domainname: `${name.toLowerCase()}@tidemark.example`,
    internalemailaddress: `${name.toLowerCase()}@tidemark.example`,
    'businessunitid@odata.bind': `/businessunits(${BusinessUnitId})`,
    ...more,
  }
  return createdId(await api.post('systemusers', body))
}

export async function makeTeam(api: Api, name: string, unitId?: string): Promise<string> {
  const unit = unitId ?? (await whoAmI(api)).BusinessUnitId
  return createdId(await api.post('teams', { name, 'businessunitid@odata.bind': `/businessunits(${unit})` }))
}

export async function makeUnit(api: Api, name: string, parentId?: string): Promise<string> {
  const parent = parentId ?? (await whoAmI(api)).BusinessUnitId
  return createdId(await api.post('businessunits', { name, 'parentbusinessunitid@odata.bind': `/businessunits(${parent})` }))
}
