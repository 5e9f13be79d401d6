/** The functions a client starts with. Each is a name in a table: what is not there is answered as an unknown operation. */
import { fail } from '../protocol/errors.ts'
import type { Table } from '../schema/table.ts'
import type { App } from './app.ts'
import type { HttpResponse } from './http-message.ts'
import { jsonResponse } from './json-response.ts'
import { argumentsOf, memberOf, namesOf } from './operation-arguments.ts'
import type { ParsedRequest } from './parse-request.ts'

type ServerFunction = (app: App, request: ParsedRequest) => Promise<object> | object

const FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  WhoAmI: (app) => ({ BusinessUnitId: app.caller.businessUnitId, UserId: app.caller.userId, OrganizationId: app.caller.organizationId }),
  RetrieveVersion: (app) => ({ Version: app.organization.version }),
  RetrieveCurrentOrganization: retrieveCurrentOrganization,
  RetrieveTotalRecordCount: retrieveTotalRecordCount,
}

export function isFunction(name: string): boolean {
  return Object.hasOwn(FUNCTIONS, name)
}

export async function runFunction(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const segment = request.segments[0]
  const run = segment && FUNCTIONS[segment.name]
  if (!segment || !run || request.segments.length > 1) throw fail('UnknownOperation', request.path)
  if (request.method !== 'GET') throw fail('MethodNotAllowed', request.method, 'GET')
  const result = await run(app, request)
  return jsonResponse(200, JSON.stringify({ '@odata.context': `${request.apiRoot}/$metadata#Microsoft.Dynamics.CRM.${segment.name}Response`, ...result }))
}

function retrieveCurrentOrganization(app: App, request: ParsedRequest): object {
  const [segment] = request.segments
  const access = segment && memberOf(argumentsOf(segment, request.options).get('AccessType'))
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

async function retrieveTotalRecordCount(app: App, request: ParsedRequest): Promise<object> {
  const [segment] = request.segments
  const names = namesOf(segment && argumentsOf(segment, request.options).get('EntityNames'), 'EntityNames')
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
