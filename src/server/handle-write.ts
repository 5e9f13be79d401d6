/** Writes of rows: which of the plans a method and a path ask for. */
import type { Guid } from '../base/guid.ts'
import { fail } from '../protocol/errors.ts'
import { isExactNumber } from '../protocol/exact-number.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { type JsonValue, parseRowBody, type RowBody, type RowReference } from '../protocol/row-json.ts'
import { parseRowReference } from '../protocol/row-reference.ts'
import { bindAddress } from '../plan/bind-address.ts'
import type { Scalar } from '../plan/bind-value.ts'
import { planAddReference, planRemoveReference, planSetReference } from '../plan/plan-references.ts'
import { planCreate, planCreateChild, planDelete, planPropertyDelete, planPropertyPut, planUpdate } from '../plan/plan-write.ts'
import { refuseBrokenQueries } from '../plan/check-stored-query.ts'
import type { WritePlan } from '../plan/plan.ts'
import { refuseOptions } from '../plan/refuse-options.ts'
import type { QueryContext } from '../plan/query-context.ts'
import type { ReadRow } from '../plan/read-plan.ts'
import type { RowAddress } from '../plan/row-address.ts'
import { planRowRead } from '../plan/row-read.ts'
import type { Table } from '../schema/table.ts'
import { type App, calendarFor, queryContext, writesOf } from './app.ts'
import type { HttpResponse } from './http-message.ts'
import type { ParsedRequest } from './parse-request.ts'
import { respondWrite } from './respond-write.ts'

export async function handleWrite(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const context = queryContext(app, app.schema(), await calendarFor(app, request))
  const plan = planWrite(request, context, app)
  refuseBrokenQueries(plan, context)
  const outcome = await writesOf(app).write(plan, request)
  const table = 'row' in plan ? plan.row.table : plan.table
  return respondWrite(outcome, table, plan.kind === 'write-row' ? plan.address : undefined, request)
}

type Chance = { readonly newId: () => Guid }

function planWrite(request: ParsedRequest, context: QueryContext, chance: Chance): WritePlan {
  const [set, second, third] = request.segments
  const table = tableOf(set, context)
  refuseForWrite(request)
  if (request.segments.length > 3) throw fail('UnknownOperation', `${request.apiRoot}/${request.path}`)
  if (!set?.predicate) return planOnSet(request, table, second, context, chance)
  const address = bindAddress(table, set.predicate, request.options.aliases)
  if (third?.name === '$ref' || second?.name === '$ref') return planReference(request, address, second, context, chance)
  if (third) throw fail('UnknownOperation', `${request.apiRoot}/${request.path}`)
  return second ? planOnMember(request, address, second, context, chance) : planOnRow(request, address, context, chance)
}

function planOnSet(request: ParsedRequest, table: Table, second: PathSegment | undefined, context: QueryContext, chance: Chance): WritePlan {
  if (second) throw fail('UnknownResource', second.name)
  if (request.method !== 'POST') throw fail('MethodNotAllowed', request.method, 'GET, POST')
  if (request.precondition.kind === 'exists' || request.precondition.kind === 'version-is') throw fail('BadRequest', 'If-Match cannot be sent with a create.')
  return planCreate(table, rowBody(request, table), returned(request, table, context), context.schema, chance)
}

function planOnRow(request: ParsedRequest, address: RowAddress, context: QueryContext, chance: Chance): WritePlan {
  const { table } = address
  switch (request.method) {
    case 'PATCH':
      return planUpdate(address, rowBody(request, table), request.precondition, returned(request, table, context), context.schema, chance)
    case 'DELETE':
      return planDelete(address, request.precondition)
    default:
      throw fail('MethodNotAllowed', request.method, 'GET, PATCH, DELETE')
  }
}

/** `set(key)/column`, or a child posted into `set(key)/navigation`. */
function planOnMember(request: ParsedRequest, address: RowAddress, member: PathSegment, context: QueryContext, chance: Chance): WritePlan {
  const navigation = context.schema.navigations.get(address.table.logicalName)?.get(member.name)
  if (request.method === 'POST' && navigation) {
    const target = navigation.kind === 'owner' ? address.table : navigation.target
    return planCreateChild(address, member.name, rowBody(request, target), returned(request, target, context), context.schema, chance)
  }
  if (member.predicate) throw fail('MethodNotAllowed', request.method, 'GET')
  switch (request.method) {
    case 'PUT':
      return planPropertyPut(address, member.name, propertyValue(request, address.table), request.precondition, context.schema, chance)
    case 'DELETE':
      return planPropertyDelete(address, member.name, request.precondition, context.schema, chance)
    default:
      throw fail('MethodNotAllowed', request.method, 'GET, PUT, DELETE')
  }
}

