/**
 * `$expand` inside `$expand`: what stands inside a row is what queries of its own would give, whatever is nested in whatever
 * (webapi.md 6.5). Rows of accounts, contacts, tasks and users, tied at random.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeTeam, makeUser, whoAmI } from '../support/make-people.ts'
import { makeManyToMany } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let accounts: string[]
let contacts: string[]
let tasks: string[]
let user: string
let team: string

before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  await makeManyToMany(api, 'account', 'contact', 'new_account_contact')
  user = await makeUser(api, 'Olive')
  team = await makeTeam(api, 'Alpha')
  // Always the same rows: what differs is the query.
  let seed = 7
  const pick = <T>(from: readonly T[]): T => {
    seed = (seed * 48_271) % 2_147_483_647
    return from[seed % from.length] as T
  }
  const owner = () => ({ 'ownerid@odata.bind': pick([`/teams(${team})`, `/systemusers(${user})`]) })
  contacts = []
  accounts = []
  tasks = []
  const make = async (set: string, body: object) => createdId(await api.post(set, body))
  for (let index = 0; index < 8; index++) contacts.push(await make('contacts', { lastname: `C${index}`, ...(index % 3 > 0 && owner()) }))
  for (let index = 0; index < 6; index++) {
    const primary = index === 2 ? {} : { 'primarycontactid@odata.bind': `/contacts(${pick(contacts)})` }
    const parent = index < 2 ? {} : { 'parentaccountid@odata.bind': `/accounts(${pick(accounts)})` }
    accounts.push(await make('accounts', { name: `A${index}`, ...primary, ...parent, ...(index % 2 > 0 && owner()) }))
  }
  for (const [index, contact] of contacts.entries()) {
    if (index > 4) continue
    const customer =
      index % 2 > 0
        ? { 'parentcustomerid_account@odata.bind': `/accounts(${pick(accounts)})` }
        : { 'parentcustomerid_contact@odata.bind': `/contacts(${contacts[index + 1]})` }
    expectStatus(await api.patch(`contacts(${contact})`, customer), 204)
  }
  for (let index = 0; index < 25; index++) {
    const about =
      index % 3 > 0
        ? { 'regardingobjectid_account_task@odata.bind': `/accounts(${pick(accounts.slice(0, 4))})` }
        : { 'regardingobjectid_contact_task@odata.bind': `/contacts(${pick(contacts)})` }
    tasks.push(await make('tasks', { subject: `T${index}`, prioritycode: index % 3, ...about }))
  }
  for (let index = 0; index < 12; index++)
    await api.post(`accounts(${pick(accounts)})/new_account_contact/$ref`, { '@odata.id': `${server.api}/contacts(${pick(contacts)})` })
})
after(() => server[Symbol.asyncDispose]())

const read = async (path: string, headers = {}): Promise<Answer['body']> => expectStatus(await api.get(path, headers), 200).body

type Kind = 'account' | 'contact' | 'task' | 'user'
type Way = { readonly name: string; readonly to: Kind; readonly many: boolean }
const WAYS: { readonly [kind in Kind]: readonly Way[] } = {
  account: [
    { name: 'primarycontactid', to: 'contact', many: false },
    { name: 'parentaccountid', to: 'account', many: false },
    { name: 'createdby', to: 'user', many: false },
    { name: 'Account_Tasks', to: 'task', many: true },
    { name: 'account_parent_account', to: 'account', many: true },
    { name: 'contact_customer_accounts', to: 'contact', many: true },
    { name: 'new_account_contact', to: 'contact', many: true },
  ],
  contact: [
    { name: 'parentcustomerid_account', to: 'account', many: false },
    { name: 'parentcustomerid_contact', to: 'contact', many: false },
    { name: 'owninguser', to: 'user', many: false },
    { name: 'Contact_Tasks', to: 'task', many: true },
    { name: 'account_primary_contact', to: 'account', many: true },
    { name: 'new_account_contact', to: 'account', many: true },
  ],
  task: [
    { name: 'regardingobjectid_account_task', to: 'account', many: false },
    { name: 'regardingobjectid_contact_task', to: 'contact', many: false },
  ],
  user: [{ name: 'businessunitid', to: 'user', many: false }],
}
const SHOWN: { readonly [kind in Kind]: string } = { account: 'name', contact: 'lastname', task: 'subject,prioritycode', user: 'createdon' }
const FILTERS: { readonly [kind in Kind]: readonly string[] } = {
  account: [
    "name ne 'A1'",
    "new_account_contact/any(c:c/account_primary_contact/any(a:a/name ne 'A2'))",
    'primarycontactid/lastname ne null',
    "parentaccountid/parentaccountid/name eq 'A0'",
  ],
  contact: ["lastname gt 'C2'", 'owninguser ne null', 'parentcustomerid_account/name ne null', 'Contact_Tasks/any(t:t/prioritycode ge 1)'],
  task: ['prioritycode ge 1', "contains(subject,'1')", 'regardingobjectid_account_task/primarycontactid/lastname ne null'],
  user: ['createdon ne null'],
}

type Node = { readonly way: Way; readonly filter: string | undefined; readonly nodes: readonly Node[] }

function anyNodes(kind: Kind, depth: number): fc.Arbitrary<readonly Node[]> {
  if (kind === 'user' || depth === 0) return fc.constant([])
  return fc.subarray([...WAYS[kind]], { minLength: depth > 2 ? 1 : 0, maxLength: 2 }).chain((ways) => fc.tuple(...ways.map((way) => anyNode(way, depth - 1))))
}

function anyNode(way: Way, depth: number): fc.Arbitrary<Node> {
  const filter = way.many ? fc.option(fc.constantFrom(...FILTERS[way.to]), { nil: undefined }) : fc.constant(undefined)
  return fc.record({ way: fc.constant(way), filter, nodes: anyNodes(way.to, depth) })
}

const countOf = (nodes: readonly Node[]): number => nodes.reduce((sum, node) => sum + 1 + countOf(node.nodes), 0)
const expandOf = (nodes: readonly Node[]) => nodes.map((node) => `${node.way.name}(${optionsOf(node).join(';')})`).join(',')
const optionsOf = ({ way, filter, nodes }: Node): string[] => [
  `$select=${SHOWN[way.to]}`,
  ...(filter === undefined ? [] : [`$filter=${filter}`]),
  ...(nodes.length === 0 ? [] : [`$expand=${expandOf(nodes)}`]),
]

type Row = Answer['body']
const IDS: { readonly [kind in Kind]: string } = { account: 'accountid', contact: 'contactid', task: 'activityid', user: 'systemuserid' }
const SETS: { readonly [kind in Kind]: string } = { account: 'accounts', contact: 'contacts', task: 'tasks', user: 'systemusers' }

/** The rows of a collection, page after page. */
async function followed(first: readonly Row[], next: string | undefined, size: number): Promise<Row[]> {
  const rows = [...first]
  for (let link = next; link !== undefined; ) {
    assert.equal(rows.length % size, 0, 'a page before the last is not full')
    const page: Row = await read(link)
    assert.ok(page.value.length > 0, 'a next link leads to nothing')
    rows.push(...page.value)
    link = page['@odata.nextLink']
  }
  return rows
}

