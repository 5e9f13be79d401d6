/** `Merge`: two rows for one thing become one (webapi.md 11; «Merge table rows using the Web API»). */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { changesSince, track } from '../support/follow-changes.ts'
import { type Body, makeLookup, makeManyToMany, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  await makeTable(api, 'new_Visit', [], { ChangeTrackingEnabled: true })
  await makeLookup(api, { from: 'new_visit', to: 'account', SchemaName: 'new_HostId', cascade: { Merge: 'Cascade' } })
  await makeLookup(api, { from: 'new_visit', to: 'account', SchemaName: 'new_GuestId' })
  await makeManyToMany(api, 'new_visit', 'account', 'new_visit_account')
})
after(() => server[Symbol.asyncDispose]())

const TYPE = { '@odata.type': 'Microsoft.Dynamics.CRM.account' }
const account = (body: Body = {}) => api.post('accounts', { name: 'Litware', ...body }).then(createdId)
const contact = (body: Body = {}) => api.post('contacts', { lastname: 'Lee', ...body }).then(createdId)
const visit = (body: Body) => api.post('new_visits', { new_name: 'v', ...body }).then(createdId)
const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body
const versionOf = async (path: string): Promise<bigint> => BigInt(/\d+/.exec((await rowOf(path))['@odata.etag'])?.[0] ?? 0)
const merge = (target: string, subordinate: string, more: Body = {}) =>
  api.post('Merge', { Target: { ...TYPE, accountid: target }, Subordinate: { ...TYPE, accountid: subordinate }, PerformParentingChecks: false, ...more })

