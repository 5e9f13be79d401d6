/** Actions that stand for themselves and write rows. */
import { planBulkDelete } from '../plan/plan-bulk-delete.ts'
import { planMerge } from '../plan/plan-merge.ts'
import { planShare, type ShareAction } from '../plan/plan-share.ts'
import { rowMissing } from '../plan/row-address.ts'
import { queryContext, writesOf } from './app.ts'
import type { ServerAction } from './operation.ts'

export const ROW_ACTIONS: { readonly [name: string]: ServerAction } = {
  GrantAccess: share('GrantAccess'),
  ModifyAccess: share('ModifyAccess'),
  RevokeAccess: share('RevokeAccess'),
  BulkDelete: async (app, request) => {
    const plan = planBulkDelete(request.body, queryContext(app, app.schema(), await app.calendar()), app)
    await writesOf(app).write(plan, request)
    return { JobId: plan.jobId }
  },
  Merge: async (app, request) => {
    await writesOf(app).write(planMerge(request.body, app.schema(), app), request)
    return undefined
  },
}

function share(action: ShareAction): ServerAction {
  return async (app, request) => {
    const outcome = await writesOf(app).write(planShare(action, request.body, app.schema()), request)
    if (outcome.kind === 'missing') throw rowMissing(outcome.address)
    return undefined
  }
}
