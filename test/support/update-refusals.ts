/** For each refusal of what an Update does beside writing columns a request that provokes it. */
import type { UPDATE_REFUSALS } from '../../src/protocol/update-refusals.ts'
import { type Answer, type Api, createdId, expectStatus } from './api.ts'
import { roleOf } from './make-owners.ts'
import { makeTeam, makeUnit, makeUser, whoAmI } from './make-people.ts'
import { giveRole, makeRole } from './make-roles.ts'
import { label, makeTable } from './make-table.ts'

type Provocations = { readonly [name in keyof typeof UPDATE_REFUSALS]: () => Promise<Answer> }

/** `server`: that of a server which runs by the time a request is sent. */
export function updateRefusals(server: () => Api): Provocations {
  const assign = async (owner: string) => {
    const account = createdId(await server().post('accounts', { name: 'Assigned' }))
    return server().patch(`accounts(${account})`, { 'ownerid@odata.bind': `/${owner}` })
  }
  const transition = async (name: string, from: number, to: number) => {
    const api = server()
    const status = { EntityLogicalName: `new_${name}`, AttributeLogicalName: 'statuscode' }
    const { set } = await makeTable(api, `new_${name}`)
    expectStatus(await api.post('InsertStatusValue', { ...status, StateCode: 0, Value: 3, Label: label('Other') }), 200)
    const table = `EntityDefinitions(LogicalName='new_${name}')`
    const column = expectStatus(
      await api.get(`${table}/Attributes(LogicalName='statuscode')/Microsoft.Dynamics.CRM.StatusAttributeMetadata?$expand=OptionSet`),
      200,
    ).body
    for (const option of column.OptionSet.Options) option.TransitionData = option.Value === from ? '<allowedtransitions/>' : null
    const whole = { ...column, '@odata.type': 'Microsoft.Dynamics.CRM.StatusAttributeMetadata' }
    expectStatus(await api.put(`${table}/Attributes(LogicalName='statuscode')`, whole), 204)
    const row = `${set}(${createdId(await api.post(set, {}))})`
    if (from === 2) expectStatus(await api.patch(row, { statecode: 1 }), 204)
    expectStatus(await api.put(table, { ...expectStatus(await api.get(table), 200).body, EnforceStateTransitions: true }), 204)
    return api.patch(row, { statuscode: to })
  }
  const defaultTeamOf = async (unit: string): Promise<string> => {
    const { value } = expectStatus(await server().get(`teams?$select=teamid&$filter=isdefault eq true and _businessunitid_value eq ${unit}`), 200).body
    return value[0].teamid
  }
  const membership = (team: string) => `teams(${team})/teammembership_association`
  return {
    OwnerDisabled: async () => {
      const user = `systemusers(${await makeUser(server(), 'Departed')})`
      expectStatus(await server().patch(user, { isdisabled: true }), 204)
      return assign(user)
    },
    OwnerIsAccessTeam: async () => {
      const { BusinessUnitId } = await whoAmI(server())
      const team = { name: 'Access', teamtype: 1, 'businessunitid@odata.bind': `/businessunits(${BusinessUnitId})` }
      return assign(`teams(${createdId(await server().post('teams', team))})`)
    },
    OwnerTeamWithoutRoles: async () => assign(`teams(${await makeTeam(server(), 'Without roles')})`),
    OwnerUserWithoutRoles: async () => assign(`systemusers(${await makeUser(server(), 'Roleless')})`),
    OwnerCannotRead: async () => {
      const { BusinessUnitId } = await whoAmI(server())
      const user = `systemusers(${await makeUser(server(), 'Blind')})` as const
      await giveRole(server(), user, await makeRole(server(), BusinessUnitId, 'Blind', { prvWriteAccount: 'global' }))
      return assign(user)
    },
    UnitDisabled: async () => {
      const unit = await makeUnit(server(), 'Disabled')
      expectStatus(await server().patch(`businessunits(${unit})`, { isdisabled: true }), 204)
      return server().patch(`systemusers(${await makeUser(server(), 'Unmoved')})`, { 'businessunitid@odata.bind': `/businessunits(${unit})` })
    },
    UserLoop: async () => {
      const user = `systemusers(${await makeUser(server(), 'Selfmade')})`
      return server().patch(user, { 'parentsystemuserid@odata.bind': `/${user}` })
    },
    UnitLoop: async () => {
      const unit = `businessunits(${await makeUnit(server(), 'Circle')})`
      return server().patch(unit, { 'parentbusinessunitid@odata.bind': `/${unit}` })
    },
    AccountLoop: async () => {
      const account = `accounts(${createdId(await server().post('accounts', { name: 'Own parent' }))})`
      return server().patch(account, { 'parentaccountid@odata.bind': `/${account}` })
    },
    LastAdministratorRole: async () => {
      const { UserId, BusinessUnitId } = await whoAmI(server())
      const role = await roleOf(server(), BusinessUnitId, 'System Administrator')
      return server().delete(`systemusers(${UserId})/systemuserroles_association(${role})/$ref`)
    },
    DefaultTeamAddition: async () => {
      const user = await makeUser(server(), 'Elsewhere')
      const team = await defaultTeamOf(await makeUnit(server(), 'Closed circle'))
      return server().post(`${membership(team)}/$ref`, { '@odata.id': `${server().root}/systemusers(${user})` })
    },
    DefaultTeamRemoval: async () => {
      const { UserId, BusinessUnitId } = await whoAmI(server())
      return server().delete(`${membership(await defaultTeamOf(BusinessUnitId))}(${UserId})/$ref`)
    },
    ActivationTransition: () => transition('activation', 2, 1),
    DeactivationTransition: () => transition('deactivation', 1, 2),
    StatusTransition: () => transition('transition', 1, 3),
    DeprecatedMessage: () => server().post('SetState', {}),
  }
}
