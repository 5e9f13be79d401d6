import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldedColumn, keyIndex, lookupIndex, storedName } from '../sql/storage-names.ts'
import { name, sql } from '../sql/sql.ts'
import { openConnection } from './driver.ts'
import { migrate } from './migrate.ts'
import { first } from './migrations/0001-first.ts'
import { shortNames } from './migrations/0004-short-names.ts'

const TABLE = `new_${'t'.repeat(100)}`
const COLUMN = `new_${'c'.repeat(100)}`

test('a file of an earlier program gets the short names for its long ones', () => {
  const connection = openConnection(':memory:', { readOnly: false })
  migrate(connection, [first])
  connection.execute(`create table "${TABLE}" (id text primary key, "${COLUMN}" text, "${COLUMN}$fold" text, parent text references "${TABLE}" (id))`)
  connection.execute(`create unique index "${TABLE}$key$new_bycode" on "${TABLE}" ("${COLUMN}$fold") where "${COLUMN}$fold" is not null`)
  connection.execute(`create index "${TABLE}$lookup$parent" on "${TABLE}" (parent)`)
  connection.execute('create table account (id text primary key, name text); create index account$name on account (name)')
  connection.execute(`insert into "${TABLE}" values ('1', 'A', 'a', '1')`)
  migrate(connection, [first, shortNames])
  const row = connection.get(sql`select ${name(COLUMN)} as value, ${name(foldedColumn(COLUMN))} as folded from ${name(TABLE)}`)
  assert.deepEqual({ ...row }, { value: 'A', folded: 'a' })
  assert.throws(() => connection.run(sql`insert into ${name(TABLE)} values ('2', 'A', 'a', null)`), { index: keyIndex(TABLE, 'new_bycode') })
  assert.throws(() => connection.run(sql`insert into ${name(TABLE)} values ('3', 'B', 'b', 'nowhere')`), /FOREIGN KEY/)
  const names = connection.all(sql`select name from sqlite_schema where name not like 'tidemark%' and name not like 'sqlite%' order by name`)
  assert.deepEqual(
    names.map((row) => row.name),
    ['account', 'account$name', storedName(TABLE), keyIndex(TABLE, 'new_bycode'), lookupIndex(TABLE, 'parent')].toSorted(),
  )
  connection.close()
})
