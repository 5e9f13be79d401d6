/** The schema on the wire: definitions read, edited, and the actions and functions about them. */
import { contextOfType } from '../protocol/context-url.ts'
import { type MetadataAnswer, planMetadataRead } from '../plan/plan-metadata.ts'
import { METADATA_SETS } from '../plan/metadata-path.ts'
import { METADATA_ACTIONS, planMetadataAction } from '../plan/plan-metadata-action.ts'
import { isMetadataFunction, runMetadataFunction } from '../plan/plan-metadata-function.ts'
import { metadataLocation, planSchemaEdit } from '../plan/plan-schema-edit.ts'
import { fail } from '../protocol/errors.ts'
import { type App, writesOf } from './app.ts'
import type { HttpResponse } from './http-message.ts'
import { emptyResponse, jsonResponse, textResponse } from './json-response.ts'
import { argumentsOf } from './operation-arguments.ts'
import type { ParsedRequest } from './parse-request.ts'

export function isMetadataRequest(name: string): boolean {
  return METADATA_SETS.includes(name) || METADATA_ACTIONS.includes(name) || isMetadataFunction(name)
}

export async function handleMetadata(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const name = request.segments[0]?.name ?? ''
  if (METADATA_ACTIONS.includes(name)) return runAction(app, request, name)
  if (isMetadataFunction(name)) return runFunction(app, request, name)
  if (request.method === 'GET') return respond(planMetadataRead(request.segments, request.options, app.schema()), request)
  return runEdit(app, request)
}

function respond(answer: MetadataAnswer, request: ParsedRequest): HttpResponse {
  if (answer.kind === 'text') return textResponse(answer.body)
  const context = { '@odata.context': `${request.apiRoot}/$metadata${answer.context}` }
  switch (answer.kind) {
    case 'collection':
      return jsonResponse(200, JSON.stringify({ ...context, ...(answer.count !== undefined && { '@odata.count': answer.count }), value: answer.body }))
    case 'item':
      return jsonResponse(200, JSON.stringify({ ...context, ...answer.body }))
    case 'value':
      return answer.body === null ? emptyResponse(204) : jsonResponse(200, JSON.stringify({ ...context, value: answer.body }))
  }
}

async function runEdit(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const mergeLabels = request.headers['mscrm.mergelabels']?.toLowerCase() === 'true'
  const edit = planSchemaEdit({ ...request, mergeLabels }, app.schema())
  const result = await writesOf(app).edit(edit)
  const path = metadataLocation(edit, result, request.segments, app.schema())
  const location = path && `${request.apiRoot}/${path}`
  return emptyResponse(204, { Location: request.method === 'POST' ? location : undefined, 'OData-EntityId': location })
}

async function runAction(app: App, request: ParsedRequest, name: string): Promise<HttpResponse> {
  if (request.method !== 'POST') throw fail('MethodNotAllowed', request.method, 'POST')
  const action = planMetadataAction(name, request.body, app.schema())
  const result = action.edit && (await writesOf(app).edit(action.edit))
  const body = action.answer(result ?? {})
  if (body === undefined) return emptyResponse(204)
  return jsonResponse(200, JSON.stringify({ '@odata.context': `${request.apiRoot}/$metadata${contextOfType(`${name}Response`)}`, ...body }))
}

async function runFunction(app: App, request: ParsedRequest, name: string): Promise<HttpResponse> {
  if (request.method !== 'GET') throw fail('MethodNotAllowed', request.method, 'GET')
  const [segment] = request.segments
  if (!segment || request.segments.length > 1) throw fail('UnknownOperation', `${request.apiRoot}/${request.path}`)
  const body = runMetadataFunction(name, argumentsOf(segment, request.options), app.schema(), await app.metadataHistory())
  return jsonResponse(200, JSON.stringify({ '@odata.context': `${request.apiRoot}/$metadata${contextOfType(`${name}Response`)}`, ...body }))
}
