/** What a job meets in its transaction, and whether it is begun again. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DataverseError, fail } from '../../src/protocol/errors.ts'
import { TURN_LOCK } from '../../src/store/postgres/locks.ts'
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/store.ts'
import { EngineError } from '../../src/store/sql/connection.ts'
import { type Sql, sql, verbatim } from '../../src/store/sql/sql.ts'
import type { WriteTransaction } from '../../src/store/write-lane.ts'
import { connect, freshDatabase, runOn, type TestDatabase } from '../support/postgres/test-database.ts'

let database: TestDatabase
let store: PostgresStore
before(async () => {
  database = await freshDatabase()
  const nothing = () => {}
  const events = { schemaChanged: nothing, securityChanged: nothing, keysChanged: nothing, committed: nothing }
  store = await openPostgresStore({ url: database.url, connections: 6, querySeconds: 5, answerBytes: 1e6, durability: 'full', events, log: nothing })
  await runOn(database.url, 'create table kept (what text primary key)')
})
after(async () => {
  await store.close()
  await database.drop()
})

/** A statement that fails so. */
const failing = (code: string): Sql => sql`do ${verbatim(`$$ begin raise exception using errcode = '${code}'; end $$`)}`
const keep = (tx: WriteTransaction, what: string) => tx.run(sql`insert into kept (what) values (${what})`)
const kept = async () => (await runOn(database.url, 'select what from kept order by what')).rows.map(({ what }) => what)

/** Runs it, and gives how often it was begun. */
async function begun(job: (tx: WriteTransaction, times: number) => Promise<unknown>): Promise<{ readonly times: number; readonly thrown: unknown }> {
  let times = 0
  const thrown = await store.lane
    .run((tx) => job(tx, ++times))
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  return { times, thrown }
}

test('what another transaction was in the way of is begun again', async () => {
  for (const code of ['40001', '40P01', '55P03', '23503']) {
    const { times, thrown } = await begun(async (tx, time) => {
      await keep(tx, `${code} ${time}`)
      if (time < 3) await tx.run(failing(code))
    })
    assert.deepEqual([times, thrown], [3, undefined])
  }
  assert.deepEqual(await kept(), ['23503 3', '40001 3', '40P01 3', '55P03 3'])
})

test('also where a savepoint is undone, and the failure has become a refusal on the way', async () => {
  const { times, thrown } = await begun(async (tx, time) => {
    await tx.savepoint(async () => {
      try {
        if (time === 1) await tx.run(failing('40001'))
      } catch {
        throw fail('DuplicateRow')
      }
    })
  })
  assert.deepEqual([times, thrown], [2, undefined])
})

test('not where the job goes on behind the savepoint, and ends with something else', async () => {
  const goneOn = await begun(async (tx) => {
    await tx.savepoint(async () => tx.run(failing('40001'))).catch(() => {})
    await keep(tx, 'behind')
  })
  assert.deepEqual([goneOn.times, goneOn.thrown], [1, undefined])
  assert.ok((await kept()).includes('behind'))
  const { times, thrown } = await begun(async (tx) => {
    await tx.savepoint(async () => tx.run(failing('40001'))).catch(() => {})
    throw fail('DuplicateRow')
  })
  assert.equal(times, 1)
  assert.ok(thrown instanceof DataverseError)
})

test('a double is looked at twice: the first may have been a row of somebody who had just committed', async () => {
  const { times, thrown } = await begun(async (tx) => {
    await keep(tx, 'double')
    await keep(tx, 'double')
  })
  assert.equal(times, 2)
  assert.ok(thrown instanceof EngineError && thrown.failure === 'uniqueViolation')
  assert.ok(!(await kept()).includes('double'))
})

test('a failure that nobody passes on is not committed over', async () => {
  const { times, thrown } = await begun(async (tx, time) => {
    await keep(tx, `swallowed ${time}`)
    if (time === 1) await Promise.resolve(tx.run(failing('40001'))).catch(() => {})
  })
  assert.deepEqual([times, thrown], [2, undefined])
  assert.deepEqual(
    (await kept()).filter((what) => what.startsWith('swallowed')),
    ['swallowed 2'],
  )
})

test('who has met in a deadlock waits for its turn, but not for ever, and leaves a connection that others can use', async () => {
  await using other = await connect(database.url)
  await other.query(`select pg_advisory_lock(${TURN_LOCK})`)
  const { times, thrown } = await begun(async (tx, time) => {
    if (time === 1) await tx.run(failing('40P01'))
  })
  assert.deepEqual([times, thrown], [2, undefined])
  const lanes = Array.from({ length: 8 }, (_, index) => begun(async (tx) => keep(tx, `after ${index}`)))
  for (const lane of await Promise.all(lanes)) assert.deepEqual([lane.times, lane.thrown], [1, undefined])
})

test('what is undone without end is answered that the server is busy', async () => {
  const { times, thrown } = await begun((tx) => Promise.resolve(tx.run(failing('40001'))))
  assert.ok(times > 5)
  assert.ok(thrown instanceof DataverseError && thrown.status === 503, String(thrown))
})