describe('Merge', () => {
  test('the documented request: the target takes the content, the subordinate is left inactive and says where it went', async () => {
    const [target, subordinate] = [await account({ name: 'Account 1', fax: '1' }), await account({ name: 'Account 2', fax: '2', telephone1: '22' })]
    const answer = await api.post('Merge', {
      Target: { name: 'Account 1', accountid: target, ...TYPE },
      Subordinate: { name: 'Account 2', accountid: subordinate, ...TYPE },
      UpdateContent: { accountnumber: '1234', ...TYPE },
      PerformParentingChecks: false,
    })
    assert.equal(expectStatus(answer, 204).text, '')
    const kept = await rowOf(`accounts(${target})`)
    assert.deepEqual([kept.name, kept.accountnumber, kept.fax, kept.telephone1, kept.merged, kept.statecode], ['Account 1', '1234', '1', null, false, 0])
    const lost = await rowOf(`accounts(${subordinate})`)
    assert.deepEqual([lost.merged, lost._masterid_value, lost.statecode, lost.statuscode, lost.name], [true, target, 1, 2, 'Account 2'])
  })

  test('rows that pointed at the subordinate point at the target, where the relationship cascades merges', async () => {
    const [target, subordinate] = [await account(), await account()]
    const child = await account({ 'parentaccountid@odata.bind': `/accounts(${subordinate})` })
    const person = await contact({ 'parentcustomerid_account@odata.bind': `/accounts(${subordinate})` })
    const task = createdId(await api.post('tasks', { subject: 't', 'regardingobjectid_account@odata.bind': `/accounts(${subordinate})` }))
    const hosted = await visit({ 'new_HostId@odata.bind': `/accounts(${subordinate})`, 'new_GuestId@odata.bind': `/accounts(${subordinate})` })
    const before = await versionOf(`contacts(${person})`)
    expectStatus(await merge(target, subordinate), 204)
    assert.equal((await rowOf(`accounts(${child})`))._parentaccountid_value, target)
    assert.equal((await rowOf(`contacts(${person})`))._parentcustomerid_value, target)
    assert.equal((await rowOf(`tasks(${task})`))._regardingobjectid_value, target)
    assert.equal((await rowOf(`activitypointers(${task})`))._regardingobjectid_value, target)
    const moved = await rowOf(`new_visits(${hosted})`)
    assert.deepEqual([moved._new_hostid_value, moved._new_guestid_value], [target, subordinate])
    assert.ok((await versionOf(`contacts(${person})`)) > before)
  })

  test('more rows than go in one page', async () => {
    const [target, subordinate] = [await account(), await account()]
    const one = { '@odata.type': 'Microsoft.Dynamics.CRM.new_visit', 'new_HostId@odata.bind': `/accounts(${subordinate})` }
    expectStatus(await api.post('new_visits/Microsoft.Dynamics.CRM.CreateMultiple', { Targets: Array.from({ length: 250 }, () => one) }), 200)
    expectStatus(await merge(target, subordinate), 204)
    assert.equal((await rowOf(`new_visits?$filter=_new_hostid_value eq ${target}&$count=true&$top=1`))['@odata.count'], 250)
    assert.equal((await rowOf(`new_visits?$filter=_new_hostid_value eq ${subordinate}&$count=true&$top=1`))['@odata.count'], 0)
  })

  test('pairs go over, and are not there twice', async () => {
    const [target, subordinate] = [await account(), await account()]
    const [both, only] = [await visit({}), await visit({})]
    const link = async (visitId: string, id: string) =>
      expectStatus(await api.post(`new_visits(${visitId})/new_visit_account/$ref`, { '@odata.id': `${api.root}/accounts(${id})` }), 204)
    await link(both, target)
    await link(both, subordinate)
    await link(only, subordinate)
    expectStatus(await merge(target, subordinate), 204)
    for (const id of [both, only]) {
      const { value } = await rowOf(`new_visits(${id})/new_visit_account?$select=accountid`)
      assert.deepEqual(
        value.map((row: Body) => row.accountid),
        [target],
      )
    }
  })

  test('whoever follows the changes sees every row that was touched', async () => {
    const [target, subordinate] = [await account(), await account()]
    const hosted = await visit({ 'new_HostId@odata.bind': `/accounts(${subordinate})` })
    const [accounts, visits] = [await track(api, 'accounts?$select=name'), await track(api, 'new_visits?$select=new_name')]
    expectStatus(await merge(target, subordinate), 204)
    assert.deepEqual(new Set((await changesSince(api, accounts)).entries.map((row) => row.accountid)), new Set([target, subordinate]))
    assert.deepEqual(
      (await changesSince(api, visits)).entries.map((row) => row.new_visitid),
      [hosted],
    )
  })

  test('contacts too, named by @odata.id, without content', async () => {
    const [target, subordinate] = [await contact(), await contact()]
    const ids = { Target: { '@odata.id': `contacts(${target})` }, Subordinate: { '@odata.id': `${api.root}/contacts(${subordinate})` }, UpdateContent: null }
    expectStatus(await api.post('Merge', ids), 204)
    assert.equal((await rowOf(`contacts(${subordinate})`))._masterid_value, target)
  })
})

