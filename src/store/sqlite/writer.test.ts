/** What is SQLite's own of writing; what every engine has to do is `test/contract/lane-contract.ts`. */
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Schema } from '../../schema/schema.ts'
import { systemDefinitions } from '../../schema/system-tables.ts'
import { sql } from '../sql/sql.ts'
import { formatTable, parseTable } from '../definitions.ts'
import { openConnection } from './driver.ts'
import { openInlineReader } from './inline.ts'
import { migrate } from './migrate.ts'
import { first } from './migrations/0001-first.ts'
import { countParts, insertPart, openParts, runOne, tempFolder } from './test-database.ts'
import type { Job } from '../write-lane.ts'

const refused = new Error('refused')

test('a failing job of a group is undone alone', async (t) => {
  const writer = await openParts(join(tempFolder(t), 'a.db'))
  const failing: Job = async (tx) => {
    await insertPart(tx, 'two', null)
    throw refused
  }
  const settled = await writer.runGroup([(tx) => insertPart(tx, 'one', null), failing, (tx) => insertPart(tx, 'three', null)])
  assert.deepEqual(
    settled.map((one) => one.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  const names = await runOne(writer, async (tx) => tx.all(sql`select name from part order by versionnumber`))
  assert.deepEqual(
    names.map((row) => row.name),
    ['one', 'three'],
  )
  writer.close()
})

test('when the commit is refused for one job, the others of its group are kept', async (t) => {
  const writer = await openParts(join(tempFolder(t), 'a.db'))
  const dangling: Job = async (tx) => {
    await tx.run(sql`create table child (p text references part (partid) deferrable initially deferred)`)
    await tx.run(sql`insert into child values ('nowhere')`)
  }
  const settled = await writer.runGroup([(tx) => insertPart(tx, 'one', null), dangling, () => Promise.reject(refused)])
  assert.deepEqual(
    settled.map((one) => one.status),
    ['fulfilled', 'rejected', 'rejected'],
  )
  assert.match(String((settled[1] as PromiseRejectedResult).reason), /FOREIGN KEY/)
  assert.equal((settled[2] as PromiseRejectedResult).reason, refused)
  assert.equal(await countParts(writer), 1)
  writer.close()
})

test('a job that ends the transaction rejects the whole group', async (t) => {
  const writer = await openParts(join(tempFolder(t), 'a.db'))
  const ends: Job = async (tx) => tx.run(sql`rollback`)
  const settled = await writer.runGroup([(tx) => insertPart(tx, 'one', null), ends, (tx) => insertPart(tx, 'two', null)])
  assert.deepEqual(
    settled.map((one) => one.status),
    ['rejected', 'rejected', 'rejected'],
  )
  assert.equal(await countParts(writer), 0)
  writer.close()
})

test('versions grow from opening to opening, each of which is an incarnation', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const versions: number[] = []
  for (let opening = 0; opening < 3; opening++) {
    const writer = await openParts(path)
    await runOne(writer, (tx) => insertPart(tx, 'one', null))
    await writer.runGroup([() => Promise.reject(refused)])
    versions.push(await runOne(writer, async (tx) => Number((await tx.get(sql`select version from tidemark_counter`))?.version)))
    writer.close()
  }
  assert.deepEqual(versions, [1, 2, 3])
  const reader = openInlineReader(path)
  const incarnations = reader.all(sql`select number, id, start from tidemark_incarnation order by number`)
  assert.deepEqual(
    incarnations.map((row) => [row.number, row.start]),
    [
      [1, 0],
      [2, 1],
      [3, 2],
    ],
  )
  assert.equal(new Set(incarnations.map((row) => row.id)).size, 3)
  reader.close()
})

test('a copy of the file gets an incarnation that the original does not know', async (t) => {
  const folder = tempFolder(t)
  const original = join(folder, 'a.db')
  const copy = join(folder, 'b.db')
  ;(await openParts(original)).close()
  copyFileSync(original, copy)
  const ids = []
  for (const path of [original, copy]) {
    const writer = await openParts(path)
    ids.push(await runOne(writer, async (tx) => (await tx.get(sql`select id from tidemark_incarnation where number = 2`))?.id))
    writer.close()
  }
  assert.notEqual(ids[0], ids[1])
})

test('the clock notes versions, at most one a second', async (t) => {
  let now = Date.parse('2024-05-01T10:00:00Z')
  const writer = await openParts(join(tempFolder(t), 'a.db'), { clock: { now: () => new Date(now) } })
  for (const step of [0, 500, 600, 100, 5000]) {
    now += step
    await runOne(writer, (tx) => insertPart(tx, 'one', null))
  }
  const rows = await runOne(writer, async (tx) => tx.all(sql`select version, at from tidemark_clock order by version`))
  assert.deepEqual(
    rows.map((row) => [row.version, row.at]),
    [
      [1, '2024-05-01T10:00:00Z'],
      [3, '2024-05-01T10:00:01Z'],
      [5, '2024-05-01T10:00:06Z'],
    ],
  )
  writer.close()
})

test('a second server on the same file is refused, until the first has closed', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const writer = await openParts(path)
  await assert.rejects(openParts(path), /in use by another running server/)
  await runOne(writer, (tx) => insertPart(tx, 'still mine', null))
  writer.close()
  const next = await openParts(path)
  assert.equal(await countParts(next), 1)
  next.close()
})

test('a file of a newer program is refused', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const connection = openConnection(path, { readOnly: false })
  migrate(connection, [first, { number: 99, name: 'later', text: 'create table later (a integer)' }])
  migrate(connection, [first, { number: 99, name: 'later', text: 'create table later (a integer)' }])
  connection.close()
  await assert.rejects(openParts(path), /newer version of Tidemark/)
})

test('a migration that fails leaves nothing behind', async () => {
  const connection = openConnection(':memory:', { readOnly: false })
  assert.throws(() => migrate(connection, [first, { number: 2, name: 'broken', text: 'create table half (a integer); create table half (a integer)' }]))
  assert.deepEqual(
    connection.all(sql`select number from tidemark_migration`).map((row) => row.number),
    [1],
  )
  assert.equal(connection.get(sql`select name from sqlite_schema where name = 'half'`), undefined)
})

test('the standard schema comes back as it was saved, in order', async (t) => {
  const path = join(tempFolder(t), 'a.db')
  const schema = Schema.of(1, systemDefinitions())
  const writer = await openParts(path)
  await runOne(writer, (tx) => tx.changeSchema(schema, []))
  writer.close()
  const reader = openInlineReader(path)
  const startedAt = performance.now()
  const loaded = reader.loadSchema()
  const elapsed = performance.now() - startedAt
  for (const [name, table] of schema.tables) assert.deepEqual(loaded.tables.get(name), parseTable(formatTable(table)))
  assert.deepEqual(loaded.tables.get('contact'), schema.tables.get('contact'))
  assert.deepEqual([...(loaded.tables.get('account')?.columns.keys() ?? [])], [...(schema.tables.get('account')?.columns.keys() ?? [])])
  assert.deepEqual(new Map([...loaded.relationships].toSorted()), new Map([...schema.relationships].toSorted()))
  assert.ok(elapsed < 200, `${elapsed} ms to load`)
  reader.close()
})