function planReference(request: ParsedRequest, address: RowAddress, member: PathSegment | undefined, context: QueryContext, chance: Chance): WritePlan {
  if (!member || member.name === '$ref') throw fail('UnknownOperation', `${request.apiRoot}/${request.path}`)
  switch (request.method) {
    case 'POST':
      return planAddReference(address, member.name, referenceBody(request), context.schema)
    case 'PUT':
      return planSetReference(address, member.name, referenceBody(request), context.schema, chance)
    case 'DELETE':
      return planRemoveReference(address, member.name, removedReference(request, address, member, context), context.schema, chance)
    default:
      throw fail('MethodNotAllowed', request.method, 'GET, POST, PUT, DELETE')
  }
}

/** `?$id=<url>` or `nav(key)/$ref`. */
function removedReference(request: ParsedRequest, address: RowAddress, member: PathSegment, context: QueryContext): RowReference | RowAddress | undefined {
  const id = request.options.other.get('$id')
  if (id !== undefined) return parseRowReference(id, request.apiRoot)
  if (!member.predicate) return undefined
  const navigation = context.schema.navigations.get(address.table.logicalName)?.get(member.name)
  if (!navigation || navigation.kind === 'owner') throw fail('UnknownResource', member.name)
  return bindAddress(navigation.target, member.predicate, request.options.aliases)
}

function tableOf(segment: PathSegment | undefined, context: QueryContext): Table {
  const table = segment && context.schema.sets.get(segment.name)
  if (!table) throw fail('UnknownResource', segment?.name ?? '')
  return table
}

function rowBody(request: ParsedRequest, table: Table): RowBody {
  // A POST without a body creates a row of defaults; clients do send that.
  return parseRowBody(request.body === undefined ? {} : request.body, table.entitySetName)
}

function objectBody(request: ParsedRequest): { readonly [name: string]: JsonValue } {
  const { body } = request
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw fail('BadJson', 'The body must be a JSON object.')
  return body as { readonly [name: string]: JsonValue }
}

function propertyValue(request: ParsedRequest, table: Table): Scalar {
  const body = objectBody(request)
  if (!Object.hasOwn(body, 'value')) throw fail('BadPayload', table.entitySetName, 'the value is expected as {"value": …}.')
  const value = body.value ?? null
  if (typeof value === 'object' && value !== null && !isExactNumber(value))
    throw fail('BadPayload', table.entitySetName, 'a property is set to a single value.')
  return value
}

function referenceBody(request: ParsedRequest): RowReference {
  const reference = objectBody(request)['@odata.id']
  if (typeof reference !== 'string') throw fail('BadRequest', 'The body must name a row: {"@odata.id": "<url>"}.')
  return parseRowReference(reference, request.apiRoot)
}

/** The row to give back, planned as the read it is: `$select` counts, `$expand` on POST alone (sync.md 3.2). */
function returned(request: ParsedRequest, table: Table, context: QueryContext): ReadRow | undefined {
  const isWanted = request.preferences.returns === 'representation'
  // A column that is not there is refused also where nothing is given back.
  if (!isWanted && !request.options.select) return undefined
  const { options, preferences } = request
  const read = planRowRead(table, request.method === 'POST' ? options : { ...options, expand: undefined }, preferences.includeAnnotations, context)
  return isWanted ? read : undefined
}

const TOLERATED = new Set(['tag', 'api-version', 'SolutionUniqueName', 'partitionid', 'partitionId', '$id'])

function refuseForWrite({ options, method }: ParsedRequest): void {
  refuseOptions(options, ['$filter', '$orderby', '$top', '$count', '$skiptoken', '$deltatoken'])
  const other = [...options.other.keys()].find((name) => !TOLERATED.has(name))
  if (other !== undefined) throw fail('NotSupported', `The query option '${other}' with ${method}`)
}
