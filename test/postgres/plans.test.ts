/**
 * Every statement of what servers are asked most goes along an index on PostgreSQL, with all planner settings as they are: each is planned for the
 * values that it was asked with, and, as for a prepared statement that comes often, for any.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Guid } from '../../src/base/guid.ts'
import { bindOrder } from '../../src/plan/bind-order.ts'
import { planRead } from '../../src/plan/plan-read.ts'
import { FULL_RIGHTS, type Rights } from '../../src/plan/rights.ts'
import { NO_ANNOTATIONS } from '../../src/plan/row-annotations.ts'
import { testContext } from '../../src/plan/test-schema.ts'
import { parsePrefer } from '../../src/protocol/prefer.ts'
import { parseQueryOptions } from '../../src/protocol/query-options.ts'
import { parseResourcePath } from '../../src/protocol/resource-path.ts'
import { privilegeName } from '../../src/schema/privileges.ts'
import { renderSql } from '../../src/store/postgres/values.ts'
import { runRead } from '../../src/store/run-read.ts'
import { type Sql, verbatim } from '../../src/store/sql/sql.ts'
import { openTestStore, type TestStore, tableOf } from '../../src/store/test-transaction.ts'
import { writesOn } from '../../src/store/test-writes.ts'
import { openPostgresEngine } from '../support/postgres/test-engine.ts'

const [PARTS, SITES, UNITS] = [40_000, 1000, 40]
/** Ids of their number; one transaction wrote two hundred of them. */
const ID = (digit: number, n: string) => `'${digit}0000000-0000-4000-8000-' || lpad(cast(${n} as text), 12, '0')`
const id = (digit: number, n: number) => `${digit}0000000-0000-4000-8000-${String(n).padStart(12, '0')}` as Guid
const XID = (n: string) => `cast(cast(cast(cast(pg_current_xact_id() as text) as bigint) - 250 + ${n} / 200 as text) as xid8)`
const now = '2024-05-01T10:00:00Z'

const FILL = `
  insert into acme_site (acme_siteid, acme_name, "acme_name$fold", versionnumber)
    select ${ID(2, 'n')}, 'Site ' || n, 'site ' || n, n from generate_series(1, ${SITES}) n;
  insert into acme_part (acme_partid, acme_name, "acme_name$fold", acme_code, "acme_code$fold", acme_siteid, acme_line, statecode, ownerid, "ownerid$table",
      owningbusinessunit, versionnumber, "$xid")
    select ${ID(1, 'n')}, 'Part ' || n, 'part ' || n, 'C-' || n, 'c-' || n, case when n % 4 = 0 then ${ID(2, `1 + n % ${SITES}`)} end, n, 0,
      ${ID(3, `n % (${UNITS} * 5)`)}, 'systemuser', ${ID(4, `n % ${UNITS}`)}, n, ${XID('n')} from generate_series(1, ${PARTS}) n;
  insert into tidemark_tombstone ("table", id, version, deletedon, "$xid")
    select case when n % 2 = 0 then 'acme_part' else 'acme_site' end, ${ID(5, 'n')}, n, '${now}', ${XID('n')} from generate_series(1, ${PARTS}) n;
  insert into principalobjectaccess (principalobjectaccessid, objectid, principalid, objecttypecode, accessrightsmask, versionnumber)
    select ${ID(6, 'n')}, ${ID(1, 'n')}, ${ID(3, `n % (${UNITS} * 5)`)}, 'acme_part', 1, n from generate_series(1, ${PARTS / 8}) n;
  analyze`

const engine = openPostgresEngine()
let store: TestStore
let seen: Sql[] = []

before(async () => {
  const { tx, ...rest } = await openTestStore(engine)
  for (const statement of FILL.split(';')) await tx.run(verbatim(statement))
  const note = (statement: Sql): Sql => {
    seen.push(statement)
    return statement
  }
  const watched = {
    ...tx,
    get: (statement: Sql) => tx.get(note(statement)),
    all: (statement: Sql) => tx.all(note(statement)),
    run: (statement: Sql) => tx.run(note(statement)),
    pages: (queries: Parameters<typeof tx.pages>[0]) => tx.pages(queries.map((query) => ({ ...query, sql: note(query.sql) }))),
  }
  store = { ...rest, tx: watched }
})
after(engine.close)

async function read(url: string, { prefer, rights = FULL_RIGHTS }: { readonly prefer?: string; readonly rights?: Rights } = {}) {
  const [path = '', query = ''] = url.split('?')
  const asked = { segments: parseResourcePath(path), options: parseQueryOptions(query), preferences: parsePrefer(prefer) }
  const { schema } = store.moment
  const plan = planRead({ ...asked, precondition: { kind: 'none' } }, testContext(schema))
  assert.ok(plan.kind !== 'find-query')
  return runRead(plan, store.tx, { now, schema, links: store.moment.links, rights })
}

