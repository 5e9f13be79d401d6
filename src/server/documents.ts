/** The service document and `$metadata`, written once for each version of the schema. */
import { fail } from '../protocol/errors.ts'
import { matchesAnnotation } from '../protocol/annotations.ts'
import { CONTENT_TYPE } from '../protocol/names.ts'
import { csdl } from '../schema/csdl.ts'
import type { Schema } from '../schema/schema.ts'
import { serviceDocument } from '../schema/service-document.ts'
import type { App } from './app.ts'
import type { HttpResponse } from './http-message.ts'
import { jsonResponse, textResponse } from './json-response.ts'
import type { ParsedRequest } from './parse-request.ts'

const plain = new WeakMap<Schema, string>()
const annotated = new WeakMap<Schema, string>()

export function serveDocument(app: App, request: ParsedRequest): HttpResponse {
  if (request.method !== 'GET') throw fail('MethodNotAllowed', request.method, 'GET')
  if (request.segments.length > 1) throw fail('UnknownOperation', `${request.apiRoot}/${request.path}`)
  if (request.segments.length === 0) return jsonResponse(200, serviceDocument(app.schema(), request.apiRoot))
  return textResponse(cachedCsdl(app.schema(), wantsAnnotations(request)), CONTENT_TYPE.xml)
}

function wantsAnnotations(request: ParsedRequest): boolean {
  return request.options.other.get('annotations') === 'true' || matchesAnnotation(request.preferences.includeAnnotations, 'Org.OData.Core.V1.Description')
}

function cachedCsdl(schema: Schema, annotations: boolean): string {
  const cache = annotations ? annotated : plain
  const known = cache.get(schema)
  if (known !== undefined) return known
  const text = csdl(schema, { annotations })
  cache.set(schema, text)
  return text
}
