/** Actions that stand for themselves and write rows. */
import { planBulkDelete } from '../plan/plan-bulk-delete.ts'
import { planMerge } from '../plan/plan-merge.ts'
import { queryContext, writesOf } from './app.ts'
import type { ServerAction } from './operation.ts'

export const ROW_ACTIONS: { readonly [name: string]: ServerAction } = {
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
