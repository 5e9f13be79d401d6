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
import { API_ROOT, openTestReads, outcomeOf, parseRows, readSchema } from '../test-reads.ts'
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

test('a page of children has a link where one more follows, with the place it ends at', async () => {
  const account = await store.insert('account', { name: 'A' })
  const tasks = []
  for (const subject of ['a', 'b', 'c']) tasks.push(await store.insert('task', { subject, regardingobjectid: { table: 'account', id: account } }))
  // The id is the one that stands for that of the page's first row until the database knows it.
  const unwanted = `x&y" 00000000-0000-4000-8000-00000000000a`
  const linkOf = async (size: number) => {
    const filter = `subject ne '${encodeURIComponent(unwanted)}'`
    const url = `accounts(${account})?$select=name&$expand=Account_Tasks($select=subject;$filter=${filter};$expand=regardingobjectid_account)`
    const [row] = parseRows(outcomeOf(await store.read(readOf(url, `odata.maxpagesize=${size}`)), 'row').json)
    assert.equal(row.Account_Tasks.length, Math.min(size, 3))
    return row['Account_Tasks@odata.nextLink']
  }
  assert.equal(await linkOf(3), undefined)
  const link = new URL(await linkOf(2))
  assert.equal(link.pathname, `/api/data/v9.2/accounts(${account})/Account_Tasks`)
  assert.deepEqual([...link.searchParams.keys()], ['$select', '$filter', '$expand', '$skiptoken'])
  assert.equal(link.searchParams.get('$filter'), `subject ne '${unwanted}'`)
  assert.equal(link.searchParams.get('$expand'), 'regardingobjectid_account')
  const [path = '', query = ''] = link.href.slice(API_ROOT.length + 1).split('?')
  const plan = readOf(`${path}?${query}`)
  assert.ok(plan.kind === 'read-rows')
  assert.deepEqual([plan.after, plan.pageNumber, plan.limit], [[tasks[1]], 2, 2])
})

test('a row is shown only where the lookup points at its table, and a child only below a row of its', async () => {
  const id = await store.insert('contact', { fullname: 'Same id' })
  await store.insert('account', { name: 'Same id' }, id)
  await store.insert('task', { subject: 'of the contact', regardingobjectid: { table: 'contact', id } })
  const rowsAt = async (url: string) => parseRows(outcomeOf(await store.read(readOf(url)), 'rows').json)
  const [task] = await rowsAt(
    `tasks?$select=subject&$filter=subject eq 'of the contact'&$expand=regardingobjectid_account($expand=createdby),regardingobjectid_contact`,
  )
  assert.equal(task.regardingobjectid_account, null)
  assert.equal(task.regardingobjectid_contact.fullname, 'Same id')
  const [account] = await rowsAt(`accounts?$select=name&$filter=name eq 'Same id'&$expand=Account_Tasks($expand=regardingobjectid_account)`)
  assert.deepEqual(account.Account_Tasks, [])
})

test('an owner is shown with its type, and as null where it is gone', async () => {
  const user = await store.insert('systemuser', { fullname: 'U', domainname: 'u' })
  const team = await store.insert('team', { name: 'T' })
  for (const [name, owner] of [
    ['of user', { table: 'systemuser', id: user }],
    ['of team', { table: 'team', id: team }],
    ['of nobody', { table: 'team', id: user }],
  ] as const) {
    await store.insert('account', { name, ownerid: owner })
  }
  const url = "accounts?$select=name&$filter=startswith(name,'of ')&$orderby=name&$expand=ownerid($select=fullname,name)"
  const rows = parseRows(outcomeOf(await store.read(readOf(url)), 'rows').json)
  assert.deepEqual(
    rows.map(({ ownerid }) => ownerid && [ownerid['@odata.type'], ownerid.fullname ?? ownerid.name, ownerid.ownerid]),
    [null, ['#Microsoft.Dynamics.CRM.team', 'T', team], ['#Microsoft.Dynamics.CRM.systemuser', 'U', user]],
  )
  assert.deepEqual(Object.keys(rows[2].ownerid), ['@odata.type', '@odata.etag', 'fullname', 'systemuserid', 'ownerid'])
})
