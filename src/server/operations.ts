/**
 * Functions and actions by name: those that stand for themselves, `GET WhoAmI()`, and those bound to a set or a row,
 * `POST accounts/Microsoft.Dynamics.CRM.CreateMultiple`. What is in no table is answered as an unknown operation.
 */
import { contextOfType } from '../protocol/context-url.ts'
import { fail } from '../protocol/errors.ts'
import { NAMESPACE, typeNameOf } from '../protocol/names.ts'
import type { PathSegment } from '../protocol/resource-path.ts'
import { bindAddress } from '../plan/bind-address.ts'
import type { RowAddress } from '../plan/row-address.ts'
import type { Schema } from '../schema/schema.ts'
import type { App } from './app.ts'
import { AUDIT_ACTIONS, AUDIT_FUNCTIONS, AUDIT_ROW_FUNCTIONS } from './audit-functions.ts'
import { isDeprecated, refuseDeprecated } from './deprecated-messages.ts'
import { FUNCTIONS } from './functions.ts'
import { BULK_ACTIONS } from './handle-bulk.ts'
import type { HttpResponse } from './http-message.ts'
import { emptyResponse, jsonResponse } from './json-response.ts'
import type { Answer, Arguments, BoundAction, BoundFunction, ServerAction, ServerFunction, SetAction } from './operation.ts'
import { argumentsOf } from './operation-arguments.ts'
import type { ParsedRequest } from './parse-request.ts'
import { ROW_ACTIONS } from './row-actions.ts'
import { ROW_FUNCTIONS } from './row-functions.ts'
import { ROLE_FUNCTIONS, SECURITY_ACTIONS, SECURITY_FUNCTIONS } from './security-operations.ts'
import { ACCESS_FUNCTIONS, SHARE_FUNCTIONS } from './share-functions.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'

const UNBOUND_FUNCTIONS: { readonly [name: string]: ServerFunction } = {
  ...AUDIT_FUNCTIONS,
  ...FUNCTIONS,
  ...ROLE_FUNCTIONS,
  ...ROW_FUNCTIONS,
  ...SHARE_FUNCTIONS,
  ...TEXT_FUNCTIONS,
}
const UNBOUND_ACTIONS: { readonly [name: string]: ServerAction } = { ...AUDIT_ACTIONS, ...ROW_ACTIONS }
const SET_ACTIONS: { readonly [name: string]: SetAction } = BULK_ACTIONS
const BOUND_ACTIONS: { readonly [name: string]: BoundAction } = SECURITY_ACTIONS
const BOUND_FUNCTIONS: { readonly [name: string]: BoundFunction } = { ...ACCESS_FUNCTIONS, ...AUDIT_ROW_FUNCTIONS, ...SECURITY_FUNCTIONS }

/** Those that stand for themselves. */
export const OPERATION_NAMES: readonly string[] = [...Object.keys(UNBOUND_FUNCTIONS), ...Object.keys(UNBOUND_ACTIONS)]

export function isOperation(name: string): boolean {
  return Object.hasOwn(UNBOUND_FUNCTIONS, name) || Object.hasOwn(UNBOUND_ACTIONS, name) || isDeprecated(name)
}

export async function runOperation(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const [segment] = request.segments
  if (!segment || request.segments.length > 1) throw unknownOperation(request)
  const { name } = segment
  refuseDeprecated(name)
  const action = Object.hasOwn(UNBOUND_ACTIONS, name) ? UNBOUND_ACTIONS[name] : undefined
  if (action) {
    if (segment.predicate) throw unknownOperation(request)
    demand('POST', request)
    return answer(name, await action(app, request), request)
  }
  const found = UNBOUND_FUNCTIONS[name]
  if (!found) throw unknownOperation(request)
  demand('GET', request)
  return answer(name, await found.run(app, knownArguments(segment, found, request), request), request)
}

function knownArguments(segment: PathSegment, { parameters }: { readonly parameters: readonly string[] }, { options }: ParsedRequest): Arguments {
  const args = argumentsOf(segment, options)
  const unknown = [...args.keys()].find((parameter) => !parameters.includes(parameter))
  if (unknown !== undefined) throw fail('BadRequest', `The function '${segment.name}' has no parameter '${unknown}'.`)
  return args
}

/** Whether some segment is a qualified name, `accounts/Microsoft.Dynamics.CRM.CreateMultiple`, and not a cast of what is read to a table. */
export function isBoundOperation({ method, segments }: ParsedRequest, { tables }: Schema): boolean {
  return segments.some(({ name }, index) => {
    const operation = index === 0 ? undefined : typeNameOf(name)
    return operation !== undefined && !(method === 'GET' && tables.has(operation))
  })
}

export async function runBoundOperation(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const [set, operation] = request.segments
  const table = set && app.schema().sets.get(set.name)
  if (!table) throw fail('UnknownResource', set?.name ?? '')
  const name = operation?.name.slice(NAMESPACE.length + 1) ?? ''
  refuseDeprecated(name)
  if (!operation?.name.startsWith(`${NAMESPACE}.`) || request.segments.length > 2) throw unknownOperation(request)
  if (set.predicate) return runOnRow(app, name, bindAddress(table, set.predicate, request.options.aliases), operation, request)
  const action = Object.hasOwn(SET_ACTIONS, name) ? SET_ACTIONS[name] : undefined
  if (!action || operation.predicate) throw unknownOperation(request)
  demand('POST', request)
  return answer(name, await action(app, table, request), request)
}

async function runOnRow(app: App, name: string, row: RowAddress, operation: PathSegment, request: ParsedRequest): Promise<HttpResponse> {
  const action = Object.hasOwn(BOUND_ACTIONS, name) ? BOUND_ACTIONS[name] : undefined
  const found = Object.hasOwn(BOUND_FUNCTIONS, name) ? BOUND_FUNCTIONS[name] : undefined
  const { logicalName } = row.table
  if (action?.tables.includes(logicalName) && !operation.predicate) {
    demand('POST', request)
    return answer(name, await action.run(app, row, request), request)
  }
  if (!found?.tables.includes(logicalName)) throw unknownOperation(request)
  demand('GET', request)
  return answer(name, await found.run(app, row, knownArguments(operation, found, request), request), request)
}

function demand(method: 'GET' | 'POST', request: ParsedRequest): void {
  if (request.method !== method) throw fail('MethodNotAllowed', request.method, method)
}

function unknownOperation(request: ParsedRequest): Error {
  return fail('UnknownOperation', `${request.apiRoot}/${request.path}`)
}

function answer(name: string, members: Answer | undefined, request: ParsedRequest): HttpResponse {
  if (!members) return emptyResponse(204)
  return jsonResponse(200, JSON.stringify({ '@odata.context': `${request.apiRoot}/$metadata${contextOfType(`${name}Response`)}`, ...members }))
}
