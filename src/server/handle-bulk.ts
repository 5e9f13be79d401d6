/** Actions bound to a set: CreateMultiple, UpdateMultiple, UpsertMultiple, DeleteMultiple. */
import { fail } from '../protocol/errors.ts'
import { parseRowBody } from '../protocol/row-json.ts'
import { refuseBrokenQueries } from '../plan/check-stored-query.ts'
import { type BulkAction, planBulk } from '../plan/plan-bulk.ts'
import type { Table } from '../schema/table.ts'
import { type App, queryContext, writesOf } from './app.ts'
import type { SetAction } from './operation.ts'
import type { ParsedRequest } from './parse-request.ts'

export const BULK_ACTIONS: { readonly [name in BulkAction]: SetAction } = {
  CreateMultiple: bulk('CreateMultiple'),
  UpdateMultiple: bulk('UpdateMultiple'),
  UpsertMultiple: bulk('UpsertMultiple'),
  DeleteMultiple: bulk('DeleteMultiple'),
}

/** CreateMultiple alone answers with a body: the ids in the order of the targets. */
function bulk(action: BulkAction): SetAction {
  return async (app: App, table: Table, request: ParsedRequest) => {
    const targets = targetsOf(request, table.entitySetName).map((target) => parseRowBody(target, table.entitySetName))
    const plan = planBulk(action, table, targets, request.preferences.deleteMultiple, app.schema(), app)
    refuseBrokenQueries(plan, queryContext(app, app.schema()))
    const outcome = await writesOf(app).write(plan, request)
    return action === 'CreateMultiple' && outcome.kind === 'bulk-done' ? { Ids: outcome.ids } : undefined
  }
}

function targetsOf(request: ParsedRequest, set: string) {
  const { body } = request
  const targets = typeof body === 'object' && body !== null && 'Targets' in body ? body.Targets : undefined
  if (!Array.isArray(targets)) throw fail('BadPayload', set, "the parameter 'Targets' must be an array of rows.")
  return targets
}