/** Each expanded value against a query of its own; `size`: of pages, undefined where none is nested. */
async function check(kind: Kind, row: Row, nodes: readonly Node[], size: number | undefined): Promise<void> {
  for (const { way, filter, nodes: inner } of nodes) {
    const path = `${SETS[kind]}(${row[IDS[kind]]})/${way.name}`
    const query = `$select=${SHOWN[way.to]}${filter === undefined ? '' : `&$filter=${filter}`}`
    const link = row[`${way.name}@odata.nextLink`]
    if (!way.many) {
      const answer = await api.get(`${path}?${query}`)
      assert.equal(row[way.name]?.['@odata.etag'] ?? null, answer.status === 204 ? null : answer.body['@odata.etag'], path)
      if (row[way.name]) await check(way.to, row[way.name], inner, size)
      continue
    }
    const wanted = (await read(`${path}?${query}`)).value.map((one: Row) => one['@odata.etag'])
    const given = await followed(row[way.name], size === undefined ? undefined : link, size ?? 1)
    assert.deepEqual(given.map((one) => one['@odata.etag']).sort(), wanted.toSorted(), path)
    for (const one of given) for (const node of inner) assert.ok(node.way.name in one, `${path} without ${node.way.name}`)
    if (size === undefined) assert.ok(link.startsWith(`${server.api}/${path}?$select=`), link)
    else assert.equal(link !== undefined, wanted.length > size, path)
    // Pages that are followed expand what is nested in them by rules of their own.
    for (const one of row[way.name]) await check(way.to, one, inner, size)
  }
}

test('whatever is nested in whatever, it is what queries of its own give', async () => {
  const query = fc
    .record({ nodes: anyNodes('account', 4), size: fc.integer({ min: 1, max: 4 }) })
    .filter(({ nodes }) => nodes.length > 0 && countOf(nodes) <= 15)
  await fc.assert(
    fc.asyncProperty(query, async ({ nodes, size }) => {
      const isNested = nodes.some((node) => node.nodes.length > 0)
      let link: string | undefined = `accounts?$select=name&$expand=${expandOf(nodes)}`
      let count = 0
      while (link !== undefined) {
        // The size rides in the next link: only the first request asks for it.
        const page: Row = await read(link, count === 0 ? { Prefer: `odata.maxpagesize=${size}` } : {})
        for (const row of page.value) await check('account', row, nodes, isNested ? size : undefined)
        count += page.value.length
        link = page['@odata.nextLink']
      }
      assert.equal(count, accounts.length)
    }),
    { numRuns: 40 },
  )
})