/** The page behind a row, as its skip token would have it. */
function readAfter(order: string, after: readonly string[]) {
  const { schema, links } = store.moment
  const table = tableOf('acme_part')
  const orders = bindOrder(parseQueryOptions(`$orderby=${order}`).orderby, table, schema)
  const shape = { table, columns: [], expands: [], annotations: NO_ANNOTATIONS }
  const more = { limit: 50, pages: true, after, pageNumber: 2, countLimit: undefined, references: false } as const
  return runRead({ kind: 'read-rows', shape, source: { kind: 'set' }, filter: undefined, order: orders, ...more }, store.tx, {
    now,
    schema,
    links,
    rights: FULL_RIGHTS,
  })
}

type Node = { readonly 'Node Type': string; readonly 'Relation Name'?: string; readonly 'Index Name'?: string; readonly Plans?: readonly Node[] }

/** What the planner makes of each statement that `work` runs. */
async function plansOf(work: () => Promise<unknown>, mode: string): Promise<readonly (readonly Node[])[]> {
  seen = []
  await work()
  const statements = seen.filter(({ chunks }) => /^\s*\(*(select|insert|update|delete|with)\b/i.test(chunks[0] ?? ''))
  assert.ok(statements.length > 0)
  const plans: Node[][] = []
  for (const statement of statements) plans.push(nodesOf(await explain(statement, mode)))
  return plans
}

async function explain(statement: Sql, mode: string): Promise<Node> {
  const { text, values } = renderSql(statement)
  const given = values.map((value) => (value === null ? 'null' : `'${String(value).replaceAll("'", "''")}'`)).join(', ')
  const { tx } = store
  await tx.run(verbatim(`set local plan_cache_mode = ${mode}`))
  await tx.run(verbatim(`prepare planned as ${text}`))
  try {
    const rows = await tx.all(verbatim(`explain (format json) execute planned${given === '' ? '' : `(${given})`}`))
    return JSON.parse(String(rows[0]?.['QUERY PLAN']))[0].Plan
  } finally {
    await tx.run(verbatim('deallocate planned'))
  }
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

const LARGE = new Set(['acme_part', 'acme_site', 'tidemark_tombstone', 'principalobjectaccess'])
const isOfLarge = (node: Node) => LARGE.has(node['Relation Name'] ?? '')

/**
 * None of `work`'s statements reads a large table whole, or sorts, and each of these indexes is used by one. `a|b`: either will do, as an index that
 * begins with the id does for the one on the id alone.
 */
async function goesAlong(indexes: readonly string[], work: () => Promise<unknown>, { maySort = false }: { readonly maySort?: boolean } = {}): Promise<void> {
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    const plans = await plansOf(work, mode)
    const shown = `${mode}: ${JSON.stringify(
      plans.map((nodes) => nodes[0]),
      null,
      1,
    )}`
    for (const nodes of plans) {
      assert.ok(!nodes.some((node) => node['Node Type'] === 'Seq Scan' && isOfLarge(node)), shown)
      if (!maySort) assert.ok(!nodes.some((node) => node['Node Type'] === 'Sort' && nodesOf(node).some(isOfLarge)), shown)
    }
    const used = plans.flatMap((nodes) => nodes.flatMap((node) => node['Index Name'] ?? []))
    for (const index of indexes)
      assert.ok(
        index.split('|').some((one) => used.includes(one)),
        `${index} in ${shown}`,
      )
  }
}

const PART_ID = 'acme_part_pkey|acme_part$access'
const SITE_ID = 'acme_site_pkey|acme_site$access'
const prefer = 'odata.maxpagesize=50'

test('a row is found by its id and by a key', async () => {
  await goesAlong([PART_ID], () => read(`acme_parts(${id(1, 77)})`))
  await goesAlong(['acme_part$key$acme_bycode'], () => read("acme_parts(acme_code='C-77')"))
  await goesAlong(['acme_part$key$acme_bycode'], () => read("acme_parts?$filter=acme_code eq 'c-77'"), { maySort: true })
})

test('names are found in any case, by their beginning, and in order', async () => {
  await goesAlong(['acme_part$name'], () => read("acme_parts?$filter=acme_name eq 'PART 77'"), { maySort: true })
  await goesAlong(['acme_part$name'], () => read("acme_parts?$filter=startswith(acme_name,'Part 77')"), { maySort: true })
  await goesAlong(['acme_part$name'], () => read('acme_parts?$orderby=acme_name', { prefer }))
  await goesAlong(['acme_part$name'], () => read('acme_parts?$orderby=acme_name desc', { prefer }))
})

test('a page begins at its place in an index', async () => {
  for (const [order, index] of [
    ['acme_name', 'acme_part$name'],
    ['acme_name desc', 'acme_part$name'],
    ['acme_partid', PART_ID],
  ] as const) {
    const after = order === 'acme_partid' ? [id(1, 77)] : ['part 77', id(1, 77)]
    await goesAlong([index], () => readAfter(order, after))
  }
})

test('lookups are followed from either side', async () => {
  await goesAlong(['acme_part$lookup$acme_siteid'], () => read(`acme_parts?$filter=_acme_siteid_value eq ${id(2, 77)}`), { maySort: true })
  await goesAlong(['acme_part$lookup$acme_siteid'], () => read(`acme_sites(${id(2, 77)})/acme_site_part`), { maySort: true })
  await goesAlong([SITE_ID], () => read(`acme_parts(${id(1, 76)})?$expand=acme_siteid($select=acme_name)`))
  await goesAlong(['acme_part$lookup$acme_siteid'], () => read(`acme_sites(${id(2, 77)})?$expand=acme_site_part($select=acme_name)`), { maySort: true })
})

test('who may read some rows gets a page of them without reading the others', async () => {
  const reach = { isGlobal: false, units: [id(4, 7)], owners: [id(3, 7)] }
  const principals = [id(3, 7)]
  const reaches = new Map([[privilegeName(tableOf('acme_part'), 'Read'), reach]])
  const rights: Rights = { ...FULL_RIGHTS, isFull: false, reaches, principals }
  await goesAlong([PART_ID], () => read('acme_parts?$select=acme_name', { prefer, rights }))
  await goesAlong(['acme_part$name'], () => read('acme_parts?$select=acme_name&$orderby=acme_name', { prefer, rights }))
  await goesAlong(['acme_part$key$acme_bycode'], () => read("acme_parts(acme_code='C-7')", { rights }))
})

test('a delta goes along the order of changes, rows and tombstones', async () => {
  const { schema } = store.moment
  const { tx } = store
  const table = tableOf('acme_part')
  const current = await read('acme_parts?$select=acme_name', { prefer: 'odata.track-changes' })
  assert.ok(current.kind === 'tracked-rows')
  // As it would have been eighty transactions before.
  const [xmin] = await tx.all(verbatim('select cast(cast(cast(pg_current_xact_id() as text) as bigint) - 80 as text) as xid'))
  const storePart = current.token.storePart.replace(/\d+-\d+-[\d~]*$/, `${xmin?.xid}-${xmin?.xid}-`)
  const shape = { table, columns: [], expands: [], annotations: NO_ANNOTATIONS }
  const plan = { kind: 'read-changes', shape, limit: 500, pageNumber: 1, storePart, from: undefined } as const
  const delta = () => runRead(plan, tx, { now, schema, links: store.moment.links, rights: FULL_RIGHTS })
  const outcome = await delta()
  assert.ok(outcome.kind === 'changes')
  await goesAlong(['acme_part$version', 'tidemark_tombstone_change'], delta)
  await goesAlong([PART_ID], () => read('acme_parts?$select=acme_name', { prefer: 'odata.track-changes,odata.maxpagesize=50' }))
})

test('writes find their rows, what they point at and what points at them', async () => {
  const write = writesOn(store)
  await goesAlong(['acme_part$key$acme_bycode', PART_ID], () => write.patch("acme_parts(acme_code='C-77')", { acme_name: 'x' }))
  await goesAlong([PART_ID, SITE_ID], () => write.patch(`acme_parts(${id(1, 78)})`, { 'acme_siteid@odata.bind': `acme_sites(${id(2, 78)})` }))
  await goesAlong(['acme_part$lookup$acme_parentid', PART_ID, 'principalobjectaccess$own$object'], () => write.remove(`acme_parts(${id(1, nextId++)})`), {
    maySort: true,
  })
})

let nextId = 1001

test('a bulk write finds all its rows by one look-up each', async () => {
  const write = writesOn(store)
  const targets = (from: number) => Array.from({ length: 50 }, (_, n) => ({ '@odata.id': `acme_parts(acme_code='C-${from + n}')`, acme_line: 7 }))
  await goesAlong(['acme_part$key$acme_bycode', PART_ID], () => write.bulk('UpsertMultiple', 'acme_parts', targets(2000)), { maySort: true })
  const byId = Array.from({ length: 50 }, (_, n) => ({ acme_partid: id(1, 3000 + n), acme_name: 'x' }))
  await goesAlong([PART_ID], () => write.bulk('UpdateMultiple', 'acme_parts', byId), { maySort: true })
})
