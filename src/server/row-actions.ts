/** Actions that stand for themselves and write rows. */
import { planMerge } from '../plan/plan-merge.ts'
import { writesOf } from './app.ts'
import type { ServerAction } from './operation.ts'

export const ROW_ACTIONS: { readonly [name: string]: ServerAction } = {
  Merge: async (app, request) => {
    await writesOf(app).write(planMerge(request.body, app.schema(), app), request)
    return undefined
  },
}