describe('Merge is refused', () => {
  const untouched = async (...ids: readonly string[]) => {
    for (const id of ids) assert.equal((await rowOf(`accounts(${id})`)).merged, false)
  }

  test('for one row, an inactive one, one that is not there', async () => {
    const [target, subordinate, retired] = [await account(), await account(), await account()]
    expectRefusal(await merge(target, target), 400, '0x80045305')
    expectStatus(await api.patch(`accounts(${retired})`, { statecode: 1 }), 204)
    expectRefusal(await merge(target, retired), 400, '0x80045304', new RegExp(retired))
    expectRefusal(await merge(retired, target), 400, '0x80045304')
    expectRefusal(await merge(target, '6f0c2b1e-0000-4000-8000-0000000000aa'), 404, '0x80040217')
    expectRefusal(await merge('6f0c2b1e-0000-4000-8000-0000000000aa', subordinate), 404, '0x80040217')
    expectStatus(await merge(target, subordinate), 204)
    expectRefusal(await merge(target, subordinate), 400, '0x80045304')
  })

  test('for rows of two tables, or of a table that has no Merge', async () => {
    const id = await account()
    const person = { '@odata.type': 'Microsoft.Dynamics.CRM.contact', contactid: await contact() }
    expectRefusal(await api.post('Merge', { Target: { ...TYPE, accountid: id }, Subordinate: person, PerformParentingChecks: false }), 400, '0x80040203')
    const one = { '@odata.type': 'Microsoft.Dynamics.CRM.new_visit', new_visitid: await visit({}) }
    expectRefusal(await api.post('Merge', { Target: one, Subordinate: one, PerformParentingChecks: false }), 400, '0x80040800', /'Merge'.*'new_visit'/)
  })

  test('where the parents differ and that is to be checked', async () => {
    const [parent, other] = [await account(), await account()]
    const under = (id: string) => account({ 'parentaccountid@odata.bind': `/accounts(${id})` })
    const [none, first, second, same] = [await account(), await under(parent), await under(other), await under(parent)]
    const checked = { PerformParentingChecks: true }
    expectRefusal(await merge(none, first, checked), 400, '0x80045317')
    expectRefusal(await merge(first, second, checked), 400, '0x80045316')
    await untouched(none, first, second)
    expectStatus(await merge(first, same, checked), 204)
    expectStatus(await merge(first, second), 204)
  })

  test('where the target stands below the subordinate; the other way round it goes', async () => {
    const above = await account()
    const middle = await account({ 'parentaccountid@odata.bind': `/accounts(${above})` })
    const below = await account({ 'parentaccountid@odata.bind': `/accounts(${middle})` })
    expectRefusal(await merge(below, above), 400, '0x80045300')
    expectRefusal(await merge(middle, above), 400, '0x80045300')
    await untouched(above, middle, below)
    expectStatus(await merge(above, middle), 204)
    assert.equal((await rowOf(`accounts(${below})`))._parentaccountid_value, above)
  })

  test('as a whole: what the content cannot be leaves both rows as they were', async () => {
    const [target, subordinate] = [await account(), await account()]
    const child = await account({ 'parentaccountid@odata.bind': `/accounts(${subordinate})` })
    expectRefusal(await merge(target, subordinate, { UpdateContent: { ...TYPE, nosuch: 1 } }), 400, '0x80048d19')
    expectRefusal(await merge(target, subordinate, { UpdateContent: { ...TYPE, accountid: subordinate, fax: '1' } }), 400, '0x8006088a')
    expectRefusal(await merge(target, subordinate, { UpdateContent: { ...TYPE, 'parentaccountid@odata.bind': `/accounts(${child})` } }), 400, '0x80045300')
    await untouched(target, subordinate)
    assert.equal((await rowOf(`accounts(${child})`))._parentaccountid_value, subordinate)
  })

  test('with a body that says something else', async () => {
    const id = await account()
    expectRefusal(await api.post('Merge'), 400, '0x8006088a')
    expectRefusal(await api.post('Merge', []), 400, '0x8006088a')
    expectRefusal(await api.post('Merge', { Target: { ...TYPE, accountid: id } }), 400, '0x8006088a', /'Subordinate' is missing/)
    expectRefusal(await merge(id, id, { Nosuch: 1 }), 400, '0x8006088a', /no parameter 'Nosuch'/)
    expectRefusal(await api.post('Merge', { Target: { accountid: id }, Subordinate: { accountid: id } }), 400, '0x8006088a', /@odata\.type/)
    expectRefusal(await api.post('Merge', { Target: TYPE, Subordinate: TYPE }), 400, '0x8006088a', /names no row/)
    expectRefusal(await merge(id, await account(), { UpdateContent: { fax: '1' } }), 400, '0x80048d19', /@odata\.type/)
    expectRefusal(await api.get('Merge'), 405, '0x8006088a')
  })
})