test('the context and the links say what was asked for', async () => {
  const path = 'accounts?$select=name&$expand=Account_Tasks($select=subject),contact_customer_accounts($select=fullname;$expand=owninguser($select=fullname))'
  const linked = createdId(await api.post('accounts', { name: 'Linked', Account_Tasks: [1, 2, 3].map((n) => ({ subject: `L${n}` })) }))
  const body = await read(`${path}&$filter=name eq 'Linked'`, { Prefer: 'odata.maxpagesize=1' })
  const context = 'accounts(name,Account_Tasks(subject),contact_customer_accounts(fullname,owninguser(fullname)))'
  assert.equal(body['@odata.context'], `${server.api}/$metadata#${context}`)
  const [row] = body.value
  assert.equal(row.Account_Tasks.length, 1)
  const link: string = row['Account_Tasks@odata.nextLink']
  const start = `${server.api}/accounts(${row.accountid})/Account_Tasks?$select=subject&$skiptoken=`
  assert.ok(link.startsWith(`${start}%3Ccookie%20pagenumber%3D%222%22%20pagingcookie%3D%22%25253ccookie`), link)
  const next = await read(link)
  assert.equal(next.value.length, 1)
  // One row: the page size counts beside it, and is confirmed, where the collections are pages.
  const one = async (expand: string) => expectStatus(await api.get(`accounts(${linked})?$expand=${expand}`, { Prefer: 'odata.maxpagesize=1' }), 200)
  assert.equal((await one('Account_Tasks($expand=owninguser)')).headers['preference-applied'], 'odata.maxpagesize=1')
  assert.equal((await one('Account_Tasks')).headers['preference-applied'], undefined)
  assert.notEqual(next.value[0].activityid, row.Account_Tasks[0].activityid)
  const last = await read(next['@odata.nextLink'])
  assert.equal(last.value.length, 1)
  assert.equal(last['@odata.nextLink'], undefined)
  assert.equal(row['contact_customer_accounts@odata.nextLink'], undefined)
  expectStatus(await api.delete(`accounts(${linked})`), 204)
})

test('without a page size, nested collections are whole and have no link', async () => {
  const row = await read(`accounts(${accounts[0]})?$select=name&$expand=Account_Tasks($select=subject;$expand=createdby_task($select=fullname))`)
  assert.equal(row.Account_Tasks.length, (await read(`accounts(${accounts[0]})/Account_Tasks?$select=subject`)).value.length)
  assert.ok(row.Account_Tasks.every((task: Row) => task.createdby_task.ownerid === task.createdby_task.systemuserid))
  assert.equal(row['Account_Tasks@odata.nextLink'], undefined)
})

test('fifteen levels are answered, sixteen refused', async () => {
  const nested = (depth: number): string =>
    `${depth % 2 > 0 ? 'primarycontactid' : 'account_primary_contact'}($select=createdon${depth === 15 ? '' : `;$expand=${nested(depth + 1)}`})`
  const body = await read(`accounts?$select=name&$expand=${nested(1)}`, { Prefer: 'odata.maxpagesize=2' })
  assert.equal(body.value[0].primarycontactid.account_primary_contact[0].primarycontactid.contactid, body.value[0].primarycontactid.contactid)
  expectStatus(await api.get(`accounts?$expand=parentaccountid($expand=${nested(1)})`), 400)
})

test('$orderby and $top inside an expand go with no nested one', async () => {
  const message = 'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.'
  for (const expand of [
    'Account_Tasks($top=1;$expand=createdby_task)',
    'Account_Tasks($orderby=subject),primarycontactid($expand=createdby)',
    'primarycontactid($expand=Contact_Tasks($top=1))',
  ]) {
    expectRefusal(await api.get(`accounts?$expand=${expand}`), 400, '0x80060888', message)
  }
})

