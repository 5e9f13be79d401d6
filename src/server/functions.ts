/** The functions a client starts with. */
import { fail } from '../protocol/errors.ts'
import type { Table } from '../schema/table.ts'
import type { App } from './app.ts'
import type { Arguments, ServerFunction } from './operation.ts'
import { memberOf, namesOf } from './operation-arguments.ts'
import type { ParsedRequest } from './parse-request.ts'

export const FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  WhoAmI: {
    parameters: [],
    run: (app) => ({ BusinessUnitId: app.caller.businessUnitId, UserId: app.caller.userId, OrganizationId: app.caller.organizationId }),
  },
  RetrieveVersion: { parameters: [], run: (app) => ({ Version: app.organization.version }) },
  RetrieveCurrentOrganization: { parameters: ['AccessType'], run: retrieveCurrentOrganization },
  RetrieveTotalRecordCount: { parameters: ['EntityNames'], run: retrieveTotalRecordCount },
}

function retrieveCurrentOrganization(app: App, args: Arguments, request: ParsedRequest): object {
  const access = memberOf(args.get('AccessType'))
  if (access !== undefined && !['Default', 'Internet', 'Intranet'].includes(access)) throw fail('InvalidArgument', `'${access}' is not an EndpointAccessType.`)
  const { origin } = new URL(request.apiRoot)
  const { organizationId, friendlyName, uniqueName, version } = app.organization
  return {
    Detail: {
      OrganizationId: organizationId,
      FriendlyName: friendlyName,
      OrganizationVersion: version,
      EnvironmentId: organizationId,
      DatacenterId: '00000000-0000-0000-0000-000000000000',
      Geo: 'NA',
      TenantId: organizationId,
      UrlName: uniqueName,
      UniqueName: uniqueName,
      State: 'Enabled',
      SchemaType: 'Standard',
      OrganizationType: 'Customer',
      Endpoints: {
        Count: 3,
        IsReadOnly: false,
        Keys: ['WebApplication', 'OrganizationService', 'OrganizationDataService'],
        Values: [`${origin}/`, `${origin}/XRMServices/2011/Organization.svc`, `${origin}/XRMServices/2011/OrganizationData.svc`],
      },
    },
  }
}

async function retrieveTotalRecordCount(app: App, args: Arguments, request: ParsedRequest): Promise<object> {
  const names = namesOf(args.get('EntityNames'), 'EntityNames')
  const schema = app.schema()
  const tables = names.map((name): Table => {
    const table = schema.tables.get(name)
    if (!table) throw fail('TableNotFound', name)
    return table
  })
  const outcome = await app.read({ kind: 'count-tables', tables }, request)
  const counts = outcome.kind === 'counts' ? outcome.counts : []
  return {
    EntityRecordCountCollection: { Count: names.length, IsReadOnly: false, Keys: names, Values: counts },
  }
}
