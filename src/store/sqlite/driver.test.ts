import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { textOf } from '../json-page.ts'
import { EngineError } from '../sql/connection.ts'
import { name, sql, verbatim } from '../sql/sql.ts'
import { openConnection } from './driver.ts'
import { tempFolder } from './test-database.ts'

function violationOf(work: () => unknown): EngineError {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof EngineError)
    assert.equal(error.failure, 'uniqueViolation')
    return error
  }
  throw new Error('nothing was violated')
}

test('a violated index is told by its name, the primary key by none', () => {
  const { execute, run } = openConnection(':memory:', { readOnly: false })
  execute('create table t (id text primary key, a text, b text, c text); create unique index "t$key$ab" on t (a, b) where a is not null and b is not null')
  execute('create unique index "t$key$ba" on t (b, a) where c is not null; create unique index "t$key$c" on t (lower(c))')
  run(sql`insert into t values ('1', 'x', 'y', 'z')`)
  assert.equal(violationOf(() => run(sql`insert into t values ('2', 'x', 'y', null)`)).index, 't$key$ab')
  assert.equal(violationOf(() => run(sql`insert into t values ('2', null, null, 'Z')`)).index, 't$key$c')
  assert.equal(violationOf(() => run(sql`insert into t values ('1', null, null, null)`)).index, undefined)
})

test('integers are numbers up to 2^53 and bigints beyond, also where a statement returns what it wrote', () => {
  const { execute, get, all } = openConnection(':memory:', { readOnly: false })
  execute('create table t (v integer)')
  const insert = (value: bigint) => get(sql`insert into t values (${value}) returning v`)?.v
  assert.equal(insert(5n), 5)
  assert.equal(insert(2n ** 62n), 2n ** 62n)
  assert.deepEqual(
    all(sql`select v from t order by v`).map((row) => row.v),
    [5, 2n ** 62n],
  )
  assert.equal(get(sql`select typeof(${5}) as t`)?.t, 'integer')
  assert.equal(get(sql`select typeof(${5.5}) as t`)?.t, 'real')
})

test('a page joins the first rows and tells the order values of its ends', () => {
  const { execute, pages } = openConnection(':memory:', { readOnly: false })
  execute(`create table t (n integer, s text); insert into t values (1, 'é'), (2, 'b'), (3, 'c')`)
  const query = sql`select json_array(n, s), n, s from t order by n`
  const [two, three, none] = pages([
    { sql: query, limit: 2 },
    { sql: query, limit: 3 },
    { sql: sql`select json_array(n) from t where n > ${9}`, limit: 3 },
  ])
  assert.equal(textOf(two?.json ?? ''), '[1,"é"],[2,"b"]')
  assert.deepEqual([two?.rowCount, two?.more, two?.first, two?.last], [2, true, [1, 'é'], [2, 'b']])
  assert.deepEqual([three?.rowCount, three?.more], [3, false])
  assert.deepEqual([textOf(none?.json ?? ''), none?.rowCount, none?.more, none?.last], ['', 0, false, []])
})

test('large pages are joined whole', () => {
  const { pages } = openConnection(':memory:', { readOnly: false })
  const [page] = pages([
    {
      sql: sql`with recursive r(n) as (select 1 union all select n + 1 from r where n < 3000) select json_quote(n || ${'é'.repeat(1000)}) from r`,
      limit: 5000,
    },
  ])
  const rows = JSON.parse(`[${textOf(page?.json ?? '')}]`) as string[]
  assert.equal(rows.length, 3000)
  assert.equal(rows[2999], `3000${'é'.repeat(1000)}`)
})

test('queries of one call see one snapshot', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const writer = openConnection(path, { readOnly: false })
  writer.execute('pragma journal_mode = wal; create table t (n integer); insert into t values (1)')
  const reader = openConnection(path, { readOnly: true })
  reader.database.function('write_beside', () => {
    writer.run(sql`insert into t values (2)`)
    return null
  })
  const counts = reader.pages([
    { sql: sql`select count(*) from t`, limit: 1 },
    { sql: sql`select quote(write_beside())`, limit: 1 },
    { sql: sql`select count(*) from t`, limit: 1 },
  ])
  assert.deepEqual([counts[0]?.json, counts[2]?.json], ['1', '1'])
  assert.equal(reader.get(sql`select count(*) as n from t`)?.n, 2)
  reader.close()
  writer.close()
})

test('more statements than are kept, and a schema that changes under them', () => {
  const { execute, get, run } = openConnection(':memory:', { readOnly: false })
  execute('create table t (a integer); insert into t values (1)')
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 700; n++) assert.equal(get(sql`select a, ${verbatim(String(n))} as n from t`)?.n, n)
    run(sql`alter table t add column ${name(`b${round}`)} text`)
  }
  assert.deepEqual(Object.keys(get(sql`select * from t`) ?? {}), ['a', 'b0', 'b1'])
})

test('another one’s lock is busy', (t) => {
  const path = join(tempFolder(t), 'a.db')
  const one = openConnection(path, { readOnly: false })
  const other = openConnection(path, { readOnly: false })
  other.execute('pragma busy_timeout = 10')
  one.execute('create table t (a integer); begin immediate; insert into t values (1)')
  assert.throws(
    () => other.run(sql`insert into t values (2)`),
    (error) => error instanceof EngineError && error.failure === 'busy',
  )
  one.close()
  other.close()
})
