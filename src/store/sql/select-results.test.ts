/** What SQLite makes of the queries of results; what they give is `test/contract/results-contract.ts`. */
import { FULL_RIGHTS } from '../../plan/rights.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Join } from '../../plan/join.ts'
import type { ReadResults } from '../../plan/results-plan.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { renderQuery } from '../sqlite/driver.ts'
import { openTestReads, readSchema } from '../test-reads.ts'
import { account, children, column, columnNamed, path, plan, primary } from '../test-results.ts'
import { selectResults } from './select-results.ts'

const store = openTestReads()

function planOf(more: Partial<ReadResults>): string[] {
  const { text, values } = renderQuery(selectResults(plan(more), { dialect: sqliteDialect, rights: FULL_RIGHTS, schema: readSchema, apiRoot: '' } as never))
  return store.connection.database
    .prepare(`explain query plan ${text}`)
    .all(...(values as string[]))
    .map((step) => String(step.detail))
}

test('a text that no index holds is folded once for each row, and looked up by what it gives', () => {
  const byText = (type: Join['type']): Join => ({
    alias: 'd',
    type,
    table: account,
    inner: columnNamed('account', 'description'),
    outer: path('description'),
    filter: { op: 'ne', left: { ...path('name'), from: 'd' }, right: 'two' },
  })
  const related: Partial<ReadResults> = {
    filter: {
      op: 'exists',
      rows: { table: account, link: { kind: 'equal', inner: columnNamed('account', 'description'), outer: path('description') }, joins: [], filter: undefined },
    },
  }
  const byName = { ...byText('first'), outer: path('name') }
  for (const more of [{ joins: [byText('first')] }, { joins: [byName] }, related])
    assert.match(planOf(more).join('\n'), /SEARCH \w+_t USING AUTOMATIC COVERING INDEX \(text=/)
  // Of the many pairs of few values a first page is not found by sorting all.
  for (const type of ['inner', 'outer'] as const) assert.doesNotMatch(planOf({ joins: [byText(type)] }).join('\n'), /B-TREE FOR ORDER BY/)
})

test('a join and a page begin at their place in an index', async () => {
  const joins = [children('inner'), primary('outer')]
  const id = '6f0c2b1e-0000-4000-8000-000000000001'
  const page = { number: 2, size: 50, pages: true, after: [id, id], skip: 0 }
  const steps = planOf({ joins, columns: [column('accountid'), column('fullname', 'c'), column('fullname', 'p')], page })
  assert.match(steps.join('\n'), /SEARCH r USING INDEX sqlite_autoindex_account_1/)
  assert.match(steps.join('\n'), /SEARCH r_j1 USING INDEX contact\$lookup\$parentcustomerid/)
  assert.match(steps.join('\n'), /SEARCH r_j2 USING INDEX sqlite_autoindex_contact_1/)
  assert.ok(!steps.some((step) => step.startsWith('SCAN')))
  const first = planOf({ joins: [children('first')], columns: [column('accountid'), column('fullname', 'c')], page: { ...page, after: [id] } })
  assert.ok(!first.some((step) => step.startsWith('SCAN')), first.join('\n'))
})
