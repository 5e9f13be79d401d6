/** Expanded rows: pages of children, lookups of several tables, owners. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { planRead } from '../../src/plan/plan-read.ts'
import { testContext } from '../../src/plan/test-schema.ts'
import { parsePrefer } from '../../src/protocol/prefer.ts'
import { parseQueryOptions } from '../../src/protocol/query-options.ts'
import { parseResourcePath } from '../../src/protocol/resource-path.ts'
import type { TestEngine } from '../../src/store/test-engine.ts'
import { API_ROOT, openReads, outcomeOf, parseRows, readSchema } from '../../src/store/test-reads.ts'

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

export function registerExpandContract(engine: TestEngine): void {
  describe('expand', () => {
    test('a page of children has a link where one more follows, with the place it ends at', async () => {
      const store = await openReads(engine)
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
      const store = await openReads(engine)
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
      const store = await openReads(engine)
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
  })
}
