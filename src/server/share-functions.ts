/** Functions about who may do what with one row. */
import { assert } from '../base/assert.ts'
import { formatAccessMask } from '../plan/access-mask.ts'
import type { SharedWith } from '../plan/outcome.ts'
import { bindTarget } from '../plan/plan-share.ts'
import type { Rights } from '../plan/rights.ts'
import { type RowAddress, rowMissing } from '../plan/row-address.ts'
import { fail } from '../protocol/errors.ts'
import { NAMESPACE } from '../protocol/names.ts'
import { NO_RIGHTS } from '../store/principal-rights.ts'
import type { App } from './app.ts'
import type { BoundFunction, ServerFunction } from './operation.ts'
import { jsonOf } from './operation-arguments.ts'

export const SHARE_FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  RetrieveSharedPrincipalsAndAccess: {
    parameters: ['Target'],
    run: async (app, args, request) => {
      const address = bindTarget(jsonOf(args, 'Target'), 'RetrieveSharedPrincipalsAndAccess', app.schema())
      const outcome = await app.read({ kind: 'read-shares', address }, request)
      if (outcome.kind === 'missing') throw rowMissing(outcome.address)
      assert(outcome.kind === 'shares', 'shares are what was asked for')
      return { PrincipalAccesses: outcome.shares.map(principalAccess) }
    },
  },
}

/** Bound to a user, a team, or the organization, with which nothing is shared. */
export const ACCESS_FUNCTIONS: { readonly [name: string]: BoundFunction } = {
  RetrievePrincipalAccess: {
    tables: ['systemuser', 'team', 'organization'],
    parameters: ['Target'],
    run: async (app, principal, args, request) => {
      const address = bindTarget(jsonOf(args, 'Target'), 'RetrievePrincipalAccess', app.schema())
      const rights = await rightsOf(app, principal)
      const outcome = await app.read({ kind: 'read-access', address, rights }, request)
      if (outcome.kind === 'missing') throw rowMissing(outcome.address)
      assert(outcome.kind === 'access', 'access is what was asked for')
      return { AccessRights: formatAccessMask(outcome.rights) }
    },
  },
}

async function rightsOf(app: App, principal: RowAddress): Promise<Rights> {
  if (principal.table.logicalName === 'organization') return NO_RIGHTS
  if (principal.by === 'key') throw fail('NotSupported', 'RetrievePrincipalAccess of a principal named by a key')
  const rights = await app.rightsOf({ table: principal.table.logicalName, id: principal.id })
  if (!rights) throw rowMissing(principal)
  return rights
}

/** The principal is named by the id that users and teams inherit. */
function principalAccess({ principal, rights }: SharedWith): object {
  return { AccessMask: formatAccessMask(rights), Principal: { '@odata.type': `#${NAMESPACE}.${principal.table}`, ownerid: principal.id } }
}
