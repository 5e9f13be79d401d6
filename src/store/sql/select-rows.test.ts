import { FULL_RIGHTS } from '../../plan/rights.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindOrder } from '../../plan/bind-order.ts'
import { NO_ANNOTATIONS } from '../../plan/row-annotations.ts'
import type { ReadRow, ReadRows } from '../../plan/read-plan.ts'
import type { RowAddress } from '../../plan/row-address.ts'
import { selectColumns } from '../../plan/select-columns.ts'
import type { Value } from '../../plan/value.ts'
import type { OrderItem } from '../../protocol/query-options.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { renderQuery } from '../sqlite/driver.ts'
import { bindable } from '../sqlite/integers.ts'
import { openTestReads, readSchema } from '../test-reads.ts'
import type { PageQuery } from './connection.ts'
import { selectRow, selectRows } from './select-rows.ts'

const store = openTestReads()
const scope = { dialect: sqliteDialect, schema: readSchema, rights: FULL_RIGHTS, apiRoot: 'https://org.example' }
const account = store.table('account')

function shapeOf(name: string, select: readonly string[]) {
  const table = store.table(name)
  return { table, columns: selectColumns(table, select), expands: [], annotations: NO_ANNOTATIONS }
}
function byNumber(value: string): RowAddress {
  const key = account.keys[0]
  const column = account.columns.get('accountnumber')
  assert.ok(key && column)
  return { by: 'key', table: account, key, parts: [{ column, value }] }
}
function pointRead(value: string): ReadRow {
  return { kind: 'read-row', shape: shapeOf('account', ['line']), address: byNumber(value), steps: [], unlessVersion: [], references: false }
}
function rows(name: string, more: Partial<ReadRows>, order?: readonly OrderItem[]): PageQuery {
  const shape = shapeOf(name, [store.table(name).primaryNameColumn ?? ''])
  const plan: ReadRows = {
    kind: 'read-rows',
    shape,
    source: { kind: 'set' },
    filter: undefined,
    order: bindOrder(order, shape.table, readSchema),
    limit: 50,
    pages: true,
    after: undefined,
    pageNumber: 1,
    countLimit: undefined,
    references: false,
    ...more,
  }
  return selectRows(plan, scope)
}
function planOf(query: PageQuery): string[] {
  const { text, values } = renderQuery(query)
  const steps = store.connection.database.prepare(`explain query plan ${text}`).all(...values.map(bindable))
  return steps.map((step) => String(step.detail))
}

test('a point read is one statement, its text made once for a shape', () => {
  const { text, values } = renderQuery(selectRow(pointRead('Ä1'), scope))
  assert.equal(
    text,
    `select concat('{"@odata.etag":"W/\\"', r."versionnumber", '\\"","line":', ifnull(r."line" || '', 'null'), ',"accountid":', ifnull('"' || r."accountid" || '"', 'null'), '}') as json, ` +
      'r."versionnumber" from "account" as r where r."accountnumber$fold" = ? and r."accountnumber$fold" is not null',
  )
  assert.deepEqual(values, ['ä1'])
  assert.equal(selectRow(pointRead('x'), scope).sql.chunks, selectRow(pointRead('y'), scope).sql.chunks)
  assert.match(planOf(selectRow(pointRead('x'), scope))[0] ?? '', /^SEARCH r USING INDEX account\$key\$bynumber/)
})

test('a page is one row more than is shown, with the order values behind the JSON', () => {
  const { text, values } = renderQuery(rows('team', { after: ['b', 'id'] }, [{ path: ['name'], descending: false }]))
  assert.ok(
    text.endsWith(
      ' as json, r."name$fold", r."teamid" from "team" as r where (r."name$fold" >= ? and (r."name$fold" > ? or (r."name$fold" = ? and r."teamid" > ?))) order by r."name$fold", r."teamid" limit ?',
    ),
    text,
  )
  assert.deepEqual(values, ['b', 'b', 'b', 'id', 51])
})

test('pages and children begin at their place in an index', () => {
  assert.match(planOf(rows('account', { after: ['id'] }))[0] ?? '', /^SEARCH r USING INDEX sqlite_autoindex_account_1 \(accountid>\?\)/)
  assert.match(planOf(rows('account', { after: ['b', 'id'] }, [{ path: ['name'], descending: false }]))[0] ?? '', /^SEARCH r USING INDEX account\$name/)
  const relationship = readSchema.relationships.get('Account_Tasks')
  assert.ok(relationship?.kind === 'one-to-many')
  const source = { kind: 'children', parent: { address: byNumber('a'), steps: [] }, link: { kind: 'one-to-many', relationship } } as const
  const children = planOf(rows('task', { source }))
  assert.match(children[0] ?? '', /^SEARCH r USING INDEX task\$lookup\$regardingobjectid/)
  assert.ok(children.some((step) => step.startsWith('SEARCH p USING INDEX account$key$bynumber')))
})

test('a condition that many rows meet leaves the order to its index', () => {
  const equal = (name: string, right: Value) => {
    const column = account.columns.get(name)
    assert.ok(column)
    return { op: 'eq', left: { steps: [], table: account, column }, right } as const
  }
  const filter = { op: 'and', terms: [equal('creditonhold', true), equal('size', 9)] } as const
  const byName = [{ path: ['name'], descending: false }]
  assert.match(planOf(rows('account', { filter, pages: false, limit: 50 }, byName))[0] ?? '', /^SCAN r USING INDEX account\$name/)
})
