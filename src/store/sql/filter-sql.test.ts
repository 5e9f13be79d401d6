import { FULL_RIGHTS } from '../../plan/rights.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindFilter } from '../../plan/bind-filter.ts'
import type { BoundFilter } from '../../plan/bound-filter.ts'
import { parseFilter } from '../../protocol/filter.ts'
import { testContext } from '../../plan/test-schema.ts'
import { openTestReads, readSchema } from '../test-reads.ts'
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
