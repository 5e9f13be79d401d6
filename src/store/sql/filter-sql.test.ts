import { FULL_RIGHTS } from '../../plan/rights.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindFilter } from '../../plan/bind-filter.ts'
import type { BoundFilter } from '../../plan/bound-filter.ts'
import { parseFilter } from '../../protocol/filter.ts'
import { NO_ANNOTATIONS } from '../../plan/row-annotations.ts'
import { selectColumns } from '../../plan/select-columns.ts'
import { testContext } from '../../plan/test-schema.ts'
import { openTestReads, outcomeOf, parseRows, readSchema, type TestReads } from '../test-reads.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { filterSql } from './filter-sql.ts'
import { joinedPaths } from './joined-paths.ts'
import { render, type SqlValue, sql } from './sql.ts'

const account = readSchema.tables.get('account')
assert.ok(account)

const sight = { dialect: sqliteDialect, schema: readSchema, rights: FULL_RIGHTS }

function bound(text: string): BoundFilter {
  return bindFilter(parseFilter(text), account as NonNullable<typeof account>, testContext(readSchema), new Map())
}

function compiled(text: string): { readonly text: string; readonly values: readonly SqlValue[]; readonly joins: string } {
  const paths = joinedPaths('r', sight)
  const statement = render(filterSql(bound(text), paths, sight), sqliteDialect.placeholder)
  return { ...statement, joins: render(paths.joins(), sqliteDialect.placeholder).text }
}

test('a filter is SQL whose values are bound', () => {
  const golden: readonly (readonly [filter: string, text: string, values: readonly SqlValue[]])[] = [
    ["name eq 'Litware'", 'r."name$fold" = ?', ['litware']],
    ["accountnumber eq 'A'", 'r."accountnumber$fold" = ?', ['a']],
    ["description eq 'ÉTÉ'", 'fold(r."description") = ?', ['été']],
    ['line ne 5', 'r."line" is distinct from ?', [5]],
    ['line eq null', 'r."line" is null', []],
    ['line ne null', 'r."line" is not null', []],
    ['line gt null', 'false', []],
    ['rate le 1.5', 'r."rate" <= ?', ['10000000000001.5']],
    ['revenue ge 1.5', 'r."revenue" >= ?', [15000n]],
    ['creditonhold', 'likely(r."creditonhold" = ?)', [1]],
    ['line in (1,2,null)', '(r."line" is null or r."line" in (?, ?))', [1, 2]],
    ['not (line eq 5)', '((r."line" = ?) is not true)', [5]],
    ['not (not (line eq 5))', 'r."line" = ?', [5]],
    ['line eq employees', 'r."line" is not distinct from r."employees"', []],
    ["contains(name,'50\\%')", 'r."name$fold" glob ?', ['*50\\**']],
    ["contains(name,'a*[x-z]_')", 'r."name$fold" glob ?', ['*a[*][x-z]?*']],
    ["contains(name,'[^x]')", 'r."name$fold" glob ?', ['*[^x]*']],
    ["contains(name,'[]')", 'false', []],
    ["startswith(name,'LIT')", '(r."name$fold" >= ? and r."name$fold" < ?)', ['lit', 'liu']],
    ["startswith(description,'50\\')", `fold(r."description") like ? escape '\\'`, ['50\\\\%']],
    ["endswith(name,'Ware')", `r."name$fold" like ? escape '\\'`, ['%ware']],
    ['null eq null', 'true', []],
  ]
  for (const [filter, text, values] of golden) {
    const actual = compiled(filter)
    assert.deepEqual([actual.text, actual.values], [text, values], filter)
  }
})

test('paths that begin alike share their joins', () => {
  const { text, joins } = compiled("primarycontactid/fullname eq 'A' and primarycontactid/createdby/fullname eq 'B' and createdby/fullname eq 'C'")
  assert.equal(text, '(r_1."fullname$fold" = ? and r_2."fullname$fold" = ? and r_3."fullname$fold" = ?)')
  assert.equal(
    joins,
    ' left join "contact" as r_1 on r_1."contactid" = r."primarycontactid" left join "systemuser" as r_2 on r_2."systemuserid" = r_1."createdby"' +
      ' left join "systemuser" as r_3 on r_3."systemuserid" = r."createdby"',
  )
})

async function namesWhere(store: TestReads, filter: string | BoundFilter): Promise<string[]> {
  const table = store.table('account')
  const shape = { table, columns: selectColumns(table, ['name']), expands: [], annotations: NO_ANNOTATIONS }
  const byId = { path: { steps: [], table, column: table.columns.get('accountid') as never }, descending: false }
  const plan = {
    kind: 'read-rows',
    shape,
    source: { kind: 'set' },
    filter: typeof filter === 'string' ? bound(filter) : filter,
    order: [byId],
    limit: 5000,
    pages: true,
    after: undefined,
    pageNumber: 1,
    countLimit: undefined,
    references: false,
  } as const
  return parseRows(outcomeOf(await store.read(plan), 'rows').json).map((row) => row.name)
}

