/**
 * Plans of queries that come again in the same words, from the same caller, against the same schema: an application asks for the same
 * page again and again, and to plan it and write its SQL took a tenth of its time. A query that asks what time it is is planned anew.
 */
import type { Caller } from '../plan/caller.ts'
import type { Calendar } from '../plan/calendar.ts'
import type { ReadPlan } from '../plan/plan.ts'
import type { QueryContext } from '../plan/query-context.ts'
import type { FindQuery } from '../plan/plan-stored-query.ts'
import type { QueryOptions } from '../protocol/query-options.ts'
import type { Schema } from '../schema/schema.ts'
import type { ParsedRequest } from './parse-request.ts'

type Kept = { readonly schema: Schema; readonly caller: Caller; readonly calendar: Calendar; readonly plan: ReadPlan }

/** Options in the same words are the same object (`parse-request.ts`). By path and preferences. */
const plans = new WeakMap<QueryOptions, Map<string, Kept>>()
// Of one query's words on different sets.
const MAX_KEPT = 20

/** `plan` is asked where none is kept. */
export function keptPlan(
  { path, headers, options }: Pick<ParsedRequest, 'path' | 'headers' | 'options'>,
  context: QueryContext,
  plan: (context: QueryContext) => ReadPlan | FindQuery,
): ReadPlan | FindQuery {
  const { schema, caller, calendar } = context
  const words = `${path}\n${headers.prefer ?? ''}`
  const known = plans.get(options)
  const kept = known?.get(words)
  if (kept && kept.schema === schema && kept.caller === caller && kept.calendar === calendar) return kept.plan
  const watched = watchTime(context)
  const made = plan(watched.context)
  if (made.kind !== 'read-rows' || watched.isTimeTold()) return made
  const all = known && known.size < MAX_KEPT ? known : new Map<string, Kept>()
  if (all !== known) plans.set(options, all)
  all.set(words, { schema, caller, calendar, plan: made })
  return made
}

function watchTime(context: QueryContext): { readonly context: QueryContext; readonly isTimeTold: () => boolean } {
  let isTold = false
  const { schema, caller, calendar } = context
  const watching: QueryContext = {
    schema,
    caller,
    calendar,
    get now() {
      isTold = true
      return context.now
    },
  }
  return { context: watching, isTimeTold: () => isTold }
}
