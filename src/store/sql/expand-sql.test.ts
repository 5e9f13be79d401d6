import { FULL_RIGHTS } from '../../plan/rights.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planRead } from '../../plan/plan-read.ts'
import { testContext } from '../../plan/test-schema.ts'
import { parsePrefer } from '../../protocol/prefer.ts'
import { parseQueryOptions } from '../../protocol/query-options.ts'
import { parseResourcePath } from '../../protocol/resource-path.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { renderQuery } from '../sqlite/driver.ts'
import { API_ROOT, openTestReads, readSchema } from '../test-reads.ts'
import { selectRow, selectRows } from './select-rows.ts'

const store = openTestReads()
const scope = { dialect: sqliteDialect, schema: readSchema, rights: FULL_RIGHTS, apiRoot: API_ROOT }

function readOf(url: string, prefer?: string) {
  const [path = '', query = ''] = url.split('?')
  const read = {
    segments: parseResourcePath(path),
    options: parseQueryOptions(query),
    preferences: parsePrefer(prefer),
    precondition: { kind: 'none' } as const,
  }
  const plan = planRead(read, testContext(readSchema))
  assert.ok(plan.kind !== 'find-query')
  return plan
}

function planOf(url: string, prefer?: string): string[] {
  const plan = readOf(url, prefer)
  assert.ok(plan.kind === 'read-rows' || plan.kind === 'read-row')
  const { text, values } = renderQuery(plan.kind === 'read-rows' ? selectRows(plan, scope) : selectRow(plan, scope))
  const steps = store.connection.database.prepare(`explain query plan ${text}`).all(...(values as string[]))
  return steps.map((step) => String(step.detail))
}

/** Of the tables, not of what a subselect has found already. */
const scansOf = (steps: readonly string[]) => steps.filter((step) => /^SCAN (?![is]$|\(subquery)/.test(step))

test('children and what is nested in them are looked up, at every level, by an index', () => {
  const url =
    'accounts?$select=name&$expand=Account_Tasks($select=subject;$filter=regardingobjectid_account/primarycontactid/fullname ne null;' +
    '$expand=regardingobjectid_account($select=name;$expand=contact_customer_accounts($select=fullname;$expand=createdby($select=fullname)))),' +
    'accountcontact_association($select=fullname),ownerid($select=fullname)'
  for (const prefer of [undefined, 'odata.maxpagesize=10']) {
    const steps = planOf(url, prefer)
    assert.deepEqual(scansOf(steps), ['SCAN r USING INDEX sqlite_autoindex_account_1'])
    for (const expected of [
      /^SEARCH rx USING INDEX task\$lookup\$regardingobjectid \(regardingobjectid=\?\)/,
      /^SEARCH rxx USING INDEX sqlite_autoindex_account_1 \(accountid=\?\)/,
      /^SEARCH rxxx USING INDEX contact\$lookup\$parentcustomerid \(parentcustomerid=\?\)/,
      /^SEARCH rxxxx USING INDEX sqlite_autoindex_systemuser_1/,
      /^SEARCH x USING COVERING INDEX accountcontact\$key\$pair \(accountid=\?\)/,
    ]) {
      assert.ok(
        steps.some((step) => expected.test(step)),
        `${expected}\n${steps.join('\n')}`,
      )
    }
  }
  assert.deepEqual(scansOf(planOf(url.replace('accounts?', 'accounts(6f0c2b1e-0000-4000-8000-000000000001)?'))), [])
})

test('a path of many steps is a chain of lookups by key', () => {
  const id = '6f0c2b1e-0000-4000-8000-000000000001'
  const path = `accounts(${id})/contact_customer_accounts(${id})/parentcustomerid_account/primarycontactid/createdby?$select=fullname`
  const steps = planOf(path)
  assert.deepEqual(scansOf(steps), [])
  assert.deepEqual(
    steps.map((step) => /^SEARCH (\w+) .*autoindex_(\w+)_1/.exec(step)?.slice(1).join(' ')),
    ['r_p0 account', 'r_p1 contact', 'r_p2 account', 'r_p3 contact', 'r systemuser'],
  )
})
