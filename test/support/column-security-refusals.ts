/** For each refusal of column-level security a request that provokes it: `account.fax` is secured for it, and a user without a profile asks. */
import type { COLUMN_SECURITY_REFUSALS } from '../../src/protocol/column-security-refusals.ts'
import { actingAs } from './acting-as.ts'
import { type Answer, type Api, createdId, expectStatus } from './api.ts'
import { whoAmI } from './make-people.ts'
import { makeUserWith } from './make-roles.ts'
import { type Body, column, makeKey } from './make-table.ts'

type Provocations = { readonly [name in keyof typeof COLUMN_SECURITY_REFUSALS]: () => Promise<Answer> }

const ADMIN_PROFILE = '572329c1-a042-4e22-be47-367c6374ea45'
const GRANTS = {
  prvCreateAccount: 'global',
  prvReadAccount: 'global',
  prvWriteAccount: 'global',
  prvAppendAccount: 'global',
  prvAppendToAccount: 'global',
  prvMerge: 'global',
  prvReadEntity: 'global',
  prvWriteEntity: 'global',
  prvWriteAttribute: 'global',
} as const

/** `api`: that of a server which runs by the time a request is sent. */
export function columnSecurityRefusals(api: () => Api): Provocations {
  const attribute = (table: string, name: string) => `EntityDefinitions(LogicalName='${table}')/Attributes(LogicalName='${name}')`
  const put = async (as: Api, table: string, name: string, change: Body) =>
    as.put(attribute(table, name), { ...expectStatus(await api().get(attribute(table, name)), 200).body, ...change })
  const secure = async (name: string) => expectStatus(await put(api(), 'account', name, { IsSecured: true }), 204)
  let known: Promise<Api> | undefined
  const someone = () => {
    known ??= makeSomeone()
    return known
  }
  async function makeSomeone(): Promise<Api> {
    await secure('fax')
    await secure('parentaccountid')
    return actingAs(api(), await makeUserWith(api(), (await whoAmI(api())).BusinessUnitId, 'Unprofiled', GRANTS))
  }
  async function permit(profile: string, attributelogicalname: string, canupdate: number): Promise<Answer> {
    return api().post('fieldpermissions', {
      'fieldsecurityprofileid@odata.bind': `/fieldsecurityprofiles(${profile})`,
      entityname: 'account',
      attributelogicalname,
      canread: 4,
      cancreate: 0,
      canupdate,
    })
  }
  const profile = async () => createdId(await api().post('fieldsecurityprofiles', { name: 'Any' }))
  const account = async () => createdId(await api().post('accounts', { name: 'Any' }))

  return {
    CannotSecureColumn: () => put(api(), 'account', 'name', { IsSecured: true }),
    CannotSecureKeyColumn: async () => {
      const url = "EntityDefinitions(LogicalName='territory')/Attributes"
      expectStatus(await api().post(url, column.text('new_Code', { MaxLength: 9 })), 204)
      await makeKey(api(), 'territory', 'new_TerritoryKey', ['new_code'])
      return put(api(), 'territory', 'new_code', { IsSecured: true })
    },
    SecuredColumnCreate: async () => (await someone()).post('accounts', { name: 'Any', fax: '1' }),
    SecuredColumnRead: async () => {
      const [Target, Subordinate] = [await account(), await account()].map((accountid) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid }))
      return (await someone()).post('Merge', { Target, Subordinate, PerformParentingChecks: true })
    },
    SecuredColumnUpdate: async () => (await someone()).patch(`accounts(${await account()})`, { fax: '1' }),
    ColumnNotSecured: async () => permit(await profile(), 'telephone1', 0),
    AdminProfileFixed: () => api().delete(`fieldsecurityprofiles(${ADMIN_PROFILE})`),
    UnsecureColumn: async () => put(await someone(), 'account', 'fax', { IsSecured: false }),
    ColumnPermissionInvalid: async () => {
      // What the system sets once: it may be given to a new row, not changed.
      await secure('importsequencenumber')
      return permit(await profile(), 'importsequencenumber', 4)
    },
  }
}