test('an owner is a user or a team, and says which', async () => {
  const body = await read('accounts?$select=name&$orderby=name&$expand=ownerid($select=fullname,name)')
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts(name,ownerid(fullname,name))`)
  const { UserId } = await whoAmI(api)
  for (const { ownerid } of body.value) {
    const isTeam = ownerid.ownerid === team
    assert.equal(ownerid['@odata.type'], `#Microsoft.Dynamics.CRM.${isTeam ? 'team' : 'systemuser'}`)
    assert.equal(
      isTeam ? ownerid.name : ownerid.ownerid === user ? ownerid.fullname : 'ok',
      isTeam ? 'Alpha' : ownerid.ownerid === UserId ? 'ok' : 'Olive Tester',
    )
    assert.equal('fullname' in ownerid, !isTeam)
    assert.match(ownerid['@odata.etag'], /^W\/"\d+"$/)
  }
  assert.ok(body.value.some((row: Row) => row.ownerid.ownerid === team) && body.value.some((row: Row) => row.ownerid.ownerid === user))
  const nested = await read(
    'tasks?$select=subject&$expand=ownerid_task($select=fullname;$expand=businessunitid($select=name)),regardingobjectid_account_task($expand=ownerid)',
  )
  assert.ok(nested.value.every((row: Row) => row.ownerid_task.businessunitid.name))
  assert.ok(nested.value.some((row: Row) => row.regardingobjectid_account_task?.ownerid.ownerid === team))
  const reference = await read(`contacts(${contacts[1]})?$select=lastname&$expand=ownerid/$ref`)
  assert.match(reference.ownerid['@odata.id'], /\/(?:teams|systemusers)\([-0-9a-f]{36}\)$/)
  assert.ok(reference._ownerid_value)
  expectRefusal(await api.get('accounts?$expand=ownerid($select=nosuch)'), 400, '0x0', /'nosuch' on type 'Microsoft.Dynamics.CRM.principal'/)
})

test('a cast shows the owner only where it is of that table', async () => {
  const body = await read('accounts?$select=name,_ownerid_value&$expand=ownerid/Microsoft.Dynamics.CRM.team($select=name)')
  for (const row of body.value) assert.equal(row.ownerid?.name ?? null, row._ownerid_value === team ? 'Alpha' : null)
  assert.equal(body['@odata.context'], `${server.api}/$metadata#accounts(name,_ownerid_value,ownerid/Microsoft.Dynamics.CRM.team(name))`)
})

test('activities are expanded as what they are by a cast', async () => {
  const path = `accounts(${accounts[0]})`
  const all = await read(`${path}?$select=name&$expand=Account_ActivityPointers/Microsoft.Dynamics.CRM.task($select=subject,category)`)
  const own = await read(`${path}/Account_Tasks?$select=subject`)
  assert.equal(all.Account_ActivityPointers.length, own.value.length)
  assert.equal((await read(all['Account_ActivityPointers@odata.nextLink'])).value.length, own.value.length)
  assert.equal((await read("activitypointers/Microsoft.Dynamics.CRM.task?$filter=contains(category,'x')")).value.length, 0)
  assert.equal((await read(`activitypointers(${tasks[0]})/Microsoft.Dynamics.CRM.task?$select=subject,category`)).activityid, tasks[0])
  expectStatus(await api.get('activitypointers/Microsoft.Dynamics.CRM.account'), 404)
})

test('annotations reach into rows of every level', async () => {
  const shown = '@OData.Community.Display.V1.FormattedValue'
  const query =
    '$select=subject&$expand=regardingobjectid_account_task($select=statecode;$expand=ownerid($select=isdisabled,teamtype),Account_Tasks($select=prioritycode))'
  const body = await read(`tasks?${query}`, { Prefer: 'odata.include-annotations="*"' })
  const row = body.value.find((one: Row) => one.regardingobjectid_account_task)
  assert.equal(row.regardingobjectid_account_task[`statecode${shown}`], 'Active')
  assert.ok(row.regardingobjectid_account_task.Account_Tasks.every((task: Row) => task[`prioritycode${shown}`]))
  const { ownerid } = row.regardingobjectid_account_task
  assert.ok(ownerid[`isdisabled${shown}`] ?? ownerid[`teamtype${shown}`])
})

test('a create answers with what is nested beside it', async () => {
  const contact = contacts[1]
  const answer = await api.post(
    'accounts?$select=name&$expand=primarycontactid($select=lastname;$expand=ownerid($select=ownerid),Contact_Tasks($select=subject))',
    { name: 'New', 'primarycontactid@odata.bind': `/contacts(${contact})` },
    { Prefer: 'return=representation' },
  )
  const body = expectStatus(answer, 201).body
  assert.equal(body.primarycontactid.lastname, 'C1')
  assert.ok(Array.isArray(body.primarycontactid.Contact_Tasks) && body.primarycontactid.ownerid.ownerid)
  const deep = 'accounts?$expand=primarycontactid($expand=account_primary_contact($expand=Account_Tasks))'
  const refused = 'A collection inside a collection in the answer of a write is not supported.'
  expectRefusal(await api.post(deep, { name: 'Deep' }, { Prefer: 'return=representation' }), 400, '0x80060888', refused)
  expectStatus(await api.delete(`accounts(${body.accountid})`), 204)
})
