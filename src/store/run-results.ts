/** Runs a read of results: its page, the count of all it finds where that is asked for, and whether an aggregate reads too many rows. */
import type { ReadOutcome } from '../plan/outcome.ts'
import type { ReadResults } from '../plan/results-plan.ts'
import { fail } from '../protocol/errors.ts'
import { endsOf, numberOf } from './json-page.ts'
import { lackOf } from './run-place.ts'
import type { Page, PageQuery, Readable } from './sql/connection.ts'
import type { ReadScope } from './sql/read-scope.ts'
import { countResults, selectExcess, selectResults } from './sql/select-results.ts'
import { selectParent } from './sql/select-rows.ts'

export async function runResults(plan: ReadResults, readable: Readable, scope: ReadScope): Promise<ReadOutcome> {
  const asked = {
    rows: selectResults(plan, scope),
    count: plan.countLimit === undefined ? undefined : countResults(plan, plan.countLimit, scope),
    excess: selectExcess(plan, scope),
    parent: selectParent(plan.source, scope),
  }
  const queries = Object.values(asked).filter((query) => query !== undefined)
  const pages = await readable.pages(queries)
  const answerTo = (query: PageQuery | undefined): Page | undefined => (query ? pages[queries.indexOf(query)] : undefined)
  const page = answerTo(asked.rows) as Page
  const lack = plan.source.kind === 'children' ? lackOf(plan.source.parent, answerTo(asked.parent)) : undefined
  if (lack) return lack
  if (answerTo(asked.excess)?.rowCount === 1) throw fail('TooManyRowsToAggregate')
  return {
    kind: 'results',
    json: page.json,
    rowCount: page.rowCount,
    next: endsOf(page),
    count: asked.count && numberOf(answerTo(asked.count)),
  }
}
