/** For each refusal of a caller's rights a request that provokes it. */
import type { RIGHTS_REFUSALS } from '../../src/protocol/rights-refusals.ts'
import { actingAs } from './acting-as.ts'
import { type Answer, type Api, createdId } from './api.ts'
import { makeUser, whoAmI } from './make-people.ts'
import { makeUserWith } from './make-roles.ts'

type Provocations = { readonly [name in keyof typeof RIGHTS_REFUSALS]: () => Promise<Answer> }

/** `server`: that of a server which runs by the time a request is sent. */
export function rightsRefusals(server: () => Api): Provocations {
  return {
    MissingPrivilege: async () => actingAs(server(), await makeUser(server(), 'Powerless')).get('accounts'),
    AccessDenied: async () => {
      const { BusinessUnitId } = await whoAmI(server())
      const user = await makeUserWith(server(), BusinessUnitId, 'Outsider', { prvReadAccount: 'basic', prvWriteAccount: 'basic' })
      const account = createdId(await server().post('accounts', { name: 'Not theirs' }))
      return actingAs(server(), user).patch(`accounts(${account})`, { name: 'x' })
    },
  }
}