test('a path leads along lookups, null where one is', async () => {
  const store = openTestReads()
  const user = await store.insert('systemuser', { fullname: 'Ann' })
  const contact = await store.insert('contact', { fullname: 'Bob', createdby: { table: 'systemuser', id: user } })
  await store.insert('account', { name: 'with', primarycontactid: { table: 'contact', id: contact } })
  await store.insert('account', { name: 'without' })
  assert.deepEqual(await namesWhere(store, "primarycontactid/createdby/fullname eq 'ANN'"), ['with'])
  assert.deepEqual(await namesWhere(store, "primarycontactid/createdby/fullname ne 'ANN'"), ['without'])
  assert.deepEqual(await namesWhere(store, 'primarycontactid/fullname eq null'), ['without'])
  assert.deepEqual(await namesWhere(store, "startswith(primarycontactid/fullname,'b')"), ['with'])
})

test('wildcards are those of SQL Server, and what is none stands for itself', async () => {
  const store = openTestReads()
  const names = ['50% off', '50 off', 'a_b', 'axb', 'a*b', 'a?b', 'a[b', 'a]b', 'a\\b', 'Été', 'x-y', 'line\nbreak', '🙂z']
  for (const name of names) await store.insert('account', { name })
  const found: Readonly<Record<string, readonly string[]>> = {
    "contains(name,'0%f')": ['50% off', '50 off'],
    "contains(name,'0[%] ')": ['50% off'],
    "contains(name,'a_b')": ['a_b', 'axb', 'a*b', 'a?b', 'a[b', 'a]b', 'a\\b'],
    "contains(name,'a[_]b')": ['a_b'],
    "contains(name,'a*b')": ['a*b'],
    "contains(name,'a?b')": ['a?b'],
    "contains(name,'a[b')": ['a[b'],
    "contains(name,'a\\b')": ['a\\b'],
    "contains(name,'A[x-z]b')": ['axb'],
    "contains(name,'a[^a-z_*?]b')": ['a[b', 'a]b', 'a\\b'],
    "startswith(name,'ÉT')": ['Été'],
    "endswith(name,'TÉ')": ['Été'],
    "startswith(name,'x[-]')": ['x-y'],
    "contains(name,'e_break')": ['line\nbreak'],
    "startswith(name,'_z')": ['🙂z'],
    "startswith(name,'🙂')": ['🙂z'],
  }
  for (const [filter, expected] of Object.entries(found)) assert.deepEqual(await namesWhere(store, filter), expected, filter)
})

test('what a client sends never becomes SQL, and its size is bounded', async () => {
  const store = openTestReads()
  await store.insert('account', { name: "x' or '1'='1" })
  assert.deepEqual(await namesWhere(store, "name eq 'x'' or ''1''=''1'"), ["x' or '1'='1"])
  assert.deepEqual(
    await namesWhere(store, {
      op: 'contains',
      left: { steps: [], table: store.table('account'), column: store.table('account').columns.get('name') as never },
      text: 'a\0',
    }),
    [],
  )
  await assert.rejects(namesWhere(store, `contains(name,'${'ab%'.repeat(20_000)}')`), { name: 'BadRequest' })
})

test('500 conditions, 2,000 options and 200 levels are not too deep for SQLite', async () => {
  const store = openTestReads()
  await store.insert('account', { name: 'a', line: 7, hobbies: '9' })
  const term: BoundFilter = bound('line eq 7')
  let deep: BoundFilter = term
  for (let level = 0; level < 200; level++)
    deep = level % 2 ? { op: 'not', term: deep } : { op: 'and', terms: [deep, { op: 'or', terms: [term, { op: 'not', term }] }] }
  assert.deepEqual(await namesWhere(store, { op: 'and', terms: Array.from({ length: 500 }, () => term) }), ['a'])
  await namesWhere(store, deep)
  const hobbies = { steps: [], table: store.table('account'), column: store.table('account').columns.get('hobbies') as never }
  assert.deepEqual(await namesWhere(store, { op: 'contains-values', left: hobbies, values: Array.from({ length: 2000 }, (_, option) => option) }), ['a'])
})

test('equality and startswith on a key or the primary name search their index', () => {
  const store = openTestReads()
  const plan = (filter: string) => {
    const { text, values } = compiled(filter)
    return String(store.connection.database.prepare(`explain query plan select 1 from account as r where ${text}`).all(...(values as string[]))[0]?.detail)
  }
  assert.match(plan("startswith(name,'lit')"), /SEARCH r USING .*INDEX account\$name/)
  assert.match(plan("name eq 'lit'"), /SEARCH r USING .*INDEX account\$name/)
  const { text } = render(sql`select 1 from account as r where r."accountnumber$fold" = ${'a'}`, sqliteDialect.placeholder)
  assert.match(String(store.connection.database.prepare(`explain query plan ${text}`).all('a')[0]?.detail), /SEARCH r USING .*INDEX account\$key\$bynumber/)
})

test('the shadow of a key that is still being built is not trusted', () => {
  const pending = account.keys.map((key) => ({ ...key, status: 'InProgress' as const }))
  const building = { ...account, keys: pending }
  const filter = bindFilter(parseFilter("accountnumber eq 'A' and name eq 'B'"), building, testContext(readSchema), new Map())
  const { text } = render(filterSql(filter, joinedPaths('r', sight), sight), sqliteDialect.placeholder)
  assert.equal(text, '(fold(r."accountnumber") = ? and r."name$fold" = ?)')
})
