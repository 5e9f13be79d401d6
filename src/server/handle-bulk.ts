/** Operations bound to a set: CreateMultiple, UpdateMultiple, UpsertMultiple, DeleteMultiple. What is not there is an unknown operation. */
import { fail } from '../protocol/errors.ts'
import { NAMESPACE } from '../protocol/names.ts'
import { parseRowBody } from '../protocol/row-json.ts'
import { type BulkAction, planBulk } from '../plan/plan-bulk.ts'
import { type App, writesOf } from './app.ts'
import type { HttpResponse } from './http-message.ts'
import { emptyResponse } from './json-response.ts'
import type { ParsedRequest } from './parse-request.ts'
import { respondCreateMultiple } from './respond-write.ts'

const ACTIONS: readonly string[] = ['CreateMultiple', 'UpdateMultiple', 'UpsertMultiple', 'DeleteMultiple'] satisfies BulkAction[]

export async function handleBulk(app: App, request: ParsedRequest): Promise<HttpResponse> {
  const [set, operation] = request.segments
  const schema = app.schema()
  const table = set && schema.sets.get(set.name)
  if (!table) throw fail('UnknownResource', set?.name ?? '')
  const action = operation?.name.slice(NAMESPACE.length + 1) ?? ''
  if (!ACTIONS.includes(action) || set.predicate || request.segments.length > 2) throw fail('UnknownOperation', `${request.apiRoot}/${request.path}`)
  if (request.method !== 'POST') throw fail('MethodNotAllowed', request.method, 'POST')
  const targets = targetsOf(request, table.entitySetName).map((target) => parseRowBody(target, table.entitySetName))
  const plan = planBulk(action as BulkAction, table, targets, request.preferences.deleteMultiple, schema, app)
  const outcome = await writesOf(app).write(plan, request)
  return action === 'CreateMultiple' && outcome.kind === 'bulk-done' ? respondCreateMultiple(outcome.ids, request) : emptyResponse(204)
}

function targetsOf(request: ParsedRequest, set: string) {
  const { body } = request
  const targets = typeof body === 'object' && body !== null && 'Targets' in body ? body.Targets : undefined
  if (!Array.isArray(targets)) throw fail('BadPayload', set, "the parameter 'Targets' must be an array of rows.")
  return targets
}
