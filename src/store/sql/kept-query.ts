/** The SQL of a plan that is run again (`kept-plans.ts`), as long as what it was written for is the same. */
import type { ReadRows } from '../../plan/read-plan.ts'
import type { PageQuery } from './connection.ts'
import type { ReadScope } from './read-scope.ts'

type Kept = { readonly scope: ReadScope; readonly query: PageQuery }

const queries = new WeakMap<ReadRows, Kept>()

export function keptQuery(plan: ReadRows, scope: ReadScope, write: (plan: ReadRows, scope: ReadScope) => PageQuery): PageQuery {
  const kept = queries.get(plan)
  if (kept && isSame(kept.scope, scope)) return kept.query
  const query = write(plan, scope)
  queries.set(plan, { scope, query })
  return query
}

function isSame(before: ReadScope, now: ReadScope): boolean {
  const { dialect, schema, rights, apiRoot, isBudgeted, timeZone } = now
  return (
    before.schema === schema &&
    before.rights === rights &&
    before.apiRoot === apiRoot &&
    before.isBudgeted === isBudgeted &&
    before.dialect === dialect &&
    before.timeZone === timeZone
  )
}
